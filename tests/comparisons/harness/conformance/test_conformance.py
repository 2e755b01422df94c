"""`sidebyside conformance`: classes of Keras judged, what was done found again, faults seen."""

import functools
import json
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import keras
import pytest

import comparisons
import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.check.script import LINES
from comparisons.harness.check.unshown import NO_PART, NotShown
from comparisons.harness.conformance import judging, running
from comparisons.harness.conformance.families import layers
from comparisons.harness.conformance.judging import KNOWN, NEW, PASSED, REFUSED
from comparisons.harness.conformance.report import Judgement, Report
from comparisons.harness.proof.precision import PRECISIONS
from reference_numpy.operations import logic, reductions
from tests import scripts
from tests.comparisons.harness.test_cli import call

BACKEND = keras.config.backend()
RIGHT = ("BatchNormalization", "Sum", "Sin", "AveragePool")
RIGHT += ("Poisson", "metric.Poisson", "hard_shrink", "HeNormal", "UnitNorm")


def judged(name, dtype="float32"):
    """The rows of a class, judged in this process."""
    worker = SimpleNamespace(
        device="cpu",
        backend=backends.load(BACKEND),
        implementation=backends.implementation(BACKEND),
    )
    return judging.judge(worker, name, dtype, lambda done, total: None)


def verdicts(rows):
    return {row["verdict"] for row in rows}


def test_what_has_the_name_of_something_else_is_told_apart():
    found = judging.subjects()
    assert found["Dropout"].family == "layer" and found["Mean"].family == "operation"
    both = [name for name in found if name.startswith("operation.")]
    assert both and all(found[name.removeprefix("operation.")].family == "layer" for name in both)
    assert found["Poisson"].family == "loss" and found["metric.Poisson"].family == "metric"
    assert sum(len(subject.cases) for subject in found.values()) > 2250


@pytest.mark.parametrize(
    ("name", "dtype"),
    [("Dense", "float32")]  # low-rank factors are in float32 in float64 too
    + [("Lion", "float32"), ("CosineDecay", "float32"), ("L1", "float32")]
    + [(n, dtype) for n in RIGHT for dtype in PRECISIONS],
)
def test_what_is_right_passes(name, dtype):
    rows = judged(name, dtype)
    assert verdicts(rows) == {PASSED}, rows


@pytest.mark.skipif(BACKEND != "tensorflow", reason="TensorFlow's divergence")
def test_a_known_divergence_is_called_by_its_name():
    rows = [row for row in judged("LeakyReLU", "float64") if row["verdict"] != PASSED]
    assert rows and verdicts(rows) == {KNOWN}
    assert {row["reason"] for row in rows} == {"docs/keras-divergences.md#leaky_relu-in-float64"}


@pytest.mark.skipif(BACKEND != "tensorflow", reason="TensorFlow's divergence")
def test_a_convention_beside_a_known_divergence_makes_no_case_new(monkeypatch):
    """A slope of 1 at |0|, and a penalty with the digits of float32."""
    kind = rn.regularizers.L1L2
    value, slope = kind.__call__, kind.gradient
    monkeypatch.setattr(kind, "__call__", lambda self, w: value(self, w) * (1 + 1e-9))
    monkeypatch.setattr(kind, "gradient", lambda self, w: slope(self, w) + self.l1 * (w == 0))
    default, *rows = judged("L1L2", "float64")  # by default both factors are 0
    assert default["verdict"] == PASSED and verdicts(rows) == {KNOWN}


@pytest.mark.skipif(BACKEND != "tensorflow", reason="TensorFlow's divergence")
def test_what_is_right_of_a_regularizer_has_all_digits_of_its_factor():
    assert verdicts(judged("L1", "float64")) == {KNOWN}


def forward(right):
    @functools.wraps(right)
    def faulty(self, *args, **kwargs):
        y, cache = right(self, *args, **kwargs)
        return 1.001 * y, cache

    return faulty


def contrary(right):
    @functools.wraps(right)
    def faulty(self, *args, **kwargs):
        y, cache = right(self, *args, **kwargs)
        return ~y, cache

    return faulty


def backward(right):
    @functools.wraps(right)
    def faulty(self, *args, **kwargs):
        dx, grads = right(self, *args, **kwargs)
        return dx, [1.001 * grad for grad in grads]

    return faulty


