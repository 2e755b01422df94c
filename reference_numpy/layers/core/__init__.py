"""Core layers."""

from reference_numpy.layers.core.dense import Dense
from reference_numpy.layers.core.input_layer import Input, InputLayer

__all__ = ["Dense", "Input", "InputLayer"]
