"""`sidebyside diff`: each kind of difference is found at its place, and none where none is."""

import json

import keras
import numpy as np
import pytest

import comparisons
import reference_numpy as rn
from reference_numpy import layers
from tests.comparisons.harness.test_cli import call


def model(activation="relu", drop=False, swap=False, hidden="hidden", units=3):
    """Two branches, one of them a nested model, and what is taken from what."""
    rn.random.set_seed(0)
    x = rn.Input((4,), name="in")
    h = layers.Dense(5, activation=activation, name=hidden)(x)
    made = [layers.Dense(units, name="deep"), layers.BatchNormalization(name="norm")]
    tower = rn.Sequential([rn.Input((5,)), *made], name="tower")(h)
    if drop:
        tower = layers.Dropout(0.2, name="drop")(tower)
    side = layers.Dense(units, name="side")(h)
    apart = layers.Subtract(name="apart")([side, tower] if swap else [tower, side])
    made = rn.Model(x, layers.Dense(1, name="end")(apart))
    made.compile("adam", "mse")
    return made


@pytest.fixture
def compared(tmp_path):
    """A function that saves two models and compares them; `change` is made of the second."""

    def compare(other, change=lambda made: None):
        first = model()
        by_name = {layer.name: layer for layer in parts(first)}
        for layer in parts(other):
            like = by_name.get("hidden" if layer.name == "other" else layer.name)
            if like is not None and [w.shape for w in layer.weights] == [
                w.shape for w in like.weights
            ]:
                layer.set_weights(like.get_weights())
        change(other)
        for name, made in (("a", first), ("b", other)):
            made.save(tmp_path / f"{name}.keras")
        return comparisons.diff(tmp_path / "a.keras", tmp_path / "b.keras")

    return compare


def parts(made):
    for layer in made.layers:
        yield from parts(layer) if isinstance(layer, rn.Model) else [layer]


def kinds(found):
    """The kinds of difference that there are."""
    names = ("architecture", "names", "weights", "compiled", "optimizer", "outputs")
    return {name for name in names if getattr(found, name)}


def test_the_same_model_is_the_same(compared):
    found = compared(model())
    assert found.same and not kinds(found) and found.first is None
    assert "are the same" in str(found) and "outputs on the same inputs are equal" in str(found)


def test_a_setting(compared):
    found = compared(model(activation="tanh"))
    (change,) = found.architecture
    assert (change.where, change.what, change.a, change.b) == (
        "hidden",
        "activation",
        "relu",
        "tanh",
    )
    assert kinds(found) == {"architecture", "outputs"} and found.first == "hidden"


def test_a_layer_that_one_has_alone(compared):
    found = compared(model(drop=True))
    told = {(c.where, c.what, c.a, c.b) for c in found.architecture}
    assert told == {
        ("drop", "layer", None, "Dropout"),
        ("apart", "takes", "tower, side", "drop, side"),
    }
    assert kinds(found) == {"architecture"}


def test_connections(compared):
    found = compared(model(swap=True))
    (change,) = found.architecture
    assert (change.where, change.what) == ("apart", "takes")
    assert found.first == "apart" and found.outputs[0].relative == pytest.approx(2.0, rel=1e-3)


def test_names_alone(compared):
    found = compared(model(hidden="other"))
    assert kinds(found) == {"names"} and found.names[0].b == "other"


def test_a_weight_of_a_nested_model(compared):
    def change(made):
        made.get_layer("tower").layers[0].weights[0][0, 0] += 0.5

    found = compared(model(), change)
    (moved,) = found.weights
    assert moved.where == "tower/deep" and moved.what == "kernel (5, 3)"
    assert moved.largest == pytest.approx(0.5) and found.first == "tower/deep"
    assert kinds(found) == {"weights", "outputs"}


def test_state_that_is_no_trainable_weight(compared):
    found = compared(model(), lambda made: made.get_layer("tower").layers[1].weights[3].fill(4.0))
    assert [moved.what for moved in found.weights] == ["moving_variance (3,)"]


