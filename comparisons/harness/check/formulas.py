"""Known divergences whose cause is another formula: the NumPy half computes by it meanwhile.

What a backend gives there is what the formula gives, but for rounding; anything else is new.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain

import numpy as np

from comparisons.harness.check import layer_formulas, recurrent_formulas
from comparisons.harness.check.changing import changed, module_of
from comparisons.harness.check.metric_formulas import counting_the_ignored, divided_first
from comparisons.harness.check.questions import nearby
from comparisons.harness.proof import checks
from comparisons.harness.proof.precision import twin_precision
from reference_numpy import layers, losses, metrics
from reference_numpy.kernels import resize
from reference_numpy.kernels.windows import Windows
from reference_numpy.layers.convolutional.convolution_layer import ConvolutionLayer
from reference_numpy.layers.data_format import from_channels_last, to_channels_last
from reference_numpy.layers.pooling.base_pooling import BaseAveragePooling

TABLE = 1024  # places of TensorFlow's cubic
ALIKE = 1e-5  # numbers this near to each other are equal in TensorFlow's pooling over three axes


@dataclass(frozen=True)
class Formula:
    """Another formula than the oracle's.

    Args:
        changes: methods or functions, whose they are, and what makes the other one of each.
        digits: the precision that the backend computes it in; empty for its own.
    """

    changes: tuple[tuple[str, Iterable, Callable], ...]
    digits: str = ""

    def beside(self, other: "Formula") -> "Formula":
        """Both at once."""
        return Formula(self.changes + other.changes, self.digits or other.digits)

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Let the NumPy half compute by it meanwhile."""
        with ExitStack() as stack:
            for change in self.changes:
                stack.enter_context(changed(*change))
            yield

    def left(self, one, dtype: str) -> float:
        """How far what it gives is from what the backend gave: `beyond` what rounding explains.

        The inputs are these, or some within roundings: the numbers are those of the backend's, but
        where a sum cancels, say, rounding decides on which side of a jump of the formula it is.

        Args:
            one: the comparison, a `findings.Judged`.
            dtype: precision in which the backend computes.
        """
        reference, needed = one.asked.reference, np.inf
        try:
            with np.errstate(all="ignore"), self.followed():
                other = reference.quantities()
                scale = checks.scales(reference.quantities, other, dtype=twin_precision(dtype))
                rounding = checks.FACTOR * checks.UNIT_ROUNDOFF[self.digits or dtype]
                more = max(0.0, rounding * scale[one.name] - one.record.tolerance)
                for given in chain([other], nearby(one.asked, dtype)):
                    needed = min(needed, beyond(more, one, given[one.name], one.theirs))
                    if needed <= 1:
                        break
        except layer_formulas.NoValue:
            pass
        finally:
            reference.restore()
        return needed


def beyond(explained: float, one, given: np.ndarray, theirs: np.ndarray) -> float:
    """How much more than is explained a backend is off, in units of a comparison's tolerance."""
    error = checks.compare("", "", "", "", given, theirs, 1.0).error
    more, tolerance = max(0.0, error - explained), one.record.tolerance
    return more / tolerance if tolerance else np.inf if more else 0.0


def _axis_of_bias(shape: tuple[int, ...], bias: tuple[int, ...]) -> int | None:
    """Along which axis TensorFlow adds what looks like a bias; None where as its shape says."""
    long = [size for size in bias if size > 1]
    if len(long) != 1 or len(shape) < 2 or long[0] not in (shape[1], shape[-1]):
        return None
    return len(shape) - 1 if shape[-1] == long[0] else 1


