"""How far off a known divergence may be, where that follows from how it comes about.

The NumPy half repeats a call and errs where the backend does. What is further off than that is
another fault, in the same place.
"""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import numpy as np

from comparisons.harness.check.changing import changed
from comparisons.harness.proof import checks
from reference_numpy import activations, layers, tree
from reference_numpy.layers.attention.dot_product import fold
from reference_numpy.operations.attention import DotProductAttention
from reference_numpy.operations.normalizations import Moments, Normalize

BITS_LOST = 4  # in which sums differ that are added up in another order
DRAWS = 8  # of the inputs, each moved by a rounding: how much is lost of one number is luck
MASKED = -1e38  # what PyTorch adds to the score of a key that is masked


def explains(name: str, one, dtype: str) -> bool:
    """Whether a divergence explains a difference, as far as it is known how large it may be.

    Args:
        name: the divergence's.
        one: the comparison, a `findings.Judged`.
        dtype: precision in which the backend computes.
    """
    if name not in IMITATIONS:
        return True
    exact, theirs = one.asked.quantities.get(one.name), one.theirs
    if exact is None or theirs is None or exact.shape != np.shape(theirs):
        return False
    largest, defined = _errors(IMITATIONS[name], one, dtype)
    given = "", "", "", dtype, exact[defined], np.asarray(theirs)[defined]
    return checks.compare(*given, one.record.tolerance + largest).passed


def _errors(imitation, one, dtype: str) -> tuple[float, np.ndarray]:
    """The largest error of the imitation, and where it gives numbers."""
    reference, largest, defined = one.asked.reference, 0.0, True
    for seed in range(DRAWS):

        def quantity(seed=seed):
            generator = np.random.default_rng(seed)

            def jitter(array):
                if array.dtype.kind != "f":
                    return array
                step = checks.UNIT_ROUNDOFF[dtype] * generator.choice([-1.0, 1.0], array.shape)
                return array * (1.0 + step)

            return reference.quantities(jitter)[one.name]

        with np.errstate(all="ignore"), ExitStack() as stack:
            right = quantity()
            for method, owners, change in imitation:
                stack.enter_context(changed(method, owners, partial(change, dtype=dtype)))
            wrong = quantity()
        error = np.abs(wrong - right)
        finite = np.isfinite(error)
        largest, defined = max(largest, error[finite].max(initial=0.0)), defined & finite
    reference.restore()
    return largest, defined


def _held(array: np.ndarray, dtype: str) -> np.ndarray:
    """The numbers in the digits of a precision that are the same in whatever order one adds."""
    mantissa, exponent = np.frexp(array)
    step = 2.0**BITS_LOST * checks.UNIT_ROUNDOFF[dtype]
    return np.ldexp(np.round(mantissa / step) * step, exponent)


def _one_subtracted(forward: Callable, dtype: str) -> Callable:
    """elu and selu, of whose eˣ so many digits are left as it has beside 1."""

    def imitated(self, x):
        return forward(self, np.where(x < 0, np.log1p(_held(np.exp(x), dtype) - 1.0), x))

    return imitated


def _times_infinity(backward: Callable, dtype: str) -> Callable:
    """The gradient of x / ‖x‖ by way of 1 / √Σx², also where ‖x‖ is too short to divide by."""

    def imitated(dy, y, length, shortest, *order):
        squares = np.square((y * length).astype(dtype)).sum(1, keepdims=True)
        infinite = np.isinf(squares ** squares.dtype.type(-1.5))
        dx = backward(dy, y, length, shortest, *order)
        return np.where(infinite & (length <= shortest), np.nan, dx)

    return imitated


def _from_logarithm(backward: Callable, dtype: str) -> Callable:
    """The gradients of attention whose weights are exp(score − log Σ exp(scores))."""

    def imitated(dcontext, dweights, cache):
        query, key, value, scale, mask, *_, kept, _, bias = cache
        if kept is not None or dweights is not None:  # these are not fused
            return backward(dcontext, dweights, cache)
        scores = (query @ key.swapaxes(-2, -1)).reshape(*dcontext.shape[:-1], key.shape[-2])
        scores = scores + (0.0 if bias is None else bias)
        scores = _held(scores + (0.0 if mask is None else np.where(mask, 0.0, MASKED)), dtype)
        top = scores.max(-1, keepdims=True)
        log = top + np.log(np.exp(scores - top).sum(-1, keepdims=True))
        weights = np.exp(scores - _held(log, dtype))
        parts = query, key, value, scale, None, "uniform", weights, None, fold(weights, key), bias
        return backward(dcontext, None, parts)

    return imitated


def _of_squares(mean, variance, dtype: str):
    """The variance as mean(x²) − mean(x)²."""
    return _held(variance + np.square(mean), dtype) - np.square(_held(mean, dtype))


def _batch_variance(moments: Callable, dtype: str) -> Callable:
    def imitated(view, kept):
        mean, variance, count = moments(view, kept)
        return mean, variance if kept is not None else _of_squares(mean, variance, dtype), count

    return imitated


def _group_variance(centred_of: Callable, dtype: str) -> Callable:
    def imitated(self, view):
        centred, variance = centred_of(self, view)
        mean = (view - centred)[:, 0].reshape(*variance.shape, -1)[..., 0]
        return centred, _of_squares(mean, variance, dtype)

    return imitated


def _variance(forward: Callable, dtype: str) -> Callable:
    def imitated(self, x):
        (mean, variance), cache = forward(self, x)
        return (mean, _of_squares(mean, variance, dtype)), cache

    return imitated


def _in_order_of_time(compute_mask: Callable, dtype: str) -> Callable:
    """The mask of what a recurrent layer gives that goes backwards."""

    def imitated(self, inputs, previous_mask=None):
        mask = tree.flatten(previous_mask)[0]
        if mask is not None and self.go_backwards:
            mask = np.asarray(mask)[:, ::-1]  # it will be reversed once more
        return compute_mask(self, inputs, mask)

    return imitated


def _beside(*classes: type) -> list:
    """The modules of classes, whose functions they call."""
    return [sys.modules[one.__module__] for one in classes]


_ATTENTION = (
    "attend_backward",
    _beside(layers.MultiHeadAttention.__base__, DotProductAttention),
    _from_logarithm,
)
# By the divergence's name: methods or functions, whose they are, and how they err.
IMITATIONS = {
    "elu-of-small-numbers": [("forward", [activations.Elu, activations.Selu], _one_subtracted)],
    "gradients-of-normalized-zeros": [
        (
            "over_length_backward",
            _beside(layers.UnitNormalization, layers.Dot, Normalize),
            _times_infinity,
        )
    ],
    "gradients-of-queries-that-see-nothing": [_ATTENTION],
    "gradients-of-undecided-attention-on-pytorch": [_ATTENTION],
    "the-mask-of-a-recurrent-layer-that-goes-backwards": [
        ("compute_mask", [layers.RNN], _in_order_of_time)
    ],
    "the-variance-of-numbers-far-from-zero-on-pytorch": [
        ("_moments", _beside(layers.BatchNormalization), _batch_variance),
        ("_centred", [layers.GroupNormalization], _group_variance),
        ("forward", [Moments], _variance),
    ],
}