def test_how_it_was_compiled_and_how_far_it_was_trained(compared):
    def another(made):
        made.compile(rn.optimizers.Adam(0.5), "mae")

    found = compared(model(), another)
    assert {(c.what, c.b) for c in found.compiled} == {
        ("optimizer.learning_rate", 0.5),
        ("loss", "mae"),
    }

    def trained(made):
        start = made.get_weights()
        made.fit(np.ones((8, 4), "float32"), np.ones((8, 1), "float32"), verbose=0)
        made.set_weights(start)

    found = compared(model(), trained)
    assert kinds(found) == {"compiled", "optimizer"}  # the first one has no momenta yet
    assert "iteration" in {moved.what for moved in found.optimizer}


def test_weights_alone_are_compared_as_those_of_the_other_files_model(tmp_path, capsys):
    made, (whole, weights) = model(), (tmp_path / "a.keras", tmp_path / "b.weights.h5")
    made.save(whole)
    made.save_weights(weights)
    assert comparisons.diff(whole, weights).same
    made.get_layer("side").weights[0][0, 0] += 0.5
    made.save_weights(weights)
    for files in ((whole, weights), (weights, whole)):
        found = comparisons.diff(*files)
        assert [moved.where for moved in found.weights] == ["side"]
        assert kinds(found) == {"weights", "outputs"}
        assert "b.weights.h5: weights alone, " in str(found)
    status, out, err = call(capsys, "diff", str(weights), str(weights))
    assert (status, out) == (2, "") and err.count("\n") == 1
    assert "these are weights alone; compare them with a .keras file" in err


def test_two_files_of_weights_alone_need_a_config(tmp_path, capsys):
    made, config = model(), tmp_path / "model.json"
    config.write_text(made.to_json(), "utf-8")
    files = [tmp_path / f"{name}.weights.h5" for name in "ab"]
    made.save_weights(files[0])
    made.get_layer("side").weights[0][0, 0] += 0.5
    made.save_weights(files[1])
    assert comparisons.diff(files[0], files[0], config=config).same
    found = comparisons.diff(*files, config=config)
    assert [moved.where for moved in found.weights] == ["side"]
    made.save(tmp_path / "b.keras")
    assert comparisons.diff(tmp_path / "b.keras", files[1], config=config).same
    model(units=2).save_weights(files[1])
    (tmp_path / "cut.weights.h5").write_bytes(files[0].read_bytes()[:900])
    whole = tmp_path / "b.keras"
    for arguments, said in (
        ((files[0], files[1], config), "b.weights.h5 with "),
        ((files[0], tmp_path / "cut.weights.h5", whole), "or cut short"),
        ((whole, whole, config), "config: it goes with weights alone"),
        ((*files, tmp_path / "none.json"), "none.json: No such file"),
        ((*files, files[0]), "a.weights.h5: expected a model's config"),
    ):
        a, b, given = map(str, arguments)
        status, out, err = call(capsys, "diff", a, b, "--config", given)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert err.startswith("sidebyside: ") and said in err


def test_models_of_other_shapes(compared):
    found = compared(model(units=2))
    assert ("side", "units") in {(c.where, c.what) for c in found.architecture}
    assert ("side", "shape of kernel") in {(c.where, c.what) for c in found.architecture}


def test_outputs_from_another_layer_may_be_equal(tmp_path):
    def save(name, *more):
        rn.random.set_seed(0)
        rn.Sequential([rn.Input((4,)), layers.Dense(2), *more]).save(tmp_path / name)
        return tmp_path / name

    found = comparisons.diff(save("a.keras"), save("b.keras", layers.Identity()))
    assert ("outputs", "takes") in {(change.where, change.what) for change in found.architecture}
    assert "outputs on the same inputs are equal" in str(found)


@pytest.mark.parametrize("ends", [[1], [2], [1, 2]])
def test_outputs_that_have_no_counterpart_are_not_called_equal(ends, tmp_path):
    def save(name, sizes):
        rn.random.set_seed(0)
        x = rn.Input((4,), name="in")
        outputs = [layers.Dense(units, name=f"end{units}")(x) for units in sizes]
        rn.Model(x, outputs).save(tmp_path / name)
        return tmp_path / name

    found = comparisons.diff(save("a.keras", [1]), save("b.keras", ends))
    assert not found.outputs and not found.not_compared
    assert ("outputs on the same inputs are equal" in str(found)) == (ends == [1])


