"""Titanic's preparation: right by hand, blind to what is to be predicted, parties together."""

import numpy as np
import pandas as pd
import pytest

from comparisons.harness import titanic
from comparisons.harness.datasets import DataError, load_titanic
from comparisons.harness.titanic import fold_dataset, folds, parties, prepare


@pytest.fixture(scope="module")
def frame():
    return load_titanic()


def passengers(**columns):
    """A few passengers; what is not given is the same for all."""
    size = len(next(iter(columns.values())))
    usual = {
        "pclass": 3, "survived": 0, "name": "A, Mr. B", "sex": "male", "age": 30.0, "sibsp": 0.0,
        "parch": 0.0, "ticket": "1", "fare": 7.0, "cabin": np.nan, "embarked": "S",
    }  # fmt: skip
    return pd.DataFrame({name: columns.get(name, [value] * size) for name, value in usual.items()})


def column(matrix, names, name):
    return matrix[:, names.index(name)]


def test_titles():
    names = [
        "Braund, Mr. Owen Harris",
        "Allison, Master. Hudson Trevor",
        "Sagesser, Mlle. Emma",
        "Aubart, Mme. Leontine Pauline",
        "Rothes, the Countess. of (Lucy Noel Martha Dyer-Edwards)",
        "Crosby, Capt. Edward Gifford",
        "no title at all",
        np.nan,
    ]
    found = titanic.titles(pd.DataFrame({"name": names}))["title"].tolist()
    assert found == ["Mr", "Master", "Miss", "Mrs", "other", "other", "other", "other"]
    assert titanic.titles(pd.DataFrame({"name": [np.nan]}))["title"].tolist() == ["other"]


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
    _, whole = prepare(load_titanic())
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


def test_parties():
    frame = passengers(ticket=["A", np.nan, "B", "A", np.nan])
    assert parties(frame).tolist() == [0, 1, 2, 0, 3]


def test_no_party_is_on_both_sides_and_all_are_tested_once(frame):
    drawn = list(folds(frame, splits=5, repeats=3, seed=7))
    assert [(fold.repeat, fold.fold) for fold in drawn] == [
        (repeat, fold) for repeat in range(3) for fold in range(5)
    ]
    tickets = frame["ticket"].to_numpy()
    for fold in drawn:
        assert not set(tickets[fold.train_index]) & set(tickets[fold.test_index])
        assert len(fold.train_index) + len(fold.test_index) == len(frame)
        share = frame["survived"].iloc[fold.test_index].mean()
        assert abs(share - frame["survived"].mean()) < 0.01
    for repeat in range(3):
        tested = np.concatenate([fold.test_index for fold in drawn if fold.repeat == repeat])
        assert sorted(tested) == list(range(len(frame)))


def test_folds_repeat_with_their_seed_and_differ_between_repeats(frame):
    def tests(seed):
        return [fold.test_index.tolist() for fold in folds(frame, seed=seed)]

    assert tests(0) == tests(0)
    assert tests(0)[:5] != tests(0)[5:]
    assert tests(0)[5:] == tests(1)[:5]


def test_folds_refuse_too_few_parties(frame):
    alone = frame.drop_duplicates("ticket")
    few = pd.concat([alone[alone["survived"] == 1], alone[alone["survived"] == 0].iloc[:3]])
    with pytest.raises(DataError, match="at least 20 parties .* with `survived` 0, got 3"):
        next(folds(few))
    with pytest.raises(DataError, match="30 folds need at least 30 parties"):
        some = passengers(ticket=list(range(50)), survived=[0, 1] * 25)
        next(folds(some, splits=30))
    with pytest.raises(DataError, match="with `survived` 1, got 0"):
        next(folds(passengers(ticket=list(range(50)))))


def test_a_fold_with_one_outcome_is_refused():
    """Twenty parties of each outcome, so unequal (1, 4, 9 … 400) that twenty folds cannot be."""
    sizes = np.square(np.arange(1, 21))
    tickets = np.repeat([f"{outcome} {i}" for outcome in (0, 1) for i in range(20)], [*sizes] * 2)
    frame = passengers(ticket=tickets, survived=np.repeat([0, 1], sizes.sum()))
    assert len(list(folds(frame, splits=2, repeats=1))) == 2
    with pytest.raises(DataError, match="survivors or victims only; use fewer folds"):
        list(folds(frame, splits=20))


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
