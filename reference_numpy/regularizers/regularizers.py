"""Keras's regularizers: penalties on weights and outputs, with their gradients."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import Array
from reference_numpy.serialization import Configurable


class Regularizer(Configurable):
    """A penalty: `regularizer(w)` is its value, `regularizer.gradient(w)` its gradient."""

    def __call__(self, w: Array) -> Any:
        """The penalty, a scalar."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it costs.")

    def gradient(self, w: Array) -> Array:
        """The penalty's gradient with respect to `w`, an array of its shape."""
        raise NotImplementedError(f"{type(self).__name__} has no gradient.")


class L1(Regularizer):
    """λ Σ |w|: makes weights exactly 0. The gradient is λ sign(w), which is 0 at w = 0.

    Args:
        l1: λ, 0 or more. Keras keeps it in the dtype `config.floatx()`, and so does this.

    Raises:
        ValueError: for a λ that is negative or not finite.
    """

    def __init__(self, l1: float = 0.01):
        self.l1 = in_floatx(strength("l1", 0.01 if l1 is None else l1))

    def __call__(self, w):
        """λ Σ |w|."""
        return self.l1 * np.sum(np.abs(w))

    def gradient(self, w):
        """λ sign(w)."""
        return self.l1 * np.sign(w)


class L2(Regularizer):
    """λ Σ w²: weight decay. The gradient is 2 λ w.

    Args:
        l2: λ, 0 or more.

    Raises:
        ValueError: for a λ that is negative or not finite.

    Source: Saito, Deep Learning from Scratch, section 6.4.2 (with ½ λ).
    """

    def __init__(self, l2: float = 0.01):
        self.l2 = strength("l2", 0.01 if l2 is None else l2)

    def __call__(self, w):
        """λ Σ w²."""
        return self.l2 * np.sum(w * w)

    def gradient(self, w):
        """2 λ w."""
        return (2.0 * self.l2) * w


class L1L2(Regularizer):
    """λ₁ Σ |w| + λ₂ Σ w², the elastic net. The gradient is λ₁ sign(w) + 2 λ₂ w.

    Args:
        l1, l2: λ₁ and λ₂, 0 or more; None is 0.

    Raises:
        ValueError: for a λ that is negative or not finite.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0):
        self.l1, self.l2 = strength("l1", l1 or 0.0), strength("l2", l2 or 0.0)

    def __call__(self, w):
        """λ₁ Σ |w| + λ₂ Σ w²."""
        return self.l1 * np.sum(np.abs(w)) + self.l2 * np.sum(w * w)

    def gradient(self, w):
        """λ₁ sign(w) + 2 λ₂ w."""
        return self.l1 * np.sign(w) + (2.0 * self.l2) * w


class OrthogonalRegularizer(Regularizer):
    """λ times the mean of |uᵢ · uⱼ| over all pairs of rows: makes rows stand at right angles.

        R = λ / pairs · Σ_{i<j} |uᵢ · uⱼ|,   uᵢ = wᵢ / max(‖wᵢ‖, ε)

    With S the signs of the products uᵢ · uⱼ, 0 on the diagonal, and duᵢ = λ / pairs · Σⱼ Sᵢⱼ uⱼ:

        dwᵢ = (duᵢ − uᵢ (uᵢ · duᵢ)) / ‖wᵢ‖

    A product of 0 has no slope. One row alone has no pairs and costs 0.

    Args:
        factor: λ, 0 or more. Keras keeps it in the dtype `config.floatx()`, and so does this.
        mode: `"rows"` or `"columns"`, what is to be orthogonal.

    Raises:
        ValueError: for a λ that is negative or not finite, another `mode`, or a weight that is
            no matrix.
    """

    def __init__(self, factor: float | Sequence[float] = 0.01, mode: str = "rows"):
        if mode not in ("rows", "columns"):
            raise ValueError(
                "Invalid value for argument `mode`. Expected one of {'rows', 'columns'}. "
                f"Received: mode={mode!r}"
            )
        self.factor, self.mode = in_floatx(strength("factor", factor)), mode

    def __call__(self, w):
        """λ times the mean of |uᵢ · uⱼ|."""
        u, _ = self.unit_rows(w)
        products = u @ u.T
        np.fill_diagonal(products, 0)
        return self.factor * 0.5 / pairs(len(u)) * np.sum(np.abs(products))

    def gradient(self, w):
        """The gradient above, of the shape of `w`."""
        u, lengths = self.unit_rows(w)
        signs = np.sign(u @ u.T)
        np.fill_diagonal(signs, 0)
        du = (self.factor / pairs(len(u))) * (signs @ u)
        # A row shorter than ε is divided by ε, a constant, so that nothing is to be projected out.
        along = np.sum(u * du, axis=1, keepdims=True) * (lengths > config.epsilon())
        dw = (du - along * u) / np.maximum(lengths, config.epsilon())
        return dw if self.mode == "rows" else dw.T

    def unit_rows(self, w):
        """The rows (or columns, as rows) of unit length, and what their lengths were."""
        if w.ndim != 2:
            raise ValueError(
                "Inputs to OrthogonalRegularizer must have rank 2. "
                f"Received: inputs.shape={w.shape}"
            )
        rows = w if self.mode == "rows" else w.T
        lengths = np.sqrt(np.sum(rows * rows, axis=1, keepdims=True))
        return rows / np.maximum(lengths, config.epsilon()), lengths


def pairs(count):
    """How many pairs there are of `count` things, 1 at least."""
    return max(count * (count - 1) / 2, 1)


def strength(name, value):
    """The value as a float. Raises ValueError unless it is 0 or more and finite."""
    if not isinstance(value, (float, int)) or not math.isfinite(value) or value < 0:
        raise ValueError(
            f"Invalid value for argument {name}: expected a non-negative float. "
            f"Received: {name}={value!r}"
        )
    return float(value)


def in_floatx(value):
    """The value rounded to the dtype `config.floatx()`."""
    return float(np.asarray(value, config.floatx()))
