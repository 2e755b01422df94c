"""Activation layers."""

from reference_numpy.layers.activations.activation import Activation

__all__ = ["Activation"]
