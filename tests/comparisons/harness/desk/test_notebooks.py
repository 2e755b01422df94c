"""Comparisons from Python and notebooks."""

from dataclasses import asdict

import pytest

import comparisons
from comparisons.harness import catalogue, chapters
from comparisons.harness.concept import Concept, Preset, Settings, Task
from comparisons.harness.desk import session
from comparisons.harness.desk.notebooks import Comparison, Comparisons
from comparisons.harness.desk.summary import lines
from comparisons.harness.scores import ACCURACY, MEAN_SQUARED_ERROR

CONCEPT = Concept(
    title=("Dropout & <overfitting>", "Dropoutと過学習"),
    chapter=chapters.TECHNIQUES,
    summary=("", ""),
    task=Task(data=None, presets={"default": Preset(3, 8)}, scores=(ACCURACY, MEAN_SQUARED_ERROR)),
)


def row(variant, column, mean):
    return {
        "variant": variant,
        "implementation": column,
        "scores": {
            "accuracy": {"mean": mean, "low": mean - 0.01, "high": mean + 0.01, "values": [mean]},
            "mean_squared_error": {"mean": 0.25, "low": None, "high": None, "values": [0.25]},
        },
        "generalisation_gap": None,
        "seconds_per_step": 0.00123,
        "equivalence": None,
    }


def run(seed):
    scores = {part: {"accuracy": 0.9 + seed / 100} for part in ("train", "validation", "test")}
    history = {"loss": [1.0, 0.5], "val_loss": [1.0, 0.7]}
    return {"implementation": "numpy", "seed": seed, "history": history, "scores": scores}


@pytest.fixture
def result(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "load", lambda name: CONCEPT)
    content = {
        "concept": "dropout",
        "settings": asdict(Settings()),
        "checks": [
            {"what": "w", "where": "x", "against": "keras-jax", "dtype": "float32"}
            | {"error": 2.0, "tolerance": 1.0, "passed": False, "ran": True},
            {"what": "w", "where": "y", "passed": True, "ran": True},
            {"what": "w", "where": "z", "passed": True, "ran": False},
        ],
        "runs": [run(0), run(1)],
        "claims": [
            {"claim": claim, "claim_ja": "役立つ。", "verdict": verdict, "seeds": seeds}
            for claim, verdict, seeds in (
                ("It <helps>.", "confirmed", 2),
                ("Always.", "undecided", 2),
                ("More.", "undecided", 1),
            )
        ],
        "baselines": [{"name": "Majority", "scores": {"accuracy": {"mean": 0.5, "low": None}}}],
        "summary": [row("with", "numpy", 0.91), row("without", "numpy", 0.88)],
        "failures": [
            {
                "job": {
                    "concept": "dropout",
                    "action": "train",
                    "implementation": "keras-torch",
                    "part": "with",
                    "seed": 1,
                },
                "reason": "KeyError: 'x'",
            }
        ],
    }
    return Comparison(tmp_path / "dropout", content)


def test_frames(result):
    runs = result.frame("runs")
    assert list(runs["seed"]) == [0, 1]
    assert list(runs["scores.test.accuracy"]) == [0.9, 0.91]
    assert runs["history.loss"][0] == [1.0, 0.5]
    assert list(result.frame("checks")["passed"]) == [False, True, True]
    assert list(result.frame("claims")["verdict"]) == ["confirmed", "undecided", "undecided"]
    assert result.frame("failures")["job.implementation"][0] == "keras-torch"
    assert list(result.frame("baselines")["name"]) == ["Majority"]
    with pytest.raises(ValueError, match="kind: expected one of runs, checks, claims"):
        result.frame("columns")


def test_a_notebook_shows_it_in_short(result):
    html = result._repr_html_()
    assert "1 of 2 checks hold, 1 cannot run here, 1 job failed" in html
    assert f'<a href="{result.folder.as_posix()}/index.html">Dropout &amp; &lt;' in html
    assert "Dropoutと過学習" in html and "It &lt;helps&gt;." in html and "役立つ。" in html
    assert "undecided: Always." in html and "undecided by a single run: More." in html
    assert "<th>variant</th><th>column</th><th>accuracy</th><th>mean squared error</th>" in html
    assert "<td>with</td><td>numpy</td><td>91.0 ± 1.0 %</td><td>0.250</td><td>1.23</td>" in html
    assert "dropout: training with (keras-torch, seed 1): KeyError: &#x27;x&#x27;" in html
    assert repr(result) == "<dropout: 1 of 2 checks hold, 1 cannot run here, 1 job failed>"


def test_a_terminal_shows_it_in_short(result):
    assert lines(result) == [
        "dropout: 1 of 2 checks hold, 1 cannot run here, 1 job failed",
        "  variant  column    accuracy      mean squared error  ms/step",
        "  with     numpy     91.0 ± 1.0 %  0.250               1.23",
        "  without  numpy     88.0 ± 1.0 %  0.250               1.23",
        "           Majority  50.0 %        –                   –",
        "  confirmed: It <helps>.",
        "  undecided: Always.",
        "  undecided by a single run: More.",
        "  FAILED: w, x, keras-jax, float32: error 2.0, tolerance 1.0",
        "  FAILED: dropout: training with (keras-torch, seed 1): KeyError: 'x'",
    ]


def test_several_results(result):
    found = Comparisons([result])
    assert found[0] is found["dropout"] is result
    assert found.frame("runs").columns[0] == "concept" and len(found.frame("runs")) == 2
    assert found._repr_html_() == result._repr_html_()
    with pytest.raises(KeyError, match="lenet: there are results of dropout"):
        found["lenet"]


def test_run_asks_for_what_the_command_line_does(monkeypatch, result):
    asked = []
    monkeypatch.setattr(session, "run", lambda *a: [asked.append(a), Comparisons([result])][1])
    found = comparisons.run(
        "dropout", backends="jax", seeds=2, epochs=3, full=True, device="cpu", fresh=True, workers=2
    )
    assert found is result
    ((words, settings, backends, out, fresh, workers, cluster),) = asked
    assert workers == 2 and cluster is None
    assert words == ("dropout",) and backends == ["jax"] and str(out) == "results" and fresh
    assert settings == Settings(preset="full", seeds=2, epochs=3, device="cpu")
    with pytest.raises(ValueError, match="name the concepts to run"):
        comparisons.run()


def test_load_says_where_there_is_nothing(tmp_path):
    with pytest.raises(ValueError, match="no such folder of results"):
        comparisons.load(tmp_path / "nowhere")


def test_what_the_package_does_not_have():
    with pytest.raises(AttributeError, match="'comparisons' has no attribute 'nothing'"):
        _ = comparisons.nothing
