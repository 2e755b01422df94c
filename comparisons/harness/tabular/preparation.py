"""From a table's columns to the numbers that a network takes, without a leak.

What is learned (medians, means, deviations, which categories there are) is learned from the rows
that `fit` is given, which are the training rows of a fold. How many features there are follows from
the whole table, so that every fold has the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from comparisons.harness.table_files.question import CATEGORY, DATE, Column
from comparisons.harness.tabular.dates import numbers_of


@dataclass(frozen=True)
class Preparation:
    """A preparation as it was learned; plain values, so that it can be stored as JSON.

    A number or a part of a date: the median where missing, then less the mean, over the deviation:

        x' = (x - m) / s, with s = 1 where the training rows have no spread

    A category: one feature of 0 and 1 a value; all 0 where the value is missing or was not among
    the training rows. Where a column has gaps, one more feature is 1 where the value is missing.

    Args:
        columns: the columns that are used.
        medians, means, deviations: of the numbers of each column that is no category.
        seen: the values of each category that were among the training rows.
    """

    columns: tuple[Column, ...]
    medians: dict[str, list[float]]
    means: dict[str, list[float]]
    deviations: dict[str, list[float]]
    seen: dict[str, list[str]]

    @classmethod
    def fit(cls, columns: tuple[Column, ...], train: pd.DataFrame) -> Preparation:
        """Learn from the training rows alone."""
        found = cls(columns, {}, {}, {}, {})
        for column in columns:
            if column.kind == CATEGORY:
                there = set(train[column.name].dropna())
                found.seen[column.name] = [value for value in column.values if value in there]
                continue
            numbers = _numbers(column, train)
            known = numbers[~np.isnan(numbers).any(axis=1)]
            median = np.median(known, axis=0) if len(known) else np.zeros(numbers.shape[1])
            filled = np.where(np.isnan(numbers), median, numbers)
            spread = filled.std(axis=0)
            found.medians[column.name] = median.tolist()
            found.means[column.name] = filled.mean(axis=0).tolist()
            found.deviations[column.name] = np.where(spread > 0, spread, 1.0).tolist()
        return found

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """The features (rows, number of features), float32."""
        parts = []
        for column in self.columns:
            name, values = column.name, frame[column.name]
            if column.kind == CATEGORY:
                seen = set(self.seen[name])
                parts += [(values == v).to_numpy() if v in seen else np.zeros(len(frame))
                          for v in column.values]  # fmt: skip
            else:
                numbers = _numbers(column, frame)
                filled = np.where(np.isnan(numbers), self.medians[name], numbers)
                parts += list(((filled - self.means[name]) / self.deviations[name]).T)
            if column.gaps:
                parts.append(values.isna().to_numpy())
        return np.column_stack(parts).astype("float32")


def _numbers(column: Column, frame: pd.DataFrame) -> np.ndarray:
    values = frame[column.name]
    return numbers_of(values) if column.kind == DATE else values.to_numpy("float64")[:, np.newaxis]
