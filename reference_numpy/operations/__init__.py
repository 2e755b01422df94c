"""What stands in Keras's graphs beside the layers: operations, and the layers of its applications.

`keras.ops.mean(x, axis=1)` on a symbolic tensor becomes an object of Keras's class `Mean` in the
graph; the class here has its name, its arguments and a backward pass. A class that
Keras has names Keras's module where it is declared.

A symbolic tensor takes Python's operators: `x + 1`, `x * y`, `-x`, `x ** 2`, `x @ y`, `x > 0`,
`x[:, 0]`.
"""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from reference_numpy.layers.symbolic import KerasTensor
from reference_numpy.operations import binary, elementwise, indexing, logic, products, shapes
from reference_numpy.operations.application_layers import (
    CustomScaleLayer,
    LayerScale,
    StochasticDepth,
)
from reference_numpy.operations.operation import OFFERED, Operation
from reference_numpy.operations.refused import REFUSED
from reference_numpy.serialization import Family

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

FAMILIES = [
    Family(f"keras.src.{name}", "operation", OFFERED[name], refused=reasons)
    for name, reasons in REFUSED.items()
]
FAMILIES += [
    Family("keras.src.applications.convnext", "layer", [LayerScale, StochasticDepth]),
    Family("keras.src.applications.inception_resnet_v2", "layer", [CustomScaleLayer]),
]

_OPERATORS = {
    "add": binary.Add,
    "sub": binary.Subtract,
    "mul": binary.Multiply,
    "truediv": binary.TrueDivide,
    "floordiv": binary.FloorDivide,
    "mod": binary.Mod,
    "pow": binary.Power,
    "matmul": products.Matmul,
    "and": logic.LogicalAnd,
    "or": logic.LogicalOr,
    "xor": logic.LogicalXor,
}
_COMPARISONS = {
    "lt": logic.Less,
    "le": logic.LessEqual,
    "gt": logic.Greater,
    "ge": logic.GreaterEqual,
    "ne": logic.NotEqual,
}


def _operator(operation, turned=False):
    def operator(self, other):
        return operation()(other, self) if turned else operation()(self, other)

    return operator


def _no_truth_value(self):
    raise TypeError("A symbolic KerasTensor cannot be used as a boolean.")


_METHODS: dict[str, Callable[..., Any] | None] = {
    "__neg__": lambda self: elementwise.Negative()(self),
    "__abs__": lambda self: elementwise.Absolute()(self),
    "__invert__": lambda self: logic.LogicalNot()(self),
    "__round__": lambda self, ndigits=None: elementwise.Round(ndigits or 0)(self),
    "__getitem__": _operator(indexing.GetItem),
    "__bool__": _no_truth_value,  # else `a < b < c` would be `b < c`
    "__iter__": None,  # else Python would iterate by index, without end
    "reshape": lambda self, newshape: shapes.Reshape(newshape)(self),
    "squeeze": lambda self, axis=None: shapes.Squeeze(axis)(self),
}

for _name, _operation in _OPERATORS.items():
    setattr(KerasTensor, f"__{_name}__", _operator(_operation))
    setattr(KerasTensor, f"__r{_name}__", _operator(_operation, turned=True))
for _name, _operation in _COMPARISONS.items():
    setattr(KerasTensor, f"__{_name}__", _operator(_operation))
for _name, _method in _METHODS.items():
    setattr(KerasTensor, _name, _method)

__all__ = ["CustomScaleLayer", "LayerScale", "Operation", "StochasticDepth"]
