"""Text from bytes: by its mark, as UTF-8, or in the one of two old encodings that fits."""

import codecs

from comparisons.harness.bilingual import Words
from comparisons.harness.table_files.files import DataError

# The marks of UTF-32 first: they begin as those of UTF-16 do.
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
OLD = ("cp932", "cp1252")  # what Windows writes in Japanese and in western languages
ZERO = (
    "is no text, since it has zero bytes; if it is UTF-16 without a mark, name it with --encoding "
    "utf-16-le (or utf-16-be)"
)
AROUND = 12  # letters shown before and after what two encodings read differently


def decode(content: bytes, encoding: str | None = None) -> tuple[str, list[Words]]:
    """The text, and in which encoding it was read where that is not UTF-8.

    Args:
        encoding: the encoding that the person named, or None.

    Raises:
        DataError: no text in the encoding that was named or in any that is tried; or one that two
            encodings read differently.
    """
    if encoding is not None:
        return _named(content, encoding), [_note(encoding)]
    for mark, name in MARKS.items():
        if content.startswith(mark):
            return _named(content, name), [] if name == "utf-8-sig" else [_note(name)]
    if b"\0" in content:
        raise DataError(ZERO)
    utf8 = _strictly(content, "utf-8")
    if utf8 is not None:
        return utf8, []
    fitting = {name: text for name in OLD if (text := _strictly(content, name)) is not None}
    if len(fitting) == 1:
        ((name, text),) = fitting.items()
        return text, [_note(name)]
    if not fitting:
        raise DataError(
            f"is no text in UTF-8, in UTF-16 with a mark, in {' or in '.join(OLD)}; save it as "
            "UTF-8, or name its encoding with --encoding"
        )
    raise DataError(_question(fitting))


def _note(name: str) -> Words:
    return f"Read in the encoding {name}.", f"文字コード{name}として読み込んだ。"


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeError:
        return None


def _named(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except LookupError:
        raise DataError(f"there is no encoding {encoding!r}; utf-8, cp932 … are some") from None
    except UnicodeError as error:
        raise DataError(f"is no text in the encoding {encoding} ({error})") from None
    if "\0" in text:
        raise DataError(ZERO)
    return text.removeprefix("\N{BYTE ORDER MARK}")


def _question(fitting: dict[str, str]) -> str:
    """Which encoding is meant, with the first place where they differ."""
    lines = enumerate(zip(*(text.split("\n") for text in fitting.values())), start=1)
    number, readings = next((n, found) for n, found in lines if len(set(found)) > 1)
    letters = enumerate(zip(*readings))
    start = max(0, next(i for i, found in letters if len(set(found)) > 1) - AROUND)
    shown = " or ".join(
        f"{line[start : start + 2 * AROUND].strip()!r} ({name})"
        for name, line in zip(fitting, readings)
    )
    return f"line {number}: is it {shown}? name the encoding with --encoding"
