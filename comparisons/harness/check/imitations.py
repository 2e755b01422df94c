"""How far off a known divergence may be, where that follows from how it comes about.

The NumPy half repeats a call and errs where the backend does. What is further off than that is
another fault, in the same place.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial, reduce
from itertools import product

import numpy as np

from comparisons.harness.check.changing import changed, module_of
from comparisons.harness.check.formulas import FORMULAS, Formula, beyond
from comparisons.harness.proof import checks
from comparisons.harness.proof.precision import computed_in
from reference_numpy import activations, layers, tree
from reference_numpy.layers.attention.dot_product import fold
from reference_numpy.operations.attention import DotProductAttention
from reference_numpy.operations.normalizations import Moments, Normalize

BITS_LOST = 4  # in which sums differ that are added up in another order
MEL_BITS_LOST = 2  # of a number on the mel scale, which few roundings make
DRAWS = 8  # of the inputs, each moved by a rounding
MASKED = -1e38  # what PyTorch adds to the score of a key that is masked


@dataclass(frozen=True)
class Digits:
    """The digits of a precision that are the same in whatever order one adds.

    Args:
        dtype: the precision.
        shift: by which share of a step the numbers that there are lie beside the round ones; else
            how much is lost of a number would be luck.
    """

    dtype: str
    shift: float

    def held(self, array: np.ndarray, lost: int = BITS_LOST) -> np.ndarray:
        """The nearest numbers that there are without the last bits, of which so many are `lost`."""
        mantissa, exponent = np.frexp(array)
        step = 2.0**lost * checks.UNIT_ROUNDOFF[self.dtype]
        near = (np.round(mantissa / step - self.shift) + self.shift) * step
        return np.where(array == 0, 0.0, np.ldexp(near, exponent))


def has_size(name: str) -> bool:
    """Whether it is known how large a divergence may be."""
    return name in IMITATIONS or name in FORMULAS


def left(names: Sequence[str], one, dtype: str) -> float:
    """How much of a difference divergences that meet do not explain, in units of its tolerance.

    Up to 1 rounding does. Where it is not known how large one of them may be, nothing is left.

    Args:
        names: the divergences', whose errors add up.
        one: the comparison, a `findings.Judged`.
        dtype: precision in which the backend computes.
    """
    if not all(map(has_size, names)):
        return 0.0
    exact, theirs = one.asked.quantities.get(one.name), one.theirs
    if exact is None or theirs is None or exact.shape != np.shape(theirs):
        return np.inf
    ways = product(*(FORMULAS[name] for name in names if name in FORMULAS))
    imitation = [change for name in names for change in IMITATIONS.get(name, ())]
    found = []
    for way in ways:
        formula = reduce(Formula.beside, way, Formula(()))
        if imitation:
            with formula.followed():
                found.append(_left_by(imitation, one, dtype))
        else:
            found.append(formula.left(one, dtype))
    return min(found)


def _left_by(imitation, one, dtype: str) -> float:
    """What is left of a difference where an imitation may err and the rest is right."""
    exact = one.asked.reference.quantities()[one.name]
    largest, defined = _errors(imitation, one, dtype)
    return beyond(largest, one, exact[defined], np.asarray(one.theirs)[defined])


def _errors(imitation, one, dtype: str) -> tuple[float, np.ndarray]:
    """The largest error of the imitation, and where it gives numbers."""
    reference, largest, defined = one.asked.reference, 0.0, True

    def quantity(seed):
        jitter = checks.jittering(seed, checks.UNIT_ROUNDOFF[dtype])
        return reference.quantities(jitter)[one.name]

    for seed in range(DRAWS):
        digits = Digits(dtype, (seed + 0.5) / DRAWS)
        with np.errstate(all="ignore"), ExitStack() as stack:
            right = quantity(seed)
            for method, owners, change in imitation:
                stack.enter_context(changed(method, owners, partial(change, digits=digits)))
            wrong = quantity(seed)
        error = np.abs(wrong - right)
        finite = np.isfinite(error)
        largest, defined = max(largest, error[finite].max(initial=0.0)), defined & finite
    reference.restore()
    return largest, defined


def _one_subtracted(forward: Callable, digits: Digits) -> Callable:
    """elu and selu, of whose eˣ so many digits are left as it has beside 1."""

    def imitated(self, x):
        return forward(self, np.where(x < 0, np.log1p(digits.held(np.exp(x)) - 1.0), x))

    return imitated


def _noting_zeros(forward: Callable, digits: Digits) -> Callable:
    def imitated(self, x):
        y, cache = forward(self, x)
        return y, (cache, x == 0)

    return imitated


def _twice_at_zero(backward: Callable, digits: Digits) -> Callable:
    """celu, whose halves both have the whole gradient at 0."""
    return lambda self, dy, cache: backward(self, dy, cache[0]) * (1.0 + cache[1])


def _times_infinity(backward: Callable, digits: Digits) -> Callable:
    """The gradient of x / ‖x‖ by way of 1 / √Σx², also where ‖x‖ is too short to divide by."""

    def imitated(dy, y, length, shortest, *order):
        squares = np.square((y * length).astype(computed_in(digits.dtype))).sum(1, keepdims=True)
        infinite = np.isinf(squares ** squares.dtype.type(-1.5))
        dx = backward(dy, y, length, shortest, *order)
        return np.where(infinite & (length <= shortest), np.nan, dx)

    return imitated


def _none_of_silence(backward: Callable, digits: Digits) -> Callable:
    """MelSpectrogram, which has no gradient of a frame without sound."""

    def imitated(self, dy, cache):
        dx, grads = backward(self, dy, cache)
        shape, _, frames, spectrum, *_ = cache
        silent = (spectrum == 0).any(-1, keepdims=True)
        lost = frames.add(np.where(silent, np.nan, np.zeros(self.fft_length)))
        return dx + lost.reshape(shape), grads

    return imitated


def _mel_in_float32(hertz_to_mel: Callable, digits: Digits) -> Callable:
    """The mel scale, on which weights are small differences, with 1 + f / 700 held in float32."""

    def held(array):
        return Digits("float32", digits.shift).held(array, MEL_BITS_LOST)

    return lambda hertz: held(hertz_to_mel(700.0 * (held(1.0 + np.asarray(hertz) / 700.0) - 1)))


def _from_logarithm(backward: Callable, digits: Digits) -> Callable:
    """The gradients of attention whose weights are exp(score − log Σ exp(scores))."""

    def imitated(dcontext, dweights, cache):
        query, key, value, scale, mask, _, right, kept, _, bias = cache
        if kept is not None or dweights is not None:  # these are not fused
            return backward(dcontext, dweights, cache)
        scores = (query @ key.swapaxes(-2, -1)).reshape(*dcontext.shape[:-1], key.shape[-2])
        scores = scores + (0.0 if bias is None else bias)
        scores = digits.held(scores + (0.0 if mask is None else np.where(mask, 0.0, MASKED)))
        top = scores.max(-1, keepdims=True)
        log = top + np.log(np.exp(scores - top).sum(-1, keepdims=True))
        weights = np.exp(scores - digits.held(log))
        dcontext = fold(dcontext, key)
        dw = (dcontext @ value.swapaxes(-2, -1)).reshape(weights.shape)
        # Σ w dw is taken from the context, which is right.
        ds = weights * (dw - (right * dw).sum(-1, keepdims=True))
        folded = fold(ds, key)
        dquery = (folded @ key).reshape(*ds.shape[:-1], key.shape[-1]) * scale
        dvalue = fold(weights, key).swapaxes(-2, -1) @ dcontext
        return dquery, folded.swapaxes(-2, -1) @ query, dvalue, ds

    return imitated


def _of_squares(mean, variance, digits: Digits):
    """The variance as mean(x²) − mean(x)²."""
    return digits.held(variance + np.square(mean)) - np.square(digits.held(mean))


def _batch_variance(moments: Callable, digits: Digits) -> Callable:
    def imitated(view, kept):
        mean, variance, count = moments(view, kept)
        return mean, variance if kept is not None else _of_squares(mean, variance, digits), count

    return imitated


def _group_variance(centred_of: Callable, digits: Digits) -> Callable:
    def imitated(self, view):
        centred, variance = centred_of(self, view)
        mean = (view - centred)[:, 0].reshape(*variance.shape, -1)[..., 0]
        return centred, _of_squares(mean, variance, digits)

    return imitated


def _variance(forward: Callable, digits: Digits) -> Callable:
    def imitated(self, x):
        (mean, variance), cache = forward(self, x)
        return (mean, _of_squares(mean, variance, digits)), cache

    return imitated


def in_order_of_time(compute_mask: Callable, digits: Digits) -> Callable:
    """The mask of what a recurrent layer gives that goes backwards."""

    def imitated(self, inputs, previous_mask=None):
        mask = tree.flatten(previous_mask)[0]
        if mask is not None and self.go_backwards:
            mask = np.asarray(mask)[:, ::-1]  # it will be reversed once more
        return compute_mask(self, inputs, mask)

    return imitated


_ATTENTION = (
    "attend_backward",
    [module_of(layers.MultiHeadAttention.__base__), module_of(DotProductAttention)],
    _from_logarithm,
)
# By the divergence's name: methods or functions, whose they are, and how they err.
IMITATIONS = {
    "elu-of-small-numbers": [("forward", [activations.Elu, activations.Selu], _one_subtracted)],
    "gradients-of-normalized-zeros": [
        (
            "over_length_backward",
            [module_of(layers.UnitNormalization), module_of(layers.Dot), module_of(Normalize)],
            _times_infinity,
        )
    ],
    "gradients-of-queries-that-see-nothing": [_ATTENTION],
    "gradients-of-undecided-attention-on-pytorch": [_ATTENTION],
    "the-gradient-of-celu-at-0": [
        ("forward", [activations.Celu], _noting_zeros),
        ("backward", [activations.Celu], _twice_at_zero),
    ],
    "the-gradient-of-silence": [("backward", [layers.MelSpectrogram], _none_of_silence)],
    "the-mel-weights-in-float64": [
        ("hertz_to_mel", [module_of(layers.MelSpectrogram)], _mel_in_float32)
    ],
    "the-mask-of-a-recurrent-layer-that-goes-backwards": [
        ("compute_mask", [layers.RNN], in_order_of_time)
    ],
    "the-variance-of-numbers-far-from-zero-on-pytorch": [
        ("_moments", [module_of(layers.BatchNormalization)], _batch_variance),
        ("_centred", [layers.GroupNormalization], _group_variance),
        ("forward", [Moments], _variance),
    ],
}
