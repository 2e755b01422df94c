"""Repeated cross-validation, stratified by outcome, with no party on both sides of a fold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from comparisons.harness.table_files import DataError
from comparisons.harness.table_files.folds import deal
from comparisons.harness.titanic.passengers import CHOICES, USED

MINIMUM_PARTIES = 20  # of each outcome: fewer tell nothing, and some baselines need as many


class Fold(NamedTuple):
    """One split of repeated cross-validation: row numbers of both sides, and every row's party."""

    repeat: int
    fold: int
    train_index: np.ndarray
    test_index: np.ndarray
    party: np.ndarray


def parties(frame: pd.DataFrame) -> np.ndarray:
    """A number a row, the same for all who share a ticket and for rows that may be one passenger.

    Nobody is to be learned from and asked about. One passenger are rows of the same name, sex and
    age, whatever else they say; without name and ticket, rows that are equal in all that is used.
    """
    named, with_ticket = frame["name"].notna(), frame["ticket"].notna()
    rows, shared, count = [], [], len(frame)
    for which, columns in (
        (with_ticket, ["ticket"]),
        (named, ["name", "sex", "age"]),
        (~named & ~with_ticket, list(USED)),
    ):
        rows.append(np.flatnonzero(which))
        same = frame[which.to_numpy()].groupby(columns, dropna=False, sort=False).ngroup()
        shared.append(count + same.to_numpy())
        count += len(same)
    edges = np.concatenate(rows), np.concatenate(shared)
    graph = coo_array((np.ones(len(edges[0])), edges), shape=(count, count))
    _, found = connected_components(graph, directed=False)
    return pd.factorize(found[: len(frame)])[0]


def folds(frame: pd.DataFrame, splits: int = 5, repeats: int = 2, seed: int = 0) -> Iterator[Fold]:
    """Repeated cross-validation, stratified by `survived`, with no party on both sides.

    Repeat r is drawn with seed + r. Within a repeat each passenger is tested once.

    Raises:
        DataError: fewer parties of one outcome than MINIMUM_PARTIES or `splits`, or parties so
            large that a side has one outcome only.
    """
    groups, survived = parties(frame), frame["survived"].to_numpy()
    needed = max(splits, MINIMUM_PARTIES)
    for outcome in CHOICES["survived"]:
        having = len(np.unique(groups[survived == outcome]))
        if having < needed:
            raise DataError(
                f"Titanic: {splits} folds need at least {needed} parties (tickets) with `survived` "
                f"{outcome}, got {having}"
            )
    for repeat in range(repeats):
        for fold, (train, test) in enumerate(sides(groups, survived, splits, seed + repeat)):
            yield Fold(repeat, fold, train, test, groups)


def sides(
    party: np.ndarray, survived: np.ndarray, splits: int, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Row numbers to train and to test on, for each of the splits of one repeat.

    Raises:
        DataError: a side has one outcome only.
    """
    fold_of = deal(pd.factorize(party)[0], survived, splits, np.random.default_rng(seed))
    for fold in range(splits):
        found = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        if any(len(np.unique(survived[side])) < 2 for side in found):
            raise DataError(
                f"Titanic: with {splits} folds one has survivors or victims only; use fewer folds"
            )
        yield found
