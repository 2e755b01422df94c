"""Models written and read again, without Keras."""

import os
import stat

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.saving import ModelFileError
from tests.reference_numpy.saving.files import change_config, make_model, members

L = rn.layers
X = np.random.default_rng(1).standard_normal((12, 4))


def assert_same_weights(a, b):
    for mine, other in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_a_model_goes_on_where_it_was(tmp_path):
    model = make_model()
    model.save(tmp_path / "model.keras")
    again = rn.models.load_model(tmp_path / "model.keras")
    assert again.serialize() == model.serialize()
    assert again.optimizer.iterations == model.optimizer.iterations == 1
    options = {"shuffle": False, "batch_size": 5, "epochs": 2, "verbose": 0}
    first = model.fit(X, X[:, :2], **options).history
    assert again.fit(X, X[:, :2], **options).history == first
    assert_same_weights(model, again)


def test_without_compiling(tmp_path):
    make_model().save(tmp_path / "model.keras")
    model = rn.models.load_model(tmp_path / "model.keras", compile=False)
    assert not model.compiled and model.predict(X, verbose=0).shape == (12, 2)


def test_weights_alone(tmp_path):
    model, other = make_model(), make_model()
    model.fit(X, X[:, :2], verbose=0)
    model.save_weights(tmp_path / "model.weights.h5")
    other.load_weights(tmp_path / "model.weights.h5")
    assert_same_weights(model, other)
    assert other.optimizer.iterations == model.optimizer.iterations == 2
    make_model().save(tmp_path / "model.keras")
    other.load_weights(tmp_path / "model.keras")
    assert other.optimizer.iterations == 1


def test_an_optimizer_that_has_done_nothing(tmp_path):
    model = rn.Sequential([rn.Input((4,)), L.Dense(2)])
    model.compile(rn.optimizers.Adam(0.1), "mse")
    model.optimizer.learning_rate = 0.5
    model.save(tmp_path / "model.keras")
    again = rn.models.load_model(tmp_path / "model.keras")
    assert again.optimizer.learning_rate == 0.5 and not again.optimizer.built
    again.fit(X, X[:, :2], verbose=0)


def test_a_layer_shared_with_a_nested_model_stays_one_layer(tmp_path):
    shared = L.Dense(4, name="shared")
    inner = rn.Sequential([rn.Input((4,)), shared], name="inner")
    x = rn.Input((4,), name="x")
    model = rn.Model(x, inner(shared(x)))
    model.save(tmp_path / "model.keras")
    again = rn.models.load_model(tmp_path / "model.keras")
    assert len(again.weights) == 2
    assert again.get_layer("shared") is again.get_layer("inner").get_layer("shared")
    np.testing.assert_array_equal(again(X), model(X))


def test_a_sequential_model_that_is_not_built(tmp_path):
    model = rn.Sequential([L.Dense(3, name="first"), L.Dense(2)])
    model.save(tmp_path / "model.keras")
    again = rn.models.load_model(tmp_path / "model.keras")
    assert not again.built and again(X).shape == (12, 2)


def test_a_learned_vocabulary_is_an_asset(tmp_path):
    lookup = L.StringLookup(name="lookup")
    lookup.adapt(np.array(["b", "a", "b", "/etc/passwd", "http://x"]))
    x = rn.Input((1,), dtype="string")
    model = rn.Model(x, lookup(x))
    model.save(tmp_path / "model.keras")
    assert any(name.endswith("string_lookup/vocabulary.txt") for name in members(
        tmp_path / "model.keras"
    ))  # fmt: skip
    again = rn.models.load_model(tmp_path / "model.keras")
    words = np.array([["a"], ["b"], ["z"], ["http://x"]])
    np.testing.assert_array_equal(again.predict(words, verbose=0), model.predict(words, verbose=0))


def test_a_given_vocabulary_may_hold_any_words(tmp_path):
    x = rn.Input((1,), dtype="string")
    words = ["a", "/etc/passwd", "http://x", ".."]
    rn.Model(x, L.StringLookup(vocabulary=words)(x)).save(tmp_path / "model.keras")
    again = rn.models.load_model(tmp_path / "model.keras")
    assert again.predict(np.array([["/etc/passwd"]]), verbose=0).tolist() == [[2]]