def scaled(right):
    @functools.wraps(right)
    def faulty(self, *args, **kwargs):
        return 1.001 * right(self, *args, **kwargs)

    return faulty


def scaled_gradient(right):
    @functools.wraps(right)
    def faulty(self, *args, **kwargs):
        value, gradient = right(self, *args, **kwargs)
        return value, 1.001 * gradient

    return faulty


def faster(right):
    """By a learning rate that is too large by a thousandth."""

    @functools.wraps(right)
    def faulty(self, w, g, learning_rate, **state):
        right(self, w, g, 1.001 * learning_rate, **state)

    return faulty


def not_shown(*what):
    raise NotShown(NO_PART)


@pytest.mark.parametrize(
    ("name", "owner", "method", "planted"),
    [
        ("LayerNormalization", rn.layers.LayerNormalization, "forward", forward),
        ("LayerNormalization", rn.layers.LayerNormalization, "backward", backward),
        ("Mean", reductions.Mean, "forward", forward),
        ("Isfinite", logic.Isfinite, "forward", contrary),
        ("Poisson", rn.losses.Loss, "value_and_gradient", scaled_gradient),
        ("metric.Poisson", rn.metrics.Poisson, "result", scaled),
        ("softplus", type(rn.activations.get("softplus")), "forward", forward),
        ("Lion", rn.optimizers.Lion, "update", faster),
        ("CosineDecay", rn.optimizers.schedules.CosineDecay, "__call__", scaled),
        ("HeNormal", rn.initializers.HeNormal, "__call__", scaled),
        ("L1", rn.regularizers.L1, "gradient", scaled),
        ("UnitNorm", rn.constraints.UnitNorm, "__call__", scaled),
    ],
)
def test_a_fault_is_new(monkeypatch, name, owner, method, planted):
    monkeypatch.setattr(owner, method, planted(getattr(owner, method)))
    monkeypatch.setattr(judging, "reproduce", not_shown)
    monkeypatch.setattr(judging, "shown", not_shown)
    rows = judged(name)
    assert NEW in verdicts(rows)
    assert max(row["needed"] for row in rows if row["verdict"] == NEW) > 10


def test_the_worst_of_what_is_new_in_a_layer_comes_with_a_script(monkeypatch):
    monkeypatch.setattr(rn.layers.Permute, "forward", forward(rn.layers.Permute.forward))
    run = []

    def confirmed(texts):
        run.extend(texts)
        return [text for text in texts if exec(text, {}) is None]

    monkeypatch.setattr(judging, "confirmed", confirmed)
    rows = judged("Permute")
    assert verdicts(rows) == {NEW}
    (script,) = run
    assert [row["reproduction"] for row in rows if row["reproduction"]] == [script]
    assert "keras.layers.Permute(dims=" in script and f'"{BACKEND}"' in script


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
@pytest.mark.parametrize(
    ("name", "owner", "method", "planted", "made"),
    [
        ("Poisson", rn.losses.Loss, "value_and_gradient", scaled_gradient, "keras.losses.Poisson("),
        ("metric.Poisson", rn.metrics.Poisson, "result", scaled, "keras.metrics.Poisson("),
        ("Lion", rn.optimizers.Lion, "update", faster, "keras.optimizers.Lion("),
        ("Mean", reductions.Mean, "forward", forward, "keras.ops.mean(x"),
    ],
)
def test_so_does_the_worst_of_a_loss_a_metric_an_optimizer_and_an_operation(
    monkeypatch, name, owner, method, planted, made
):
    monkeypatch.setattr(owner, method, planted(getattr(owner, method)))
    monkeypatch.setattr(
        judging, "confirmed", lambda texts: [text for text in texts if exec(text, {}) is None]
    )
    subject = judging.subjects()[name]
    monkeypatch.setattr(
        judging, "subjects", lambda: {name: replace(subject, cases=subject.cases[:1])}
    )
    (row,) = judged(name)
    script = row["reproduction"]
    assert made in script and f'"{BACKEND}"' in script and "assert not abs(" in script
    assert script.count("\n") <= LINES and "reference_numpy" not in script


