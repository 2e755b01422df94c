"""`sidebyside check --custom`: models with layers and losses of somebody's own."""

import json
import subprocess
import sys

import keras
import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.check import own_parts
from comparisons.harness.check.checking import Check
from comparisons.harness.check.stand_ins import borrowed, differentiated
from comparisons.harness.check.unshown import OWN
from comparisons.harness.proof.layer_checks import Reference
from tests.comparisons.harness.test_cli import call

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")

PARTS = '''
import keras
import numpy as np
import reference_numpy as rn


@keras.saving.register_keras_serializable("own_parts")
class Scale(keras.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")

    def call(self, x):
        return x * self.scale {fault}


@rn.register("own_parts", name="Scale")
class NumpyScale(rn.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(input_shape[-1:], "ones", name="scale")

    def forward(self, x, training=False):
        return x * self.scale, x

    def backward(self, dy, x):
        return dy * self.scale {slip}, [(dy * x).sum(0)]


class Bend(keras.layers.Layer):
    def build(self, input_shape):
        self.power = self.add_weight(shape=(), initializer="ones", name="power")

    def call(self, x):
        return keras.ops.relu(x) * self.power + keras.ops.tanh(x)


@rn.register("own_parts", name="Bend")
class NumpyBend(rn.layers.Layer):
    def build(self, input_shape):
        self.power = self.add_weight((), "ones", name="power")

    def forward(self, x, training=False):
        return np.maximum(x, 0) * self.power + np.tanh(x), None


class Swirl(keras.layers.Layer):
    """Parts with weights, states and draws of their own, and two inputs."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.inner = keras.layers.Dense(units, kernel_regularizer="l2")
        self.norm, self.drop = keras.layers.BatchNormalization(), keras.layers.Dropout(0.3)

    def build(self, x_shape, gate_shape):
        self.inner.build(x_shape)
        self.norm.build((*x_shape[:-1], self.units))

    def call(self, x, gate, training=False):
        y = self.norm(self.inner(x), training=training)
        return self.drop(y, training=training) * keras.ops.sigmoid(gate)

    def get_config(self):
        return {{**super().get_config(), "units": self.units}}


def halve(x, by):
    return x / by


def fourth(y_true, y_pred):
    return keras.ops.mean((y_pred - y_true) ** 4, axis=-1)


@rn.register("own_parts", name="fourth")
class Fourth(rn.losses.Loss):
    def forward(self, y_true, y_pred):
        d = y_pred - y_true
        return (d**4).mean(-1), d

    def backward(self, dvalues, d):
        return dvalues[..., None] * 4 * d**3 / d.shape[-1]
'''


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """What a test registers is gone after it."""
    monkeypatch.setattr(rn.registration, "_registered", {})


def write(folder, fault="", slip=""):
    """The file of parts, and a model with all of them in another."""
    parts, model = folder / "parts.py", folder / "own.keras"
    parts.write_text(PARTS.format(fault="", slip=slip))
    own = own_parts.keras_parts(parts)
    keras.utils.set_random_seed(0)
    x = keras.Input((5,))
    gate = keras.layers.Dense(4, name="gate")(x)
    y = own["Swirl"](4, name="swirl")(own["Scale"](name="scale")(x), gate)
    y = keras.layers.Dense(3, name="end")(own["Bend"](name="bend")(y))
    whole = keras.Model(x, y, name="whole")
    whole.compile(keras.optimizers.SGD(0.1), own["fourth"])
    whole.save(model)
    parts.write_text(PARTS.format(fault=fault, slip=slip))
    return parts, model


@pytest.fixture
def check(columns, tmp_path):
    """A function that checks the model on all backends, with faults in `Scale`."""

    def run(steps=5, **faults):
        parts, model = write(tmp_path, **faults)
        own = own_parts.load(parts, None)
        planned = Check(model, tmp_path, own=own, steps=steps)
        found = planned.run(columns)
        planned.reproduce(columns)
        return found

    return run


def test_what_keras_alone_has_is_borrowed_and_all_around_it_judged(check):
    found = check(steps=2)
    assert found.agrees, found
    name = keras.config.backend()
    assert found.environment["own"] == {
        "Bend": "gradient by differences",
        "Swirl": f"taken from {name}, not judged",
    }
    assert found.environment["training"] == "2 steps with SGD"
    kinds = {row.layer: set(row.backends[name]) for row in found.layers}
    assert kinds.pop("swirl") == {"propagated"} == kinds.pop("whole")
    assert set(map(frozenset, kinds.values())) == {frozenset(["local", "propagated"])}
    assert {row.class_name for row in found.layers} >= {"Scale", "Bend", "Swirl"}