def test_a_name_that_keras_gave_up(tmp_path):
    """Keras up to 3.6 writes recurrent layers with the initializer's old name."""
    path = tmp_path / "model.keras"
    model = rn.Sequential([rn.Input((3, 2)), L.LSTM(2)])
    model.save(path)

    def change(config):
        entry = config["config"]["layers"][1]["config"]["recurrent_initializer"]
        assert entry["class_name"] == "Orthogonal"
        entry["class_name"] = "OrthogonalInitializer"

    change_config(path, change)
    assert_same_weights(rn.models.load_model(path), model)


def test_layers_in_any_order(tmp_path):
    """The entries of a graph need not stand in the order of its calls."""
    x = y = rn.Input((4,), name="x")
    for index in range(60):
        y = L.Dense(4, activation="tanh", name=f"layer_{index}")(y)
    path, model = tmp_path / "model.keras", rn.Model(x, y)
    model.save(path)
    change_config(path, lambda config: config["config"]["layers"].reverse())
    np.testing.assert_array_equal(rn.models.load_model(path)(X), model(X))


def test_overwriting(tmp_path):
    path, model = tmp_path / "model.keras", make_model()
    model.save(path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match=r"model\.keras exists"):
        model.save(path, overwrite=False)
    assert path.read_bytes() == before
    model.save(path)
    assert not [name for name in os.listdir(tmp_path) if name != "model.keras"]


