"""Models of text, sequences, tables and recommendations as people write them, against Keras.

Each is read from Keras's file and compared in float64: outputs, all gradients, a training run, and
the file on the way back.
"""

import pytest

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.proof import checks
from comparisons.harness.proof.draws import numpy_draws, reseed
from comparisons.harness.proof.layer_checks import Reference, keras_quantities
from reference_numpy import tree
from tests.comparisons.sequence_models import CASES
from tests.comparisons.test_training_against_keras import (
    OPTIONS,
    assert_close,
    assert_same_history,
    set_precision,
)

SEED = 5

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy"),
    pytest.mark.filterwarnings("ignore:.*was passed an input with a mask attached:UserWarning"),
]


@pytest.fixture(scope="module")
def backend():
    return backends.load("tensorflow")


@pytest.fixture(autouse=True)
def double_precision():
    set_precision("float64")
    yield
    set_precision("float32")


@pytest.mark.parametrize("case", CASES, ids=[case.__name__ for case in CASES])
def test_model(backend, tmp_path, capsys, case):
    import keras

    model, x, y, options = case()
    model.save(tmp_path / "keras.keras")
    ours = rn.models.load_model(tmp_path / "keras.keras")
    ours.summary()
    assert f"{ours.count_params():,}" in capsys.readouterr().out
    assert ours.count_params() == model.count_params()
    assert not failures(backend, case.__name__, model, ours, x)
    train(model, ours, x, y, options)
    assert_close(ours.predict(x, verbose=0), model(as_tensors(x)), 1e-6)
    ours.save(tmp_path / "numpy.keras")
    again = keras.models.load_model(tmp_path / "numpy.keras")
    assert_close(ours.predict(x, verbose=0), again(as_tensors(x)), 1e-9)


def failures(backend, name, model, ours, x):
    """The outputs and gradients, within and outside of training, that differ."""
    few, found = tree.map_structure(lambda array: array[:4], x), []
    start = model.get_weights()
    for training in (False, True):
        reference = Reference(ours, few, {"training": training})
        quantities = reference.quantities()
        scale = checks.scales(reference.quantities, quantities, draws=1)
        # Gradients that nearly vanish are sums of terms that cancel, as large as the largest.
        largest = max(value for key, value in scale.items() if key.startswith("gradient"))
        scale.update({key: largest for key in scale if key.startswith("gradient")})
        theirs = keras_quantities(backend, model, reference)
        found += checks.compare_all(name, "keras-tensorflow", "float64", quantities, theirs, scale)
        ours.set_weights(start)
        model.set_weights(start)
    return [str(record) for record in found if not record.passed]


def train(model, ours, x, y, options):
    """Train both with the same draws; Keras takes strings from a pipeline alone."""
    options = {"epochs": 2, **OPTIONS, **options}
    # What draws is run step by step, since a compiled function would draw but once.
    model.run_eagerly = any(map(draws, model._flatten_layers()))
    with numpy_draws(SEED):
        if has_strings(x):
            batches = {"x": pipeline(x, y), "batch_size": None}
            theirs = model.fit(**{**options, **batches})
        else:
            theirs = model.fit(x, y, **options)
    reseed(ours, SEED)
    assert_same_history(ours.fit(x, y, **options), theirs)
    assert_close(ours.get_weights(), model.get_weights())


def draws(layer):
    return type(layer).__name__.startswith("Random") or any(
        getattr(layer, name, 0) for name in ("rate", "dropout", "stddev")
    )


def has_strings(x):
    return any(array.dtype.kind == "U" for array in tree.flatten(x))


def pipeline(x, y):
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((x, y)).batch(OPTIONS["batch_size"])


def as_tensors(x):
    import tensorflow as tf

    return tree.map_structure(tf.convert_to_tensor, x)
