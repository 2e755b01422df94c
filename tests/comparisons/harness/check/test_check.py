"""`sidebyside check`, from a file or a live model to the findings; one line for each mistake."""

import functools
import json
import os
import re
from dataclasses import replace

import keras
import numpy as np
import pytest
from markupsafe import escape

import comparisons
import reference_numpy as rn
from comparisons.harness.check import checking, own_parts, page
from comparisons.harness.check.findings import Finding
from comparisons.harness.check.report import MARKS, Report, Row, Side
from comparisons.harness.check.subject import Subject
from comparisons.harness.check.unshown import WHOLE
from comparisons.harness.conventions import CONVENTIONS
from comparisons.harness.report import language
from comparisons.harness.runs import environment
from tests.comparisons.harness.check.divergent_models import DIVERGENT
from tests.comparisons.harness.test_cli import call

# Keras's own, when it saves a model under NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")

FINDING = {
    "layer",
    "backend",
    "quantity",
    "kind",
    "error",
    "tolerance",
    "needed",
    "convention",
    "known",
    "reproduction",
    "unshown",
}


@pytest.fixture
def sound(tmp_path):
    """A small sound model with a shared layer and a nested model, as a file."""
    keras.utils.set_random_seed(0)
    inside = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, activation="relu", name="hidden")], name="tower"
    )
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    x = keras.layers.Subtract(name="apart")([inside(a), inside(b)])
    x = keras.layers.Dropout(0.4, name="dropout")(keras.layers.BatchNormalization(name="norm")(x))
    path = tmp_path / "sound.keras"
    keras.Model([a, b], keras.layers.Dense(1, name="end")(x), name="two").save(path)
    return path


def test_a_sound_model_agrees(sound, tmp_path, capsys):
    file = tmp_path / "check.json"
    where = "--backends", "tensorflow", "--device", "cpu"
    status, out, err = call(capsys, "check", str(sound), *where, "--json", str(file))
    assert status == 0 and "all agree" in out.splitlines()[0] and "left" in err
    content = json.loads(file.read_text())
    assert set(content) == {"model", "environment", "layers", "metrics", "findings"}
    assert content["findings"] == [] and content["model"]["name"] == "two"
    assert content["environment"]["backends"] == {"tensorflow": "checked"}
    assert content["environment"]["device"] == "cpu"
    rows = {row["layer"]: row["backends"]["tensorflow"] for row in content["layers"]}
    assert set(rows) == {"tower/hidden", "apart", "norm", "dropout", "end", "two"}
    for name, kinds in rows.items():
        assert set(kinds) == ({"propagated"} if name == "two" else {"local", "propagated"})
        assert all(0 < side["needed"] < 1 and side["tolerance"] > 0 for side in kinds.values())
    assert all(name in out for name in rows)


def test_a_divergence_is_found_with_what_is_known_of_it_and_a_script(tmp_path, capsys):
    keras.utils.set_random_seed(0)
    path, file, folder = tmp_path / "model.keras", tmp_path / "check.json", tmp_path / "out"
    DIVERGENT["sparsemax"].build().save(path)
    arguments = ["--backends", "tensorflow", "--no-gradients", "--json", str(file)]
    status, out, _ = call(capsys, "check", str(path), *arguments, "--out", str(folder))
    assert status == 1 and "1 finding" in out.splitlines()[0]
    assert f"Open {folder / 'check.html'}" in out
    (finding,) = json.loads(file.read_text())["findings"]
    assert set(finding) == FINDING
    assert (finding["layer"], finding["backend"], finding["kind"]) == (
        "culprit",
        "tensorflow",
        "local",
    )
    assert finding["quantity"].startswith("output")
    assert finding["known"] == "docs/keras-divergences.md#sparsemax"
    assert finding["error"] > 1e3 * finding["tolerance"]
    (written,) = (folder / "reproductions").iterdir()
    assert written.name == "1_culprit_tensorflow.py"
    assert written.read_text() == finding["reproduction"]
    html = (folder / "check.html").read_text()
    parts = ["model.keras", "culprit", "known divergence", "既知の相違", written.name, "sparsemax"]
    parts += ["Training: not asked for.", "学習：指定されていない。"]
    assert all(part in html for part in parts)
    assert html.count('href="divergences.html#sparsemax"') == 2, "what it is called, and why"
    told = (folder / "divergences.html").read_text()
    assert 'id="sparsemax"' in told and 'href="check.html"' in told


