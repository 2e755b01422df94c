"""What is packed: gzip and zip of one file, found by content and unpacked up to a bound."""

import gzip
import io
import zipfile

from comparisons.harness.bilingual import Words
from comparisons.harness.table_files.files import DataError, whole

MOST_BYTES = 256 * 2**20  # that a workbook may hold, of which most is no field
MOST_TEXT = 32 * 2**20  # that another packed file may hold; what is not packed may be larger
LAYERS = 2
GZIP, ZIP, OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: how what is packed in other ways begins
OTHERS = {
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}
#: how files that are no table of text begin
ALIEN = {
    b"%PDF-": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"PAR1\x15": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
    b"\x89HDF": "an HDF5 file",
    b"{": "JSON",
    b"[{": "JSON",
    b"<": "HTML or XML",
}
SHEETS = "xl/workbook.xml"  # the member by which an Excel workbook is known
PROTECTED = 1  # the bit of a member that needs a password


def unpack(content: bytes) -> tuple[bytes, list[Words]]:
    """What a packed file holds, and what was unpacked; anything else as it is.

    What begins as ZIP afterwards is an Excel workbook.

    Raises:
        DataError: damaged, protected, too large, of several files, packed more than twice or
            in another way.
    """
    notes: list[Words] = []
    for _ in range(LAYERS + 1):
        if content.startswith(GZIP):
            content = _of_gzip(content)
            notes.append(("Unpacked with gzip.", "gzipを展開した。"))
        elif content.startswith(ZIP):
            members = _members(content)
            if SHEETS in {member.filename for member in members}:
                return content, notes
            name, content = _of_zip(content, members)
            notes.append((f"{name}, out of a zip archive.", f"zipから{name}を取り出した。"))
        else:
            _refuse_others(content)
            return content, notes
    raise DataError(f"is packed more than {LAYERS} times; unpack it")


def _refuse_others(content: bytes) -> None:
    for beginning, name in OTHERS.items():
        if content.startswith(beginning):
            raise DataError(f"is packed with {name}; unpack it, or pack it with gzip or zip")
    first = content[:100].lstrip()
    for beginning, name in ALIEN.items():
        if first.startswith(beginning):
            raise DataError(f"is {name}; save the table as CSV or .xlsx")


def _of_gzip(content: bytes) -> bytes:
    with whole("gzip file"), gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        found = file.read(MOST_TEXT + 1)
    _bound(len(found), MOST_TEXT)
    return found


def _of_zip(content: bytes, members: list[zipfile.ZipInfo]) -> tuple[str, bytes]:
    files = [
        member
        for member in members
        # What macOS adds to every archive is no file of the person's.
        if not member.is_dir() and not member.filename.startswith("__MACOSX/")
    ]
    if len(files) != 1:
        names = ", ".join(member.filename for member in files[:4]) + ", …" * (len(files) > 4)
        raise DataError(
            f"is a zip archive of {len(files)} files ({names}): which one is meant? unpack it"
            if files
            else "is a zip archive without a file"
        )
    _bound(files[0].file_size, MOST_TEXT)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return files[0].filename, archive.read(files[0])


def _members(content: bytes) -> list[zipfile.ZipInfo]:
    """The members of a zip archive, once each was found to be as large as it tells."""
    with whole("zip archive"), zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        _bound(sum(member.file_size for member in members), MOST_BYTES)
        if any(member.flag_bits & PROTECTED for member in members):
            raise DataError("is a protected zip archive; unpack it")
        # Reads by parts, where reading at once takes what a member really unpacks to.
        damaged = archive.testzip()
    if damaged:
        raise DataError(f"is a damaged zip archive ({damaged}); save it anew")
    return members


def _bound(size: int, most: int) -> None:
    if size > most:
        raise DataError(f"unpacks to more than {most // 2**20} MiB; unpack it")
