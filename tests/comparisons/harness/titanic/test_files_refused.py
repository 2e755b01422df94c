"""Forms of the Titanic file that are refused, each with one line that says what is wrong."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import pytest

from comparisons.harness.table_files import DataError
from comparisons.harness.titanic.passengers import load_titanic
from tests.comparisons.harness.titanic.files import (
    KAGGLE,
    accented,
    bomb,
    kaggle,
    lines,
    one,
    passengers,
    text,
    two_sexes_mixed,
    workbook,
    zipped,
)


@dataclass(frozen=True)
class Refused:
    """A form that is refused with one line, as a regular expression."""

    content: Callable[[], bytes]
    message: str
    encoding: str | None = None


REFUSED = {
    "nothing": Refused(lambda: b"", "is empty"),
    "blank lines alone": Refused(lambda: b"\n \n", "is empty"),
    "a header alone": Refused(lambda: text(kaggle().iloc[:0]), "has a header but no rows"),
    "Kaggle's test.csv": Refused(
        lambda: text(kaggle().drop(columns="Survived")),
        "lacks the column survived; it has PassengerId, Pclass, ",
    ),
    "two columns less": Refused(
        lambda: text(kaggle().drop(columns=["Age", "Fare"])), "lacks the columns age, fare; it has"
    ),
    "another table": Refused(lambda: b"a,b\n1,2\n", "lacks the columns pclass, .*; it has a, b"),
    "a column twice": Refused(
        lambda: text(kaggle().assign(AGE="1")), r"has the column age 2 times \(Age, AGE\)"
    ),
    "a name twice": Refused(lambda: b"Age,Age\n1,2\n", "has the column Age 2 times"),
    "a short row": Refused(
        lambda: lines(lambda found: [*found[:3], "", "1,0"]),
        "line 5: has 2 fields, the header has 12",
    ),
    "a long row": Refused(
        lambda: lines(lambda found: [found[0], found[1] + ",9"]),
        "line 2: has 13 fields, the header has 12",
    ),
    "an open quotation mark": Refused(
        lambda: lines(lambda found: [found[0], '1,0,3,"Braund']), "line 2: is not CSV"
    ),
    "two separators": Refused(
        lambda: b"a,b;c\n1,2\n",
        "line 1: a comma and a semicolon cut the header into 2 fields alike",
    ),
    # Encodings
    "two encodings": Refused(
        lambda: accented("Ö", "cp1252"),
        r"line 2: is it '.*ﾖ.*' \(cp932\) or '.*Ö.*' \(cp1252\)\? name .* --encoding",
    ),
    "no encoding": Refused(
        lambda: one(Name="A").replace(b"A,", b"\x81\x20\x90,", 1), "is no text in UTF-8, in UTF-16"
    ),
    "UTF-16 without a mark": Refused(
        lambda: text(encoding="utf-16-le"), "it has zero bytes; .* --encoding utf-16-le"
    ),
    "a wrong encoding named": Refused(
        lambda: accented("é", "cp1252"), "is no text in the encoding utf-8 ", "utf-8"
    ),
    "an unknown encoding": Refused(text, "there is no encoding 'klingon'", "klingon"),
    "an encoding that is none": Refused(text, "there is no encoding 'hex'", "hex"),
    "no text at all": Refused(lambda: bytes(range(256)) * 9, "is no text, since it has zero bytes"),
    # Packed
    "a zip of two files": Refused(
        lambda: zipped(test__csv=b"a", train__csv=text()),
        r"a zip archive of 2 files \(test.csv, train.csv\): which one is meant",
    ),
    "an empty zip": Refused(
        lambda: zipped(folder="")[:0] + zipped(**{"folder/": b""}), "a zip archive without a file"
    ),
    "a damaged zip": Refused(lambda: zipped(a=text())[:-30], "is a damaged zip archive"),
    "a changed zip": Refused(
        lambda: zipped(a=b"a" * 99).replace(b"\x4b\x4c", b"\x4b\x4b", 1), "is a damaged zip archive"
    ),
    "a gzip cut short": Refused(lambda: gzip.compress(text())[:-9], "is a damaged gzip file"),
    "gzip three times": Refused(
        lambda: gzip.compress(gzip.compress(gzip.compress(text()))), "packed more than 2 times"
    ),
    "bzip2": Refused(lambda: bz2.compress(text()), "is packed with bzip2; unpack it, or pack it"),
    "xz": Refused(lambda: lzma.compress(text()), "is packed with xz; unpack it, or pack it"),
    "xz in gzip": Refused(lambda: gzip.compress(lzma.compress(text())), "is packed with xz"),
    "a bomb": Refused(bomb, "unpacks to more than 32 MiB"),
    "two sheets": Refused(
        lambda: workbook(passengers(), passengers()),
        "has the sheets part 1, part 2: which one is meant",
    ),
    "an empty workbook": Refused(lambda: workbook(pd.DataFrame()), "is empty"),
    "a damaged workbook": Refused(
        lambda: zipped(**{"xl/workbook.xml": b"<x"}), "is a damaged Excel workbook; save it anew"
    ),
    "an encoding for a workbook": Refused(
        lambda: workbook(passengers()), "needs no --encoding", "utf-8"
    ),
    "old Excel": Refused(
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old or a protected Excel file"
    ),
    # Values
    "an age in words": Refused(
        lambda: one(Age="old"), "line 2, column age: expected a number, got 'old'"
    ),
    "an age of 999": Refused(
        lambda: one(Age="999"), "line 2, column age: expected years from 0 to 120, got '999'"
    ),
    "an age below 0": Refused(
        lambda: one(Age="-1"), "column age: expected years from 0 to 120, got '-1'"
    ),
    "an infinite age": Refused(lambda: one(Age="inf"), "column age: expected a number, got 'inf'"),
    "a fare of 1e300": Refused(
        lambda: one(Fare="1e300"), "column fare: expected pounds from 0 to 10,000, got '1e300'"
    ),
    "a fare with its sign": Refused(
        lambda: one(Fare="£7"), "column fare: expected a number, got '£7'"
    ),
    "one and a half siblings": Refused(
        lambda: one(SibSp="1.5"), "sibsp: expected a whole number from 0 to 50, got '1.5'"
    ),
    "99 children": Refused(lambda: one(Parch="99"), "parch: expected a whole number from 0 to 50"),
    "a comma of either kind": Refused(
        lambda: one(Fare="1,234"),
        "line 2, column fare: is '1,234' 1234 or 1.234. write it without the comma",
    ),
    "both decimal marks": Refused(
        lambda: text(
            pd.DataFrame(
                [
                    {**dict.fromkeys(KAGGLE.values(), "1"), "Sex": "f", "Fare": fare}
                    for fare in ("8.05", "7,2")
                ]
            )
        ),
        "column fare: '8.05' in line 2 has another decimal mark than '7,2' in line 3",
    ),
    "a novel for an age": Refused(
        lambda: one(Age="It was the best of times,\n" * 999),
        "column age: expected a number, got 'It was the best of times,.+It was the bes…'$",
    ),
    "a header of many lines": Refused(lambda: b'"a\nb",c\n1,2\n', "it has a b, c$"),
    "no answer": Refused(
        lambda: one(Survived="?"), r"line 2, column survived: must not be missing, got '\?'"
    ),
    "an answer of 2": Refused(lambda: one(Survived="2"), "survived: expected one of 0, 1, got '2'"),
    "fourth class": Refused(lambda: one(Pclass="4"), "pclass: expected one of 1, 2, 3, got '4'"),
    "another sex": Refused(lambda: one(Sex="x"), "sex: expected one of female, male, got 'x'"),
    "no sex": Refused(lambda: one(Sex=""), "line 2, column sex: must not be missing, got ''"),
    "another harbour": Refused(
        lambda: one(Embarked="X"), "embarked: expected one of C, Q, S, got 'X'"
    ),
    "sex in numbers without names": Refused(
        lambda: text(kaggle(sex={"male": 0, "female": 1}.get).drop(columns="Name")),
        "line 2, column sex: is '0' female or male. there are no names whose titles tell",
    ),
    "sex in numbers against the titles": Refused(
        two_sexes_mixed, "line 2, column sex: is '1' female or male. the titles .* do not tell"
    ),
    "sex in numbers without titles": Refused(
        lambda: one(Sex="1"), "is '1' female or male. the titles in the names do not tell"
    ),
}


@pytest.mark.parametrize("form", REFUSED)
def test_a_form_is_refused_with_one_line(form, tmp_path):
    case = REFUSED[form]
    path = tmp_path / "file"
    path.write_bytes(case.content())
    with pytest.raises(DataError, match=case.message) as error:
        load_titanic(str(path), case.encoding)
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)
