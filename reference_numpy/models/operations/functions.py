"""Activation functions as operations of a graph."""

from reference_numpy import activations
from reference_numpy.models.operations.operation import Operation


class FunctionOperation(Operation):
    """y = f(x) for the activation function that `function` makes."""

    def function(self):
        """The activation function."""
        raise TypeError(f"{type(self).__name__} does not say its function.")

    def compute(self, x):
        """f(x), and the function's cache."""
        return self.function().forward(x)

    def slopes(self, dy, cache):
        """dy f′(x)."""
        return (self.function().backward(dy, cache),)

    def shape(self, x):
        """x's."""
        return x


class Relu(FunctionOperation):
    """max(x, 0)."""

    def function(self):
        """relu."""
        return activations.relu


class Sigmoid(FunctionOperation):
    """1 / (1 + e⁻ˣ)."""

    def function(self):
        """sigmoid."""
        return activations.sigmoid


class Tanh(FunctionOperation):
    """tanh x."""

    def function(self):
        """tanh."""
        return activations.tanh


class Silu(FunctionOperation):
    """x / (1 + e⁻ˣ)."""

    def function(self):
        """silu."""
        return activations.silu


class Softplus(FunctionOperation):
    """log(1 + eˣ)."""

    def function(self):
        """softplus."""
        return activations.softplus


class Relu6(FunctionOperation):
    """min(max(x, 0), 6)."""

    def function(self):
        """relu6."""
        return activations.relu6


class HardSigmoid(FunctionOperation):
    """min(max(x / 6 + 1/2, 0), 1)."""

    def function(self):
        """hard_sigmoid."""
        return activations.hard_sigmoid


class SparseSigmoid(FunctionOperation):
    """min(max((x + 1) / 2, 0), 1)."""

    def function(self):
        """sparse_sigmoid."""
        return activations.sparse_sigmoid


class LogSigmoid(FunctionOperation):
    """−log(1 + e⁻ˣ)."""

    def function(self):
        """log_sigmoid."""
        return activations.log_sigmoid


class Softsign(FunctionOperation):
    """x / (1 + |x|)."""

    def function(self):
        """softsign."""
        return activations.softsign


class HardSilu(FunctionOperation):
    """x min(max(x + 3, 0), 6) / 6."""

    def function(self):
        """hard_silu."""
        return activations.hard_silu


class HardTanh(FunctionOperation):
    """min(max(x, −1), 1)."""

    def function(self):
        """hard_tanh."""
        return activations.hard_tanh


class TanhShrink(FunctionOperation):
    """x − tanh x."""

    def function(self):
        """tanh_shrink."""
        return activations.tanh_shrink


class SparsePlus(FunctionOperation):
    """0 below −1, (x + 1)² / 4 up to 1, x above."""

    def function(self):
        """sparse_plus."""
        return activations.sparse_plus


class Selu(FunctionOperation):
    """λ x where x > 0, else λ α (eˣ − 1), with fixed λ and α."""

    def function(self):
        """selu."""
        return activations.selu


class Softmax(FunctionOperation):
    """e^{x_i} / Σ_j e^{x_j} along an axis."""

    def __init__(self, axis=-1, name=None):
        super().__init__(name)
        self.axis = axis

    def function(self):
        """softmax along the axis."""
        return activations.Softmax(self.axis)


class LogSoftmax(FunctionOperation):
    """x_i − log Σ_j e^{x_j} along an axis."""

    def __init__(self, axis=-1, name=None):
        super().__init__(name)
        self.axis = axis

    def function(self):
        """The function with its argument."""
        return activations.LogSoftmax(self.axis)


class Sparsemax(FunctionOperation):
    """The nearest point to x whose entries along an axis are no less than 0 and add up to 1."""

    def __init__(self, axis=-1, name=None):
        super().__init__(name)
        self.axis = axis

    def function(self):
        """The function with its argument."""
        return activations.Sparsemax(self.axis)


