"""Folds: parties together, outcomes in their share, fast for many rows."""

import time

import numpy as np
import pandas as pd
import pytest

from comparisons import titanic_mlp
from comparisons.harness.concept import Settings
from comparisons.harness.table_files import DataError, reading
from comparisons.harness.titanic.folds import folds, parties
from comparisons.harness.titanic.passengers import load_titanic
from tests.comparisons.harness.titanic.few import passengers


@pytest.fixture(scope="module")
def frame():
    return load_titanic().frame


def test_parties():
    frame = passengers(ticket=["A", np.nan, "B", "A", np.nan], age=[1.0, 2.0, 1.0, 3.0, 4.0])
    assert parties(frame).tolist() == [0, 1, 2, 0, 3]


def test_rows_without_tickets_that_are_the_same_are_one_party():
    nothing = [np.nan] * 5
    frame = passengers(ticket=nothing, name=nothing, age=[30.0, np.nan, 30.0, np.nan, 31.0])
    assert parties(frame).tolist() == [0, 1, 0, 1, 2]


def test_one_passenger_under_two_tickets_or_cabins_is_one_party():
    """As copies have it that differ in those; two of one name and other ages are two."""
    names = ["Kelly, Mr. James", "Kelly, Mr. James", "Kelly, Mr. James", "Byrne, Mr. Ann", np.nan]
    ages, tickets = [34.5, 34.5, 44.0, np.nan, np.nan], ["A", "B", "C", np.nan, "D"]
    frame = passengers(name=names, age=ages, ticket=tickets, cabin=["C1", np.nan, "C1", "D", "D"])
    assert parties(frame).tolist() == [0, 0, 1, 2, 3]
    both = pd.concat([frame, frame.assign(cabin="E", ticket=["E", "F", "G", "H", "C"])])
    assert parties(both).tolist() == [0, 0, 1, 2, 3, 0, 0, 1, 2, 1]


def test_no_two_of_the_real_passengers_are_taken_as_one(frame):
    assert parties(frame).max() + 1 == frame["ticket"].nunique()


def test_copies_without_tickets_are_on_one_side(frame):
    """seaborn's file has neither names nor tickets, and 107 rows of it are copies of others."""
    bare = frame.drop(columns=["boat", "body", "home.dest", "cabin"])
    bare[["name", "ticket"]] = np.nan
    assert bare.duplicated().sum() > 100
    rows = bare.apply(tuple, axis=1).astype(str).to_numpy()
    for fold in folds(bare):
        assert not set(rows[fold.train_index]) & set(rows[fold.test_index])
        assert abs(bare["survived"].iloc[fold.test_index].mean() - 500 / 1309) < 0.01


def test_folds_of_half_a_million_rows_are_planned_in_seconds():
    size = 500_000
    generator = np.random.default_rng(0)
    frame = passengers(
        ticket=generator.integers(0, 200_000, size).astype(str),
        survived=generator.integers(0, 2, size),
    )
    begun = time.process_time()
    drawn = list(folds(frame, repeats=1))
    assert time.process_time() - begun < 20  # some 3 s; one step a party took over 240 s
    for fold in drawn:
        assert len(fold.test_index) == pytest.approx(size / 5, abs=5)


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


def test_a_file_is_looked_over_to_its_folds_and_what_is_next_is_told(tmp_path, monkeypatch, frame):
    monkeypatch.setattr(reading, "ROWS_BETWEEN_LINES", 500)
    path, told = tmp_path / "mine.csv", []
    frame.to_csv(path, index=False)
    titanic_mlp.look_over(Settings(csv=str(path)), told.append)
    assert told[:3] == ["read 500 rows", "read 1,000 rows", "looking at column pclass"]
    assert told[-1] == "dealing the passengers to fold 5 of 5"
    few = frame.groupby("survived").head(60)
    few.assign(ticket=np.arange(120) % 5).to_csv(path, index=False)
    with pytest.raises(DataError, match="at least 20 parties"):
        titanic_mlp.look_over(Settings(csv=str(path)), told.append)


def test_what_a_network_learns_from_is_looked_over_in_each_fold(tmp_path, monkeypatch, frame):
    """In one of them those to validate on may be survivors or victims only."""
    frame.to_csv(tmp_path / "mine.csv", index=False)

    def refuse_the_fourth(frame, fold):
        if fold.fold == 3:
            raise DataError("one has survivors or victims only")

    monkeypatch.setattr(titanic_mlp, "divided", refuse_the_fourth)
    with pytest.raises(DataError, match="survivors or victims only"):
        titanic_mlp.look_over(Settings(csv=str(tmp_path / "mine.csv")), lambda what: None)


def test_a_process_reads_a_file_once_and_finds_its_parties_once_a_job(tmp_path, monkeypatch, frame):
    counted = []

    def counting(function):
        def counted_too(*arguments):
            counted.append(function.__name__)
            return function(*arguments)

        return counted_too

    frame.to_csv(tmp_path / "mine.csv", index=False)
    settings = Settings(csv=str(tmp_path / "mine.csv"), seeds=1)
    monkeypatch.setattr(titanic_mlp, "load_titanic", counting(load_titanic))
    titanic_mlp.data(settings, 0)
    assert counted == ["load_titanic"]
    monkeypatch.setattr("comparisons.harness.titanic.folds.parties", counting(parties))
    titanic_mlp.data(settings, 1)
    assert counted == ["load_titanic", "parties"]
    frame.iloc[:-50].to_csv(tmp_path / "mine.csv", index=False)
    datasets = titanic_mlp.data(settings, 0)
    assert counted == ["load_titanic", "parties", "load_titanic", "parties"]
    assert sum(len(dataset.y_test) for dataset in datasets) == len(frame) - 50


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
    """Of 20 parties with survivors one holds nearly all: the others are dealt by their victims."""
    dead = np.array([0, *[1000] * 19, *range(300, 319)])
    alive = np.array([5000, *[0] * 19, *[1] * 19])
    tickets = np.tile(np.arange(39), 2)
    frame = passengers(
        ticket=np.repeat(tickets, [*dead, *alive]).astype(str),
        survived=np.repeat([0, 1], [dead.sum(), alive.sum()]),
    )
    assert len(list(folds(frame, splits=2, repeats=1))) == 2
    with pytest.raises(DataError, match="survivors or victims only; use fewer folds"):
        list(folds(frame, splits=20))
