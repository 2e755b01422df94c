"""Titanic's preparation: right by hand, blind to what is to be predicted, told on the page."""

import numpy as np
import pandas as pd
import pytest

from comparisons.harness import catalogue, training
from comparisons.harness.concept import Settings
from comparisons.harness.datasets import data_path
from comparisons.harness.titanic.folds import folds, parties
from comparisons.harness.titanic.passengers import load_titanic
from comparisons.harness.titanic.preparation import fold_dataset, preparation_notes, prepare
from tests.comparisons.harness.titanic.few import passengers


@pytest.fixture(scope="module")
def frame():
    return load_titanic().frame


def column(matrix, names, name):
    return matrix[:, names.index(name)]


def test_preparation_by_hand():
    """Median 20 for the missing age, then (x - mean)/deviation; log(1 + fare); 0/1 columns."""
    train = passengers(
        age=[10.0, 20.0, 60.0, np.nan],
        fare=[0.0, 0.0, np.e**2 - 1, np.e**2 - 1],
        sex=["male", "female", "male", "female"],
        pclass=[1, 2, 3, 3],
        embarked=["S", "S", "C", np.nan],
        name=["A, Mr. A", "A, Mrs. A", "A, Master. A", "A, Rev. A"],
    )
    (matrix, other), names = prepare(train, train.iloc[:1])
    assert matrix.dtype == np.float32
    ages = np.array([10, 20, 60, 20])
    np.testing.assert_allclose(
        column(matrix, names, "age"), (ages - 27.5) / np.sqrt(368.75), rtol=1e-6
    )
    np.testing.assert_allclose(column(matrix, names, "fare"), [-1, -1, 1, 1], rtol=1e-6)
    assert column(matrix, names, "sex_male").tolist() == [1, 0, 1, 0]
    assert column(matrix, names, "pclass_3").tolist() == [0, 0, 1, 1]
    assert column(matrix, names, "embarked_S").tolist() == [1, 1, 0, 1]
    assert column(matrix, names, "title_Master").tolist() == [0, 0, 1, 0]
    assert column(matrix, names, "title_other").tolist() == [0, 0, 0, 1]
    np.testing.assert_array_equal(other, matrix[:1])


def test_columns_stay_when_the_training_part_lacks_a_value():
    missing = pd.Series([np.nan] * 3)
    train = passengers(age=missing, fare=missing, embarked=missing.astype("object"))
    (matrix, _), names = prepare(train, passengers(age=[1.0], embarked=["Q"], pclass=[1]))
    _, whole = prepare(load_titanic().frame)
    assert names == whole
    assert len(whole) == 16
    assert np.isfinite(matrix).all()


def test_training_matrix_is_blind_to_the_other_parts(frame):
    train, test = frame.iloc[:1000], frame.iloc[1000:].copy()
    (x_train, x_test), _ = prepare(train, test)
    test["age"], test["fare"], test["sex"] = 99.0, 500.0, "female"
    (x_train_again, x_test_again), _ = prepare(train, test)
    np.testing.assert_array_equal(x_train, x_train_again)
    assert not np.array_equal(x_test, x_test_again)
    # And the test matrix does depend on the training part: its medians and scales are used.
    (_, x_test_other), _ = prepare(train.iloc[:300], test)
    assert not np.array_equal(x_test_again, x_test_other)


def test_leaks_and_the_answer_are_not_among_the_features(frame):
    altered = frame.copy()
    for leak in ("boat", "body", "cabin", "home.dest", "ticket", "survived"):
        altered[leak] = altered[leak].iloc[::-1].to_numpy()
    np.testing.assert_array_equal(prepare(frame)[0][0], prepare(altered)[0][0])


def test_fold_dataset_keeps_parties_apart_in_all_three_parts(frame):
    """The fare tells the party here, so that the matrices themselves can be searched for it."""
    marked = frame.copy()
    marked["fare"] = parties(frame).astype(float)
    fold = list(folds(marked, seed=3))[2]
    part = fold_dataset(marked, fold, seed=3)
    fare = part.feature_names.index("fare")
    seen = [set(x[:, fare]) for x in (part.x_train, part.x_validation, part.x_test)]
    assert sum(len(values) for values in seen) == 929
    assert len(set.union(*seen)) == 929
    assert len(part.x_train) + len(part.x_validation) == len(fold.train_index)
    assert 0.15 < len(part.x_validation) / len(fold.train_index) < 0.25
    for x, y in (
        (part.x_train, part.y_train),
        (part.x_validation, part.y_validation),
        (part.x_test, part.y_test),
    ):
        assert y.shape == (len(x), 1)
        assert x.dtype == y.dtype == np.float32
        assert np.isfinite(x).all()
    np.testing.assert_array_equal(part.y_test[:, 0], frame["survived"].iloc[fold.test_index])
    assert "fold 3 of repeat 1" in part.description[0]
    assert "seed 3" in part.description[0]


def test_fold_dataset_is_fitted_on_its_training_part_alone(frame):
    fold = next(folds(frame))
    part = fold_dataset(frame, fold)
    ages = part.x_train[:, part.feature_names.index("age")]
    np.testing.assert_allclose([ages.mean(), ages.std()], [0, 1], atol=1e-6)
    altered = frame.copy()
    altered.loc[fold.test_index, "age"] = 99.0
    again = fold_dataset(altered, fold)
    np.testing.assert_array_equal(part.x_train, again.x_train)
    np.testing.assert_array_equal(part.x_validation, again.x_validation)
    assert not np.array_equal(part.x_test, again.x_test)
    other = fold_dataset(frame, fold, seed=1)
    assert not np.array_equal(part.x_train, other.x_train)


def test_the_page_is_told_what_becomes_of_the_passengers(frame):
    said = [english for english, _ in preparation_notes(frame)]
    assert said[0] == "Titles in the names: Mr 757, Miss 264, Mrs 198, Master 61, other 29."
    assert "the training part of each fold alone" in said[1]
    assert said[2].startswith("929 parties") and "without name" not in said[2]
    bare = preparation_notes(frame.assign(name=np.nan, ticket=np.nan))[2][0]
    assert "of the 1,309 rows without name and ticket those that are the same" in bare
    part = fold_dataset(frame, next(folds(frame)), notes=preparation_notes(frame))
    assert part.notes == preparation_notes(frame)


def test_a_run_on_a_file_of_ones_own_records_what_was_made_of_it(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(data_path("titanic.csv").read_bytes().replace(b"Southampton", b"\xb1", 1))
    settings = Settings(epochs=1, csv=str(path), encoding="cp932")
    records, _ = training.train(
        catalogue.load("titanic_mlp"), training.NumpyHalf("titanic_mlp"), "model", 0, settings
    )
    passengers = load_titanic(path, "cp932")
    assert len(records) == 5
    for record in records:
        assert record["notes"] == (*passengers.notes, *preparation_notes(passengers.frame))
        assert record["notes"][0][0] == "Read in the encoding cp932."
