"""Models cut out of models, cloned, as text; and which names of Keras's models there are."""

import json

import numpy as np
import pytest

import reference_numpy as rn
from tests.comparisons.test_training_against_keras import assert_close, double_precision

__all__ = ["double_precision"]  # a fixture for every test here

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
GENERATOR = np.random.default_rng(0)
IMAGES = GENERATOR.standard_normal((2, 8, 8, 3))
X = GENERATOR.standard_normal((3, 6))


def classifier():
    import keras
    from keras import layers

    x = keras.Input((8, 8, 3))
    h = layers.Conv2D(4, 3, activation="relu", name="first")(x)
    h = layers.Conv2D(5, 3, activation="relu", padding="same", name="last_conv")(h)
    h = layers.Dropout(0.3)(layers.GlobalAveragePooling2D(name="pooled")(h))
    return keras.Model(x, layers.Dense(5, activation="softmax", name="probs")(h))


def branches():
    """Nested models, operations between the layers, a shared layer, two inputs and outputs."""
    import keras
    from keras import layers

    a, b = keras.Input((6,), name="a"), keras.Input((6,), name="b")
    shared = layers.Dense(4, activation="tanh", name="shared")
    body = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="inner")], name="body")
    left, right = body(shared(a)), shared(b) * 2 + 1
    joined = layers.Concatenate(name="joined")([left, right])
    outputs = {"y": layers.Dense(2, name="y")(joined), "z": layers.Dense(1, name="z")(left)}
    return keras.Model({"a": a, "b": b}, outputs)


def taken_over(theirs, path):
    theirs.save(path)
    return {"live": rn.models.from_keras(theirs), "file": rn.models.load_model(path)}


@pytest.mark.parametrize("how", ["live", "file"])
def test_grad_cam(how, tmp_path):
    import keras
    import tensorflow as tf

    theirs = classifier()
    model = taken_over(theirs, tmp_path / "keras.keras")[how]
    cut = keras.Model(theirs.input, [theirs.get_layer("last_conv").output, theirs.output])
    with tf.GradientTape() as tape:
        features, probabilities = cut(IMAGES)
        best = tf.reduce_sum(tf.reduce_max(probabilities, -1))
    layer = model.get_layer("last_conv")
    ours = rn.Model(model.inputs, [layer.output, model.output])
    assert_close(ours(IMAGES), [features, probabilities], 1e-12)
    rest = rn.Model(layer.output, model.output)
    y, cache = rest.forward(np.asarray(features))
    dx, _ = rest.backward(np.eye(5)[y.argmax(-1)], cache)
    assert_close(dx, tape.gradient(best, features), 1e-12)


@pytest.mark.parametrize("how", ["live", "file"])
def test_the_output_of_every_layer(how, tmp_path):
    import keras

    theirs = branches()
    model = taken_over(theirs, tmp_path / "keras.keras")[how]
    inputs = {"a": X, "b": -X}
    names = [layer.name for layer in theirs.layers]
    assert [layer.name for layer in model.layers] == names
    wanted = keras.Model(theirs.input, [theirs.get_layer(name).output for name in names])(inputs)
    found = rn.Model(model.input, [model.get_layer(name).output for name in names])(inputs)
    assert_close(found, [np.asarray(y) for y in wanted], 1e-12)
    ours, other = model.get_layer("joined").input, theirs.get_layer("joined").input
    assert [tensor.shape for tensor in ours] == [tensor.shape for tensor in other]
    assert [op.name for op in model.operations] == [op.name for op in theirs.operations]


def test_within_a_nested_model_and_a_new_head():
    import keras

    theirs = branches()
    model = rn.models.from_keras(theirs)
    ends = [m.get_layer("body") for m in (theirs, model)]
    wanted = keras.Model(ends[0].inputs[0], ends[0].get_layer("inner").output)(X[:, :4])
    assert_close(rn.Model(ends[1].inputs, ends[1].get_layer("inner").output)(X[:, :4]), wanted)
    head = rn.Model(model.input, rn.layers.Dense(7)(model.get_layer("joined").output))
    assert head({"a": X, "b": X}).shape == (3, 7)
    assert head.weights[0] is model.weights[0]


@pytest.mark.parametrize("make", [classifier, branches])
def test_a_clone_is_keras_own(make):
    import keras

    theirs = make()
    theirs.compile("adam", "mse")
    model = rn.models.from_keras(theirs)
    clone, wanted = rn.models.clone_model(model), keras.models.clone_model(theirs)
    assert clone.get_config() == model.get_config()
    assert clone.compiled and clone.optimizer is not model.optimizer
    assert [w.shape for w in clone.weights] == [tuple(w.shape) for w in wanted.weights]
    assert not set(map(id, clone.weights)) & set(map(id, model.weights))
    clone.set_weights(model.get_weights())
    inputs = IMAGES if make is classifier else {"a": X, "b": X}
    assert_close(clone(inputs), model(inputs), 0)


