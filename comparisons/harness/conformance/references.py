"""A case's layer in both halves: the NumPy half on its inputs, and Keras's layer built for them."""

import numpy as np

import reference_numpy as rn
from comparisons.harness.conformance.layer_cases.case import Case
from comparisons.harness.proof.calls import CallReference
from comparisons.harness.proof.draws import numpy_draws
from comparisons.harness.proof.layer_checks import DRAWS_SEED, Reference


def make_layer(case: Case, dtype: str = "float64"):
    """The case's layer of the NumPy half."""
    return rn.layers.deserialize({"class_name": case.layer, "config": case.config(dtype)})


def make_reference(
    case: Case, dtype: str = "float64", training: bool = False, weights: list | None = None
) -> Reference:
    """The case's layer, built, on drawn inputs; its weights are those given, or moved at random
    from their first values, so that they are neither all zeros nor all ones."""
    layer, inputs, options = _prepared(case, dtype, training, weights)
    return Reference(layer, inputs, options, named=isinstance(inputs, dict))


def make_call(
    case: Case, dtype: str = "float64", training: bool = False, weights: list | None = None
) -> CallReference:
    """The same with its inputs in a list, in the order of the call."""
    layer, inputs, options = _prepared(case, dtype, training, weights)
    if not isinstance(inputs, dict):
        return CallReference(layer, [inputs], options, ())
    _, *names = inputs
    return CallReference(layer, list(inputs.values()), options, tuple(names))


def _prepared(case: Case, dtype: str, training: bool, weights: list | None) -> tuple:
    """The case's layer with its weights, its inputs, and the options of the call."""
    layer, inputs = make_layer(case, dtype), case.draw(dtype)
    args, kwargs = case.bind(inputs)
    layer.prepare(args, kwargs)
    generator = np.random.default_rng(3)
    if weights is None:
        weights = [
            (w + 0.3 * generator.uniform(-1, 1, w.shape)).astype("float32").astype(w.dtype)
            if w.dtype.kind == "f"
            else w
            for w in layer.get_weights()
        ]
    layer.set_weights(weights)
    return layer, inputs, {**case.call, **({"training": True} if training else {})}


def make_keras_layer(case: Case, dtype: str):
    """The case's layer of Keras, not built."""
    import keras

    config = {"class_name": case.layer, "config": case.config(dtype), "registered_name": None}
    return keras.layers.deserialize({"module": "keras.layers", **config})


def build_keras_layer(case: Case, dtype: str):
    """The case's layer of Keras, built for the shapes of its inputs, as one from a file is."""
    layer = make_keras_layer(case, dtype)
    args, kwargs = case.bind(case.draw(dtype))
    shapes = make_layer(case, dtype).shape_arguments("build", args, kwargs)
    with numpy_draws(DRAWS_SEED):  # JAX would compile a generator for every shape
        if case.layer == "Pipeline":
            layer(*args, **kwargs)  # it builds its layers only then
        else:
            layer.build(**shapes)
    return layer
