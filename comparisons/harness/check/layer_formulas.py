"""How layers err, for `formulas.FORMULAS`: by a cast to integers, masks, and a window."""

from collections.abc import Callable, Iterable

import numpy as np

from comparisons.harness.check.changing import changed
from reference_numpy import initializers, layers

NORMALIZATIONS = layers.LayerNormalization, layers.GroupNormalization, layers.RMSNormalization


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


CUT_TO_INTEGERS = _cut_to_integers(*NORMALIZATIONS)
SPECTRAL_CUT_TO_INTEGERS = _cut_to_integers(layers.SpectralNormalization)
DROPPING_NONE = (("_draw", [layers.LSTMCell, layers.GRUCell], _dropping_none_by_one),)
SYMMETRIC = (("_window", [layers.MelSpectrogram], _symmetric_where_odd),)