def _along(bias: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A bias with its entries along the axis that TensorFlow adds it along."""
    axis = _axis_of_bias(shape, bias.shape)
    if axis is None:
        return bias
    return bias.reshape([-1 if place == axis else 1 for place in range(len(shape))])


def _moved_bias(forward: Callable) -> Callable:
    """EinsumDense."""

    def other(self, x, training=False):
        bias = self.bias
        if bias is not None:
            self.bias = _along(bias, self.compute_output_shape(x.shape))
        try:
            return forward(self, x, training)
        finally:
            self.bias = bias

    return other


def _moved_bias_backward(backward: Callable) -> Callable:
    def other(self, dy, cache, input_gradient=True):
        bias = self.bias
        if bias is not None:
            self.bias = _along(bias, dy.shape)
        try:
            dx, grads = backward(self, dy, cache, input_gradient)
        finally:
            self.bias = bias
        return dx, [
            gradient.reshape(weight.shape)
            for gradient, weight in zip(grads, self.trainable_weights, strict=True)
        ]

    return other


def _fits_rows(z: np.ndarray, channels: int) -> bool:
    """Whether the last spatial axis, of z with its channels last, is as long as the bias."""
    return 1 < channels == z.shape[-2]


def _added_to_columns(add_bias: Callable) -> Callable:
    def other(z, bias):
        add_bias(z, bias) if not _fits_rows(z, len(bias)) else np.add(z, bias[:, None], out=z)

    return other


def _summed_over_columns(bias_gradient: Callable) -> Callable:
    def other(dz):
        if not _fits_rows(dz, dz.shape[-1]):
            return bias_gradient(dz)
        return np.moveaxis(dz, -2, -1).reshape(-1, dz.shape[-2]).sum(axis=0)

    return other


def _with_channels_first(name: str, change: Callable) -> Callable:
    """A method that calls another function where the layer has its channels first."""

    def changing(method):
        def other(self, *args, **kwargs):
            owners = [module_of(ConvolutionLayer)] if self.data_format == "channels_first" else []
            with changed(name, owners, change):
                return method(self, *args, **kwargs)

        return other

    return changing


def _cubic(a: float, t: np.ndarray) -> np.ndarray:
    """The cubic of the coefficient a, at the distances t."""
    near = ((a + 2) * t - (a + 3)) * t * t + 1
    far = a * (((t - 5) * t + 8) * t - 4)
    return np.where(t < 1, near, np.where(t < 2, far, 0.0))


def _bicubic(weights: Callable) -> Callable:
    """Another matrix where an axis is resized by cubics."""

    def changing(matrix):
        def other(input_size, output_size, interpolation="bilinear", antialias=False):
            if interpolation != "bicubic" or antialias:
                return matrix(input_size, output_size, interpolation, antialias)
            samples = (np.arange(output_size) + 0.5) * (input_size / output_size) - 0.5
            return weights(samples, input_size)

        return other

    return changing


def _from_table(samples: np.ndarray, size: int) -> np.ndarray:
    """TensorFlow looks the distances up in a table, the nearest place of it."""
    whole = np.floor(samples)
    looked_up = whole + np.round((samples - whole) * TABLE) / TABLE
    weights = _cubic(-0.5, np.abs(np.arange(size) - looked_up[:, None]))
    return weights / weights.sum(axis=1, keepdims=True)


def _sharper(samples: np.ndarray, size: int) -> np.ndarray:
    """PyTorch's cubic, of a = −0.75; the pixels at the edges are repeated."""
    weights = np.zeros((len(samples), size))
    for step in (-1, 0, 1, 2):
        pixels = np.floor(samples).astype(int) + step
        np.add.at(
            weights,
            (np.arange(len(samples)), pixels.clip(0, size - 1)),
            _cubic(-0.75, np.abs(pixels - samples)),
        )
    return weights


def _edge_repeated(forward: Callable) -> Callable:
    """Average pooling of an input whose edges are repeated, where the padding is uneven."""

    def other(self, x, training=False):
        entries = to_channels_last(x, self.data_format)
        sizes = entries.shape[1:-1]
        windows = Windows.of(sizes, self.pool_size, self.strides, self.how_to_pad)
        pads = [
            (before, whole - size - before)
            for before, whole, size in zip(windows.before, windows.padded_size, sizes, strict=True)
        ]
        if all(before == after for before, after in pads):
            return forward(self, x, training)
        padded = np.pad(entries, [(0, 0), *pads, (0, 0)], mode="edge")
        inner = Windows.of(padded.shape[1:-1], self.pool_size, self.strides, "valid")
        y, cache = self.pool(padded, inner)
        return from_channels_last(y, self.data_format), ((cache, pads), inner, True)

    return other


def _edge_repeated_backward(backward: Callable) -> Callable:
    def other(self, dy, cache, input_gradient=True):
        if cache[0] is None:
            return backward(self, dy, cache, input_gradient)
        (found, pads), inner, _ = cache
        dx = self.pool_backward(to_channels_last(dy, self.data_format), found, inner)
        for axis, (before, after) in enumerate(pads, 1):
            dx = np.moveaxis(dx, axis, 0)
            end = len(dx) - after
            kept = dx[before:end].copy()
            kept[0] += dx[:before].sum(axis=0)
            kept[-1] += dx[end:].sum(axis=0)
            dx = np.moveaxis(kept, 0, axis)
        return from_channels_last(dx, self.data_format), []

    return other


def _noting_entries(pool: Callable) -> Callable:
    """Max pooling that keeps what it was given."""

    def other(self, x, windows):
        y, _ = pool(self, x, windows)
        return y, (x, y)

    return other


def _to_each_of_equals(backward: Callable) -> Callable:
    """Each entry that is as large as the maximum, or nearly so, has the whole gradient."""

    def other(self, dy, cache, windows):
        x, y = cache
        dx = np.zeros_like(x)
        for window in np.ndindex(*windows.output_size):
            start = [o * s - b for o, s, b in zip(window, windows.strides, windows.before)]
            ends = [n + k for n, k in zip(start, windows.window_size)]
            inside = tuple(slice(max(n, 0), end) for n, end in zip(start, ends))
            place = (slice(None), *inside)
            at = (slice(None), *window)
            spread = (slice(None), *[None] * len(window))
            dx[place] += (np.abs(x[place] - y[at][spread]) < ALIKE) * dy[at][spread]
        return dx

    return other


_MOVED_BIAS = Formula(
    (
        ("forward", [layers.EinsumDense], _moved_bias),
        ("backward", [layers.EinsumDense], _moved_bias_backward),
        ("forward", [ConvolutionLayer], _with_channels_first("add_bias", _added_to_columns)),
        (
            "backward",
            [ConvolutionLayer],
            _with_channels_first("bias_gradient", _summed_over_columns),
        ),
    )
)
_EDGE_REPEATED = Formula(
    (
        ("forward", [BaseAveragePooling], _edge_repeated),
        ("backward", [BaseAveragePooling], _edge_repeated_backward),
    )
)
_TO_EACH_OF_EQUALS = Formula(
    (
        ("pool", [layers.MaxPooling3D], _noting_entries),
        ("pool_backward", [layers.MaxPooling3D], _to_each_of_equals),
    )
)
_COUNTING = ("update_state", [metrics.MeanMetricWrapper], counting_the_ignored)
_DIVIDING = ("forward", [losses.SparseCategoricalCrossentropy], divided_first)
# By the divergence's name, one or another.
FORMULAS = {
    "addition-along-the-wrong-axis-with-channels-first": (_MOVED_BIAS,),
    "average-pooling-with-same-padding-on-pytorch": (_EDGE_REPEATED,),
    "bicubic-interpolation": (
        Formula((("resize_matrix", [resize], _bicubic(_from_table)),), digits="float32"),
    ),
    "bicubic-interpolation-on-pytorch": (
        Formula((("resize_matrix", [resize], _bicubic(_sharper)),)),
    ),
    "dropout1-of-lstm-and-gru": (Formula(layer_formulas.DROPPING_NONE),),
    "ignore_class-in-a-metric": (Formula((_COUNTING,)), Formula((_COUNTING, _DIVIDING))),
    "masked-steps-before-the-first-on-jax": (Formula(recurrent_formulas.FIRST_STATE_REPEATED),),
    "maximum-of-equal-entries-over-three-axes": (_TO_EACH_OF_EQUALS,),
    "melspectrograms-window-of-odd-length": (Formula(layer_formulas.SYMMETRIC),),
    "normalization-layers-and-integers": (Formula(layer_formulas.CUT_TO_INTEGERS),),
    "rmsnormalization-along-other-axes-than-the-last": (
        Formula(layer_formulas.SCALED_ALONG_LAST),
        Formula(layer_formulas.OVER_LAST),
    ),
    "sparse-cross-entropy-of-certain-predictions": (Formula((_DIVIDING,)),),
    "spectralnormalization-of-an-embedding": (Formula(layer_formulas.SPECTRAL_CUT_TO_INTEGERS),),
    "unrolled-backwards-zeros-for-masked-steps": (Formula(recurrent_formulas.IN_ORDER_OF_TIME),),
    "zero_output_for_mask-of-unrolled-layers-on-jax": (Formula(recurrent_formulas.NO_ZEROS),),
}
