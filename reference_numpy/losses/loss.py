"""The base of every loss."""

from typing import Any

import numpy as np

from reference_numpy import config, dtype_policies
from reference_numpy.annotations import Array, ArrayLike, DType, Structure
from reference_numpy.kernels.broadcasting import sum_to_shape
from reference_numpy.losses.reduction import (
    REDUCTIONS,
    reduce_weighted_values,
    squeeze_or_expand_to_same_rank,
)
from reference_numpy.serialization import Configurable, snake_case


class Loss(Configurable):
    """How wrong predictions are, as one number: `loss(y_true, y_pred)`.

    A subclass defines

        forward(y_true, y_pred) → (values, cache)     one value a sample
        backward(dvalues, cache) → dy_pred            its gradient with respect to y_pred

    and the base reduces the values to one number:

        L = 1/d Σ_i w_i values_i,   w the sample weights (1 if none are given)

    with d = 1 for `"sum"`, the number of values for `"sum_over_batch_size"` and `"mean"`, Σ w_i
    for `"mean_with_sample_weight"`. `"none"` and None leave the values as they are; the gradient
    is then that of their sum (what a tape gives for an array).

    `y_true` and `y_pred` are computed in the loss's dtype whatever they came in. One of shape
    (n,) beside one of (n, 1) is taken as (n, 1).

    Args:
        name: the loss's name.
        reduction: one of the above.
        dtype: dtype name or policy in which to compute; None for `config.floatx()`.

    Raises:
        ValueError: for another reduction, shapes that do not fit, or NaN among the targets.
    """

    only_in_config_when_changed: tuple[str, ...] = ("dtype",)

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: DType = None,
    ):
        if reduction not in REDUCTIONS:
            raise ValueError(
                "Invalid value for argument `reduction`. Expected one of "
                f"{REDUCTIONS}. Received: reduction={reduction}"
            )
        self.name = name or snake_case(type(self).__name__)
        self.reduction = reduction
        self.dtype = None if dtype is None else dtype_policies.get(dtype).compute_dtype

    @property
    def compute_dtype(self) -> str:
        """Name of the dtype in which the loss is computed."""
        return self.dtype or config.floatx()

    def forward(self, y_true: ArrayLike, y_pred: ArrayLike) -> tuple[Array, Any]:
        """One value a sample, and what backward needs."""
        raise TypeError(f"{type(self).__name__} does not say what it costs.")

    def backward(self, dvalues: Array, cache: Any) -> Array:
        """The gradient with respect to y_pred, given that with respect to the values."""
        raise TypeError(f"{type(self).__name__} has no gradient.")

    def compute_mask(self, values, cache):
        """Which of the values count, or None for all of them."""

    def on_logits(self, activation, ndim):
        """The loss of what goes into the model's last activation, or None where there is none.

        Softmax followed by cross-entropy, or sigmoid followed by binary cross-entropy, computed
        as one function is exact where the probabilities round to 0 or 1, and its gradient is
        simply y − t. Keras on TensorFlow does this by itself whenever a model ends so, and the
        trainer does it too.

        Args:
            activation: the activation function that the model ends with.
            ndim: the number of axes of its output.
        """

    def with_arguments(self, **changed):
        """A loss made like this one but for some of its arguments."""
        return type(self)(**{**self.get_config(), **changed})

    def __call__(
        self,
        y_true: ArrayLike,
        y_pred: ArrayLike,
        sample_weight: Structure = None,
        mask: Structure = None,
    ) -> Any:
        """The loss: a number, or an array for the reduction `"none"`.

        Args:
            y_true, y_pred: targets and predictions.
            sample_weight: weight of each value.
            mask: which values count (the mask that came with y_pred).
        """
        values, mask, _ = self._values(y_true, y_pred, mask)
        return reduce_weighted_values(values, sample_weight, mask, self.reduction)[0]

    def gradient(
        self,
        y_true: ArrayLike,
        y_pred: ArrayLike,
        sample_weight: Structure = None,
        mask: Structure = None,
    ) -> Array:
        """The gradient with respect to y_pred, an array of its shape and dtype."""
        return self.value_and_gradient(y_true, y_pred, sample_weight, mask)[1]

    def value_and_gradient(self, y_true, y_pred, sample_weight=None, mask=None):
        """The loss and its gradient from one pass."""
        values, mask, cache = self._values(y_true, y_pred, mask)
        result, dvalues = reduce_weighted_values(values, sample_weight, mask, self.reduction)
        gradient = self.backward(dvalues, cache).reshape(np.shape(y_pred))
        dtype = getattr(y_pred, "dtype", gradient.dtype)
        return result, gradient.astype(dtype if dtype.kind == "f" else gradient.dtype, copy=False)

    def _values(self, y_true, y_pred, mask):
        """The values, the mask that holds for them, and backward's cache."""
        dtype, given = self.compute_dtype, np.asarray(y_true)
        y_true = np.asarray(given, dtype)
        y_pred = np.asarray(y_pred, dtype)
        if given.dtype.kind not in "biu":
            # The sum is NaN if any element is, and costs a fraction of looking at each.
            with np.errstate(invalid="ignore", over="ignore"):
                suspicious = np.isnan(y_true.sum())
            if suspicious and np.isnan(y_true).any():
                raise ValueError(f"Loss '{self.name}': `y_true` contains NaN.")
        values, cache = self.forward(*squeeze_or_expand_to_same_rank(y_true, y_pred))
        own_mask = self.compute_mask(values, cache)
        if mask is None or own_mask is None:
            return values, own_mask if mask is None else mask, cache
        return values, np.logical_and(mask, own_mask), cache

    def check_same_shape(self, y_true, y_pred):
        """Raise ValueError unless targets and predictions have one shape."""
        if y_true.shape != y_pred.shape:
            labels = y_true.ndim < y_pred.ndim or y_true.shape[-1] == 1
            advice = ". For class numbers use 'sparse_categorical_crossentropy'." if labels else ""
            raise ValueError(
                f"Loss '{self.name}': `y_true` and `y_pred` must have the same shape. Received: "
                f"y_true.shape={y_true.shape}, y_pred.shape={y_pred.shape}{advice}"
            )


class ElementwiseLoss(Loss):
    """A loss that compares number with number and takes the mean along one axis.

        values = 1/m Σ_j e(t_j, y_j)        dy_j = dvalues / m · e′(t_j, y_j)

    A subclass defines `f(t, y)` → `(e, cache)` and `df(cache)` → e′, the derivative
    with respect to y. Targets and predictions of different shapes are broadcast.
    """

    axis = -1
    #: whether the elements are averaged along the axis, or added up
    mean = True

    def f(self, t, y):
        """e(t, y) of every element, and what `df` needs."""
        raise TypeError(f"{type(self).__name__} does not compare elements.")

    def df(self, cache):
        """The derivative of every element of e with respect to y."""
        raise TypeError(f"{type(self).__name__} has no gradient.")

    def forward(self, y_true, y_pred):
        """The means of the elements along the axis."""
        try:
            np.broadcast_shapes(y_true.shape, y_pred.shape)
        except ValueError:
            self.check_same_shape(y_true, y_pred)
        e, cache = self.f(y_true, y_pred)
        values = e.mean(axis=self.axis) if self.mean else e.sum(axis=self.axis)
        return values, (cache, max(e.shape[self.axis], 1), y_pred.shape)

    def backward(self, dvalues, cache):
        """dvalues / m · e′."""
        cache, count, shape = cache
        if self.mean:
            dvalues = dvalues * (1.0 / count)
        return sum_to_shape(np.expand_dims(dvalues, self.axis) * self.df(cache), shape)
