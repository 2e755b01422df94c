"""What a live Keras model holds and its config leaves out."""

import sys

import numpy as np

from reference_numpy import activations, config, constraints, losses, metrics, regularizers, tree
from reference_numpy.models.own_code import is_keras_own
from reference_numpy.serialization import serialize

#: numbers on every piece of Keras's activation functions
PROBE = np.linspace(-8.0, 8.0, 48, dtype="float32").reshape(4, 12)
#: functions of `keras.ops` that compute something else than the activation of that name
OTHER_FORMS = {"gelu": activations.Gelu(approximate=True)}
#: names that `compile` takes beside those of the classes
BY_SHAPE = ("accuracy", "acc", "crossentropy", "ce")


def complete_activations(own, layer):
    """Write the functions that a layer has as activations into its config, by what they compute.

    The config has their names alone: `keras.ops.gelu` and somebody's own `relu` read as Keras's.

    Args:
        own: the layer's config, which is changed.
        layer: the live layer.

    Raises:
        ValueError: for a function that has the name of one of Keras's and computes something else.
    """
    for argument, value in own.items():
        function = getattr(layer, argument, None)
        if argument.endswith("activation") and getattr(function, "__name__", "") == "<lambda>":
            raise ValueError(
                f"The {argument} of the layer '{layer.name}' is a lambda, which has no name to be "
                "known by. Use a function of Keras, or register one of your own."
            )
        name = _function_name(value)
        if not argument.endswith("activation") or name not in activations.functions:
            continue
        if not callable(function) or function.__module__ == "keras.src.activations.activations":
            continue
        forms = [activations.functions[name], OTHER_FORMS.get(name)]
        same = [form for form in forms if form is not None and _computes(function, form)]
        if not same:
            raise ValueError(
                f"The {argument} of the layer '{layer.name}' is the function "
                f"{function.__module__}.{name}, which computes something else than Keras's "
                f"'{name}'. Give it another name."
            )
        own[argument] = serialize(same[0])


def _function_name(value):
    """The name in the config of a function; None for what is none."""
    if isinstance(value, dict) and value.get("class_name") == "function":
        value = value["config"]
    return value if isinstance(value, str) else None


def _computes(function, form):
    keras = sys.modules["keras"]  # without which there would be no live model
    try:
        found = keras.ops.convert_to_numpy(function(keras.ops.convert_to_tensor(PROBE)))
    except Exception:  # whatever somebody's own function raises
        return False
    wanted = form(PROBE)
    return found.shape == wanted.shape and np.allclose(found, wanted, 1e-5, 1e-5)


def complete_compiled(entry, live):
    """Write what losses and metrics were made with into the config of how a model was compiled.

    Args:
        entry: the config of a loss or a metric, or a structure of them; it is changed.
        live: the same live.

    Raises:
        ValueError: for somebody's own function that has the name of one of Keras's.
    """
    name = _function_name(entry)
    if name is not None:
        known = name in losses.family or name in metrics.family or name.lower() in BY_SHAPE
        if callable(live) and not is_keras_own(live) and known:
            raise ValueError(
                f"The function {live.__module__}.{name}, a loss or a metric of the model, is not "
                f"Keras's '{name}'. Give it another name, or take the model over with "
                "`compile=False`."
            )
    elif isinstance(entry, dict) and "class_name" not in entry:
        for key in entry:
            complete_compiled(entry[key], live[key])
    elif isinstance(entry, (list, tuple)):
        for part, live_part in zip(entry, live, strict=True):
            complete_compiled(part, live_part)
    elif isinstance(entry, dict) and is_keras_own(type(live)):
        given = dict(getattr(live, "_fn_kwargs", {}))
        if entry.get("module") == "keras.losses" and live.dtype != config.floatx():
            given["dtype"] = live.dtype
        entry["config"].update(
            {key: value for key, value in given.items() if key not in entry["config"]}
        )


def take_state(model, keras_model):
    """Take over what belongs to single weights, and the states of recurrent layers.

    Raises:
        ValueError: for a weight that is frozen alone, and for penalties of somebody's own.
    """
    trained = set(map(id, keras_model.trainable_variables))
    trainable = set(map(id, model.trainable_records))
    for variable, record in zip(keras_model.weights, model.weight_records, strict=True):
        if (id(variable) in trained) != (id(record) in trainable):
            raise ValueError(
                f"The weight '{variable.path}' is frozen or thawed by itself; only whole layers "
                "can be, by their `trainable`."
            )
        record.regularizer = _the_same(variable.regularizer, record.regularizer, regularizers)
        record.constraint = _the_same(variable.constraint, record.constraint, constraints)
    _take_recurrent_states(model, keras_model)


def _take_recurrent_states(model, keras_model):
    for layer in model.layers:
        theirs = keras_model.get_layer(layer.name)
        if hasattr(layer, "layers") and hasattr(theirs, "get_layer"):
            _take_recurrent_states(layer, theirs)
        elif getattr(layer, "stateful", False):
            states = zip(tree.flatten(list(layer.states)), tree.flatten(list(theirs.states)))
            for state, value in states:
                state[...] = np.asarray(value)


def _the_same(live, ours, family):
    """The regularizer or constraint that a live one is, whatever the layer's config says."""
    if live is None or not is_keras_own(type(live)):
        return ours if live is not None else None
    return family.deserialize({"class_name": type(live).__name__, "config": live.get_config()})


def take_exclusions(optimizer, keras_optimizer, records):
    """Take over which weights are left out of weight decay.

    Args:
        optimizer, keras_optimizer: one of each half.
        records: pairs of a Keras variable and the model's weight.
    """
    if hasattr(keras_optimizer, "inner_optimizer"):
        optimizer, keras_optimizer = optimizer.inner_optimizer, keras_optimizer.inner_optimizer
    pattern = getattr(keras_optimizer, "_exclude_from_weight_decay_pattern", None)
    excluded = getattr(keras_optimizer, "_exclude_from_weight_decay", ())
    optimizer.exclude_from_weight_decay(
        var_list=[
            record.value
            for variable, record in records
            if keras_optimizer._var_key(variable) in excluded
        ],
        var_names=None if pattern is None else [pattern.pattern],
    )