PENALIZED = """
import keras


@keras.saving.register_keras_serializable("own_parts")
class Penalized(keras.layers.Layer):
    def call(self, x):
        self.add_loss(keras.ops.mean(x**2))
        return keras.ops.exp(x)
"""


def test_no_steps_are_compared_where_a_borrowed_layer_adds_a_loss(columns, tmp_path):
    parts, model = tmp_path / "parts.py", tmp_path / "penalized.keras"
    parts.write_text(PENALIZED)
    own = own_parts.keras_parts(parts)
    x = keras.Input((5,))
    y = own["Penalized"](name="penalized")(keras.layers.Dense(4, name="first")(x))
    made = keras.Model(x, keras.layers.Dense(2, name="end")(y))
    made.compile("sgd", "mse")
    made.save(model)
    found = Check(model, tmp_path, own=own_parts.load(parts, None), steps=1).run(columns)
    told = "not compared: penalized adds a loss of its own, which has no NumPy half"
    assert found.environment["training"] == told
    assert found.agrees, found


def test_a_borrowed_layer_within_a_model_has_keras_own_config(columns, tmp_path):
    """By which known divergences of the whole model are told."""
    parts, model = write(tmp_path)
    oracle = Check(model, tmp_path, own=own_parts.load(parts, None)).oracle
    assert oracle.get_layer("swirl").get_config()["name"] == "swirl"
    names = [layer["config"]["name"] for layer in oracle.get_config()["layers"]]
    assert {"scale", "swirl", "bend", "end"} <= set(names)


def test_a_lambda_of_a_function_in_the_file_is_borrowed(columns, tmp_path):
    parts, model = tmp_path / "parts.py", tmp_path / "lambda.keras"
    parts.write_text(PARTS.format(fault="", slip=""))
    own = own_parts.keras_parts(parts)
    x = keras.Input((5,))
    y = keras.layers.Lambda(own["halve"], arguments={"by": 2.0}, name="half")(x)
    keras.Model(x, keras.layers.Dense(2, name="end")(y)).save(model)
    found = Check(model, tmp_path, own=own_parts.load(parts, None)).run(columns)
    assert found.agrees, found
    name = keras.config.backend()
    assert found.environment["own"] == {"Lambda": f"taken from {name}, not judged"}
    kinds = {row.layer: set(row.backends[name]) for row in found.layers}
    assert kinds["half"] == {"propagated"} and kinds["end"] == {"local", "propagated"}


def test_a_fault_in_the_keras_half_is_found_at_its_layer(check):
    local = [one for one in check(steps=0, fault="* 1.001").findings if one.kind == "local"]
    assert {one.layer for one in local} == {"scale"}
    assert {one.quantity.partition(",")[0] for one in local} >= {"output", "gradient of input"}
    assert {(one.reproduction, one.unshown) for one in local} == {(None, OWN)}


def test_a_fault_in_the_numpy_half_is_found_at_its_layer(check):
    found = check(steps=0, slip="* 0.999").findings
    assert {
        (one.layer, one.quantity.partition(",")[0]) for one in found if one.kind == "local"
    } == {("scale", "gradient of input")}


def test_the_command_says_which_layers_it_does_not_judge(tmp_path, capsys):
    parts, model = write(tmp_path)
    file, name = tmp_path / "check.json", keras.config.backend()
    given = ["--custom", str(parts), "--backends", name, "--no-gradients"]
    status, out, _ = call(
        capsys, "check", str(model), *given, "--json", str(file), "--out", str(tmp_path / "page")
    )
    assert status == 0 and f"Swirl: taken from {name}, not judged" in out
    assert json.loads(file.read_text())["environment"]["own"]["Bend"] == "gradient by differences"
    page = (tmp_path / "page" / "check.html").read_text()
    assert "この層自体は判定していない" in page and "Bend: gradient by differences." in page


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "'own_parts>Scale' is a class of the author's own: --custom FILE.py names its file"),
        ("import keras\n", "parts.py lacks it"),
        ("import keras\nx = 1 / 0\n", "parts.py, line 2: ZeroDivisionError: division by zero"),
        ("import keras\nx = = 1\n", "parts.py, line 2: SyntaxError"),
        ("raise SystemExit(3)", "parts.py, line 1: SystemExit: 3"),
        ("missing", "parts.py: No such file or directory"),
    ],
)
def test_what_cannot_be_used_is_one_line(text, told, tmp_path, capsys):
    parts, model = write(tmp_path)
    rn.registration._registered.clear()
    parts.unlink()
    if text != "missing":
        parts.write_text(text or "")
    given = ["--custom", str(parts)] if text else []
    status, out, err = call(capsys, "check", str(model), *given)
    assert status == 2 and out == "" and err.count("\n") == 1
    assert told in err