def test_the_command(tmp_path, capsys):
    a, b, c = (tmp_path / f"{name}.keras" for name in "abc")
    model().save(a)
    model(activation="tanh").save(b)
    rn.Sequential([rn.Input((9,)), layers.Dense(1)]).save(c)
    assert call(capsys, "diff", str(a), str(a))[0] == 0
    status, out, _ = call(capsys, "diff", str(a), str(b), "--json")
    assert status == 1 and json.loads(out)["architecture"][0]["what"] == "activation"
    status, out, _ = call(capsys, "diff", str(a), str(c))
    assert status == 1 and "outputs were not compared: the inputs have other shapes" in out
    (tmp_path / "other.h5").touch()
    for name, said in (
        ("none.keras", "No such file or directory"),
        ("none", "No such file or directory"),
        ("none.weights.h5", "No such file or directory"),
        ("other.h5", "expected the ending `.keras`. For a model in another format: "),
    ):
        for files in ((tmp_path / name, a), (a, tmp_path / name)):
            status, out, err = call(capsys, "diff", *map(str, files))
            assert (status, out, err.count("\n")) == (2, "", 1)
            assert err.startswith(f"sidebyside: {tmp_path / name}: {said}")


def test_inputs_that_are_not_there_are_told_of_though_none_fit_both(tmp_path):
    model().save(tmp_path / "a.keras")
    rn.Sequential([rn.Input((7,)), layers.Dense(1)]).save(tmp_path / "b.keras")
    with pytest.raises(FileNotFoundError, match="none.npz"):
        comparisons.diff(tmp_path / "a.keras", tmp_path / "b.keras", tmp_path / "none.npz")


def operating(operation, tmp_path, name):
    """A file of a model whose layers take from an operation, and whose output is one."""
    keras.utils.set_random_seed(0)
    keras.backend.clear_session()
    x = keras.Input((4,), name="in")
    h = keras.layers.Dense(3, name="end")(operation(keras.layers.Dense(3, name="first")(x)))
    keras.Model(x, keras.ops.sigmoid(h)).save(tmp_path / name)
    return tmp_path / name


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
def test_operations_are_compared_as_layers_are(tmp_path):
    a = operating(keras.ops.tanh, tmp_path, "a.keras")
    assert comparisons.diff(a, operating(keras.ops.tanh, tmp_path, "same.keras")).same
    found = comparisons.diff(a, operating(keras.ops.relu, tmp_path, "b.keras"))
    assert {"Tanh", "Relu"} <= {
        side for change in found.architecture for side in (change.a, change.b)
    }
    assert "names" not in kinds(found) and found.outputs


def test_a_layer_of_ones_own_has_keras_name(compared, monkeypatch):
    monkeypatch.setattr(rn.registration, "_registered", {})

    @rn.register("mine", name="Bend")
    class NumpyBend(layers.Layer):
        def forward(self, x, training=False):
            return x, None

    x = rn.Input((4,))
    found = compared(rn.Model(x, NumpyBend(name="bend")(x)))
    assert ("bend", "layer", None, "Bend") in {
        (one.where, one.what, one.a, one.b) for one in found.architecture if one.what == "layer"
    }


def stateful(batch):
    rn.random.set_seed(0)
    parts = [layers.GRU(2, stateful=True, name="recurrent"), layers.Dense(1, name="end")]
    return rn.Sequential([rn.Input(batch_shape=(batch, 3, 2)), *parts])


def test_a_stateful_model_begins_anew(tmp_path):
    """The states of the call that tries whether the inputs fit went on into the first model's."""
    stateful(3).save(tmp_path / "a.keras")
    found = comparisons.diff(tmp_path / "a.keras", tmp_path / "a.keras")
    assert found.same and found.not_compared is None


def test_a_stateful_model_for_batches_of_another_size(tmp_path):
    stateful(3).save(tmp_path / "training.keras")
    stateful(1).save(tmp_path / "serving.keras")
    found = comparisons.diff(tmp_path / "training.keras", tmp_path / "serving.keras")
    (change,) = found.architecture
    assert (change.where, change.what, change.a, change.b) == (
        "input",
        "batch_shape",
        [3, 3, 2],
        [1, 3, 2],
    )
    assert "Expected: 1. Received: 3" in found.not_compared and kinds(found) == {"architecture"}
