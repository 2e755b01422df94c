"""Activation functions as operations of a graph."""

from collections.abc import Callable, Sequence

from reference_numpy import activations
from reference_numpy.activations.activation_function import ActivationFunction
from reference_numpy.operations.operation import Operation


class FunctionOperation(Operation):
    """y = f(x) for an activation function f, which a subclass has as `function`."""

    function: ActivationFunction
    floating = True

    def forward(self, x):
        """f(x), and the function's cache."""
        (number,) = self.promoted(x)
        y, cache = self.function.forward(number)
        return y.astype(number.dtype, copy=False), (x, cache)

    def backward(self, dy, cache):
        """dy f′(x)."""
        x, cache = cache
        return (self.function.backward(dy, cache) if x.dtype.kind == "f" else None,)

    def shape(self, x):
        """x's."""
        return x


class AxisFunction(FunctionOperation):
    """y = f(x) for a function along an axis, of a class that a subclass has as `made`.

    Raises:
        ValueError: for an axis that x does not have.
    """

    made: Callable[..., ActivationFunction]

    def __init__(self, axis: int | Sequence[int] | None = -1, name: str | None = None):
        super().__init__(name)
        self.axis, self.function = axis, self.made(axis)

    def shape(self, x):
        """x's."""
        self.axis_of(self.axis, len(x))
        return x


class AnyAxisFunction(AxisFunction):
    """The same for a function that also takes all axes together, as the axis None."""

    def shape(self, x):
        """x's."""
        return x if self.axis is None else super().shape(x)


class Relu(FunctionOperation, keras="ops.nn"):
    """max(x, 0)."""

    floating = False
    function = activations.relu


class Sigmoid(FunctionOperation, keras="ops.nn"):
    """1 / (1 + e⁻ˣ)."""

    function = activations.sigmoid


class Tanh(FunctionOperation, keras="ops.numpy"):
    """tanh x."""

    function = activations.tanh


class Silu(FunctionOperation, keras="ops.nn"):
    """x / (1 + e⁻ˣ)."""

    function = activations.silu


class Softplus(FunctionOperation, keras="ops.nn"):
    """log(1 + eˣ)."""

    function = activations.softplus


class Relu6(FunctionOperation, keras="ops.nn"):
    """min(max(x, 0), 6)."""

    floating = False
    function = activations.relu6


class HardSigmoid(FunctionOperation, keras="ops.nn"):
    """min(max(x / 6 + 1/2, 0), 1)."""

    function = activations.hard_sigmoid


class SparseSigmoid(FunctionOperation, keras="ops.nn"):
    """min(max((x + 1) / 2, 0), 1)."""

    function = activations.sparse_sigmoid


class LogSigmoid(FunctionOperation, keras="ops.nn"):
    """−log(1 + e⁻ˣ)."""

    function = activations.log_sigmoid


class Softsign(FunctionOperation, keras="ops.nn"):
    """x / (1 + |x|)."""

    function = activations.softsign


class HardSilu(FunctionOperation, keras="ops.nn"):
    """x min(max(x + 3, 0), 6) / 6."""

    function = activations.hard_silu


class HardTanh(FunctionOperation, keras="ops.nn"):
    """min(max(x, −1), 1)."""

    function = activations.hard_tanh


class TanhShrink(FunctionOperation, keras="ops.nn"):
    """x − tanh x."""

    function = activations.tanh_shrink


class SparsePlus(FunctionOperation, keras="ops.nn"):
    """0 below −1, (x + 1)² / 4 up to 1, x above."""

    function = activations.sparse_plus


class Selu(FunctionOperation, keras="ops.nn"):
    """λ x where x > 0, else λ α (eˣ − 1), with fixed λ and α."""

    function = activations.selu


class Softmax(AnyAxisFunction, keras="ops.nn"):
    """e^{x_i} / Σ_j e^{x_j} along an axis."""

    made = activations.Softmax


class LogSoftmax(AnyAxisFunction, keras="ops.nn"):
    """x_i − log Σ_j e^{x_j} along an axis."""

    made = activations.LogSoftmax


class Sparsemax(AxisFunction, keras="ops.nn"):
    """The nearest point to x whose entries along an axis are no less than 0 and add up to 1."""

    made = activations.Sparsemax


class Glu(AxisFunction, keras="ops.nn"):
    """a / (1 + e⁻ᵇ) for the halves a and b of x along an axis."""

    made = activations.Glu

    def shape(self, x):
        """x's with half the size along the axis."""
        axis = self.axis_of(self.axis, len(x))
        size = x[axis]
        if size is not None and size % 2:
            raise ValueError(f"Operation '{self.name}': axis {self.axis} of {x} has no halves.")
        return (*x[:axis], None if size is None else size // 2, *x[axis + 1 :])


class Gelu(FunctionOperation, keras="ops.nn"):
    """x Φ(x), Φ the normal distribution, or its approximation by tanh."""

    def __init__(self, approximate: bool = True, name: str | None = None):
        super().__init__(name)
        self.approximate = approximate
        self.function = activations.Gelu(approximate)


class LeakyRelu(FunctionOperation, keras="ops.nn"):
    """x where x > 0, else slope · x."""

    def __init__(self, negative_slope: float = 0.2, name: str | None = None):
        super().__init__(name)
        self.negative_slope = negative_slope
        self.function = activations.LeakyRelu(negative_slope)


class Elu(FunctionOperation, keras="ops.nn"):
    """x where x > 0, else α (eˣ − 1)."""

    def __init__(self, alpha: float = 1.0, name: str | None = None):
        super().__init__(name)
        self.alpha = alpha
        self.function = activations.Elu(alpha)


class Celu(FunctionOperation, keras="ops.nn"):
    """x where x > 0, else α (e^(x/α) − 1)."""

    def __init__(self, alpha: float = 1.0, name: str | None = None):
        super().__init__(name)
        self.alpha = alpha
        self.function = activations.Celu(alpha)


class HardShrink(FunctionOperation, keras="ops.nn"):
    """x where |x| > threshold, else 0."""

    def __init__(self, threshold: float = 0.5, name: str | None = None):
        super().__init__(name)
        self.threshold = threshold
        self.function = activations.HardShrink(threshold)


class SoftShrink(FunctionOperation, keras="ops.nn"):
    """x brought nearer to 0 by the threshold, 0 where |x| is below it."""

    def __init__(self, threshold: float = 0.5, name: str | None = None):
        super().__init__(name)
        self.threshold = threshold
        self.function = activations.SoftShrink(threshold)


class Squareplus(FunctionOperation, keras="ops.nn"):
    """(x + √(x² + b)) / 2."""

    def __init__(self, b: float = 4, name: str | None = None):
        super().__init__(name)
        self.b = b
        self.function = activations.Squareplus(b)


class Threshold(FunctionOperation, keras="ops.nn"):
    """x where x > threshold, else the default value."""

    def __init__(self, threshold: float, default_value: float, name: str | None = None):
        super().__init__(name)
        self.threshold, self.default_value = threshold, default_value
        self.function = activations.Threshold(threshold, default_value)


class ReLU(FunctionOperation, keras="activations.activations"):
    """`activations.relu` with its arguments."""

    def __init__(
        self,
        negative_slope: float = 0.0,
        max_value: float | None = None,
        threshold: float = 0.0,
        name: str | None = None,
    ):
        super().__init__(name)
        self.negative_slope, self.max_value = negative_slope, max_value
        self.threshold = threshold
        self.function = activations.Relu(negative_slope, max_value, threshold)