class Glu(FunctionOperation):
    """a / (1 + e⁻ᵇ) for the halves a and b of x along an axis."""

    def __init__(self, axis=-1, name=None):
        super().__init__(name)
        self.axis = axis

    def function(self):
        """The function with its argument."""
        return activations.Glu(self.axis)

    def shape(self, x):
        """x's with half the size along the axis."""
        axis = self.axis_of(self.axis, len(x))
        size = x[axis]
        if size is not None and size % 2:
            raise ValueError(f"Operation '{self.name}': axis {self.axis} of {x} has no halves.")
        return (*x[:axis], None if size is None else size // 2, *x[axis + 1 :])


class Gelu(FunctionOperation):
    """x Φ(x), Φ the normal distribution, or its approximation by tanh."""

    def __init__(self, approximate=True, name=None):
        super().__init__(name)
        self.approximate = approximate

    def function(self):
        """gelu."""
        return activations.Gelu(self.approximate)


class LeakyRelu(FunctionOperation):
    """x where x > 0, else slope · x."""

    def __init__(self, negative_slope=0.2, name=None):
        super().__init__(name)
        self.negative_slope = negative_slope

    def function(self):
        """leaky_relu."""
        return activations.LeakyRelu(self.negative_slope)


class Elu(FunctionOperation):
    """x where x > 0, else α (eˣ − 1)."""

    def __init__(self, alpha=1.0, name=None):
        super().__init__(name)
        self.alpha = alpha

    def function(self):
        """The function with its argument."""
        return activations.Elu(self.alpha)


class Celu(FunctionOperation):
    """x where x > 0, else α (e^(x/α) − 1)."""

    def __init__(self, alpha=1.0, name=None):
        super().__init__(name)
        self.alpha = alpha

    def function(self):
        """The function with its argument."""
        return activations.Celu(self.alpha)


class HardShrink(FunctionOperation):
    """x where |x| > threshold, else 0."""

    def __init__(self, threshold=0.5, name=None):
        super().__init__(name)
        self.threshold = threshold

    def function(self):
        """The function with its argument."""
        return activations.HardShrink(self.threshold)


class SoftShrink(FunctionOperation):
    """x brought nearer to 0 by the threshold, 0 where |x| is below it."""

    def __init__(self, threshold=0.5, name=None):
        super().__init__(name)
        self.threshold = threshold

    def function(self):
        """The function with its argument."""
        return activations.SoftShrink(self.threshold)


class Squareplus(FunctionOperation):
    """(x + √(x² + b)) / 2."""

    def __init__(self, b=4, name=None):
        super().__init__(name)
        self.b = b

    def function(self):
        """The function with its argument."""
        return activations.Squareplus(self.b)


class Threshold(FunctionOperation):
    """x where x > threshold, else the default value."""

    def __init__(self, threshold, default_value, name=None):
        super().__init__(name)
        self.threshold, self.default_value = threshold, default_value

    def function(self):
        """The function with its arguments."""
        return activations.Threshold(self.threshold, self.default_value)


class ReLU(FunctionOperation):
    """`activations.relu` with its arguments."""

    def __init__(self, negative_slope=0.0, max_value=None, threshold=0.0, name=None):
        super().__init__(name)
        self.negative_slope, self.max_value = negative_slope, max_value
        self.threshold = threshold

    def function(self):
        """relu with the arguments."""
        return activations.Relu(self.negative_slope, self.max_value, self.threshold)


OFFERED = {
    "ops.numpy": [Tanh],
    "ops.nn": [
        Relu,
        Relu6,
        LeakyRelu,
        Sigmoid,
        HardSigmoid,
        SparseSigmoid,
        LogSigmoid,
        Silu,
        HardSilu,
        Gelu,
        Glu,
        Softplus,
        SparsePlus,
        Squareplus,
        Softsign,
        Elu,
        Celu,
        Selu,
        HardTanh,
        TanhShrink,
        HardShrink,
        SoftShrink,
        Threshold,
        Softmax,
        LogSoftmax,
        Sparsemax,
    ],
    "activations.activations": [ReLU],
}
