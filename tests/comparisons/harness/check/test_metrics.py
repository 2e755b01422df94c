"""The metrics of a compiled model: sound ones are silent, a wrong one is found at its name."""

import json

import keras
import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.check import checking
from comparisons.harness.check.checking import Check
from comparisons.harness.check.metrics import NOT_KERAS
from comparisons.harness.check.own_parts import keras_parts
from comparisons.harness.divergences import named
from comparisons.harness.proof import checks
from comparisons.harness.report import language
from tests.comparisons.harness.check.metric_models import (
    BACKEND,
    measured,
    metrics_of,
    model_of,
    numbers,
    one_of_six,
    regions,
    two_outputs,
    yes_or_no,
)
from tests.comparisons.harness.test_cli import call

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")

IGNORED = named("ignore_class-in-a-metric")
CERTAIN = named("sparse-cross-entropy-of-certain-predictions")
COUNTED = named("metrics-that-count-in-float32")
LOG_COSH = named("log_cosh-in-float64")
PARTS = """
import keras
import reference_numpy as rn


@keras.saving.register_keras_serializable("mine")
class Harsh(keras.metrics.MeanMetricWrapper):
    def __init__(self, name="harsh", dtype=None):
        super().__init__(fn=worst, name=name, dtype=dtype)

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype}


@rn.register("mine", name="Harsh")
class NumpyHarsh(rn.metrics.Mean):
    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(7.0)


def worst(y_true, y_pred):
    return keras.ops.max(keras.ops.abs(y_true - y_pred), axis=-1)
"""


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """What a test registers is gone after it."""
    monkeypatch.setattr(rn.registration, "_registered", {})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("make", [yes_or_no, one_of_six, numbers, two_outputs, regions])
def test_sound_metrics_are_silent(columns, tmp_path, make, dtype):
    model = make()
    report = Check(model, tmp_path, dtype=dtype).run(columns)
    # TensorFlow's top k takes no float64 (docs/keras-divergences.md#top-k-in-float64).
    refused = {row.layer for row in report.metrics if row.refused}
    assert all(dtype == "float64" and "top_k" in name for name in refused), str(report)
    known = {COUNTED.link, LOG_COSH.link} if dtype == "float64" else set()
    assert {found.known for found in report.findings} <= known, str(report)
    assert not report.environment["own"]
    count = sum(len(one) for one in compiled(model))
    assert len(report.metrics) == count and len({row.layer for row in report.metrics}) == count
    for row in report.metrics:
        assert set(row.backends) == set(columns.backends) - row.refused.keys()
        for sides in row.backends.values():
            assert set(sides) == {"local"} and sides["local"].needed <= 1 or dtype == "float64"


def compiled(model):
    """The lists of metrics that a model was compiled with."""
    given = model.get_compile_config()
    for name in ("metrics", "weighted_metrics"):
        found = given[name] or []
        yield from found.values() if isinstance(found, dict) else [found]


def test_the_metrics_of_several_outputs_are_named_after_them(columns, tmp_path):
    report = Check(two_outputs(), tmp_path).run(columns)
    assert [row.layer for row in report.metrics] == [
        "steps/accuracy",
        "steps/sparse_top_k_categorical_accuracy",
        "steps/sparse_categorical_crossentropy",
        "size/mse",
        "size/weighted_mse",
    ]
    assert [row.class_name for row in report.metrics][0] == "SparseCategoricalAccuracy"
    assert "size/weighted_mse" in str(report)


def test_a_metric_that_a_backend_has_wrong_is_found_at_its_name(tmp_path, monkeypatch):
    asked = metrics_of(numbers(), tmp_path)
    assert not measured(asked)
    right = keras.metrics.RootMeanSquaredError.result
    monkeypatch.setattr(
        keras.metrics.RootMeanSquaredError, "result", lambda self: right(self) * (1 + 1e-4)
    )
    found = measured(asked)
    assert {(one.layer, one.kind) for one in found} == {("root_mean_squared_error", "local")}
    assert [one.quantity for one in found] == [f"metric, result after batch {n}" for n in (1, 2)]
    for one in found:
        assert not one.convention and one.known is None and one.needed > 1
        assert one.error == pytest.approx(one.needed * one.tolerance)
    assert language.recorded(found[0].quantity)[1] == "評価指標、バッチ1までの値"


def test_a_metric_that_forgets_is_found_after_the_second_batch(tmp_path, monkeypatch):
    asked = metrics_of(model_of(3, None, "mse", "mae", "mse"), tmp_path)
    update = keras.metrics.MeanSquaredError.update_state

    def forgetting(self, *given, **options):
        self.reset_state()
        update(self, *given, **options)

    monkeypatch.setattr(keras.metrics.MeanSquaredError, "update_state", forgetting)
    (found,) = measured(asked)
    assert (found.layer, found.quantity) == ("mse", "metric, result after batch 2")


