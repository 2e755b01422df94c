"""The baselines: the rule by hand, records as the report wants them, nothing fitted on the test."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier

from comparisons.harness import baselines
from comparisons.harness.baselines import Baseline, WomenFirst
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.titanic.folds import folds
from comparisons.harness.titanic.passengers import load_titanic


@pytest.fixture(scope="module")
def frame():
    return load_titanic().frame


@pytest.fixture(scope="module")
def records(frame):
    found = baselines.run_titanic_baselines(frame, splits=3, repeats=1, seed=4)
    return {record["name"]: record for record in found}


def test_women_first_by_hand():
    """Two women, one survived: (1 + 1)/(2 + 2) = 1/2; three men, none: (0 + 1)/(3 + 2) = 1/5."""
    train = pd.DataFrame({"sex": ["female", "female", "male", "male", "male"]})
    model = clone(WomenFirst()).fit(train, [1, 0, 0, 0, 0])
    test = pd.DataFrame({"sex": ["male", "female"]})
    assert model.predict(test).tolist() == [0, 1]
    np.testing.assert_allclose(model.predict_proba(test), [[0.8, 0.2], [0.5, 0.5]])
    assert model.score(test, [0, 0]) == 0.5


def test_titanic_records_have_what_the_report_shows(records):
    assert len(records) == 7
    for record in records.values():
        assert record.keys() == {"name", "name_ja", "data", "scores", "seconds"}
        assert json.loads(json.dumps(record)) == {**record, "data": list(record["data"])}
        assert record["scores"].keys() == {"accuracy", "roc_auc", "log_loss"}
        for found in record["scores"].values():
            assert len(found["values"]) == 3
            assert found["low"] <= found["mean"] <= found["high"]
        assert record["seconds"] > 0
        assert not record["name_ja"].isascii()
        english, japanese = record["data"]
        assert "3 folds × 1 repeat," in english and "seed 4" in english
        assert "3分割×1回" in japanese and "シード4" in japanese
    assert baselines.of_folds(5, 2) == ("5 folds × 2 repeats", "5分割×2回の交差検証")


def test_titanic_scores_of_the_plain_rules_by_hand(frame, records):
    drawn = list(folds(frame, splits=3, repeats=1, seed=4))
    survived = frame["survived"].to_numpy()
    women = (frame["sex"] == "female").to_numpy()
    majority, rule = records["Majority class"], records["Women first"]
    assert majority["scores"]["accuracy"]["values"] == pytest.approx(
        [1 - survived[fold.test_index].mean() for fold in drawn]
    )
    assert majority["scores"]["roc_auc"]["values"] == [0.5] * 3
    assert rule["scores"]["accuracy"]["values"] == pytest.approx(
        [(survived == women)[fold.test_index].mean() for fold in drawn]
    )


def test_titanic_learners_beat_the_rule_in_log_loss_and_majority_in_accuracy(records):
    majority = records.pop("Majority class")
    for record in records.values():
        assert record["scores"]["accuracy"]["mean"] > majority["scores"]["accuracy"]["mean"] + 0.1
    assert records["Logistic regression"]["scores"]["log_loss"]["mean"] < 0.5
    assert records["Random forest"]["scores"]["roc_auc"]["mean"] > 0.83


def test_titanic_interval_is_the_corrected_one(records):
    """Three folds: 1/n + 1/2 = 5/6 and t(0.975, 2) = 4.302653."""
    accuracy = records["Women first"]["scores"]["accuracy"]
    half = 4.302653 * np.std(accuracy["values"], ddof=1) * np.sqrt(5 / 6)
    assert accuracy["high"] - accuracy["mean"] == pytest.approx(half, rel=1e-6)


def test_every_fold_is_fitted_anew_and_never_on_its_test_side(frame, monkeypatch):
    fitted = []

    class Spy(ClassifierMixin, BaseEstimator):
        def fit(self, x, y):
            assert not hasattr(self, "classes_")
            self.classes_ = np.array([0, 1])
            fitted.append(x.index)
            return self

        def predict(self, x):
            assert not set(x.index) & set(fitted[-1])
            return np.zeros(len(x), int)

        def predict_proba(self, x):
            return np.full((len(x), 2), 0.5)

    monkeypatch.setattr(baselines, "titanic_models", lambda *given: [Baseline("Spy", "", Spy())])
    (record,) = baselines.run_titanic_baselines(frame, splits=5, repeats=2)
    assert len(fitted) == 10
    assert record["scores"]["log_loss"]["mean"] == pytest.approx(np.log(2))
    for index, fold in zip(fitted, folds(frame, 5, 2, 0)):
        assert index.tolist() == fold.train_index.tolist()


def test_smallest_frame_that_folds_accept_is_enough_for_every_baseline():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "pclass": rng.integers(1, 4, 40), "survived": [0, 1] * 20, "name": "A, Mr. B",
            "sex": ["male", "female"] * 20, "age": rng.uniform(1, 80, 40), "sibsp": 0.0,
            "parch": 0.0, "ticket": [str(i) for i in range(40)], "fare": 7.0, "cabin": np.nan,
            "embarked": "S",
        }
    )  # fmt: skip
    assert len(baselines.run_titanic_baselines(frame, splits=2, repeats=1)) == 7


def test_a_large_table_is_spared_the_baselines_that_take_hours(frame, monkeypatch):
    monkeypatch.setattr(baselines, "MOST_ROWS", 1308)
    monkeypatch.setattr(
        baselines, "_records", lambda models, drawn, count, scoring, data, *_: [
            (baseline.name, data) for baseline in models
        ],
    )  # fmt: skip
    names, said = zip(*baselines.run_titanic_baselines(frame, splits=2, repeats=1))
    assert len(names) == 5
    assert not {"Support vector machine", "k nearest neighbours"} & set(names)
    assert "beyond 1,308 of them" in said[0][0] and "1,308行を超える" in said[0][1]
    monkeypatch.setattr(baselines, "MOST_ROWS", 1309)
    names, said = zip(*baselines.run_titanic_baselines(frame, splits=2, repeats=1))
    assert len(names) == 7 and "beyond" not in said[0][0]


def test_boosting_and_the_forest_of_many_passengers_take_no_hours():
    few, many = (
        {b.name: b.model[-1] for b in baselines.titanic_models(rows, 5) if "Random" in b.name or
         "boosting" in b.name} for rows in (1309, 50_000)
    )  # fmt: skip
    assert few["Random forest"].max_samples is None
    assert many["Random forest"].max_samples == pytest.approx(0.5)
    assert [type(found["Gradient boosting"]).__name__ for found in (few, many)] == [
        "GradientBoostingClassifier",
        "HistGradientBoostingClassifier",
    ]


def test_baselines_tell_on_which_split_they_are_and_hold_one_at_a_time():
    told, held = [], []

    def parts():
        for seed in range(2):
            held.append((seed, len(told)))
            yield mnist_subset(100, 100, 100, seed, flat=True)

    models = [Baseline(name, name, DummyClassifier()) for name in ("one", "other")]
    scored = baselines.run_fold_baselines(
        models, parts(), ("", ""), lambda *_: {"accuracy": 1.0}, 2, 1, lambda *at: told.append(at)
    )
    assert told == [(0, 2), (0, 2), (1, 2), (1, 2)] and held == [(0, 0), (1, 2)]
    assert [record["scores"]["accuracy"]["values"] for record in scored] == [[1.0, 1.0]] * 2


def test_baselines_of_a_concepts_own_on_its_own_datasets():
    parts = [mnist_subset(300, 100, test, seed, flat=True) for seed, test in ((0, 200), (1, 100))]
    known = Baseline("known", "既知", DummyClassifier(strategy="constant", constant=3))
    (record,) = baselines.run_baselines([known], parts, ("these", "これら"))
    shares = [float(np.mean(part.y_test == 3)) for part in parts]
    assert record["scores"]["accuracy"]["values"] == pytest.approx(shares)
    assert (record["name"], record["data"]) == ("known", ("these", "これら"))


def test_mnist_records():
    found = baselines.run_mnist_baselines(train=300, test=200, seeds=(0,))
    by_name = {record["name"]: record for record in found}
    assert len(by_name) == 6
    for record in found:
        assert record["scores"].keys() == {"accuracy"}
        assert record["scores"]["accuracy"]["low"] is None  # one draw
        assert "300 training and 200 test images, drawn with seeds 0" in record["data"][0]
    assert by_name["Majority class"]["scores"]["accuracy"]["mean"] == pytest.approx(
        0.1135, abs=0.003
    )
    for name in ("Logistic regression", "Support vector machine", "k nearest neighbours"):
        assert by_name[name]["scores"]["accuracy"]["mean"] > 0.75
