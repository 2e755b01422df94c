"""Arguments of calls: names, order and defaults are Keras's, so that a call means the same."""

import inspect

import pytest

import reference_numpy as rn

LAYERS = {
    name: cls
    for name, cls in vars(rn.layers).items()
    if inspect.isclass(cls) and issubclass(cls, rn.layers.Layer) and name != "Layer"
}
#: what ours take beside; `x` is the name of what Keras calls `inputs`
BESIDE = {"training", "mask", "dropout_masks"}


def parameters(method):
    found = list(inspect.signature(method).parameters.values())[1:]
    return [p for p in found if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]


@pytest.mark.parametrize("name", sorted(LAYERS.keys() - {"InputLayer"}))
def test_calls_of_layers(name):
    import keras

    theirs = [p.name for p in parameters(getattr(keras.layers, name).call)]
    ours = [p.name for p in parameters(LAYERS[name].forward)]
    if ours[0] == "x" and theirs[0] == "inputs":
        ours[0] = "inputs"
    assert ours[: len(theirs)] == theirs
    assert set(ours[len(theirs) :]) <= BESIDE


@pytest.mark.parametrize(
    "method",
    [
        *("compile", "fit", "evaluate", "predict"),
        *("train_on_batch", "test_on_batch", "predict_on_batch"),
        *("get_layer", "load_weights", "summary"),
    ],
)
def test_methods_of_models(method):
    import keras

    theirs = {p.name: p.default for p in parameters(getattr(keras.Model, method))}
    ours = {p.name: p.default for p in parameters(getattr(rn.Model, method))}
    assert list(ours.items()) == list(theirs.items())
