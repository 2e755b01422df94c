"""Merging layers, and each as a function."""

from reference_numpy.layers.merging.add import Add, add
from reference_numpy.layers.merging.average import Average, average
from reference_numpy.layers.merging.concatenate import Concatenate, concatenate
from reference_numpy.layers.merging.dot import Dot, dot
from reference_numpy.layers.merging.maximum import Maximum, maximum
from reference_numpy.layers.merging.minimum import Minimum, minimum
from reference_numpy.layers.merging.multiply import Multiply, multiply
from reference_numpy.layers.merging.subtract import Subtract, subtract

__all__ = [
    "Add",
    "Average",
    "Concatenate",
    "Dot",
    "Maximum",
    "Minimum",
    "Multiply",
    "Subtract",
    "add",
    "average",
    "concatenate",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]
