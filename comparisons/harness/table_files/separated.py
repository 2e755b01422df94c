"""Text in rows and fields. The separator is found from the header, and no field is made up."""

import csv
import io
import re
from collections.abc import Iterator

from comparisons.harness.bilingual import Words
from comparisons.harness.table_files.files import DataError

SEPARATORS: dict[str, Words] = {
    ",": ("a comma", "コンマ"),
    ";": ("a semicolon", "セミコロン"),
    "\t": ("a tab", "タブ"),
    "|": ("a bar", "縦線"),
}
TOLD = re.compile(r'"?sep=([,;\t|])"?\r?\n')  # how Excel is told the separator


def separated(text: str) -> tuple[Iterator[tuple[int, list[str]]], str, list[Words]]:
    """The rows that are not blank with the numbers of their lines, the separator, and what it is.

    Raises:
        DataError: two separators cut the header into as many fields; from the rows: what is no CSV.
    """
    told = TOLD.match(text)
    separator = told[1] if told else _separator(text)
    rows = _rows(text, separator)
    if told:
        next(rows)
    english, japanese = SEPARATORS[separator]
    notes = [(f"Fields separated by {english}.", f"区切り文字は{japanese}。")]
    return rows, separator, notes if separator != "," else []


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    # Spaces before a quotation mark would make it a part of the field.
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True
    )
    try:
        for row in reader:
            fields = [field.strip() for field in row]
            if any(fields):
                yield reader.line_num, fields
    except csv.Error as error:
        raise DataError(f"line {reader.line_num}: is not CSV ({error})") from error


def _separator(text: str) -> str:
    """The separator that cuts the header into the most fields."""
    fields, errors = {}, {}
    for separator in SEPARATORS:
        try:
            fields[separator] = len(next(_rows(text, separator), (0, []))[1])
        except DataError as error:
            errors[separator] = error
    if not fields:
        raise errors[","]
    most = max(fields.values())
    best = [separator for separator, count in fields.items() if count == most]
    if most > 1 and len(best) > 1:
        names = " and ".join(SEPARATORS[separator][0] for separator in best)
        raise DataError(
            f"line 1: {names} cut the header into {most} fields alike: which one separates them? "
            "save it with one that is in no name"
        )
    return best[0]
