"""A live Keras model taken over, without importing Keras."""

import numpy as np

from reference_numpy.models.functional import Functional
from reference_numpy.models.sequential import Sequential


def from_keras(keras_model, compile=True):
    """The NumPy half of a Keras model: its architecture, weights and state of training.

    Args:
        keras_model: a Sequential or Functional model of Keras; only its methods `get_config`,
            `get_weights` and `get_compile_config` are used, and its optimizer's variables.
        compile: whether to take over how it was compiled, with the state of the optimizer.

    Raises:
        ValueError: for a model without a graph (a subclassed one), and for layers, losses and
            metrics that the NumPy half does not have.
    """
    config = keras_model.get_config()
    if "layers" not in config:
        raise ValueError(
            f"The model '{keras_model.name}' is a subclass of Model whose `call` is code of its "
            "own: only Sequential and Functional models can be taken over."
        )
    cls = Functional if "input_layers" in config else Sequential
    model = cls.from_config(config)
    if not model.built:
        return model
    model.set_weights(keras_model.get_weights())
    if compile and getattr(keras_model, "compiled", False):
        model.compile_from_config(keras_model.get_compile_config())
        if keras_model.optimizer.built:
            state = [np.asarray(variable) for variable in keras_model.optimizer.variables]
            model.build_optimizer()
            model.optimizer.set_weights(state)
    return model