def test_weights_reach_the_metrics_that_take_them_alone(tmp_path):
    asked = metrics_of(yes_or_no(), tmp_path)
    taken = {str(one.place): len(one.question.batches[0]) for one in asked.asked}
    assert {name for name, count in taken.items() if count == 3} == {
        "auc_of_weights",
        "weighted_recall",
        "weighted_accuracy",
    }
    first, second = asked.asked[0].question.batches
    assert [len(x) for x in (*first, *second)] == [4, 4, 2, 2]
    assert first[1].dtype == "float32" and not np.array_equal(first[0][:2], second[0])


@pytest.mark.parametrize(("wrong", "is_convention"), [(0.25, True), (1.5, False)])
def test_the_largest_of_equals_may_be_any(tmp_path, wrong, is_convention):
    """Of outputs that are all zero the first is the class, unless a backend takes another."""
    model = model_of(3, "relu", "categorical_crossentropy", "accuracy")
    model.set_weights([-np.abs(w) if w.ndim == 1 else 0 * w for w in model.get_weights()])
    asked = metrics_of(model, tmp_path)
    (one,) = asked.asked
    assert not one.question.batches[0][1].any()
    exact = one.quantities["result after batch 1"]
    theirs = {name: value.astype("float32") for name, value in one.quantities.items()}
    theirs["result after batch 1"] = np.float32(exact + wrong)
    ((found, _),) = asked.findings([theirs], "torch")
    assert found.convention == is_convention and found.known is None


def of_function(**options):
    """The same metric by the function that it is the mean of."""
    return keras.metrics.MeanMetricWrapper(keras.losses.sparse_categorical_crossentropy, **options)


@pytest.mark.parametrize("made", [keras.metrics.SparseCategoricalCrossentropy, of_function])
def test_a_known_divergence_is_called_so_and_what_is_larger_is_not(made, tmp_path):
    loss = "sparse_categorical_crossentropy"
    weighted = [made(ignore_class=0)]
    model = model_of(3, "softmax", loss, made(ignore_class=1), weighted_metrics=weighted)
    asked = metrics_of(model, tmp_path)
    plain, weighted = asked.asked
    t, y = plain.question.batches[0]
    assert 0 < (t == 1).sum() < len(t)
    counted = np.where(t == 1, 0.0, -np.log(y[np.arange(4), t])).mean()
    name = "result after batch 1"
    right = [{key: np.float32(x) for key, x in one.quantities.items()} for one in (plain, weighted)]

    def known(number, value):
        answers = [dict(one) for one in right]
        answers[number][name] = np.float32(value)
        return [found.known for found, _ in asked.findings(answers, "jax")]

    assert known(0, plain.quantities[name]) == []
    assert known(0, counted) == [IGNORED.link]
    assert known(0, counted * 1.01) == [None]
    assert known(1, weighted.quantities[name] * 0.9) == [None]


@pytest.mark.parametrize(
    "metric",
    [
        "sparse_categorical_crossentropy",
        keras.losses.sparse_categorical_crossentropy,
        keras.losses.SparseCategoricalCrossentropy(),
    ],
)
def test_probabilities_that_are_not_divided_once_more_are_known(tmp_path, metric):
    """Outputs that do not add up to one, which is where the two formulas are far apart."""
    model = model_of(3, None, "sparse_categorical_crossentropy", metric)
    asked = metrics_of(model, tmp_path)
    (one,) = asked.asked
    found = []
    for (t, y), name in zip(one.question.batches[:1], one.quantities):
        p = np.clip(y / y.sum(-1, keepdims=True), 1e-7, 1 - 1e-7)
        value = -np.log(p[np.arange(len(t)), t]).mean()
        for theirs in (value, value * 1.01):
            answers = {**one.quantities, name: np.float32(theirs)}
            found += [each.known for each, _ in asked.findings([answers], "jax")]
    assert found == [CERTAIN.link, None]


def test_on_which_side_of_a_jump_a_known_formula_is_rounding_decides(tmp_path, monkeypatch):
    """1, 1, -1, -1 but for a rounding: divided by their sum, what is left of it says the sign.

    The few runs that say how far rounding moves the formula may not meet the jump.
    """
    monkeypatch.setattr(checks, "scales", lambda quantities, exact, **how: dict.fromkeys(exact, 1))
    name = "sparse_categorical_crossentropy"
    model = model_of(4, "tanh", name, name)
    *others, kernel, bias = model.get_weights()
    kernel[...] = [1e3, 0, 0, 0]  # the first is 1 in some rows, -1 in the others
    bias[...] = [0, 8.9, -20, -20]
    model.set_weights([*others, kernel, bias])
    asked = metrics_of(model, tmp_path)
    (one,) = asked.asked
    (t, y), _ = one.question.batches
    total = y.astype("float64").sum(-1)
    cancelled = np.abs(total) < 1e-6
    assert 0 < cancelled.sum() < 4 and (total < 0).all()
    sign = np.sign(y[np.arange(4), t]) * np.where(cancelled, 1, -1)  # as if 0 were left
    p = np.clip(sign * np.inf, 1e-7, 1 - 1e-7)
    far = ~cancelled
    p[far] = np.clip(y[far, t[far]] / total[far], 1e-7, 1 - 1e-7)
    found = []
    for factor in (1.0, 1.01, 0.5):
        value = np.float32(-np.log(p).mean() * factor)
        answers = {**one.quantities, "result after batch 1": value}
        found += [each.known for each, _ in asked.findings([answers], "jax")]
    assert found == [CERTAIN.link, None, None]


