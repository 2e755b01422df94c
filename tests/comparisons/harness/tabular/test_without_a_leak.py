"""Nothing is learned from rows that are to be told: each check here fails where it is."""

from dataclasses import replace

import numpy as np
import pytest

from comparisons.harness import baselines
from comparisons.harness.concept import Settings
from comparisons.harness.tabular import rows, task
from comparisons.harness.tabular.asking import ask
from comparisons.harness.tabular.preparation import Preparation
from tests.comparisons.harness.tabular import samples


def question(tmp_path, frame, target, name="own.csv", **options):
    path = tmp_path / name
    path.write_bytes(samples.text(frame))
    return ask(path, target, **options)


def expect_scaled_by_training_rows(parts):
    """Mean 0 and deviation 1 on the training rows, and on no others."""
    for part in parts:
        np.testing.assert_allclose(part.x_train.mean(axis=0), 0, atol=1e-5)
        np.testing.assert_allclose(part.x_train.std(axis=0), 1, atol=1e-4)
        if part.target_scale:
            assert abs(part.y_train.mean()) < 1e-5 and abs(part.y_train.std() - 1) < 1e-4
        assert np.abs(part.x_test.mean(axis=0)).max() > 0.01


@pytest.mark.parametrize(
    ("frame", "target"), [(samples.iris(), "species"), (samples.diabetes(), "target")]
)
def test_scales_are_those_of_the_training_rows(tmp_path, frame, target):
    expect_scaled_by_training_rows(rows.datasets(question(tmp_path, frame, target), 0))


def test_a_scaler_of_all_rows_is_seen(tmp_path, monkeypatch):
    asked = question(tmp_path, samples.iris(), "species")
    everything, fit = rows.load(asked).frame, Preparation.fit
    monkeypatch.setattr(Preparation, "fit", lambda columns, train: fit(columns, everything))
    with pytest.raises(AssertionError):
        expect_scaled_by_training_rows(rows.datasets(asked, 0))


def test_a_target_scale_of_all_rows_is_seen(tmp_path, monkeypatch):
    asked = question(tmp_path, samples.diabetes(), "target")
    everything, scale = rows.load(asked).target, rows.target_scale
    monkeypatch.setattr(rows, "target_scale", lambda target: scale(everything))
    with pytest.raises(AssertionError):
        expect_scaled_by_training_rows(rows.datasets(asked, 0))


def test_what_stands_in_the_rows_to_test_changes_nothing_in_training(tmp_path):
    frame = samples.people()
    before = question(tmp_path, frame, "bought")
    train, validation, test = next(rows.parts(rows.load(before), before.folds, 0))
    changed = frame.copy()
    changed.loc[test, ["age", "sex", "joined"]] = [1e6, "x", "1900-01-01"]
    changed.to_csv(tmp_path / "changed.csv", index=False)
    first, second = (
        next(rows.datasets(replace(before, path=str(tmp_path / name)), 0))
        for name in ("own.csv", "changed.csv")
    )
    for part in ("x_train", "x_validation", "y_train"):
        np.testing.assert_array_equal(getattr(first, part), getattr(second, part))
    assert np.abs(second.x_test).max() > 100 > np.abs(first.x_test).max()


def test_a_category_that_the_training_rows_lack_is_unknown(tmp_path):
    frame = samples.people()
    frame.loc[0, "sex"] = "x"
    asked = question(tmp_path, frame, "bought")
    place = asked.features.index("sex = x")
    for part in rows.datasets(asked, 0):
        if not part.x_train[:, place].any():
            assert not part.x_test[:, place].any() and not part.x_validation[:, place].any()
    assert sum(part.x_train[:, place].any() for part in rows.datasets(asked, 0)) < asked.folds


@pytest.mark.parametrize("group", [None, "house_id"])
def test_each_row_is_tested_once_and_a_group_stays_together(tmp_path, group):
    frame = samples.people()
    asked = question(tmp_path, frame, "bought", group=group)
    together = frame[group or "name"].to_numpy()
    tested = []
    for parts in rows.parts(rows.load(asked), asked.folds, seed=1):
        sides = [set(together[part]) for part in parts]
        assert not sides[0] & sides[1] and not (sides[0] | sides[1]) & sides[2]
        assert sorted(np.concatenate(parts)) == list(range(asked.rows))
        tested += list(parts[2])
    assert sorted(tested) == list(range(asked.rows))


def test_a_row_without_a_group_is_alone():
    import pandas as pd

    texts = pd.DataFrame({"g": ["a", np.nan, "a", np.nan]}, dtype="object")
    assert rows.groups(texts, "g").tolist() == [0, 1, 0, 2]


def test_every_fold_has_its_share_of_classes_and_of_the_range(tmp_path):
    asked = question(tmp_path, samples.iris(), "species")
    for part in rows.datasets(asked, 0):
        assert np.bincount(part.y_test).tolist() == [10, 10, 10]
    asked = question(tmp_path, samples.diabetes(), "target", "other.csv")
    means = [part.in_units(part.y_test).mean() for part in rows.datasets(asked, 0)]
    assert np.ptp(means) < 8  # where a plain draw spreads by 20


def test_baselines_are_trained_and_tested_on_the_same_folds(tmp_path):
    asked = question(tmp_path, samples.iris(), "species")
    seen = []

    class Model:
        def __init__(self, **none):
            pass

        def get_params(self, deep=False):
            return {}

        def fit(self, x, y):
            seen.append((len(x), len(y)))
            return self

        def predict(self, x):
            return x

    parts = list(rows.datasets(asked, 0))
    given = [task.Baseline("model", "モデル", Model())]

    def scoring(model, predicted, x, y):
        part = parts[len(seen) - 1]
        assert predicted is part.x_test and x is part.x_test and (y == part.y_test).all()
        return {"accuracy": 1.0}

    task.run_fold_baselines(given, parts, ("", ""), scoring, asked.folds, 1)
    assert seen == [(120, 120)] * 5


def test_errors_are_told_in_the_targets_own_unit(tmp_path):
    frame = samples.diabetes()
    asked = question(tmp_path, frame, "target")
    part = next(rows.datasets(asked, 0))
    found = part.in_units(part.y_test)
    assert set(np.round(found[:, 0], 3)) <= set(frame["target"])
    absolute = task.scores(asked)[1]
    off = part.in_units(part.y_test + 10 / part.target_scale[1])
    assert absolute.function(found, off) == pytest.approx(10, rel=1e-4)


def test_the_trees_of_a_large_table_are_grown_on_some_of_its_rows_and_the_page_says_so(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(task, "run_fold_baselines", lambda models, parts, data, *rest: data)
    asked = question(tmp_path, samples.iris(), "species")

    def shares():
        models = task.models(asked)
        return [m.model.max_samples for m in models if m.name == "Random forest"]

    assert shares() == [None] and "tree" not in task.baselines(asked, Settings(), None)[0]
    monkeypatch.setattr(baselines, "MOST_ROWS", len(samples.iris()) * 0.4)
    assert shares() == [pytest.approx(0.5)]
    assert "each tree of the forest on about" in task.baselines(asked, Settings(), None)[0]
