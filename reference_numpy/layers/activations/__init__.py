"""Activation layers."""

from reference_numpy.layers.activations.activation import Activation
from reference_numpy.layers.activations.elu import ELU
from reference_numpy.layers.activations.leaky_relu import LeakyReLU
from reference_numpy.layers.activations.prelu import PReLU
from reference_numpy.layers.activations.relu import ReLU
from reference_numpy.layers.activations.softmax import Softmax

__all__ = ["Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"]
