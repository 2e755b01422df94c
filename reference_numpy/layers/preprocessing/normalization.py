"""Standardization of features by a mean and a variance learned from data."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import ArrayLike
from reference_numpy.layers.layer import Layer


class Normalization(Layer):
    """y = (x − μ) / max(σ, 1e-7): features with mean 0 and variance 1.

    μ and σ² are given, or learned by `adapt(data)` as the mean and variance of the data along all
    axes but `axis`; they are no weights that training changes. `invert` undoes it:
    y = μ + x max(σ, 1e-7). Backward: dx = dy / max(σ, 1e-7), or dy max(σ, 1e-7).

    Shapes:
        x, y: any   weights, where they are learned: `mean`, `variance`: the sizes along `axis`;
        `count`: an integer that Keras keeps for its older files

    Args:
        axis: the axis (or axes) whose entries have a mean and variance each; None for a single
            mean and variance.
        mean, variance: μ and σ², both or none; numbers, or arrays that broadcast along `axis`.
        invert: whether to undo the standardization.

    Raises:
        ValueError: for one of `mean` and `variance` alone, or two of different shapes or of more
            axes than `axis`; for an axis the input lacks or whose size is unknown; for data, or
            a mean, whose shape does not fit.
        TypeError: for data that are neither an array nor batches of arrays.
    """

    not_in_config = (*Layer.not_in_config, "mean", "variance")

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: ArrayLike | None = None,
        variance: ArrayLike | None = None,
        invert: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        self.input_mean, self.input_variance = mean, variance
        self.invert = invert
        self.supports_masking = True
        if (mean is None) != (variance is None):
            raise ValueError(
                f"Layer '{self.name}': `mean` and `variance` must both be given, or none. "
                f"Received: mean={mean}, variance={variance}"
            )
        shape, other_shape = np.asarray(mean).shape, np.asarray(variance).shape
        if shape != other_shape or len(shape) > len(self.axis):
            raise ValueError(
                f"Layer '{self.name}': `mean` and `variance` must have the same shape, of no more "
                f"axes than `axis`. Received: shapes {shape} and {other_shape} "
                f"for axis={self.axis}"
            )

    @property
    def samples_apart(self):
        """Once it is built, unless each sample has a mean of its own."""
        return self.built and 0 not in self.kept

    def build(self, input_shape):
        """Note which axes are kept, and create the learned mean and variance if none are given."""
        ndim = len(input_shape)
        if any(not -ndim <= axis < ndim for axis in self.axis):
            raise ValueError(
                f"Layer '{self.name}': `axis` must name axes of the input. "
                f"Received: axis={self.axis}, input_shape={input_shape}"
            )
        self.kept = sorted(axis % ndim for axis in self.axis)
        sizes = tuple(input_shape[axis] for axis in self.kept)
        if None in sizes:
            raise ValueError(
                f"Layer '{self.name}': the sizes along axis {self.axis} must be known. "
                f"Received: input_shape={input_shape}"
            )
        given = np.shape(self.input_mean)
        if any(a not in (1, b) for a, b in zip(given, sizes[len(sizes) - len(given) :])):
            raise ValueError(
                f"Layer '{self.name}': `mean` and `variance` of shape {given} do not fit the sizes "
                f"{sizes} along axis {self.axis}. Received: input_shape={input_shape}"
            )
        self.sizes = sizes
        self.broadcast = tuple(
            size if axis in self.kept else 1 for axis, size in enumerate(input_shape)
        )
        if self.input_mean is None:
            self.adapt_mean = self.add_weight(sizes, "zeros", "mean", trainable=False)
            self.adapt_variance = self.add_weight(sizes, "ones", "variance", trainable=False)
            self.count = self.add_weight((), "zeros", "count", trainable=False, dtype="int64")

    def adapt(self, data):
        """Learn μ and σ² from an array, or from an iterable of batches (of which (x, y) gives x).

        Batches are merged by the weights p and q = 1 − p of the entries seen before and in the
        batch: μ = p μ₁ + q μ₂ and σ² = p (σ₁² + (μ₁ − μ)²) + q (σ₂² + (μ₂ − μ)²).
        """
        batches = [data] if isinstance(data, np.ndarray) else self._batches(data)
        seen, total_mean, total_variance = 0, 0.0, 0.0
        for batch in batches:
            if not self.built:
                self.build(batch.shape)
            if [batch.shape[axis] for axis in self.kept] != list(self.sizes):
                raise ValueError(
                    f"Layer '{self.name}' was built for inputs with the sizes {self.sizes} along "
                    f"axis {self.axis}, but `adapt` is given data of shape {batch.shape}."
                )
            others = tuple(axis for axis in range(batch.ndim) if axis not in self.kept)
            count = math.prod(batch.shape[axis] for axis in others)
            mean = batch.mean(axis=others, dtype="float64")
            variance = batch.var(axis=others, dtype="float64")
            share = count / (seen + count)
            merged = (1 - share) * total_mean + share * mean
            before = total_variance + (total_mean - merged) ** 2
            total_variance = (1 - share) * before + share * (variance + (mean - merged) ** 2)
            total_mean, seen = merged, seen + count
        if not seen:
            raise ValueError(f"Layer '{self.name}': `adapt` received no data.")
        self.adapt_mean[...], self.adapt_variance[...] = total_mean, total_variance

    def _batches(self, data):
        if not hasattr(data, "__iter__"):
            raise TypeError(
                f"Layer '{self.name}': `adapt` takes an array or an iterable of batches. "
                f"Received: {type(data).__name__}"
            )
        for batch in data:
            batch = batch[0] if isinstance(batch, tuple) else batch
            if not isinstance(batch, np.ndarray):
                raise TypeError(
                    f"Layer '{self.name}': the batches that `adapt` takes are arrays. "
                    f"Received: {type(batch).__name__}"
                )
            yield batch

    def statistics(self):
        """μ and max(σ, 1e-7) in the compute dtype, as they broadcast against the input."""
        mean, variance = self.input_mean, self.input_variance
        if mean is None:
            mean, variance = self.adapt_mean, self.adapt_variance
        # Axes of a given mean stand for the last of the kept axes.
        sizes = [1] * (len(self.kept) - np.ndim(mean)) + list(np.shape(mean))
        shape = [1] * len(self.broadcast)
        for axis, size in zip(self.kept, sizes, strict=True):
            shape[axis] = size
        mean = np.asarray(mean, self.compute_dtype).reshape(shape)
        stddev = np.sqrt(np.asarray(variance, self.compute_dtype)).reshape(shape)
        return mean, np.maximum(stddev, config.epsilon())

    def forward(self, x, training=False):
        """The standardized features, and x's dtype."""
        mean, stddev = self.statistics()
        values = x.astype(self.compute_dtype, copy=False)
        return mean + values * stddev if self.invert else (values - mean) / stddev, x.dtype

    def backward(self, dy, cache):
        """dx (None for integers), and no gradients of weights."""
        if cache.kind != "f":
            return None, []
        _, stddev = self.statistics()
        return dy * stddev if self.invert else dy / stddev, []

    def get_config(self):
        """Keras's keys; a given mean and variance as numbers or lists."""
        given = {"mean": self.input_mean, "variance": self.input_variance}
        plain = {name: np.array(value).tolist() for name, value in given.items()}
        return {**super().get_config(), **plain}
