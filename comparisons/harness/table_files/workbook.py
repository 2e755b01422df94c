"""The rows of an Excel workbook's only sheet, as text."""

import datetime
import io
import warnings
from collections.abc import Iterator

from comparisons.harness.bilingual import Words
from comparisons.harness.table_files.files import DataError, whole

WORKBOOK = "Excel workbook"
MOST_ROWS, MOST_CELLS = 2**20, 30_000_000  # the rows are those that Excel has


def sheet(content: bytes) -> tuple[Iterator[tuple[int, list[str]]], list[Words]]:
    """The rows that are not blank with their numbers, and which sheet they are from.

    Raises:
        DataError: the workbook is damaged, or more than one of its sheets holds anything; from the
            rows: it is larger than MOST_ROWS or MOST_CELLS.
    """
    from openpyxl import load_workbook

    with whole(WORKBOOK), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about forms, pictures and formats
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        filled = [s for s in book.worksheets if next(_rows(s), None) is not None]
    if len(filled) > 1:
        names = ", ".join(s.title for s in filled)
        raise DataError(f"has the sheets {names}: which one is meant? save it with that one alone")
    if not filled:
        return iter(()), []
    name = filled[0].title
    note = (f"The sheet {name} of an Excel workbook.", f"Excelブックのシート「{name}」。")
    return _rows(filled[0]), [note]


def _rows(sheet) -> Iterator[tuple[int, list[str]]]:
    # What the file tells of its size may be wrong, and rows would be filled up to it.
    sheet.reset_dimensions()
    cells = 0
    with whole(WORKBOOK):
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells += len(row)
            if number > MOST_ROWS or cells > MOST_CELLS:
                raise DataError(
                    f"has more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells; save it as CSV"
                )
            fields = [_text(value) for value in row]
            while fields and not fields[-1]:  # as CSV has it, or what was deleted
                fields.pop()
            if fields:
                yield number, fields


def _text(value: object) -> str:
    """A cell as it would stand in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()
