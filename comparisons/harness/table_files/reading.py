"""From a file to a table of text, whose index are the lines, for messages to name them."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from comparisons.harness.bilingual import Words
from comparisons.harness.table_files.decoding import decode
from comparisons.harness.table_files.files import DataError, read_bytes, shown
from comparisons.harness.table_files.separated import separated
from comparisons.harness.table_files.unpacking import OLD_EXCEL, ZIP, unpack
from comparisons.harness.table_files.values import is_number
from comparisons.harness.table_files.workbook import sheet

#: a field takes some 65 bytes, and a column a hundred times the time of a field
MOST_FIELDS, MOST_COLUMNS = 8_000_000, 10_000
ROWS_BETWEEN_LINES = 50_000  # of which is told while they are read


@dataclass(frozen=True)
class Table:
    """A table as it stands in its file.

    Attributes:
        frame: the fields as text, without the spaces around them; a row's index is its line.
        separator: what stood between the fields; `""` in a workbook.
        notes: what was found out on the way: packing, encoding, separator.
    """

    frame: pd.DataFrame
    separator: str
    notes: tuple[Words, ...]


def untold(what: str) -> None:
    """What is done next, where nobody is told of it."""


def read(path: Path, encoding: str | None = None, tell: Callable[[str], None] = untold) -> Table:
    """The table in a file: text with separators or an Excel workbook, also within gzip or zip.

    Args:
        encoding: the encoding of the text, where it is to be none that is found.
        tell: called with how many rows were read.

    Raises:
        DataError: the file cannot be read or is no such table; or there are two ways of reading it.
            The message names the file, and where it can the line.
    """
    content = read_bytes(path)
    try:
        return parse(content, encoding, tell)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def parse(
    content: bytes, encoding: str | None = None, tell: Callable[[str], None] = untold
) -> Table:
    """The table in a file's content; as `read`."""
    content, packed = unpack(content)
    if content.startswith(OLD_EXCEL):
        raise DataError("is an old or a protected Excel file; save it as .xlsx or CSV")
    if content.startswith(ZIP):
        if encoding:
            raise DataError("is an Excel workbook, which needs no --encoding; leave it out")
        rows, found = sheet(content)
        frame, separator = _frame(rows, tell, filled_up=True), ""
    else:
        text, encoded = decode(content, encoding)
        rows, separator, found = separated(text)
        frame, found = _frame(rows, tell, filled_up=False), [*encoded, *found]
    return Table(frame, separator, (*packed, *found, *_on_header(frame)))


def _on_header(frame: pd.DataFrame) -> list[Words]:
    """What is said where the first line may be a row: its fields are as those below them.

    Whole numbers that rise are names: years, or the pixels of an image.
    """
    whole = [int(name) for name in frame.columns if name.isdecimal()]
    rising = len(whole) > 1 and whole == sorted(set(whole))
    like = [
        name
        for name, fields in frame.items()
        if fields.eq(name).any() or (is_number(name) and not rising)
    ]
    if not like:
        return []
    listed = ", ".join(map(shown, like[:4])) + ", …" * (len(like) > 4)
    return [
        (
            f"The first line was taken for the names of the columns, though {listed} may be "
            "values: if it is a row, write a line of names above it.",
            f"1行目を列名として読んだが、{listed}は値かもしれない。1行目もデータなら、その上に列名の"
            "行を加える。",
        )
    ]


def _frame(
    rows: Iterator[tuple[int, list[str]]], tell: Callable[[str], None], filled_up: bool
) -> pd.DataFrame:
    """The rows under their header.

    Args:
        filled_up: whether rows may be shorter than the header, since a workbook does not store
            what is empty at their end.
    """
    _, header = next(rows, (0, []))
    if not header:
        raise DataError("is empty")
    # A table that pandas or R wrote with its index has a column without a name.
    names = [
        " ".join(name.split()) or f"column {number}" for number, name in enumerate(header, start=1)
    ]
    if len(names) > MOST_COLUMNS:
        raise DataError(f"has {len(names):,} columns; at most {MOST_COLUMNS:,} are read")
    name, count = Counter(names).most_common(1)[0]
    if count > 1:
        raise DataError(f"has the column {name} {count} times")
    lines, fields = [], []
    for line, row in rows:
        if filled_up:
            row += [""] * (len(names) - len(row))
        if len(row) != len(names):
            raise DataError(f"line {line}: has {len(row)} fields, the header has {len(names)}")
        lines.append(line)
        fields.append(row)
        if len(fields) % ROWS_BETWEEN_LINES == 0:
            tell(f"read {len(fields):,} rows")
        if len(fields) * len(names) > MOST_FIELDS:
            raise DataError(f"has more than {MOST_FIELDS:,} fields; leave out rows or columns")
    if not fields:
        raise DataError("has a header but no rows")
    return pd.DataFrame(fields, index=lines, columns=names, dtype="object")
