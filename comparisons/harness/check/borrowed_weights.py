"""The weights of a layer that Keras computes in the oracle, named by where they are in it."""

from collections.abc import Iterator

import numpy as np

from reference_numpy import constraints, regularizers
from reference_numpy.layers.weight import Weight


def weights_of(layer) -> list[Weight]:
    """A weight for each of a Keras layer's, in its order."""
    names = _names(layer, "", set())
    return [_weight(variable, names[id(variable)]) for variable in layer.weights]


def _names(layer, within: str, seen: set[int]) -> dict[int, str]:
    """Of each variable of a Keras layer its name, after the attributes that lead to its part.

    `"scale"`, `"inner/kernel"`, `"towers/1/bias"`: Keras's own names of parts are numbered anew in
    every process.

    Args:
        within: what comes before all names.
        seen: the ids of layers that have their place already.
    """
    import keras

    seen.add(id(layer))
    found = {}
    for name, part in _held(layer):
        if isinstance(part, keras.layers.Layer) and id(part) not in seen:
            found = _names(part, f"{within}{name}/", seen) | found
    return {id(variable): within + variable.name for variable in layer.weights} | found


def _held(layer) -> Iterator[tuple[str, object]]:
    """What a Keras layer holds, by attributes and numbers or keys; a model's layers by names."""
    import keras

    if isinstance(layer, keras.Model):
        yield from ((part.name, part) for part in layer.layers)
        return
    plain = vars(keras.layers.Layer())
    modules = vars(layer).get("_modules", {})  # where PyTorch keeps those that are layers
    for attribute, value in (vars(layer) | modules).items():
        if attribute in plain or attribute.startswith("_self_"):  # which are TensorFlow's
            continue
        yield attribute, value
        listed = enumerate(value) if isinstance(value, (list, tuple)) else ()
        items = value.items() if isinstance(value, dict) else listed
        yield from ((f"{attribute}/{key}", part) for key, part in items)


def _weight(variable, name: str) -> Weight:
    """A weight for a variable of Keras, with what is asked of it."""
    import keras

    asked = {"regularizer": regularizers, "constraint": constraints}
    config = {
        name: keras.saving.serialize_keras_object(getattr(variable, name, None)) for name in asked
    }
    return Weight(
        name,
        np.zeros(variable.shape, variable.dtype),
        trainable=variable.trainable,
        **{name: family.get(config[name]) for name, family in asked.items()},
    )
