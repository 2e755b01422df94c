"""Files of tables: what any of them may be, beyond the forms of the Titanic's."""

import datetime
import gzip
import io
import os
import re
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest

from comparisons.harness import table_files
from comparisons.harness.table_files import DataError, reading, unpacking


def test_a_table_keeps_its_lines_and_its_text(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('a,,c\n1, x ,"two\nlines"\n\n007,NA,\n')
    table = table_files.read(path)
    assert list(table.frame.columns) == ["a", "column 2", "c"]
    assert table.frame.to_numpy().tolist() == [["1", "x", "two\nlines"], ["007", "NA", ""]]
    assert table.frame.index.tolist() == [3, 5]  # the lines where the rows end
    assert (table.separator, table.notes) == (",", ())


@pytest.mark.parametrize(
    ("content", "like"),
    [
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.8,virginica\n", "'5.1', '3.5', 'setosa'"),
        ("34,red\n21,blue\n", "'34'"),
        ("red,yes\nblue,no\ngreen,yes\n", "'yes'"),
        ("5,3,1,2,0\n1,1,1,1,1\n", "'5', '3', '1', '2', …"),
        ("1.5;2,5;y\n1;1;x\n", "'1.5', '2,5'"),
        ("place,2019,2020\nOsaka,1,2\n", ""),
        ("0,1,2,y\n7,7,7,7\n", ""),
        ("a,b\n1,2\n", ""),
    ],
)
def test_a_first_line_that_may_be_a_row_is_told(content, like):
    notes = [english for english, _ in table_files.parse(content.encode()).notes]
    (told,) = [note for note in notes if "first line" in note] or [""]
    assert (f"though {like} may be values" in told) if like else told == ""


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7 and so on", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"\xff\xd8\xff\xe0", "an image"),
        (b"PAR1\x15\x04\x15", "a Parquet file"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        (b'{"a": [1]}', "JSON"),
        (b'\n[{"a": 1}]', "JSON"),
        (b"<!DOCTYPE html>\n<html>\n", "HTML or XML"),
    ],
)
def test_what_is_no_table_is_told_by_what_it_is(content, name):
    with pytest.raises(DataError, match=f"^is {name}; save the table as CSV or .xlsx"):
        table_files.parse(content)


def test_a_table_of_one_column():
    assert table_files.parse(b"a\n1\n2\n").frame["a"].tolist() == ["1", "2"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b,c\n1,2,3\n", "has 3 columns; at most 2 are read"),
        (b"a,b\n" + b"1,2\n" * 6, "has more than 10 fields; leave out rows or columns"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 6, mtime=0), "has more than 10 fields"),
    ],
)
def test_a_table_of_more_than_fits_into_memory(monkeypatch, content, message):
    monkeypatch.setattr(reading, "MOST_COLUMNS", 2)
    monkeypatch.setattr(reading, "MOST_FIELDS", 10)
    with pytest.raises(DataError, match=message):
        table_files.parse(content)


def test_what_is_no_readable_file_is_named(tmp_path, monkeypatch):
    for path, message in {
        tmp_path / "no.csv": "no such file",
        tmp_path: "is a folder",
        Path("/dev/null"): "is no regular file",
        tmp_path / ("x" * 300): "cannot be read (File name too long)",
    }.items():
        with pytest.raises(DataError, match=f"^{re.escape(f'{path}: {message}')}$"):
            table_files.read(path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="pipe: is no regular file"):  # and is not waited for
        table_files.read(tmp_path / "pipe")

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "closed.csv").touch()
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError, match=r"closed.csv: cannot be read \(Permission denied\)"):
        table_files.read(tmp_path / "closed.csv")


def excel(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_member(content, name, change):
    """A zip archive with one member changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", 8) as new:
        for member in old.namelist():
            found = old.read(member)
            new.writestr(member, change(found) if member == name else found)
    return buffer.getvalue()


def test_cells_become_the_text_of_a_csv_file():
    content = excel(
        ["n", "x", "truth", "day", "text", "gap"],
        [22.0, 0.25, True, datetime.date(1912, 4, 15), " a ", None],
        [None] * 6,
        [1],
    )
    table = table_files.parse(content)
    first, second = table.frame.to_numpy().tolist()
    assert first == ["22", "0.25", "True", "1912-04-15T00:00:00", "a", ""]
    assert second == ["1", "", "", "", "", ""]
    assert table.frame.index.tolist() == [2, 4]
    with pytest.raises(DataError, match="line 2: has 3 fields, the header has 1"):
        table_files.parse(excel(["a"], [1, None, 3]))


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (SHEET, lambda xml: xml[:-40], "damaged Excel workbook"),
        (SHEET, lambda xml: xml.replace(b'r="A2"', b'r="?"'), "damaged Excel workbook"),
        (SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999999"'), "more than"),
        ("xl/workbook.xml", lambda xml: b"", "damaged Excel workbook"),
        ("[Content_Types].xml", lambda xml: xml[:50], "damaged Excel workbook"),
    ],
)
def test_a_hostile_workbook_is_refused_at_once(name, change, message):
    begun = time.process_time()
    with pytest.raises(DataError, match=message):
        table_files.parse(with_member(excel(["a", "b"], [1, 2]), name, change))
    assert time.process_time() - begun < 5


def test_an_archive_cut_at_its_beginning_is_refused():
    """zipfile raises a ValueError of its own for it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
    with pytest.raises(DataError, match="is a damaged zip archive"):
        table_files.parse(content.getvalue()[:4] + content.getvalue()[9:])


def test_a_workbook_that_tells_a_size_is_read_as_it_is():
    content = with_member(
        excel(["a", "b"], [1, 2]), SHEET, lambda xml: xml.replace(b"A1:B2", b"A1:XFD1048576")
    )
    assert table_files.parse(content).frame.to_numpy().tolist() == [["1", "2"]]


def test_what_is_packed_takes_no_more_memory_than_its_bound(monkeypatch):
    monkeypatch.setattr(unpacking, "MOST_TEXT", 2**20)
    large = b"a\n" + b"1\n" * 2**24
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", 8) as file:
        file.writestr("a.csv", large)
    # One whose header tells a smaller size than what it holds.
    size = struct.pack("<I", len(large))
    lying = archive.getvalue().replace(size, struct.pack("<I", 1000))
    for content, message in (
        (gzip.compress(large), "unpacks to more than 1 MiB"),
        (archive.getvalue(), "unpacks to more than 1 MiB"),
        (lying, "is a damaged zip archive"),
    ):
        tracemalloc.start()
        with pytest.raises(DataError, match=message):
            table_files.parse(content)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 8 * 2**20
