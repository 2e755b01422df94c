"""One layer, cell or model in several places of a model, at any levels: one part, one weight."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.divergences import named
from reference_numpy import tree
from reference_numpy.saving import ModelFileError
from tests.comparisons.test_training_against_keras import (
    OPTIONS,
    assert_close,
    assert_same_history,
    double_precision,
)
from tests.reference_numpy.saving.files import change_config

__all__ = ["double_precision"]  # a fixture for every test here

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
GENERATOR = np.random.default_rng(0)
X = GENERATOR.standard_normal((16, 4))
SEQUENCES = GENERATOR.standard_normal((16, 5, 4))
TOKENS = GENERATOR.integers(0, 9, (16, 5))


def tied_in_two_nested_models():
    """An autoencoder of models that share a layer, and whose encoder is used twice."""
    import keras
    from keras import layers

    tied = layers.Dense(4, activation="tanh", kernel_regularizer="l2", name="tied")
    a, b, x = (keras.Input((4,)) for _ in range(3))
    encoder = keras.Model(a, layers.Dense(4)(tied(a)), name="encoder")
    decoder = keras.Model(b, tied(b), name="decoder")
    return keras.Model(x, [decoder(encoder(x)), encoder(decoder(x))]), X


def inside_and_outside():
    import keras
    from keras import layers

    shared, norm = layers.Dense(4, name="shared"), layers.BatchNormalization(name="norm")
    a, x = keras.Input((4,)), keras.Input((4,))
    inner = keras.Model(a, norm(shared(a)), name="inner")
    again = keras.Sequential([keras.Input((4,)), shared, layers.Dense(4)], name="again")
    return keras.Model(x, norm(again(inner(shared(x))))), X


def two_towers():
    import keras
    from keras import layers

    embedding = layers.Embedding(9, 3, embeddings_regularizer="l2", name="tokens")
    a, b, x = (keras.Input((5,), dtype="int32") for _ in range(3))
    first = keras.Model(a, layers.GlobalAveragePooling1D()(embedding(a)), name="first")
    second = keras.Model(b, layers.GlobalMaxPooling1D()(embedding(b)), name="second")
    return keras.Model(x, layers.Dot(1)([first(x), second(x)])), TOKENS


def a_model_in_two_models():
    import keras
    from keras import layers

    encoder = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="code")], name="encoder")
    a, b, x = (keras.Input((4,)) for _ in range(3))
    left = keras.Model(a, layers.Dense(2)(encoder(a)), name="left")
    right = keras.Model(b, layers.Dense(2, activation="tanh")(encoder(b)), name="right")
    return keras.Model(x, layers.Add()([left(x), right(x)])), X


def a_cell_of_two_layers():
    import keras
    from keras import layers

    cell = layers.GRUCell(4)
    x = keras.Input((5, 4))
    h = layers.RNN(cell, return_sequences=True)(x)
    return keras.Model(x, layers.RNN([cell, layers.LSTMCell(4), cell])(h)), SEQUENCES


def wrapped_and_bare():
    import keras
    from keras import layers

    dense, recurrent = layers.Dense(4, name="dense"), layers.LSTM(4, go_backwards=True, name="back")
    x = keras.Input((5, 4))
    h = layers.TimeDistributed(dense)(x)
    h = layers.Bidirectional(layers.LSTM(4, name="forth"), backward_layer=recurrent)(h)
    return keras.Model(x, dense(h[:, :4]) + recurrent(x)), SEQUENCES


def a_model_at_each_step():
    import keras
    from keras import layers

    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4), layers.Dropout(0.0)], name="step")
    x = keras.Input((5, 4))
    h = layers.GlobalAveragePooling1D()(layers.TimeDistributed(inner)(x))
    return keras.Model(x, inner(h)), SEQUENCES


def three_levels():
    import keras
    from keras import layers

    core = layers.Dense(4, name="core")
    a, b, c, x = (keras.Input((4,)) for _ in range(4))
    low = keras.Model(a, core(a), name="low")
    middle = keras.Model(b, layers.Activation("tanh")(core(low(b))), name="middle")
    high = keras.Model(c, low(middle(c)), name="high")
    return keras.Model(x, core(high(x)) * low(x)), X


def twice_in_a_row():
    import keras
    from keras import layers

    shared = layers.Dense(4, activation="tanh")
    return keras.Sequential([keras.Input((4,)), shared, layers.Dense(4), shared]), X


CASES = [
    *(tied_in_two_nested_models, inside_and_outside, two_towers, a_model_in_two_models),
    *(a_cell_of_two_layers, wrapped_and_bare, a_model_at_each_step, three_levels, twice_in_a_row),
]
BY_CASE = pytest.mark.parametrize("case", CASES, ids=[case.__name__ for case in CASES])


def taken_over(theirs, path):
    theirs.save(path)
    return {"live": rn.models.from_keras(theirs), "file": rn.models.load_model(path)}


@BY_CASE
@pytest.mark.parametrize("how", ["live", "file"])
@pytest.mark.filterwarnings("ignore:.*sparse.*IndexedSlices")
def test_counted_read_and_trained_once(case, how, tmp_path):
    theirs, x = case()
    model = taken_over(theirs, tmp_path / "keras.keras")[how]
    if how == "file" and case is twice_in_a_row:
        pytest.skip(named("a-layer-that-a-sequential-model-repeats").link)
    assert [w.shape for w in model.weights] == [tuple(w.shape) for w in theirs.weights]
    assert model.count_params() == theirs.count_params()
    wanted = tree.map_structure(np.asarray, theirs(x))
    assert_close(model(x), wanted, 1e-12)
    targets = tree.map_structure(lambda y: np.ones(y.shape), wanted)
    for one in (theirs, model):
        one.compile("sgd", "mse")
    assert_same_history(
        model.fit(x, targets, epochs=2, **OPTIONS), theirs.fit(x, targets, epochs=2, **OPTIONS)
    )
    assert_close(model.get_weights(), theirs.get_weights())


@BY_CASE
def test_written_once_and_frozen_at_once(case, tmp_path):
    theirs, x = case()
    model = rn.models.from_keras(theirs)
    model.save(tmp_path / "numpy.keras")
    again = rn.models.load_model(tmp_path / "numpy.keras")
    assert len(again.weights) == len(model.weights)
    assert_close(again(x), model(x), 0)
    if case is twice_in_a_row:
        import keras

        assert_close(keras.models.load_model(tmp_path / "numpy.keras")(x), theirs(x), 1e-12)
    twin = rn.models.model_from_json(model.to_json())
    assert [w.shape for w in twin.weights] == [w.shape for w in model.weights]
    for layers in (theirs.layers, model.layers):
        next(layer for layer in layers if layer.trainable_weights).trainable = False
    assert len(model.trainable_weights) == len(theirs.trainable_weights) < len(model.weights)


def test_equal_layers_that_are_not_one(tmp_path):
    """Two models of equal layers, one of which stands outside too: the file does not say which."""
    import keras
    from keras import layers

    def nested(layer, name):
        a = keras.Input((4,), name="a")
        return keras.Model(a, layer(a), name=name)

    twins = [layers.Dense(4, name="twin") for _ in range(2)]
    x = keras.Input((4,))
    h = nested(twins[1], "second")(nested(twins[0], "first")(x))
    theirs = keras.Model(x, twins[1](h))
    model = rn.models.from_keras(theirs)
    assert len(model.weights) == 4
    assert_close(model(X), theirs(X), 1e-12)
    theirs.save(tmp_path / "keras.keras")
    with pytest.raises(ModelFileError, match=r"which of 2 equal ones it is has not been written"):
        rn.models.load_model(tmp_path / "keras.keras")
    model.save(tmp_path / "numpy.keras")
    assert_close(rn.models.load_model(tmp_path / "numpy.keras")(X), theirs(X), 1e-12)


def test_a_number_that_makes_two_layers_one(tmp_path):
    """Then the file has weights for both, which is no file of a shared layer."""
    x = rn.Input((4,))
    inner = rn.Sequential([rn.Input((4,)), rn.layers.Dense(4, name="d")], name="inner")
    rn.Model(x, rn.layers.Dense(4, name="d")(inner(x))).save(tmp_path / "model.keras")

    def change(config):
        config["config"]["layers"][2]["shared_object_id"] = 5

    change_config(tmp_path / "model.keras", change)
    with pytest.raises(ModelFileError, match=r"layers/dense: 'd' has weights in another place"):
        rn.models.load_model(tmp_path / "model.keras")
