"""Cross-entropy of yes and no, plain and focal."""

import numpy as np

from reference_numpy import activations
from reference_numpy.annotations import DType
from reference_numpy.losses.loss import ElementwiseLoss
from reference_numpy.losses.probabilities import clip, smooth


class BinaryCrossentropy(ElementwiseLoss):
    """e = −t log y − (1 − t) log(1 − y) for a probability y of yes and a label t in [0, 1].

        e′ = (1 − t)/(1 − y) − t/y                        from probabilities
        e = max(x, 0) − x t + log(1 + e^(−|x|)),  e′ = sigmoid(x) − t      from logits x

    Probabilities are cut off at ε and 1 − ε, ε = `config.epsilon()`, and e′ is 0 beyond, so a
    prediction that is entirely wrong has no gradient. From logits there is no such flat part.

    Shapes:
        y_true, y_pred: (batch, …, m), both the same   values: (batch, …)

    Args:
        from_logits: whether `y_pred` are logits x rather than probabilities sigmoid(x).
        label_smoothing: s in [0, 1]: labels 0 and 1 become s/2 and 1 − s/2.
        axis: the axis of the mean.

    Raises:
        ValueError: for targets and predictions of different shapes.

    Source: Goodfellow et al., Deep Learning (2016), section 6.2.2.2.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    def f(self, t, y):
        """The cross-entropy of every pair."""
        self.check_same_shape(t, y)
        t = smooth(t, self.label_smoothing, 2)
        return binary_crossentropy_elements(t, y, self.from_logits)

    def df(self, cache):
        """Its derivative."""
        return binary_crossentropy_derivative(cache)

    def on_logits(self, activation, ndim):
        """This loss from logits, for a model that ends with sigmoid."""
        if isinstance(activation, activations.Sigmoid):
            return self.with_arguments(from_logits=True)
        return None


def binary_crossentropy_elements(t, y, from_logits):
    """−t log y − (1 − t) log(1 − y) for probabilities y, or for logits."""
    if from_logits:
        e = np.maximum(y, 0.0) - y * t + np.log1p(np.exp(-np.abs(y)))
        return e, (t, y, None)
    p, inside = clip(y)
    return -(t * np.log(p) + (1.0 - t) * np.log(1.0 - p)), (t, p, inside)


def binary_crossentropy_derivative(cache):
    """The derivative of `binary_crossentropy_elements` with respect to y."""
    t, y, inside = cache
    if inside is None:
        return activations.sigmoid(y) - t
    return ((1.0 - t) / (1.0 - y) - t / y) * inside


def binary_crossentropy_target_derivative(cache):
    """The derivative of `binary_crossentropy_elements` with respect to t."""
    _, y, inside = cache
    return -y if inside is None else np.log(1.0 - y) - np.log(y)


class BinaryFocalCrossentropy(ElementwiseLoss):
    """Cross-entropy in which the easy examples count little: e = w (1 − p)^γ b.

        b = −t log y − (1 − t) log(1 − y)       the cross-entropy
        p = t y + (1 − t) (1 − y)               the probability given to what is the case
        w = t α + (1 − t) (1 − α)               if `apply_class_balancing`, else 1
        e′ = w ((1 − p)^γ b′ − γ (1 − p)^(γ−1) (2 t − 1) b)

    b is clipped as in `BinaryCrossentropy`. From logits x, y = sigmoid(x), b comes from the
    logits and e′ is with respect to x.

    Args:
        apply_class_balancing: whether the classes are weighed.
        alpha: α, the weight of the class 1; that of 0 is 1 − α.
        gamma: γ, 0 or more; 0 is the cross-entropy.
        from_logits, label_smoothing, axis: as in `BinaryCrossentropy`.

    Raises:
        ValueError: for targets and predictions of different shapes.

    Source: Lin et al., Focal Loss for Dense Object Detection (2017).
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)
        self.apply_class_balancing = apply_class_balancing
        self.alpha = alpha
        self.gamma = gamma
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    def f(self, t, y):
        """w (1 − p)^γ b."""
        self.check_same_shape(t, y)
        t = smooth(t, self.label_smoothing, 2)
        b, cache = binary_crossentropy_elements(t, y, self.from_logits)
        if self.from_logits:
            y = activations.sigmoid(y)
        missing = 1.0 - (t * y + (1.0 - t) * (1.0 - y))
        w = t * self.alpha + (1.0 - t) * (1.0 - self.alpha) if self.apply_class_balancing else 1.0
        return w * missing**self.gamma * b, (cache, b, missing, w, t, y)

    def df(self, cache):
        """w ((1 − p)^γ b′ − γ (1 − p)^(γ−1) (2 t − 1) b)."""
        cache, b, missing, w, t, y = cache
        dp = 2.0 * t - 1.0
        if self.from_logits:
            dp = dp * y * (1.0 - y)
        df = missing**self.gamma * binary_crossentropy_derivative(cache)
        if self.gamma:
            df -= self.gamma * missing ** (self.gamma - 1.0) * dp * b
        return w * df

    def on_logits(self, activation, ndim):
        """This loss from logits, for a model that ends with sigmoid."""
        if isinstance(activation, activations.Sigmoid):
            return self.with_arguments(from_logits=True)
        return None
