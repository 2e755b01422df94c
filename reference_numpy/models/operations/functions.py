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


class Softmax(FunctionOperation):
    """e^{x_i} / Σ_j e^{x_j} along an axis."""

    def __init__(self, axis=-1, name=None):
        super().__init__(name)
        self.axis = axis

    def function(self):
        """softmax along the axis."""
        return activations.Softmax(self.axis)


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
    "ops.nn": [Relu, Sigmoid, Silu, Softplus, Softmax, Gelu, LeakyRelu],
    "activations.activations": [ReLU],
}