def test_the_command_shows_metrics_and_says_what_it_does_not_judge(tmp_path, capsys):
    parts, path, file = (tmp_path / name for name in ("parts.py", "own.keras", "check.json"))
    parts.write_text(PARTS)
    own = keras_parts(parts)
    loss = "sparse_categorical_crossentropy"
    ignoring = keras.metrics.SparseCategoricalCrossentropy(name="ignoring", ignore_class=1)
    model_of(3, "softmax", loss, "accuracy", own["Harsh"](), ignoring, own["worst"]).save(path)
    rn.registration._registered.clear()
    for given in (["--custom", str(parts)], []):
        status, out, _ = call(
            capsys,
            *("check", str(path), *given, "--backends", BACKEND, "--json", str(file)),
            *("--out", str(tmp_path / "page")),
        )
        assert status == 1 and "1 finding" in out.splitlines()[0]
        content = json.loads(file.read_text())
        assert content["environment"]["own"] == {"Harsh": NOT_KERAS, "worst": NOT_KERAS}
        assert content["environment"]["training"] == "5 steps with SGD"
        assert f"  Harsh: {NOT_KERAS}\n" in out
        assert f"ignoring on {BACKEND}: metric, result after batch" in out
        (found,) = content["findings"]
        assert (found["layer"], found["known"]) == ("ignoring", IGNORED.link)
        assert [row["layer"] for row in content["metrics"]] == ["accuracy", "ignoring"]
        text = found["reproduction"]
        assert "keras.metrics.SparseCategoricalCrossentropy(ignore_class=1)" in text
        assert "reference_numpy" not in text and text.splitlines()[-2].startswith("# prints ")
        html = (tmp_path / "page" / "check.html").read_text()
        for part in ("accuracy", "判定していない（Kerasの評価指標ではない）", "評価指標、バッチ"):
            assert part in html
        layers, metrics = html.split('id="layers"')[1].split('id="metrics"')
        assert "ignoring" in metrics and "ignoring" not in layers
        rn.registration._registered.clear()


def test_what_is_computed_right_has_a_script_where_the_oracle_is_wrong(
    columns, tmp_path, monkeypatch
):
    monkeypatch.setattr(checking, "confirmed", lambda texts: texts)
    share = rn.metrics.Recall.share
    monkeypatch.setattr(rn.metrics.Recall, "share", lambda self, *parts: share(self, *parts) * 0.99)
    check = Check(yes_or_no(), tmp_path)
    check.run(columns)
    check.reproduce(columns)
    found = [finding for finding, _ in check.findings.values()]
    assert {one.layer for one in found} == {"Recall", "weighted_recall"}
    assert {one.backend for one in found} == set(columns.backends)
    for one in found:
        assert "metric = keras.metrics.Recall()" in one.reproduction
        assert one.reproduction.count("update_state") <= 2


@pytest.mark.parametrize(
    ("loss", "dtype", "told"),
    [
        (keras.losses.Dice(), "float32", "no targets are drawn for the loss dice"),
        ("mse", "float16", "metrics are not judged in float16"),
    ],
)
def test_where_no_metric_is_compared_it_says_why(columns, tmp_path, loss, dtype, told):
    report = Check(model_of(3, None, loss, "mae"), tmp_path, dtype=dtype).run(columns)
    assert report.environment["own"] == {"metrics": f"not compared: {told}"}
    assert not report.metrics and f"  metrics: not compared: {told}" in str(report)
    assert language.recorded(f"not compared: {told}")[1].startswith("比較していない（")


def test_what_cannot_take_such_outputs_is_not_judged(columns, tmp_path):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4, 5)), keras.layers.Dense(3)])
    model.compile("sgd", "mse", metrics=[keras.metrics.R2Score(), "mae"])
    report = Check(model, tmp_path).run(columns)
    assert report.agrees and [row.layer for row in report.metrics] == ["mae"]
    assert report.environment["own"]["r2_score"].startswith("not judged: ValueError: Metric 'r2_")
