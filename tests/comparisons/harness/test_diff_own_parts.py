"""`sidebyside diff --custom`: two files of models with layers and losses of somebody's own."""

import json
import subprocess
import sys

import keras
import numpy as np
import pytest

import comparisons
import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.check import own_parts
from tests.comparisons.harness.test_cli import call

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")

PARTS = '''
import keras
import reference_numpy as rn


@keras.saving.register_keras_serializable("own_parts")
class Scale(keras.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")

    def call(self, x):
        return x * self.scale


@rn.register("own_parts", name="Scale")
class NumpyScale(rn.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(input_shape[-1:], "ones", name="scale")

    def forward(self, x, training=False):
        return x * self.scale, x


class Swirl(keras.layers.Layer):
    """Keras's alone: a weight of its own, and parts with weights and states."""

    def __init__(self, units, blocks=2, **kwargs):
        super().__init__(**kwargs)
        self.units, self.blocks = units, blocks
        self.towers = [keras.layers.Dense(units) for _ in range(blocks)]
        self.norm = keras.layers.BatchNormalization()

    def build(self, shape):
        self.power = self.add_weight(shape=(), initializer="ones", name="power")
        for tower in self.towers:
            tower.build(shape)
        self.norm.build((*shape[:-1], self.units))

    def call(self, x, training=False):
        y = sum(tower(x) for tower in self.towers)
        return self.norm(y**2 * self.power, training=training)

    def get_config(self):
        own = {"units": self.units, "blocks": self.blocks}
        return {**super().get_config(), **own}


def fourth(y_true, y_pred):
    return keras.ops.mean((y_pred - y_true) ** 4, axis=-1)


def sixth(y_true, y_pred):
    return keras.ops.mean((y_pred - y_true) ** 6, axis=-1)


class Off(keras.metrics.Metric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        pass

    def result(self):
        return 0.0


class Own(keras.optimizers.SGD):
    pass


def half(x):
    return x / 2
'''


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """What a test registers is gone after it."""
    monkeypatch.setattr(rn.registration, "_registered", {})


@pytest.fixture
def parts(tmp_path):
    """The file, which `own_parts` runs."""
    path = tmp_path / "parts.py"
    path.write_text(PARTS)
    return path


def saved(parts, name, change=lambda model: None, loss="fourth", **options):
    """A file of a model with all of them, its optimizer's state too; `change` is made of it."""
    own = own_parts.keras_parts(parts)
    keras.utils.set_random_seed(0)
    x = keras.Input((5,), name="in")
    y = own["Swirl"](4, name="swirl", **options)(own["Scale"](name="scale")(x))
    model = keras.Model(x, keras.layers.Dense(3, name="end")(y), name="whole")
    model.compile(keras.optimizers.Adam(0.01), own[loss], metrics=[own["Off"](name="off")])
    model.optimizer.build(model.trainable_variables)
    change(model)
    path = parts.parent / name
    model.save_weights(path) if name.endswith(".weights.h5") else model.save(path)
    return path


def kinds(found):
    names = ("architecture", "names", "weights", "compiled", "optimizer", "outputs")
    return {name for name in names if getattr(found, name)}


def test_the_same_model_is_the_same_and_it_is_told_what_is_kerass(parts):
    a = saved(parts, "a.keras")
    found = comparisons.diff(a, saved(parts, "b.keras"), custom=parts)
    assert found.same, found
    name = keras.config.backend()
    assert found.own == {"Swirl": f"taken from {name}"} and found.not_compared is None
    assert f"  Swirl: taken from {name}\n" in str(found)


def test_a_weight_within_a_layer_without_a_numpy_half(parts):
    def change(model):
        tower = model.get_layer("swirl").towers[1]
        tower.kernel.assign_add(np.full((5, 4), 0.5))

    found = comparisons.diff(saved(parts, "a.keras"), saved(parts, "b.keras", change), custom=parts)
    (moved,) = found.weights
    assert (moved.where, moved.what) == ("swirl", "towers/1/kernel (5, 4)")
    assert moved.largest == pytest.approx(0.5) and found.first == "swirl"
    assert kinds(found) == {"weights", "outputs"}


def test_a_state_and_a_weight_of_a_layer_with_one(parts):
    def change(model):
        model.get_layer("swirl").norm.moving_mean.assign_add(np.ones(4))
        model.get_layer("scale").scale.assign_add(np.ones(5))

    found = comparisons.diff(saved(parts, "a.keras"), saved(parts, "b.keras", change), custom=parts)
    told = [(moved.where, moved.what) for moved in found.weights]
    assert told == [("scale", "scale (5,)"), ("swirl", "norm/moving_mean (4,)")]
    assert found.first == "scale"


def test_settings_and_the_number_of_weights(parts):
    a = saved(parts, "a.keras")
    found = comparisons.diff(a, saved(parts, "b.keras", blocks=3), custom=parts)
    told = {(c.where, c.what): (c.a, c.b) for c in found.architecture}
    assert told == {("swirl", "blocks"): (2, 3), ("swirl", "number of weights"): (9, 11)}
    swirl = {moved.what for moved in found.weights if moved.where == "swirl"}
    assert swirl <= {f"towers/{number}/kernel (5, 4)" for number in (0, 1)}  # drawn anew


