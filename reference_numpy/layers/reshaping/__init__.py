"""Reshaping layers."""

from reference_numpy.layers.reshaping.flatten import Flatten
from reference_numpy.layers.reshaping.reshape import Reshape

__all__ = ["Flatten", "Reshape"]
