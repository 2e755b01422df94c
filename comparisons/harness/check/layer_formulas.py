"""How layers err, for `formulas.FORMULAS`: by casts to integers, masks, windows, and other axes."""

from collections.abc import Callable, Iterable

import numpy as np

from comparisons.harness.check.changing import changed
from reference_numpy import initializers, layers
from reference_numpy.kernels.broadcasting import sum_to_shape

NORMALIZATIONS = layers.LayerNormalization, layers.GroupNormalization, layers.RMSNormalization


class NoValue(Exception):
    """Of these shapes another formula than the oracle's gives nothing."""


def _cut_to_integers(*classes: type) -> tuple[tuple[str, Iterable, Callable], ...]:
    """Layers whose outputs are cast to integers, which have no gradient."""
    return ("forward", classes, _cut), ("backward", classes, _without_gradient)


def _cut(forward: Callable) -> Callable:
    def other(self, *inputs, **options):
        y, cache = forward(self, *inputs, **options)
        return np.trunc(y), cache

    return other


def _without_gradient(backward: Callable) -> Callable:
    def other(self, dy, *given, **options):
        return backward(self, np.zeros_like(dy), *given, **options)

    return other


def _dropping_none_by_one(draw: Callable) -> Callable:
    """The masks of a cell that drops nothing where it is to drop all."""
    return lambda self, shape, rate: None if rate == 1 else draw(self, shape, rate)


def _symmetric_where_odd(window: Callable) -> Callable:
    """MelSpectrogram, a window of which is symmetric, not periodic, if its length is odd."""

    def other(self):
        if self.sequence_length % 2 == 0:
            return window(self)

        def symmetric(values):
            def of(initializer, length):
                initializer.periodic = False
                return values(initializer, length)

            return of

        with changed("window_values", [initializers.STFT], symmetric):
            return window(self)

    return other


def _along_last_axes(forward: Callable) -> Callable:
    """RMSNormalization whose scale is multiplied along the last axes."""

    def other(self, x, training=False):
        if not _fits(self.scale.shape, x.shape):
            raise NoValue
        normalized, cache = _with_ones(self, lambda: forward(self, x, training))
        return normalized * self.scale, (normalized, cache)

    return other


def _along_last_axes_backward(backward: Callable) -> Callable:
    def other(self, dy, cache):
        normalized, cache = cache
        dx, _ = _with_ones(self, lambda: backward(self, dy * self.scale, cache))
        return dx, [sum_to_shape(dy * normalized, self.scale.shape)]

    return other


def _over_last_axes(forward: Callable) -> Callable:
    """RMSNormalization over as many of the last axes as there are, in PyTorch's own function."""

    def other(self, x, training=False):
        if x.shape[-self.scale.ndim :] != self.scale.shape:
            raise NoValue
        axis, self.axis = self.axis, list(range(-self.scale.ndim, 0))
        try:
            return forward(self, x, training)
        finally:
            self.axis = axis

    return other


def _fits(scale: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Whether an array of a shape keeps it when a scale is multiplied along its last axes."""
    return all(n in (1, size) for n, size in zip(reversed(scale), reversed(shape)))


def _with_ones(layer, compute: Callable):
    """What is computed while a layer's scale is one."""
    scale = layer.scale.copy()
    layer.scale[...] = 1
    found = compute()
    layer.scale[...] = scale
    return found


CUT_TO_INTEGERS = _cut_to_integers(*NORMALIZATIONS)
SPECTRAL_CUT_TO_INTEGERS = _cut_to_integers(layers.SpectralNormalization)
DROPPING_NONE = (("_draw", [layers.LSTMCell, layers.GRUCell], _dropping_none_by_one),)
SYMMETRIC = (("_window", [layers.MelSpectrogram], _symmetric_where_odd),)
SCALED_ALONG_LAST = (
    ("forward", [layers.RMSNormalization], _along_last_axes),
    ("backward", [layers.RMSNormalization], _along_last_axes_backward),
)
OVER_LAST = (("forward", [layers.RMSNormalization], _over_last_axes),)
