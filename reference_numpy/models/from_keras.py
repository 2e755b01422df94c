"""A live Keras model taken over, without importing Keras."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from reference_numpy import registration
from reference_numpy.models.functional import Functional
from reference_numpy.models.live_state import (
    complete_activations,
    complete_compiled,
    take_exclusions,
    take_state,
)
from reference_numpy.models.model import Model
from reference_numpy.models.own_code import refuse_own_methods
from reference_numpy.models.sequential import Sequential
from reference_numpy.serialization import deserialize
from reference_numpy.sharing import sharing


def from_keras(
    keras_model: Any, custom_objects: dict[str, Any] | None = None, compile: bool = True
) -> Model:
    """The NumPy half of a Keras model: its architecture, weights and state of training.

    Args:
        keras_model: a Sequential or Functional model of Keras, or of a subclass that computes
            what these do.
        custom_objects: the NumPy halves of parts of one's own by the names of their classes or
            functions in Keras, as far as they are not registered (`rn.register`).
        compile: whether to take over how it was compiled, with the state of the optimizer.

    Raises:
        ValueError: for a model without a graph (a subclassed one), for methods of its own in
            place of Keras's, and for layers, losses and metrics that the NumPy half does not have.
    """
    if not hasattr(keras_model, "stateless_call"):  # which came with Keras 3
        raise ValueError(
            f"This is no model of Keras 3: {type(keras_model).__name__} of "
            f"{type(keras_model).__module__}. A model of tf_keras goes by way of a file: save it "
            "as `.h5`, load that in Keras 3, and take over what it gives."
        )
    config = keras_model.get_config()
    if "layers" not in config and hasattr(keras_model, "operations"):
        raise ValueError(
            f"The model '{keras_model.name}' has a constructor of its own, so that its config does "
            "not hold its graph. Take over `keras.Model(model.inputs, model.outputs)` instead."
        )
    if "layers" not in config:
        raise ValueError(
            f"The model '{keras_model.name}' is a subclass of Model whose `call` is code of its "
            "own: only Sequential and Functional models can be taken over."
        )
    refuse_own_methods(keras_model, compile)
    cls = Functional if "input_layers" in config else Sequential
    _number({"config": config}, keras_model, {})
    with sharing(), registration.custom_objects(custom_objects):
        model = cls.from_config(config)
    _take_vocabularies(model, keras_model)
    if model.built:
        model.set_weights(keras_model.get_weights())
        take_state(model, keras_model)
    if compile and getattr(keras_model, "compiled", False):
        with registration.custom_objects(custom_objects):
            _compile(model, keras_model)
    return model


def _compile(model, keras_model):
    """Compile the model as Keras's is, with the state of the optimizer."""
    config, given = keras_model.get_compile_config(), keras_model._compile_config.config
    complete_compiled(config, given)
    optimizer = keras_model.optimizer  # None for a model that is only evaluated
    if given["optimizer"] not in (optimizer, getattr(optimizer, "inner_optimizer", None)):
        raise ValueError(
            f"The model '{keras_model.name}' was given another optimizer than it was compiled "
            "with. Compile it again, or take it over with `compile=False`."
        )
    # Whether `compile` of a model in mixed_float16 added a loss scale, the optimizer itself says.
    model.compile(**deserialize(config), auto_scale_loss=False)
    if hasattr(optimizer, "inner_optimizer"):
        model.ensure_loss_scale()
    if optimizer is None:
        return
    records = list(zip(keras_model.weights, model.weight_records))
    if optimizer.built:
        _take_optimizer_state(model, keras_model, records)
    take_exclusions(model.optimizer, optimizer, records)


def _number(entry, part, numbers):
    """Write into the config of every layer which object it is: one may stand in several places.

    Args:
        entry: a layer's config, with its class.
        part: the live layer.
        numbers: the numbers of the live layers by their ids.
    """
    entry["shared_object_id"] = numbers.setdefault(id(part), len(numbers))
    config = entry["config"]
    if hasattr(part, "layers"):  # a model
        parts = {other.name: other for other in getattr(part, "operations", part.layers)}
        if "input_layers" not in config:
            _repeat_layers(config, part)
        inner = [(other, parts.get(other["config"].get("name"))) for other in config["layers"]]
    else:
        complete_activations(config, part)
        inner = [(value, getattr(part, name, None)) for name, value in config.items()]
        lists = [pair for pair in inner if all(isinstance(side, (list, tuple)) for side in pair)]
        inner += [pair for several in lists for pair in zip(*several)]
    for other, layer in inner:
        if isinstance(other, dict) and "class_name" in other and hasattr(layer, "weights"):
            _number(other, layer, numbers)


def _repeat_layers(config, sequential):
    """List the layers of a Sequential model as they follow: Keras lists one that repeats once."""
    entries = {entry["config"]["name"]: entry for entry in config["layers"]}
    names = [layer.name for layer in sequential.layers]
    first = [name for name in entries if name not in names]  # the input's
    config["layers"] = [entries[name] for name in first + names]


def _take_optimizer_state(model, keras_model, records):
    """The optimizer's state; layers may have been frozen or thawed since it was built."""
    optimizer = keras_model.optimizer
    record_of = {id(variable): record for variable, record in records}
    built_for = [record_of.get(id(variable)) for variable in optimizer._trainable_variables]
    if None in built_for:
        raise ValueError(
            f"The optimizer '{optimizer.name}' of the model '{keras_model.name}' trains weights "
            "that are not the model's. Compile it again, or take it over with `compile=False`."
        )
    model.build_optimizer(built_for)
    model.optimizer.set_weights([np.asarray(variable) for variable in optimizer.variables])


def _take_vocabularies(model, keras_model):
    """Learned vocabularies, which are no weights: by way of Keras's own files of them."""
    for layer in model.layers:
        theirs = keras_model.get_layer(layer.name)
        if isinstance(layer, Model):
            _take_vocabularies(layer, theirs)
        elif hasattr(layer, "load_assets"):
            with tempfile.TemporaryDirectory() as folder:
                theirs.save_assets(folder)
                texts = {path.name: path.read_text("utf-8") for path in Path(folder).iterdir()}
            if texts:
                layer.load_assets(texts)
            variables = {}
            theirs.save_own_variables(variables)
            layer.load_own_variables(variables)
