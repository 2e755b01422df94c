"""What each column is: a number, a category, a date, or nothing that a network can use."""

import re

import numpy as np
import pandas as pd

from comparisons.harness.bilingual import Words
from comparisons.harness.table_files import DataError
from comparisons.harness.table_files.files import shown
from comparisons.harness.table_files.question import CATEGORY, DATE, NUMBER, Column
from comparisons.harness.table_files.values import are_numbers, is_number, numbers
from comparisons.harness.tabular.dates import dates

MOST_CATEGORIES = 50
FEW = 20  # values up to which a column called an identifier may be a category
MOSTLY = 0.8  # share of numbers from which what is none is told
LARGEST = 1e30  # of a number; scikit-learn computes in float32, and deviations are squares
WITH_UNIT = re.compile(r"(?:[^\w\s]{1,2}|US\$|約)?\s?[+-]?\d[\d.,]*\s?[^\d\s]{0,3}")
# "id", "PassengerId", "customer_id", 顧客番号
CALLED_IDENTIFIER = re.compile(
    r"(?i:(?:^|[\W_])(?:id|index|identifier|uuid|guid))$|[a-z]I[dD]$|番号$"
)


def find(texts: pd.Series, separator: str) -> Column:
    """What a column is found to be.

    Args:
        texts: its fields, NaN where they are missing; the index are the lines.
        separator: what stood between the fields.

    Raises:
        DataError: numbers or dates that may be read in two ways.
    """
    known = texts.dropna()
    counts = known.value_counts()
    name, gaps = str(texts.name), len(texts) - len(known)

    def column(kind: str, found: Words, values: tuple[str, ...] = ()) -> Column:
        repeats = kind == "identifier" and len(counts) <= len(known) / 2
        return Column(name, kind, values, gaps, found, repeats)

    if counts.empty:
        return column("empty", ("no value at all", "値が1つもない"))
    if len(counts) == 1 and not gaps:
        only = shown(counts.index[0])
        return column("constant", (f"{only} in every row", f"すべての行が{only}"))
    if are_numbers(known):
        values = typed(texts, NUMBER, separator)
        if _counts_rows(values) or (_is_called_identifier(name, counts) and _whole(values)):
            return column("identifier", _different(len(counts)))
        low, high = (f"{value:,.6g}" for value in (values.min(), values.max()))
        return column(NUMBER, (f"from {low} to {high}", f"{low}～{high}"))
    days = dates(texts)
    if days is not None:
        first, last = (day.date().isoformat() for day in (days.min(), days.max()))
        return column(DATE, (f"from {first} to {last}", f"{first}～{last}"))
    few = len(counts) <= min(MOST_CATEGORIES, max(2, len(known) // 2))
    if few and not _is_called_identifier(name, counts):
        return column(CATEGORY, _values(counts, known), tuple(counts.index))
    with_unit = sum(WITH_UNIT.fullmatch(text) is not None for text in counts.index)
    if with_unit >= MOSTLY * len(counts):
        such = shown(counts.index[0])
        return column(
            "text",
            (
                f"numbers with a sign or unit, such as {such}; write the numbers alone to use them",
                f"{such}のように記号や単位のついた数値。使うには数値だけを書く",
            ),
        )
    distinct = len(counts) > 0.9 * len(known) or _is_called_identifier(name, counts)
    return column("identifier" if distinct else "text", _different(len(counts)))


def typed(texts: pd.Series, kind: str, separator: str) -> pd.Series:
    """The column's values: float64, days, or text.

    Raises:
        DataError: what is no number or no date, or may be read in two ways.
    """
    if kind == NUMBER:
        values, _ = numbers(texts, separator)
        for line, text in texts[values.abs() > LARGEST].items():
            raise DataError(f"line {line}, column {texts.name}: {shown(text)} is too large")
        return values
    if kind == DATE:
        days = dates(texts)
        if days is None:
            raise DataError(f"column {texts.name}: not every value is a date such as 2024-01-31")
        return days
    return texts


def _different(count: int) -> Words:
    return f"{count:,} different values", f"値は{count:,}通り"


def _values(counts: pd.Series, known: pd.Series) -> Words:
    """The most frequent values; and what is no number where most are."""
    listed = ", ".join(f"{value} ({count:,})" for value, count in counts[:4].items())
    listed += f", … ({len(counts)})" * (len(counts) > 4)
    other = known[known.isin([text for text in counts.index if not is_number(text)])]
    if 1 - len(other) / len(known) < MOSTLY:
        return listed, listed
    line, text = next(iter(other.items()))
    return (
        f"{listed}; {len(other):,} of them no numbers, such as {shown(text)} in line {line}",
        f"{listed}。{line}行目の{shown(text)}など、数値でない値が{len(other):,}個ある",
    )


def _whole(values: pd.Series) -> bool:
    return bool((values.dropna() % 1 == 0).all())


def _counts_rows(values: pd.Series) -> bool:
    """Whether the column numbers the rows from 0 or 1, in any order."""
    ordered = np.sort(values.to_numpy())
    return bool(ordered[0] in (0, 1) and (ordered == np.arange(len(ordered)) + ordered[0]).all())


def _is_called_identifier(name: str, counts: pd.Series) -> bool:
    return len(counts) > FEW and CALLED_IDENTIFIER.search(name) is not None
