"""What the oracle says, and how large the rounding of a correct computation may be of each."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import numpy as np

from comparisons.harness.check.changing import changed, module_of
from comparisons.harness.proof import checks
from comparisons.harness.proof.calls import parts_of
from comparisons.harness.proof.layer_checks import Reference
from comparisons.harness.proof.precision import computed_in, twin_precision
from comparisons.harness.proof.training_checks import JITTERED_RUNS, ROUNDINGS
from reference_numpy import activations, tree
from reference_numpy.layers import (
    Attention,
    Dot,
    GroupNormalization,
    LayerNormalization,
    MelSpectrogram,
    RMSNormalization,
    UnitNormalization,
)
from reference_numpy.layers.layer import Layer
from reference_numpy.models.pool_first import BiasAndActivation

TIMES_MOVED = 3  # as other numbers are
MEL_ROUNDINGS = 4  # of a number on the mel scale, which functions of few roundings give
ONE_BY_ONE = 2.0  # times √n roundings of a sum that n numbers are added to, a few deviations


def quantities_and_scales(
    reference: Reference, dtype: str, is_local: bool
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """The oracle's quantities, and the scale of each.

    In float16 one layer may meet a kink, as a whole model does in more digits; and the numbers
    below the smallest normal one have its roundings.
    """
    moved, half = twin_precision(dtype), computed_in(dtype) == "float16"
    with np.errstate(all="ignore"):
        exact = reference.quantities()
        several = () if is_local and not half else (JITTERED_RUNS, ROUNDINGS)
        scale = checks.scales(reference.quantities, exact, *several, dtype=moved)
        _allow_for_roundings_within(scale, exact, reference, checks.UNIT_ROUNDOFF[moved])
        if is_local:
            _allow_for_long_sums(scale, reference)
        if not is_local or dtype == "float64":  # of a layer in fewer digits `by_twin` tells
            _allow_for_cancelled_terms(scale, reference)
    smallest = float(np.finfo(computed_in(dtype)).smallest_normal)
    for name, value in exact.items():
        if value.dtype.kind != "f":
            scale[name] = 0.0  # integers and texts agree or do not
        elif scale[name]:  # where nothing moves it, nothing but zero is right
            scale[name] = max(scale[name], smallest)
    reference.restore()
    return exact, scale


def _allow_for_roundings_within(
    scale: dict, exact: dict, reference: Reference, step: float
) -> None:
    """Give quantities at least the scale of rounding what the layers compute midway."""
    within = any(_has_part(reference.layer, kind) for kind, *_ in _ROUNDED_WITHIN)
    for seed in range(TIMES_MOVED if within else 0):
        with moved_within(reference.layer, checks.jittering(seed, step)):
            for name, value in reference.quantities().items():
                if value.dtype.kind == "f":
                    error = np.abs(value - exact[name]).max(initial=0.0) / step
                    scale[name] = max(scale[name], error)


@contextmanager
def moved_within(layer: Layer, moves: Callable) -> Iterator[None]:
    """Meanwhile what some layers compute midway is passed through `moves`.

    Moving x does not show its rounding where the parts move with x and cancel. Of one number, less
    itself, 0 is left, but of x/σ − μ/σ the rounding of both, which in groups is the output, and
    which PyTorch multiplies by dy for the gradient of γ; so it is of dx̂/σ − mean(dx̂)/σ, the
    gradient of x. A sign, x / |x|, is rounded too, and its gradient, (1 − y²) dy / |x|, is 0 but
    for that, or all but 0 where √(x² + ε) divides. Of values that are all alike the gradients of
    scores, w (dw − Σ dw w), are 0 but for the rounding of w; and the tanh of large sums has the
    slope 1 − y². The weights of mel bins are differences on the mel scale, each divided by the
    narrow width of a bin.
    """
    with ExitStack() as stack:
        for kind, name, owner, change in _ROUNDED_WITHIN:
            if _has_part(layer, kind):
                stack.enter_context(changed(name, [owner], partial(change, moves=moves)))
        yield


def _has_part(layer: Layer, kind: type) -> bool:
    return any(isinstance(part, kind) for part in parts_of(layer))


def _with_mean_moved(normalize: Callable, moves: Callable) -> Callable:
    def moved(rows, epsilon):
        normalized, inverse = normalize(rows, epsilon)
        mean = rows.mean(axis=1, keepdims=True)
        return normalized + (mean - moves(mean)) * inverse, inverse

    return moved


def _with_mean_of_gradients_moved(backward: Callable, moves: Callable) -> Callable:
    def moved(dnormalized, normalized, inverse):
        mean = dnormalized.mean(axis=1, keepdims=True)
        return backward(dnormalized, normalized, inverse) + (mean - moves(mean)) * inverse

    return moved


def _with_means_moved(means: Callable, moves: Callable) -> Callable:
    return lambda self, sums, view: moves(means(self, sums, view))


def _with_result_moved(divided: Callable, moves: Callable) -> Callable:
    def moved(rows, least):
        y, length = divided(rows, least)
        return moves(y), length

    return moved


def _with_direction_moved(backward: Callable, moves: Callable) -> Callable:
    return lambda dy, y, *others: backward(dy, moves(y), *others)


def _with_mel_moved(hertz_to_mel: Callable, moves: Callable) -> Callable:
    """1 + f / 700, and what is made of its logarithm; no sums, that `FACTOR` would allow for."""

    def little(array):
        return array + (moves(array) - array) * MEL_ROUNDINGS / checks.FACTOR

    return lambda hertz: little(hertz_to_mel(700.0 * (little(1.0 + np.asarray(hertz) / 700.0) - 1)))


def _with_y_moved(backward: Callable, moves: Callable) -> Callable:
    return lambda self, dy, y: backward(self, dy, moves(y))


# Layers, and what they call that is given what rounding moves: its name and whose it is.
_ROUNDED_WITHIN = (
    (GroupNormalization, "_group_means", GroupNormalization, _with_means_moved),
    (LayerNormalization, "normalize_rows", module_of(LayerNormalization), _with_mean_moved),
    (
        LayerNormalization,
        "normalize_rows_backward",
        module_of(LayerNormalization),
        _with_mean_of_gradients_moved,
    ),
    (UnitNormalization, "over_length", module_of(UnitNormalization), _with_result_moved),
    (RMSNormalization, "over_root_mean_square", module_of(RMSNormalization), _with_result_moved),
    (Dot, "over_length_backward", module_of(Dot), _with_direction_moved),
    (MelSpectrogram, "hertz_to_mel", module_of(MelSpectrogram), _with_mel_moved),
    (Attention, "backward", activations.Softmax, _with_y_moved),
    (Attention, "backward", activations.Tanh, _with_y_moved),
)


def _allow_for_long_sums(scale: dict, reference: Reference) -> None:
    """Raise the scale of weights' gradients to which thousands of places add.

    Of n numbers that are added one by one, as PyTorch adds those of a convolution's kernel, each
    sum on the way is rounded: together by about √n roundings of the whole, which from a thousand
    on is more than `FACTOR` allows for.
    """
    first = getattr(reference.layer, "data_format", "channels_last") == "channels_first"
    shapes = [c.shape for c in reference.cotangents if c is not None and c.ndim > 1]
    places = [math.prod(shape) / max(1, shape[1 if first else -1]) for shape in shapes]
    times = max(1.0, ONE_BY_ONE * math.sqrt(max(places, default=0.0)) / checks.FACTOR)
    for name in scale:
        if name.startswith("gradient of weight"):
            scale[name] *= times


@contextmanager
def sums_one_by_one(layers: Iterable[Layer]) -> Iterator[None]:
    """Meanwhile the gradients of layers' weights are off as sums of dy that are added one by one.

    Where dy is the same in many places, as before a global average, the roundings of such a sum do
    not cancel.
    """
    penalized = {type(layer) for layer in layers if layer.activity_regularizer is not None}
    kinds = {type(layer) for layer in layers} | {BiasAndActivation}
    with changed("backward", kinds - penalized, _with_sums_one_by_one):
        yield


def _with_sums_one_by_one(backward: Callable) -> Callable:
    def summed(self, dy, *others, **options):
        dx, grads = backward(self, dy, *others, **options)
        first = getattr(self, "data_format", "channels_last") == "channels_first"
        off = max(_off_one_by_one(y, 1 if first else -1) for y in tree.flatten(dy))
        return dx, [grad * grad.dtype.type(1.0 + off) for grad in grads]

    return summed


def _off_one_by_one(dy: np.ndarray | None, channels: int) -> float:
    """The largest rounding on the way of a sum over all places, as a share of what is added."""
    if dy is None or dy.ndim < 2 or dy.dtype.kind != "f":
        return 0.0
    places = np.moveaxis(dy, channels, -1).reshape(-1, dy.shape[channels])
    counted = np.promote_types(dy.dtype, "float32")
    error = np.cumsum(places, 0, counted) - np.cumsum(places, 0, "float64")
    size = np.abs(places).sum(0, "float64")
    return float((np.abs(error).max(0, initial=0.0) / np.where(size, size, 1.0)).max(initial=0.0))


def _allow_for_cancelled_terms(scale: dict, reference: Reference) -> None:
    """Raise each gradient's scale to the largest of all.

    What is normalized twice, say, has gradients that cancel but for an epsilon, and tanh of large
    numbers the slope 1 - y²: their rounding is that of the terms that cancel, which are as large as
    the largest gradient, and those of a weight as many times larger as the inputs.
    """
    terms = [float(np.abs(c).max(initial=0.0)) for c in reference.cotangents if c is not None]
    gradients = [name for name in scale if name.startswith("gradient")]
    largest = max([*terms, *(scale[name] for name in gradients)], default=0.0)
    inputs = [np.abs(x) for x in tree.flatten(reference.inputs) if x.dtype.kind == "f"]
    times = max([1.0, *(float(x.max(initial=0.0)) for x in inputs)])
    for name in gradients:
        scale[name] = largest * (times if name.startswith("gradient of weight") else 1.0)
