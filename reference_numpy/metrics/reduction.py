"""Sums and means over batches, and the mean of any function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference_numpy import losses, serialization
from reference_numpy.annotations import DType
from reference_numpy.losses.categorical import is_softmax
from reference_numpy.losses.reduction import apply_mask, squeeze_or_expand_to_same_rank
from reference_numpy.metrics.metric import Metric, divide_no_nan


def reduce_to_samplewise_values(values, sample_weight, reduce, dtype):
    """Values and weights with every axis but the first reduced, the values weighted before."""
    values = np.asarray(values, dtype)
    if sample_weight is not None:
        sample_weight = np.asarray(sample_weight, dtype)
        values, sample_weight = squeeze_or_expand_to_same_rank(values, sample_weight)
        weight_ndim = sample_weight.ndim
        if values.ndim > weight_ndim:
            values = reduce(values, axis=tuple(range(weight_ndim, values.ndim)))
        sample_weight = np.broadcast_to(sample_weight, values.shape)
        values = values * sample_weight
        if weight_ndim > 1:
            sample_weight = reduce(sample_weight, axis=tuple(range(1, weight_ndim)))
    if values.ndim > 1:
        values = reduce(values, axis=tuple(range(1, values.ndim)))
    return values, sample_weight


class Sum(Metric):
    """Σ w_i v_i over everything taken in."""

    def __init__(self, name: str | None = "sum", dtype: DType = None):
        super().__init__(name, dtype)
        self.total = self.add_variable(dtype=self.dtype)

    def update_state(self, values, sample_weight=None):
        """Add the values of one batch."""
        values, _ = reduce_to_samplewise_values(values, sample_weight, np.sum, self.dtype)
        self.total += values.sum()

    def result(self):
        """The sum."""
        return self.total[()]


class Mean(Metric):
    """Σ w_i v_i / Σ w_i over everything taken in; 0 as long as there is nothing.

    Of a value with several axes the mean is taken over all but the first, the batch; weights may
    be given for samples or for every value.
    """

    def __init__(self, name: str | None = "mean", dtype: DType = None):
        super().__init__(name, dtype)
        self.total = self.add_variable(dtype=self.dtype)
        self.count = self.add_variable(dtype=self.dtype)

    def update_state(self, values, sample_weight=None):
        """Take in the values of one batch (or one number)."""
        values, sample_weight = reduce_to_samplewise_values(
            values, sample_weight, np.mean, self.dtype
        )
        self.total += values.sum()
        if sample_weight is not None:
            self.count += sample_weight.sum()
        else:
            self.count += len(values) if values.ndim else 1

    def result(self):
        """The mean."""
        return divide_no_nan(self.total, self.count)


@dataclass(frozen=True)
class ByOrder:
    """A function of predictions along their last axis that asks for nothing but their order.

    Softmax keeps it, so that the logits serve as well.

    Args:
        compute_dtype: dtype of the predictions.
    """

    compute_dtype: str

    def on_logits(self, activation, ndim):
        """Itself where `activation` is softmax along the last axis, else None."""
        return self if is_softmax(activation, -1, ndim) else None


class MeanMetricWrapper(Mean):
    """The mean of a function's values: `mean of fn(y_true, y_pred)` over everything taken in.

    Args:
        fn: a function of targets and predictions with one value a sample, a loss, or the name of
            a loss function.
        name, dtype: as in `Metric`.
        **kwargs: further arguments of `fn`; entries of its `ignore_class` do not count.
    """

    #: whether `fn` asks for the order of the predictions alone, along their last axis
    by_order = False

    def __init__(
        self,
        fn: Callable[..., Any] | str,
        name: str | None = None,
        dtype: DType = None,
        **kwargs: Any,
    ):
        super().__init__(name, dtype)
        self.fn = losses.functions.get(fn) if isinstance(fn, str) else fn
        if not callable(self.fn):
            raise ValueError(f"Metric '{self.name}': `fn` must be callable. Received: fn={fn!r}")
        self.fn_arguments = kwargs
        if self.direction is None and isinstance(self.fn, (losses.Loss, losses.LossFunction)):
            self.direction = "down"

    def function(self, dtype):
        """What the mean is taken of, in `dtype`, if it can be taken of logits; else None."""
        if isinstance(self.fn, losses.LossFunction):
            return self.fn.loss_class(dtype=dtype, **self.fn_arguments)
        own = type(self).update_state is not MeanMetricWrapper.update_state
        return ByOrder(dtype) if self.by_order and not own else None

    def update_state(self, y_true, y_pred, sample_weight=None, mask=None, on_logits=False):
        """Take in one batch.

        Args:
            y_true, y_pred: targets and predictions.
            sample_weight: weight of each value.
            mask: which values count (the mask that came with y_pred).
            on_logits: whether `y_pred` are the logits of the predictions (`Loss.on_logits`).
        """
        told = on_logits and not self.by_order
        arguments = {**self.fn_arguments, "from_logits": True} if told else self.fn_arguments
        values = self.fn(y_true, y_pred, **arguments)
        if sample_weight is not None:
            sample_weight = np.asarray(sample_weight, self.dtype)
        mask = self._without_ignored(y_true, y_pred, mask)
        super().update_state(values, apply_mask(sample_weight, mask, self.dtype, "sum"))

    def _without_ignored(self, y_true, y_pred, mask):
        """The mask of what counts, without the entries of the class that `fn` ignores."""
        ignored = self.fn_arguments.get("ignore_class")
        if ignored is None or not isinstance(self.fn, losses.LossFunction):
            return mask
        labels, axis = np.asarray(y_true), self.fn_arguments.get("axis", -1)
        if labels.ndim == np.ndim(y_pred) and labels.shape[axis] == 1:
            labels = labels.squeeze(axis)
        valid = labels != ignored
        return valid if mask is None else np.logical_and(mask, valid)

    @classmethod
    def check_arguments(cls, arguments):
        """Those that the wrapper itself hands on are for `fn` to judge."""
        if cls is MeanMetricWrapper:
            known = cls.constructor_arguments()
            arguments = {name: value for name, value in arguments.items() if name in known}
        super().check_arguments(arguments)

    def get_config(self):
        """The constructor's arguments; those of `fn` for the wrapper itself."""
        if type(self) is not MeanMetricWrapper:
            return super().get_config()
        return {
            "name": self.name,
            "dtype": self.dtype,
            "fn": serialization.serialize(self.fn),
            **serialization.serialize(self.fn_arguments),
        }