def test_losses_and_metrics_without_a_numpy_half_are_compared_by_name_and_config(parts):
    def change(model):
        metric = own_parts.keras_parts(parts)["Off"](name="other")
        model.compile(model.optimizer, model.loss, metrics=[metric])
        model.optimizer.variables[2].assign_add(np.ones(5))

    a = saved(parts, "a.keras")
    found = comparisons.diff(a, saved(parts, "b.keras", change, loss="sixth"), custom=parts)
    told = {(c.what, c.a, c.b) for c in found.compiled}
    assert told == {("loss", "fourth", "sixth"), ("metrics.0.name", "off", "other")}
    assert kinds(found) == {"compiled", "optimizer"} and len(found.optimizer) == 1


def test_weights_alone_with_layers_of_ones_own(parts):
    def change(model):
        model.get_layer("swirl").power.assign(2.0)

    files = saved(parts, "a.weights.h5"), saved(parts, "b.weights.h5", change)
    whole = saved(parts, "c.keras")
    for given in ({"a": whole, "b": files[1]}, {"a": files[0], "b": files[1], "config": whole}):
        found = comparisons.diff(**given, custom=parts)
        assert [(m.where, m.what) for m in found.weights] == [("swirl", "power")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "'own_parts>Scale' is a class of the author's own: --custom FILE.py names its file"),
        ("import keras\n", "parts.py lacks it, or its NumPy half"),
        ("import keras\nx = 1 / 0\n", "parts.py, line 2: ZeroDivisionError: division by zero"),
        ("missing", "parts.py: No such file or directory"),
    ],
)
def test_what_cannot_be_used_is_one_line(text, told, parts, capsys):
    files = [str(saved(parts, name)) for name in ("a.keras", "b.keras")]
    rn.registration._registered.clear()
    parts.unlink()
    if text != "missing":
        parts.write_text(text or "")
    given = ["--custom", str(parts)] if text else []
    status, out, err = call(capsys, "diff", *files, *given)
    assert (status, out, err.count("\n")) == (2, "", 1) and told in err


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("nonsense", "Unknown backend 'nonsense'. Expected one of numpy, tensorflow, jax, torch."),
        ("numpy", "name a backend of Keras: tensorflow, jax or torch"),
        ("jax", "jax is not installed (pip install jax)"),
    ],
)
def test_a_backend_that_cannot_be_used_is_one_line_as_in_check(
    wanted, told, parts, capsys, monkeypatch
):
    missing = backends.missing
    absent = {"keras-jax": "jax is not installed (pip install jax)"}
    monkeypatch.setattr(backends, "missing", lambda name: absent.get(name) or missing(name))
    a = str(saved(parts, "a.keras"))
    for command in (["diff", a, a], ["check", a]):
        found = call(capsys, *command, "--custom", str(parts), "--backends", wanted)
        assert found == (2, "", f"sidebyside: {told}\n")


def test_a_backend_is_for_layers_of_ones_own(parts, capsys):
    a = str(saved(parts, "a.keras"))
    status, out, err = call(capsys, "diff", a, a, "--backends", "tensorflow")
    told = "sidebyside: backends: they are for layers of your own; give custom, their file\n"
    assert (status, out, err) == (2, "", told)


def test_another_backend_than_the_one_of_this_process_is_refused(parts, monkeypatch):
    monkeypatch.setattr(backends, "missing", lambda name: None)
    a, running = saved(parts, "a.keras"), keras.config.backend()
    found = comparisons.diff(a, a, custom=parts, backends=running)
    assert found.same and found.own == {"Swirl": f"taken from {running}"}
    other = next(name for name in backends.KERAS_BACKENDS if name != running)
    with pytest.raises(ValueError, match=f"Keras runs on {running} in this process already"):
        comparisons.diff(a, a, custom=parts, backends=[other])


def test_the_first_backend_that_is_there_computes_layers_of_ones_own(parts):
    a = str(saved(parts, "a.keras"))
    there = [name for name in backends.KERAS_BACKENDS if not backends.missing(name)][-1]
    command = [sys.executable, "-m", "comparisons", "diff", a, a, "--custom", str(parts)]
    done = subprocess.run([*command, "--backends", there], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"Swirl: taken from {there}" in done.stdout


@pytest.mark.parametrize(("what", "name"), [("an activation", "half"), ("an optimizer", "Own")])
def test_what_is_computed_with_needs_a_numpy_half(what, name, parts, capsys):
    def change(model):
        own = own_parts.keras_parts(parts)[name]
        if what == "an activation":
            model.get_layer("end").activation = own
        else:
            model.compile(own(0.1), "mse")

    files = [str(saved(parts, file, change)) for file in ("a.keras", "b.keras")]
    status, out, err = call(capsys, "diff", *files, "--custom", str(parts))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert f"{name}' is a " in err and "parts.py lacks it, or its NumPy half" in err


def test_the_command(parts, capsys):
    def change(model):
        model.get_layer("end").bias.assign_add(np.ones(3))

    files = [str(saved(parts, "a.keras")), str(saved(parts, "b.keras", change))]
    status, out, _ = call(capsys, "diff", *files, "--custom", str(parts), "--json")
    found = json.loads(out, parse_constant=pytest.fail)  # Infinity is none of JSON's words
    (moved,) = found["weights"]
    assert (status, moved["where"], moved["relative"]) == (1, "end", None)
    assert set(found["own"]) == {"Swirl"}
