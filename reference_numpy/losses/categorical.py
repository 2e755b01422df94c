"""Cross-entropy of one class out of several: targets as distributions, and as class numbers."""

import numpy as np

from reference_numpy import activations
from reference_numpy.activations.normalized import is_last_axis, largest, total
from reference_numpy.annotations import DType
from reference_numpy.losses.loss import Loss
from reference_numpy.losses.probabilities import (
    class_indices,
    clip,
    normalize,
    normalize_backward,
    smooth,
)


def softmax_in_parts(x, axis):
    """`(x − max x, log Σ e^{x − max x}, p)` with p = softmax(x), from one exponential.

    log p is the difference of the first two.
    """
    shifted = x - largest(x, axis)
    p = np.exp(shifted)
    sums = total(p, axis)
    p /= sums
    return shifted, np.log(sums), p


def log_probabilities(y, from_logits, axis):
    """log p of `CategoricalCrossentropy`; the derivative with respect to the targets is −log p."""
    if from_logits:
        shifted, log_sums, _ = softmax_in_parts(y, axis)
        return shifted - log_sums
    return np.log(clip(normalize(y, axis)[0])[0])


class CategoricalCrossentropy(Loss):
    """−Σ_k t_k log p_k for targets t that are distributions (one-hot rows, for the most part).

    From probabilities y they are made to add up to 1, p = y / Σ y, and cut off at ε and 1 − ε,
    ε = `config.epsilon()`; with dp_k = −t_k / p_k (0 beyond the bounds),

        dy = (dp − Σ dp p) / Σ y

    From logits x, p = softmax(x), and there are no bounds:

        dx = p Σ t − t            (y − t in the textbook, where Σ t = 1)

    Shapes:
        y_true, y_pred: (batch, …, classes), both the same   values: (batch, …)

    Args:
        from_logits: whether `y_pred` are logits rather than probabilities.
        label_smoothing: s in [0, 1]: targets become t (1 − s) + s / classes.
        axis: the axis of the classes.

    Raises:
        ValueError: for targets and predictions of different shapes.

    Source: Saito, Deep Learning from Scratch, sections 4.2.2 and 5.6.3.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = check_axis(axis)

    def forward(self, y_true, y_pred):
        """−Σ t log p."""
        self.check_same_shape(y_true, y_pred)
        t, axis = smooth(y_true, self.label_smoothing, y_true.shape[self.axis]), self.axis
        if self.from_logits:
            shifted, log_sums, p = softmax_in_parts(y_pred, axis)
            shifted -= log_sums
            shifted *= t
            return -shifted.sum(axis=axis), (t, p)
        p, sums = normalize(y_pred, axis)
        clipped, inside = clip(p)
        return -(t * np.log(clipped)).sum(axis=axis), (t, p, sums, clipped, inside)

    def backward(self, dvalues, cache):
        """dvalues times the gradient of each value."""
        axis, dvalues = self.axis, np.expand_dims(dvalues, self.axis)
        if self.from_logits:
            t, p = cache
            return dvalues * (p * t.sum(axis=axis, keepdims=True) - t)
        t, p, sums, clipped, inside = cache
        return dvalues * normalize_backward(-t / clipped * inside, p, sums, axis)

    def on_logits(self, activation, ndim):
        """This loss from logits, for a model that ends with softmax."""
        if is_softmax(activation, self.axis, ndim):
            return self.with_arguments(from_logits=True)
        return None


class SparseCategoricalCrossentropy(Loss):
    """−log p_k where k is the number of the class that is the case.

    From probabilities y they are cut off at ε and 1 − ε, ε = `config.epsilon()`, and then made to
    add up to 1, p = c / Σ c with c = clip(y):

        dy_j = (1 / Σ c − [j = k] / c_k) within the bounds, else 0

    From logits x, p = softmax(x) and dx_j = p_j − [j = k].

    Shapes:
        y_true: (batch, …) or (batch, …, 1), integers   y_pred: (batch, …, classes)
        values: (batch, …)

    Args:
        from_logits: whether `y_pred` are logits rather than probabilities.
        ignore_class: a class number that marks entries which do not count (they may lie outside
            of the classes); the mean is over the others.
        axis: the axis of the classes.

    Raises:
        ValueError: for a label that is no class, or shapes that do not fit.

    Source: Saito, Deep Learning from Scratch, section 4.2.4.
    """

    only_in_config_when_changed = ("dtype", "axis")

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = check_axis(axis)

    def forward(self, y_true, y_pred):
        """−log p_k."""
        labels, axis = y_true, self.axis
        if labels.ndim == y_pred.ndim and labels.shape[axis] == 1:
            labels = labels.squeeze(axis)
        y = y_pred if is_last_axis(y_pred, axis) else np.moveaxis(y_pred, axis, -1)
        if labels.shape != y.shape[:-1]:
            one_hot = y_true.shape == y_pred.shape
            advice = ". For one-hot targets use 'categorical_crossentropy'." if one_hot else ""
            raise ValueError(
                f"Loss '{self.name}': `y_true` must have the shape of `y_pred` without the axis "
                f"of the classes. Received: y_true.shape={y_true.shape}, "
                f"y_pred.shape={y_pred.shape}{advice}"
            )
        valid = None
        if self.ignore_class is not None:
            valid = labels != self.ignore_class
            labels, y = np.where(valid, labels, 0), np.where(valid[..., None], y, 0)
        classes = y.shape[-1]
        k = class_indices(labels.reshape(-1), classes, self.name)
        rows = np.ascontiguousarray(y.reshape(-1, classes))
        chosen = k + np.arange(0, rows.size, classes)  # of all numbers in one row
        if self.from_logits:
            shifted, log_sums, p = softmax_in_parts(rows, -1)
            values, parts = log_sums[:, 0] - shifted.reshape(-1)[chosen], (p,)
        else:
            c, inside = clip(rows)
            sums, c_k = c.sum(axis=-1), c.reshape(-1)[chosen]
            values, parts = np.log(sums / c_k), (c_k, inside, sums)
        values = values.reshape(labels.shape)
        return values if valid is None else values * valid, (chosen, parts, y.shape, valid)

    def backward(self, dvalues, cache):
        """dvalues times the gradient of each value."""
        chosen, parts, shape, valid = cache
        if valid is not None:
            dvalues = dvalues * valid
        dvalues = dvalues.reshape(-1)
        if self.from_logits:
            (p,) = parts
            dy = p * dvalues[:, None]
            dy.reshape(-1)[chosen] -= dvalues
        else:
            c, inside, sums = parts
            dy = np.broadcast_to((dvalues / sums)[:, None], inside.shape) * inside
            dy.reshape(-1)[chosen] -= dvalues / c * inside.reshape(-1)[chosen]
        dy = dy.reshape(shape)
        return dy if is_last_axis(dy, self.axis) else np.moveaxis(dy, -1, self.axis)

    def compute_mask(self, values, cache):
        """The entries that are not of the ignored class."""
        return cache[-1]

    def on_logits(self, activation, ndim):
        """This loss from logits, for a model that ends with softmax."""
        if self.ignore_class is None and is_softmax(activation, self.axis, ndim):
            return self.with_arguments(from_logits=True)
        return None


def is_softmax(activation, axis, ndim):
    """Whether `activation` is softmax along `axis`, both counted from either end of `ndim` axes."""
    if not isinstance(activation, activations.Softmax) or not isinstance(activation.axis, int):
        return False
    return activation.axis % ndim == axis % ndim


def check_axis(axis):
    """`axis`, which must be a number; ValueError for True and False."""
    if isinstance(axis, bool):
        raise ValueError(f"`axis` must be of type `int`. Received: axis={axis} of type {bool}")
    return axis
