"""What stands in Keras's graphs beside the layers: operations, and the layers of its applications.

A symbolic tensor takes Python's operators: `x + 1`, `x * y`, `-x`, `x ** 2`, `x @ y`, `x[:, 0]`.
"""

from reference_numpy.layers.symbolic import KerasTensor
from reference_numpy.models.operations import arithmetic, functions, logic, reductions, shapes
from reference_numpy.models.operations.application_layers import (
    CustomScaleLayer,
    LayerScale,
    StochasticDepth,
)
from reference_numpy.models.operations.operation import Operation
from reference_numpy.serialization import Family


def _operations(module, *names):
    return [getattr(module, name) for name in names]


_numpy = _operations(arithmetic, "Add", "Subtract", "Multiply", "TrueDivide", "Divide", "Power")
_numpy += _operations(arithmetic, "Maximum", "Minimum", "Matmul", "Negative", "Absolute", "Square")
_numpy += _operations(arithmetic, "Sqrt", "Exp", "Log", "Clip") + [functions.Tanh]
_numpy += _operations(shapes, "GetItem", "Reshape", "Transpose", "ExpandDims", "Squeeze")
_numpy += _operations(shapes, "Concatenate", "Stack")
_numpy += _operations(reductions, "Sum", "Mean", "Max", "Min")
_numpy += _operations(logic, "Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual")
_numpy += _operations(logic, "LogicalAnd", "LogicalOr", "LogicalNot", "Any", "All", "Where")
_numpy += _operations(logic, "ZerosLike", "OnesLike")
_nn = _operations(functions, "Relu", "Sigmoid", "Silu", "Softplus", "Softmax", "Gelu", "LeakyRelu")

FAMILIES = [
    Family("keras.src.ops.numpy", "operation", _numpy),
    Family("keras.src.ops.nn", "operation", _nn),
    Family("keras.src.ops.core", "operation", [logic.Cast, logic.ConvertToTensor]),
    Family("keras.src.activations.activations", "operation", [functions.ReLU]),
    Family("keras.src.applications.convnext", "layer", [LayerScale, StochasticDepth]),
    Family("keras.src.applications.inception_resnet_v2", "layer", [CustomScaleLayer]),
]

_OPERATORS = {
    "add": arithmetic.Add,
    "sub": arithmetic.Subtract,
    "mul": arithmetic.Multiply,
    "truediv": arithmetic.TrueDivide,
    "pow": arithmetic.Power,
    "matmul": arithmetic.Matmul,
}


def _operator(operation, turned=False):
    def operator(self, other):
        return operation()(other, self) if turned else operation()(self, other)

    return operator


for _name, _operation in _OPERATORS.items():
    setattr(KerasTensor, f"__{_name}__", _operator(_operation))
    setattr(KerasTensor, f"__r{_name}__", _operator(_operation, turned=True))
KerasTensor.__neg__ = lambda self: arithmetic.Negative()(self)
KerasTensor.__abs__ = lambda self: arithmetic.Absolute()(self)
KerasTensor.__getitem__ = _operator(shapes.GetItem)
KerasTensor.__iter__ = None  # else Python would iterate by index, without end

__all__ = ["CustomScaleLayer", "LayerScale", "Operation", "StochasticDepth"]
