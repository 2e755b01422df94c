"""Keras's activation functions, each with its derivative.

Every function stands here under its name, `activations.relu(x)`, `activations.elu(x, alpha=0.5)`;
`activations.get(name)` finds it by name. An instance with arguments of its own is made from the
class, `activations.LeakyRelu(0.1)`.
"""

import inspect
from typing import Any

from reference_numpy import serialization
from reference_numpy.activations.activation_function import ActivationFunction
from reference_numpy.activations.exponential_units import Celu, Elu, Exponential, Selu
from reference_numpy.activations.gated import Gelu, Glu, HardSilu, Mish, Silu
from reference_numpy.activations.layer_activation import LayerActivation
from reference_numpy.activations.linear import Linear, Step
from reference_numpy.activations.normalized import LogSoftmax, Softmax, Sparsemax
from reference_numpy.activations.rectifiers import LeakyRelu, Relu, Relu6, Threshold
from reference_numpy.activations.shrinkage import HardShrink, SoftShrink
from reference_numpy.activations.sigmoids import (
    HardSigmoid,
    HardTanh,
    Sigmoid,
    SparseSigmoid,
    Tanh,
    TanhShrink,
)
from reference_numpy.activations.soft_rectifiers import (
    LogSigmoid,
    Softplus,
    Softsign,
    SparsePlus,
    Squareplus,
)
from reference_numpy.annotations import Config
from reference_numpy.serialization import Family, serialize

celu, elu, exponential, selu = Celu(), Elu(), Exponential(), Selu()
gelu, glu, hard_silu, mish, silu = Gelu(), Glu(), HardSilu(), Mish(), Silu()
linear = Linear()
log_softmax, softmax, sparsemax = LogSoftmax(), Softmax(), Sparsemax()
leaky_relu, relu, relu6, threshold = LeakyRelu(), Relu(), Relu6(), Threshold()
hard_shrink, soft_shrink = HardShrink(), SoftShrink()
hard_sigmoid, hard_tanh, sigmoid = HardSigmoid(), HardTanh(), Sigmoid()
sparse_sigmoid, tanh, tanh_shrink = SparseSigmoid(), Tanh(), TanhShrink()
log_sigmoid, softplus, softsign = LogSigmoid(), Softplus(), Softsign()
sparse_plus, squareplus = SparsePlus(), Squareplus()

#: Keras's functions by Keras's names
functions = {name: value for name, value in vars().items() if isinstance(value, ActivationFunction)}
functions.update(hard_swish=hard_silu, swish=silu)
hard_swish, swish = hard_silu, silu

# The textbooks' functions: the first Keras does not have, the second it calls linear.
step, identity = Step(), linear

Family(
    "reference_numpy.activations",
    "activation function",
    [type(function) for function in (*functions.values(), step)],
    {name: type(function) for name, function in functions.items()},
)


def get(identifier: Any) -> Any:
    """An activation function from a name, a config, a class, an instance, or a layer.

    None is the identity.

    Raises:
        ValueError: for an unknown name, and for a function that has no backward.
    """
    if identifier is None:
        return linear
    if isinstance(identifier, dict):
        identifier = serialization.deserialize(identifier)
        if isinstance(identifier, dict):  # what Keras's configs say of a lambda
            raise ValueError(
                "The activation is a lambda, whose code is never loaded. Use a function of Keras, "
                "or register one of your own (`rn.register`)."
            )
    if isinstance(identifier, str) and identifier in functions:
        return functions[identifier]
    if inspect.isclass(identifier) and issubclass(identifier, ActivationFunction):
        return identifier()
    if isinstance(identifier, ActivationFunction):
        return identifier
    if hasattr(identifier, "forward") and hasattr(identifier, "backward"):
        return LayerActivation(identifier)
    raise ValueError(
        f"Could not interpret activation function identifier: {identifier!r}. Expected a layer, "
        "an activation function, the name of one of your own that is registered (`rn.register`), "
        f"or one of {', '.join(sorted(functions))}."
    )


def deserialize(config: Config) -> Any:
    """An activation function from what `serialize` gave, or from its name."""
    return get(config)


__all__ = [
    "ActivationFunction",
    "deserialize",
    "functions",
    "get",
    "identity",
    "serialize",
    "step",
    *functions,
    *sorted({type(function).__name__ for function in (*functions.values(), step)}),
]