def test_a_convention_leads_to_their_table(tmp_path):
    found = Finding("bend", "jax", "gradient of input, inference", "local", 1.0, 1e-6, 1e6, True)
    how = {"dtype": "float32", "batch": 4, "own": {}, "training": "not asked for"}
    how |= {"backends": {"jax": "checked"}, **environment.machine()}
    named = {"file": None, "name": "bent", "parameters": 0}
    report = Report(named, how, [Row("bend", "ReLU"), Row("bent", "Sequential")], [found])
    html = page.write(report, tmp_path).read_text()
    assert 'href="conventions.html"' in html and report.agrees
    told = (tmp_path / "conventions.html").read_text()
    assert 'href="check.html"' in told and all(escape(one.call) in told for one in CONVENTIONS)
    assert "convention; docs/conventions.md" in str(report)
    page.write(replace(report, findings=[]), tmp_path / "sound")
    assert not (tmp_path / "sound" / "conventions.html").exists()


def test_a_finding_without_a_script_says_why(tmp_path):
    found = Finding("tied", "jax", "output, inference", "propagated", 1.0, 1e-6, 1e6)
    found.unshown = WHOLE
    how = {"dtype": "float32", "batch": 4, "own": {}, "training": "not asked for"}
    how |= {"backends": {"jax": "checked"}, **environment.machine()}
    named = {"file": None, "name": "bent", "parameters": 0}
    report = Report(named, how, [Row("tied", "Dense"), Row("bent", "Sequential")], [found])
    assert f"\n  no script: {WHOLE}\n" in str(report)
    html = page.write(report, tmp_path).read_text()
    assert f"No script: {WHOLE}." in html
    assert "スクリプトはない。モデル全体でだけ現れ、各層単独では正しいため。" in html
    found.known = "docs/keras-divergences.md#sparsemax"
    command = "sidebyside divergences sparsemax --backends jax"
    assert f"\n  no script: {WHOLE}; the known divergence's: {command}\n" in str(report)


def test_what_training_shows_is_told_in_japanese_too():
    told = "embeddings after step 1, training with Adam"
    assert language.recorded(told) == (told, "ステップ1後のembeddings、Adamでの学習")


def test_the_graph_tells_culprits_from_those_that_carry_their_error_on(tmp_path):
    def row(name, local, propagated, takes):
        sides = zip(("local", "propagated"), (local, propagated))
        made = {kind: Side(needed, needed, 1.0, "output") for kind, needed in sides}
        return Row(name, "Dense", {"jax": made}, takes=takes)

    rows = [row("one", 0.5, 0.5, ["x"]), row("two", 9.0, 9.0, ["one"])]
    rows += [row("three", 0.5, 9.0, ["two"]), row("four", 9.0, 0.5, ["three"])]
    rows += [row("five", 0.5, 0.5, ["four"]), Row("six", "Dense", {}, takes=["five"])]
    found = [
        Finding("two, call 2", "jax", "output, inference", "local", 9.0, 1.0, 9.0),
        Finding("four", "jax", "gradient of input, inference", "local", 9.0, 1.0, 9.0, True),
        Finding("five", "jax", "kernel, training with SGD", "propagated", 9.0, 1.0, 9.0),
    ]
    how = {"dtype": "float32", "batch": 4, "own": {}, "training": "1 step with SGD"}
    how |= {"backends": {"jax": "checked"}, **environment.machine()}
    named = {"file": None, "name": "deep", "parameters": 0}
    report = Report(named, how, [*rows, row("deep", 0.5, 9.0, [])], found)
    marks = [report.mark(one, "jax") for one in rows]
    assert marks == ["right", "wrong", "carried", "unsure", "wrong", ""]
    html = page.write(report, tmp_path).read_text()
    assert [html.count(f'rx="4" class="{mark}"') for mark in MARKS] == [2, 1, 1, 1]
    assert "carries on a difference from elsewhere" in html and "よそで生じた差" in html


def test_a_narrow_terminal_gets_a_table_for_each_backend(monkeypatch):
    sides = {"local": Side(0.5, 0.1, 0.2, "output"), "propagated": Side(30.0, 6.0, 0.2, "output")}
    checked = ("tensorflow", "jax", "torch")
    row = Row("enlarge", "UpSampling2D", dict.fromkeys(checked, sides))
    how = {"dtype": "float32", "batch": 4, "own": {}, "training": "not asked for"}
    how |= {"backends": dict.fromkeys(checked, "checked")}
    report = Report({"file": None, "name": "bent", "parameters": 0}, how, [row], [])
    monkeypatch.setenv("COLUMNS", "200")
    assert str(report).count("enlarge") == 1
    monkeypatch.setenv("COLUMNS", "80")
    assert str(report).count("enlarge") == 3 and max(map(len, str(report).splitlines())) <= 80


