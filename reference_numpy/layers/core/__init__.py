"""Core layers."""

from reference_numpy.layers.core.dense import Dense

__all__ = ["Dense"]