def test_nothing_half_written(tmp_path, monkeypatch):
    path, model = tmp_path / "model.keras", make_model()
    model.save(path)
    before = path.read_bytes()
    monkeypatch.setattr("zipfile.ZipFile.writestr", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        model.save(path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["model.keras"]


@pytest.mark.parametrize("name", ["nowhere/model.keras", "folder.keras"])
def test_a_place_where_nothing_can_be_written(tmp_path, name):
    """The error names the file that was asked for, and nothing is left behind."""
    (tmp_path / "folder.keras").mkdir()
    with pytest.raises(OSError, match=f"{tmp_path / name}'$"):
        make_model().save(tmp_path / name)
    assert os.listdir(tmp_path) == ["folder.keras"]


def test_a_link_stays_and_so_do_permissions(tmp_path):
    model = make_model()
    model.save(tmp_path / "model.keras")
    (tmp_path / "model.keras").chmod(0o600)
    (tmp_path / "link.keras").symlink_to("model.keras")
    model.fit(X, X[:, :2], verbose=0)
    model.save(tmp_path / "link.keras")
    assert (tmp_path / "link.keras").is_symlink()
    assert stat.S_IMODE(os.stat(tmp_path / "model.keras").st_mode) == 0o600
    assert_same_weights(rn.models.load_model(tmp_path / "model.keras"), model)


def test_a_file_has_the_permissions_of_any_other(tmp_path):
    (tmp_path / "other").write_text("")
    make_model().save(tmp_path / "model.keras")
    modes = {stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in ("other", "model.keras")}
    assert len(modes) == 1


def test_checkpoints(tmp_path):
    model = make_model()
    keep = rn.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras", monitor="loss")
    weights = rn.callbacks.ModelCheckpoint(
        tmp_path / "best.weights.h5", monitor="loss", save_best_only=True, save_weights_only=True
    )
    model.fit(X, X[:, :2], epochs=2, verbose=0, callbacks=[keep, weights])
    assert sorted(os.listdir(tmp_path)) == ["1.keras", "2.keras", "best.weights.h5"]
    assert_same_weights(rn.models.load_model(tmp_path / "2.keras"), model)


def test_an_interrupted_run_is_taken_up(tmp_path):
    class Interrupt(rn.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    options = {"epochs": 4, "shuffle": False, "verbose": 0}
    whole, model = make_model(), make_model()
    whole.fit(X, X[:, :2], **options)
    backup = rn.callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, X[:, :2], callbacks=[backup, Interrupt()], **options)
    fresh = make_model()
    backup = rn.callbacks.BackupAndRestore(tmp_path / "backup")
    assert fresh.fit(X, X[:, :2], callbacks=[backup], **options).epoch == [2, 3]
    assert_same_weights(fresh, whole)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, p: m.save(p / "model.h5"), r"expected the ending `\.keras`"),
        (lambda m, p: m.save_weights(p / "model.h5"), r"expected the ending `\.weights\.h5`"),
        (lambda m, p: m.load_weights(p / "model.h5"), r"expected the ending `\.weights\.h5`"),
        (lambda m, p: rn.models.load_model(p / "x.h5"), r"expected the ending `\.keras`"),
    ],
)
def test_endings(tmp_path, call, message):
    with pytest.raises(ValueError, match=message):
        call(make_model(), tmp_path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        rn.models.load_model(tmp_path / "nothing.keras")
    with pytest.raises(FileNotFoundError):
        make_model().load_weights(tmp_path / "nothing.weights.h5")


def test_loading_into_a_model_that_is_not_built(tmp_path):
    make_model().save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(ValueError, match="is not built"):
        rn.Sequential([L.Dense(2)]).load_weights(tmp_path / "model.weights.h5")


def test_an_initializer_that_draws_from_a_generator(tmp_path):
    seed = rn.random.SeedGenerator(3)
    layer = rn.layers.Dense(2, kernel_initializer=rn.initializers.RandomNormal(seed=seed))
    rn.Sequential([rn.Input((3,)), layer]).save(tmp_path / "model.keras")
    model = rn.models.load_model(tmp_path / "model.keras")
    again = model.layers[0].kernel_initializer.seed
    assert isinstance(again, rn.random.SeedGenerator) and again.seed == 3


def test_weights_that_fit_are_taken_alone(tmp_path):
    """A body with another head, compiled or not."""

    def network(units):
        first, norm = rn.layers.Dense(3, name="first"), rn.layers.BatchNormalization()
        model = rn.Sequential([rn.Input((4,)), first, norm, rn.layers.Dense(units, name="head")])
        model.compile("adam", "mse")
        model.fit(np.ones((4, 4)), np.ones((4, units)), verbose=0)
        return model

    saved, other = network(2), network(5)
    head = other.get_weights()[-2:]
    saved.save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(ModelFileError, match=r"has the shape \(3, 2\)"):
        other.load_weights(tmp_path / "model.weights.h5")
    with pytest.warns(UserWarning) as told:
        other.load_weights(tmp_path / "model.weights.h5", skip_mismatch=True)
    assert [str(w.message).split(" stays")[0] for w in told] == [
        "'head'",
        f"'{other.optimizer.name}'",
    ]
    wanted = [*saved.get_weights()[:-2], *head]
    assert all(map(np.array_equal, other.get_weights(), wanted))


def test_a_layer_that_fits_in_part_stays_whole(tmp_path):
    def network(bias_axes):
        layer = L.EinsumDense("abc,cd->abd", (3, 2), bias_axes=bias_axes)
        return rn.Sequential([rn.Input((3, 4)), layer])

    saved, other = network("d"), network("bd")  # kernels alike, biases of other shapes
    before = other.get_weights()
    saved.save_weights(tmp_path / "model.weights.h5")
    with pytest.warns(UserWarning, match="stays as it is"):
        other.load_weights(tmp_path / "model.weights.h5", skip_mismatch=True)
    assert all(map(np.array_equal, other.get_weights(), before))


def test_a_file_that_keras_cannot_read_is_written_with_a_warning(tmp_path):
    functions = [rn.activations.Gelu(approximate=True), rn.activations.step]
    dense = [L.Dense(2, activation=function) for function in functions]
    model = rn.Sequential([rn.Input((4,)), *dense])
    with pytest.warns(UserWarning, match=r"cannot name .*Gelu\(approximate=True\), .*Step\(\)"):
        model.save(tmp_path / "model.keras")
    assert np.array_equal(rn.models.load_model(tmp_path / "model.keras")(X), model(X))