def test_a_wrong_oracle_is_found_too(sound, monkeypatch):
    """The backends are right and agree with each other; the check must still see the difference."""
    forward = rn.layers.Subtract.forward

    @functools.wraps(forward)
    def wrong(self, *args, **kwargs):
        y, cache = forward(self, *args, **kwargs)
        return y * (1 + 1e-4), cache

    monkeypatch.setattr(rn.layers.Subtract, "forward", wrong)
    report = comparisons.check(sound, backends="tensorflow", gradients=False)
    assert not report.agrees
    assert {finding.layer for finding in report.findings} == {"apart"}


def test_a_live_model_with_inputs_of_ones_own(tmp_path):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="relu")])
    np.save(tmp_path / "x.npy", np.eye(3))
    report = comparisons.check(model, input=tmp_path / "x.npy", backends="tensorflow")
    assert report.agrees and report.model["file"] is None
    assert report.environment["batch"] == 3
    assert "all agree" in str(report) and "<pre>" in report._repr_html_()


def test_a_layer_that_a_backend_refuses_is_a_row(tmp_path):
    x = keras.Input((4, 1))
    layer = keras.layers.Conv1DTranspose(
        1, 4, strides=2, padding="same", output_padding=0, name="refused"
    )
    model = keras.Sequential([x, keras.layers.Dense(1, name="before"), layer])
    report = comparisons.check(model, backends="tensorflow")
    rows = {row.layer: row for row in report.layers}
    assert report.agrees and "tensorflow" in rows["refused"].refused
    assert rows["before"].backends["tensorflow"]["local"].needed < 1
    assert "refused: refused by tensorflow: " in str(report)


FATAL = """
import os

import keras
import reference_numpy as rn


@keras.saving.register_keras_serializable("mine")
class Fatal(keras.layers.Layer):
    def call(self, x):
        if os.environ.get("SPARED", here := str(os.getpid())) != here:
            os._exit(3)
        return 2.0 * x

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape, x.dtype)


@rn.register("mine", name="Fatal")
class NumpyFatal(rn.layers.Layer):
    def forward(self, x):
        return 2.0 * x, None
"""


def test_a_layer_that_ends_the_process_is_a_row_and_all_else_is_compared(tmp_path, monkeypatch):
    file = tmp_path / "fatal.py"
    file.write_text(FATAL)
    fatal = own_parts.keras_parts(file)["Fatal"]
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(3, name="before"), fatal(name="fatal")]
    model = keras.Sequential([keras.Input((4,)), *layers, keras.layers.Dense(1, name="after")])
    model.save(tmp_path / "model.keras")
    monkeypatch.setenv("SPARED", str(os.getpid()))
    how = {"custom": file, "backends": "tensorflow", "gradients": False}
    report = comparisons.check(tmp_path / "model.keras", **how)
    why = {"tensorflow": "the process of keras-tensorflow ended with status 3"}
    refused = {row.layer: row.refused for row in report.layers if row.refused}
    assert refused == {"fatal": why, model.name: why}
    rows = {row.layer: row.backends for row in report.layers}
    for name in ("before", "after"):
        assert rows[name]["tensorflow"]["local"].needed < 1
    assert report.environment["backends"] == {"tensorflow": "checked"}


@pytest.fixture
def apart(sound, tmp_path):
    """A model's weights alone, other than its file's, and its config."""
    model = keras.saving.load_model(sound)
    model.set_weights([weight + 1 for weight in model.get_weights()])
    model.save_weights(tmp_path / "epoch_7.weights.h5")
    (tmp_path / "two.json").write_text(model.to_json())
    return tmp_path / "epoch_7.weights.h5"


