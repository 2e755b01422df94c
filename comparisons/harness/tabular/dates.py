"""Dates in their usual forms; the order of day and month is never guessed."""

import re
import shlex

import numpy as np
import pandas as pd

from comparisons.harness.table_files import DataError
from comparisons.harness.table_files.files import shown

_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
YEAR_FIRST = rf"(?P<year>\d{{4}})[-/.年](?P<month>\d{{1,2}})[-/.月](?P<day>\d{{1,2}})日?{_TIME}"
YEAR_LAST = rf"(?P<one>\d{{1,2}})(?P<mark>[-/.])(?P<two>\d{{1,2}})[-/.](?P<year>\d{{4}}){_TIME}"
EPOCH = pd.Timestamp("2000-01-01")
YEAR, WEEK = 365.25, 7
MOSTLY_DAYS = 0.8  # share of days from which what is none is refused


def dates(texts: pd.Series) -> pd.Series | None:
    """The days, NaT where missing; None where some text is no date.

    Args:
        texts: text, NaN where it is missing; the index are the lines.

    Raises:
        DataError: day and month may be either way round; a few are days that no calendar has.
    """
    known = texts.dropna()
    forms = YEAR_FIRST, YEAR_LAST
    if not all(any(re.fullmatch(form, text) for form in forms) for text in known[:1]):
        return None
    known = known.drop_duplicates()
    parts = known.str.extract(rf"^{YEAR_FIRST}$")
    if parts.isna().any(axis=None):
        parts = known.str.extract(rf"^{YEAR_LAST}$")
        if parts.isna().any(axis=None):
            return None
        day_first = _day_first(known, parts)
        parts = parts.rename(columns={"one": "day", "two": "month"} if day_first else
                             {"one": "month", "two": "day"})  # fmt: skip
    found = pd.to_datetime(parts[["year", "month", "day"]].astype(int), errors="coerce")
    if found.notna().mean() < MOSTLY_DAYS:
        return None
    for line, text in known[found.isna()].items():
        raise DataError(
            f"line {line}, column {known.name}: there is no day {shown(text)}; mend it, or leave "
            f"the column out with --without {shlex.quote(str(known.name))}"
        )
    return pd.to_datetime(texts.map(dict(zip(known, found))))


def _day_first(known: pd.Series, parts: pd.DataFrame) -> bool:
    if (parts["mark"] == ".").all():
        return True
    one, two = (parts[name].astype(int) for name in ("one", "two"))
    either = (one != two) & ~(one > 12).any() & ~(two > 12).any()
    if either.any():
        line = either.idxmax()
        text, (first, second, year) = known[line], parts.loc[line, ["one", "two", "year"]]
        raise DataError(
            f"line {line}, column {known.name}: is {shown(text)} {year}-{second:0>2}-{first:0>2} "
            f"or {year}-{first:0>2}-{second:0>2}? write it so, or leave the column out with "
            f"--without {known.name}"
        )
    return bool((one > 12).any())


def numbers_of(days: pd.Series) -> np.ndarray:
    """The numbers (rows, 5) of DATE_FEATURES; NaN where the date is missing.

    Days since 2000, and the place in the year and in the week on a circle each.
    """
    since = (days - EPOCH).dt.total_seconds().to_numpy() / 86400
    year = 2 * np.pi * days.dt.day_of_year.to_numpy("float64") / YEAR
    week = 2 * np.pi * days.dt.day_of_week.to_numpy("float64") / WEEK
    return np.column_stack([since, np.sin(year), np.cos(year), np.sin(week), np.cos(week)])
