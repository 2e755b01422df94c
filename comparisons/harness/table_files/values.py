"""Fields of text as values: what counts as missing, and numbers with either decimal mark."""

import re

import numpy as np
import pandas as pd

from comparisons.harness.table_files.files import DataError, shown

# What pandas takes as missing, and two signs more.
MISSING = frozenset(
    ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"]
    + ["<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null", "?", "-"]
)
_EXPONENT = r"(?:[eE][+-]?\d+)?"
PLAIN = re.compile(rf"[+-]?(?:\d+\.?\d*|\.\d+){_EXPONENT}")
PLAIN_SIGNS = re.compile(r"[0-9.eE+-]*")
WITH_POINT = re.compile(rf"[+-]?(?:\d+|[1-9]\d{{0,2}}(?:,\d{{3}})+)?(?:\.\d*)?{_EXPONENT}")
WITH_COMMA = re.compile(rf"[+-]?(?:\d+|[1-9]\d{{0,2}}(?:\.\d{{3}})+)?(?:,\d*)?{_EXPONENT}")


def without_missing(column: pd.Series) -> tuple[pd.Series, dict[str, int]]:
    """The column with NaN where a value is missing, and how often each sign of that was there."""
    missing = column.isin(MISSING)
    return column.mask(missing), column[missing].value_counts().to_dict()


def are_numbers(column: pd.Series) -> bool:
    """Whether every text of the column can be read as a number, with either decimal mark."""
    return _all_plain(column) is not None or all(map(is_number, column))


def is_number(text: str) -> bool:
    """Whether a text can be read as a number, with either decimal mark."""
    return any(_fits(pattern)(text) for pattern in (WITH_POINT, WITH_COMMA))


def numbers(column: pd.Series, separator: str) -> tuple[pd.Series, str]:
    """The column as float64, and which mark stands before the fraction where there are commas.

    A column has one decimal mark. It is the comma where every number can be read so and some
    cannot be read otherwise, or where semicolons separate the fields.

    Args:
        column: text, NaN where it is missing; the index are the lines.
        separator: what stood between the fields.

    Returns:
        The numbers, NaN where they are missing; and `"."`, `","`, or `""` without commas.

    Raises:
        DataError: what is no number; or commas that may be either, with line and value.
    """
    known = column.notna()
    plain = _all_plain(column[known])
    if plain is not None:
        values = np.full(len(column), np.nan)
        values[known.to_numpy()] = plain
        return pd.Series(values, column.index, name=column.name), ""
    texts = column[known].drop_duplicates()
    commas = texts[texts.str.contains(",", regex=False)]
    if commas.empty:
        _expect(texts, texts.map(_fits(PLAIN)))
        return _converted(column, texts, str), ""
    pointed, with_comma = texts.map(_fits(WITH_POINT)), texts.map(_fits(WITH_COMMA))
    _expect(texts, pointed | with_comma)
    if pointed.all() and with_comma.all() and separator != ";":
        line, text = commas.index[0], commas.iloc[0]
        readings = f"{_with_point(text)} or {_with_comma(text)}"
        raise DataError(
            f"line {line}, column {column.name}: is {shown(text)} {readings}? write it "
            "without the comma"
        )
    if with_comma.all():
        return _converted(column, texts, _with_comma), ","
    if pointed.all():
        return _converted(column, texts, _with_point), "."
    one, other = texts[~with_comma], texts[~pointed]
    raise DataError(
        f"column {column.name}: {shown(one.iloc[0])} in line {one.index[0]} has another "
        f"decimal mark than {shown(other.iloc[0])} in line {other.index[0]}; write all with one"
    )


def _all_plain(texts: pd.Series) -> np.ndarray | None:
    """The numbers, all read at once; None where a text is no number of the form PLAIN."""
    if PLAIN_SIGNS.fullmatch("".join(texts)) is None:
        return None
    try:  # of these signs float makes the form PLAIN and no other
        return texts.to_numpy(object).astype("float64")
    except ValueError:
        return None


def _fits(pattern: re.Pattern):
    return lambda text: pattern.fullmatch(text) is not None and any(map(str.isdigit, text))


def _expect(texts: pd.Series, held: pd.Series) -> None:
    for line, text in texts[~held.astype(bool)].items():
        raise DataError(f"line {line}, column {texts.name}: expected a number, got {shown(text)}")


def _with_point(text: str) -> str:
    return text.replace(",", "")


def _with_comma(text: str) -> str:
    return text.replace(".", "").replace(",", ".")


def _converted(column: pd.Series, texts: pd.Series, write) -> pd.Series:
    values = {text: float(write(text)) for text in texts}
    return column.map(values).astype("float64")