@pytest.mark.parametrize("recursive", [False, True])
def test_a_clone_with_other_layers(recursive):
    import keras

    called = []

    def changed():
        def change(layer):
            config = layer.get_config()
            if type(layer).__name__ == "Dense":
                config["use_bias"] = False
            return type(layer).from_config(config)

        def call(layer, *args, **kwargs):
            called.append(layer.name)
            return layer(*args, **kwargs)

        return {"clone_function": change, "call_function": call, "recursive": recursive}

    theirs = branches()
    wanted = keras.models.clone_model(theirs, **changed())
    clone = rn.models.clone_model(rn.models.from_keras(theirs), **changed())
    assert [w.shape for w in clone.weights] == [tuple(w.shape) for w in wanted.weights]
    assert sorted(called) == sorted(2 * called[: len(called) // 2])
    clone.set_weights(wanted.get_weights())
    inputs = {"a": X, "b": -X}
    assert_close(clone(inputs), {k: np.asarray(y) for k, y in wanted(inputs).items()}, 1e-12)
    new = {name: rn.Input((6,), name=name) for name in "ab"}
    assert rn.models.clone_model(clone, input_tensors=new).input == new
    with pytest.raises(ValueError, match="`call_function` is for Functional models"):
        rn.models.clone_model(rn.Sequential([rn.layers.Dense(2)]), call_function=print)


def test_a_sequential_clone():
    model = rn.Sequential([rn.Input((6,)), rn.layers.Dense(2)], trainable=False)
    assert rn.models.clone_model(model).get_config() == model.get_config()
    unbuilt = rn.models.clone_model(rn.Sequential([rn.layers.Dense(2)]))
    assert not unbuilt.built and unbuilt(X).shape == (3, 2)


@pytest.mark.parametrize("make", [classifier, branches])
def test_a_model_as_text(make):
    import keras

    theirs = make()
    theirs.compile("adam", "mse", metrics={"y": ["mae"]} if make is branches else ["mae"])
    model = rn.models.from_keras(theirs)
    again = rn.models.model_from_json(theirs.to_json())
    assert again.get_config() == model.get_config() and again.compiled
    assert json.loads(again.to_json()) == json.loads(model.to_json())
    back = keras.models.model_from_json(model.to_json())
    assert [tuple(w.shape) for w in back.weights] == [w.shape for w in model.weights]
    inputs = rn.Model.from_config(theirs.get_config()).inputs
    assert [x.shape for x in inputs] == [tuple(x.shape) for x in theirs.inputs]
    for text in ("[]", "{}", "nothing", '{"class_name": "Lambda", "config": {}}'):
        with pytest.raises(rn.saving.ModelFileError, match=r"JSON: config\.json: "):
            rn.models.model_from_json(text)


def test_variables_and_penalties():
    import keras
    from keras import layers

    x = keras.Input((6,))
    h = layers.BatchNormalization()(layers.Dense(4, kernel_regularizer="l2")(x))
    frozen = layers.Dense(3, kernel_regularizer="l2", trainable=False)
    theirs = keras.Model(x, layers.Dense(2, bias_regularizer="l1")(frozen(h)))
    model = rn.models.from_keras(theirs)
    for name in ("variables", "trainable_variables", "non_trainable_variables"):
        assert_close(getattr(model, name), [np.asarray(v) for v in getattr(theirs, name)], 0)
    assert_close(model.losses, [np.asarray(loss) for loss in theirs.losses], 1e-6)
    penalized = rn.Sequential([rn.Input((6,)), rn.layers.Dense(2, activity_regularizer="l2")])
    with pytest.raises(NotImplementedError, match="penalties on outputs belong to a call"):
        penalized.losses  # noqa: B018


def test_a_layer_that_was_never_called():
    for end in ("input", "output"):
        with pytest.raises(AttributeError, match=f"'d' has never been called.*no defined {end}"):
            getattr(rn.layers.Dense(2, name="d"), end)
        with pytest.raises(AttributeError, match="it isn't built"):
            getattr(rn.Sequential([rn.layers.Dense(2)]), end)


@pytest.mark.parametrize("kind", ["Functional", "Sequential", "Dense", "LSTM"])
def test_every_public_name_of_keras_is_there_or_says_why_not(kind):
    import keras
    import tensorflow as tf

    made = {
        "Functional": lambda: (branches(), rn.models.from_keras(branches())),
        "Sequential": lambda: (keras.Sequential(), rn.Sequential()),
        "Dense": lambda: (keras.layers.Layer(), rn.layers.Dense(2)),
        "LSTM": lambda: (keras.layers.Layer(), rn.layers.LSTM(2)),
    }
    theirs, ours = made[kind]()
    of_tensorflow = {*dir(tf.Module), *dir(tf.__internal__.tracking.AutoTrackable)}
    ends = {"input", "output", "inputs", "outputs", "input_shape", "output_shape"}  # if called
    names = {name for name in dir(theirs) if name[0] != "_"} - of_tensorflow - ends
    assert len(names) > 40
    for name in names:
        try:
            getattr(ours, name)
        except NotImplementedError as error:
            assert str(error).startswith(f"`{name}` of '{ours.name}' ({type(ours).__name__}) is")
            assert not hasattr(ours, name)
