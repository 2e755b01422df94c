"""Keras's activation functions, each with its derivative."""

from reference_numpy.activations.activation_function import ActivationFunction
from reference_numpy.activations.elementwise import Linear, Relu, Sigmoid, Tanh
from reference_numpy.serialization import Family

family = Family("keras.activations", "activation function", [Linear, Relu, Sigmoid, Tanh])
deserialize = family.deserialize

linear, relu, sigmoid, tanh = Linear(), Relu(), Sigmoid(), Tanh()


def get(identifier):
    """An activation function from a name, a config, an instance; None is the identity."""
    return linear if identifier is None else family.get(identifier)


__all__ = ["ActivationFunction", "Linear", "Relu", "Sigmoid", "Tanh", "get", "deserialize"]