def test_what_keras_does_not_compute_is_refused_with_its_reason(monkeypatch):
    def raising(case, dtype):
        raise RuntimeError("Exception encountered when calling Dense.call().\n\nno such kernel")

    monkeypatch.setattr(layers, "build_keras_layer", raising)
    rows = judged("Dense")
    assert verdicts(rows) == {REFUSED}
    assert {row["reason"] for row in rows} == {"RuntimeError: no such kernel"}


def test_the_command_and_what_it_finds_again(tmp_path, capsys, monkeypatch):
    out, file = tmp_path / "out", tmp_path / "c.json"
    given = ["conformance", "ReLU", "Negative", "--backends", BACKEND, "--out", str(out)]
    status, first, err = call(capsys, *given, "--json", str(file))
    assert status == 0 and "left" in err and f"{BACKEND}, float64" in first
    content = json.loads(file.read_text())
    assert {(j["name"], j["dtype"]) for j in content["classes"]} == {
        (name, dtype) for name in ("ReLU", "Negative") for dtype in ("float64", "float32")
    }
    page = (out / "index.html").read_text()
    assert "Keras against the mathematics" in page and "既知の相違" in page
    if BACKEND == "tensorflow":
        # What it is called, and why; in the totals, and in those of the class.
        named = page.count('href="divergences.html#relus-bounds-in-float64"')
        assert named and named % 2 == 0
        assert page.count('href="divergences.html">') == 2
        assert 'id="relus-bounds-in-float64"' in (out / "divergences.html").read_text()

    file = out / "jobs" / f"ReLU.{BACKEND}.float32.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"rows": [1]}))
    asked = []
    real = running.Columns.ask
    monkeypatch.setattr(
        running.Columns,
        "ask",
        lambda self, *request, **of: asked.append(request[1:]) or real(self, *request, **of),
    )
    report = comparisons.conformance("ReLU", "Negative", backends=BACKEND, out=out)
    assert report.holds and first.startswith(str(report)) and "<pre>" in report._repr_html_()
    assert asked == [("ReLU", "float32")]


def test_what_a_backend_does_not_live_to_judge_does_not_hold(monkeypatch, tmp_path):
    monkeypatch.setattr(running.Columns, "ask", lambda columns, *request, of: iter(()))
    found = running.run(["celu"], [BACKEND], ["float32"], tmp_path)
    assert found.judgements == [] and not found.holds


def test_a_precision_that_is_none():
    with pytest.raises(ValueError, match="dtype is 'float32', 'float64' or None for both"):
        comparisons.conformance("ReLU", dtype="float16")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "name classes of Keras, or give --all"),
        (["Dense", "--all"], "name classes of Keras, or give --all"),
        (["Dens"], "No cases for the class 'Dens'; did you mean 'Dense'?"),
        (["Dense", "--backends", "caffe"], "Unknown backend 'caffe'"),
    ],
)
def test_a_plain_mistake_is_one_line(capsys, tmp_path, arguments, told):
    status, out, err = call(capsys, "conformance", *arguments, "--out", str(tmp_path))
    assert status == 2 and out == "" and err.count("\n") == 1 and told in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("version", "name"), [(keras.__version__, "conformance.md"), ("3.0.1", "conformance-3.0.1.md")]
)
def test_the_published_table_is_of_one_keras_and_has_the_scripts(
    monkeypatch, tmp_path, version, name
):
    document = scripts.load(Path(__file__).parents[4] / "docs" / "conformance.py")
    monkeypatch.setattr(document, "__file__", str(tmp_path / "conformance.py"))
    row = judging.Row("Permute-2,1", NEW, "output 0[0]", 1.0, 0.1, 10.0, "", "import keras\n")
    judgement = Judgement("Permute", "layer", "torch", "float32", [asdict(row)])
    versions = {"keras": version, "torch": "2.13.0"}
    run = Report({"versions": versions, "backends": {}}, [judgement]).as_dict()
    (tmp_path / "run.json").write_text(json.dumps(run))
    document.main([tmp_path / "run.json"])
    text = (tmp_path / name).read_text()
    assert f"keras {version}, torch 2.13.0" in text and "```python\nimport keras\n```" in text
    assert "| layer | Permute | torch | float32 | 1 of 1 | output 0[0]: error 1," in text