@pytest.mark.parametrize("config", ["two.json", "sound.keras"])
def test_weights_alone_with_the_config_of_their_model(apart, tmp_path, capsys, config):
    file = tmp_path / "check.json"
    options = ["--config", str(tmp_path / config), "--backends", "tensorflow", "--no-gradients"]
    status, out, _ = call(capsys, "check", str(apart), *options, "--json", str(file))
    assert status == 0 and out.startswith(f"{apart}, 31 parameters, float32, batch of 4: all agree")
    content = json.loads(file.read_text())
    assert content["model"]["file"] == str(apart)
    assert content["environment"]["config"] == str(tmp_path / config)
    subject = Subject(apart, tmp_path, config=tmp_path / config)
    theirs = keras.saving.load_model(tmp_path / "sound.keras").get_weights()
    pairs = zip(subject.oracle("float64").get_weights(), theirs, strict=True)
    assert all(np.array_equal(ours, weight + 1) for ours, weight in pairs)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (None, "epoch_7.weights.h5: these are weights alone; give their model's config too"),
        (lambda path: None, "config.json: No such file"),
        (lambda path: path.write_bytes(b"\xff{"), "config.json: expected a model's config as JSON"),
        (lambda path: path.write_text("{"), "epoch_7.weights.h5 with .*config.json: config.json"),
        (
            lambda path: path.write_text(
                keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)]).to_json()
            ),
            "epoch_7.weights.h5 with .*config.json: model.weights.h5/.*: it has the shape",
        ),
    ],
)
def test_weights_and_a_config_that_do_not_fit_get_one_line(apart, capsys, write, message):
    config, options = apart.parent / "config.json", []
    if write:
        write(config)
        options = ["--config", str(config)]
    status, out, err = call(capsys, "check", str(apart), *options)
    assert (status, out, err.count("\n")) == (2, "", 1) and re.search(message, err)


def test_a_config_beside_a_whole_model_gets_one_line(sound):
    with pytest.raises(ValueError, match="config: it goes with weights alone, .weights.h5, not"):
        checking.check(sound, config=sound)


def write_code(path):
    keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x)]).save(path)


def write_cut(path):
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)]).save(path)
    path.write_bytes(path.read_bytes()[:-60])


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: None, "No such file"),
        (lambda path: path.write_bytes(b"no model"), "this is no .keras file, or cut short"),
        (write_cut, "this is no .keras file, or cut short"),
        (write_code, "Lambda"),
    ],
)
def test_a_file_that_is_no_model_gets_one_line(tmp_path, capsys, write, message):
    path, file = tmp_path / "model.keras", tmp_path / "check.json"
    write(path)
    status, out, err = call(capsys, "check", str(path), "--json", str(file))
    assert (status, out) == (2, "") and message in err and err.count("\n") == 1
    assert str(path) in err and not file.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--backends", "mxnet"], "Unknown backend 'mxnet'"),
        (["--batch", "0"], "Invalid value for '--batch'"),
        (["--device", "tpu"], "'tpu' is not one of 'auto', 'cpu', 'gpu'"),
        (["--dtype", "int8"], "'int8' is not one of 'float32', 'float64'"),
        (["--input", "missing.npz"], "missing.npz: No such file"),
        (["--input", "x.txt"], "x.txt: expected .npz, .npy or .csv"),
    ],
)
def test_an_option_that_cannot_be_gets_one_line(sound, capsys, arguments, message):
    status, out, err = call(capsys, "check", str(sound), *arguments)
    assert (status, out) == (2, "") and message in err and err.count("\n") == 1


def test_a_device_that_is_not_there_gets_one_line(sound, monkeypatch, capsys):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    wanted = "--device", "gpu", "--backends", "tensorflow"
    status, out, err = call(capsys, "check", str(sound), *wanted)
    assert (status, out) == (2, "")
    assert "--device gpu: keras-tensorflow sees no GPU" in err and err.count("\n") == 1


def test_a_device_that_there_is_not_gets_one_line(sound):
    with pytest.raises(ValueError, match="device: expected one of auto, cpu, gpu, got 'tpu'"):
        checking.check(sound, device="tpu")


def test_a_backend_that_is_not_there_gets_one_line(sound, monkeypatch):
    def missing(name):
        return None if name == "numpy" else f"no {name} here"

    monkeypatch.setattr("comparisons.harness.backends.missing", missing)
    with pytest.raises(ValueError, match="no keras-jax here"):
        checking.check(sound, backends=["jax"])


def test_what_float32_has_no_number_for_is_told_and_no_finding(columns, tmp_path):
    """On large inputs an exponential function goes beyond the largest number, on every backend."""
    keras.utils.set_random_seed(0)
    made = [keras.layers.Dense(4, name="first"), keras.layers.Activation("exponential", name="exp")]
    model = keras.Sequential([keras.Input((5,)), *made, keras.layers.Dense(2, name="end")])
    report = checking.Check(model, tmp_path).run(columns)
    assert report.agrees, str(report)
    assert {row.layer for row in report.layers if row.beyond} >= {"exp"}
    (told,) = [line for line in str(report).splitlines() if "not judged" in line]
    assert "float32's largest, 3.4×10³⁸: exp (" in told