@pytest.mark.parametrize("command", ["check", "diff"])
def test_what_goes_wrong_in_a_numpy_half_is_one_line(command, tmp_path, capsys):
    parts, model = write(tmp_path)
    rn.registration._registered.clear()
    right, *_ = (line for line in PARTS.splitlines() if "return x * self.scale, x" in line)
    wrong = right.replace("return x * self.scale, x", "raise KeyError('oops')")
    text = parts.read_text().replace(right, wrong)
    parts.write_text(text)
    models = [str(model)] * (2 if command == "diff" else 1)
    status, out, err = call(capsys, command, *models, "--custom", str(parts))
    number = text.splitlines().index(wrong) + 1
    assert (status, out) == (2, "")
    assert err == f"sidebyside: {parts}, line {number}: KeyError: 'oops'\n"


def test_of_what_is_written_to_standard_error_the_files_own_lines_are_left(tmp_path):
    """And none of a framework's that is imported for it."""
    parts = tmp_path / "parts.py"
    parts.write_text("import sys\nimport keras\nprint('mine', file=sys.stderr)\n")
    load = "import sys, pathlib; from comparisons.harness.check import own_parts"
    code = f"{load}; own_parts.load(pathlib.Path(sys.argv[1]), None)"
    done = subprocess.run([sys.executable, "-c", code, parts], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "mine\n")


def test_differences_are_refused_in_float64(tmp_path):
    parts, model = write(tmp_path)
    with pytest.raises(ValueError, match="'Bend' has no backward.*check in float32"):
        Check(model, tmp_path, own=own_parts.load(parts, None), dtype="float64")


class WaveForward(rn.layers.Layer):
    """Two inputs, a weight, draws; no backward pass."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = rn.random.SeedGenerator(3)

    def build(self, a_shape):
        self.w = self.add_weight(a_shape[-1:], "ones", name="w")

    def forward(self, a, b, training=False):
        mask = self.seed_generator.uniform(a.shape, dtype=a.dtype.name) > 0.5
        return np.sin(a * self.w) * b * mask, (a, b, mask)


class Wave(WaveForward):
    """The same with one."""

    def backward(self, dy, cache):
        a, b, mask = cache
        da = dy * mask * b * np.cos(a * self.w)
        dx = {"a": da * self.w, "b": dy * mask * np.sin(a * self.w)}
        return dx, [(da * a).sum(0)]


def test_differences_are_calculus():
    generator = np.random.default_rng(0)
    given = {"a": generator.normal(size=(4, 3)), "b": generator.normal(size=(4, 3))}
    found = []
    for cls in (Wave, differentiated(WaveForward, "Wave")):
        layer = cls(dtype="float64")
        layer.build((None, 3))
        layer.set_weights([np.array([0.5, 1.5, -2.0])])
        found.append(Reference(layer, given, named=True).quantities())
    for name, value in found[0].items():
        np.testing.assert_allclose(found[1][name], value, rtol=1e-9, atol=1e-9)


def test_at_a_kink_differences_are_of_one_side():
    class Half(rn.layers.Layer):
        def forward(self, x):
            return np.maximum(x, 0), None

    layer = differentiated(Half, "Half")(dtype="float64")
    x = np.array([[0.0, 1e-9, -1e-9, 0.5, -0.5]] * 8)
    dx, _ = layer.backward(np.ones_like(x), layer.forward(x)[1])
    assert set(np.round(dx[:, :3], 6).ravel()) == {0.0, 1.0}
    np.testing.assert_allclose(dx[:, 3:], [[1.0, 0.0]] * 8, atol=1e-9)


def test_a_borrowed_layer_is_the_layer():
    backend = backends.load(keras.config.backend())
    x = np.random.default_rng(1).normal(size=(4, 3, 2))
    found = []
    for cls in (
        borrowed(keras.layers.BatchNormalization, backend, {}),
        rn.layers.BatchNormalization,
    ):
        layer = cls.from_config({"name": "norm", "dtype": "float64", "momentum": 0.75})
        layer(x)
        layer.set_weights([np.full(2, size) for size in (1.5, 0.5, 0.0, 1.0)])
        found.append(Reference(layer, x, {"training": True}).quantities())
    assert found[0].keys() == found[1].keys() and len(found[0]) == 6
    for name, value in found[1].items():
        np.testing.assert_allclose(found[0][name], value, rtol=1e-6, atol=1e-9, err_msg=name)
