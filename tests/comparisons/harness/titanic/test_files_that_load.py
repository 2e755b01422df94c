"""Forms of the Titanic file that load, all to the same passengers."""

import csv
import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import pytest

from comparisons.harness.titanic.passengers import load_titanic
from comparisons.harness.titanic.titles import titles
from tests.comparisons.harness.titanic.files import (
    JAPANESE,
    REST,
    STANFORD,
    TOWNS,
    accented,
    as_number,
    decimal_comma,
    gaps,
    kaggle,
    lines,
    passengers,
    seaborn,
    text,
    with_mac_files,
    without_surname_comma,
    workbook,
    zipped,
)


@dataclass(frozen=True)
class Loads:
    """A form that loads, to the same passengers.

    Args:
        content: the file.
        note: what the page says of it, as a regular expression; `""` where there is nothing to say.
        differs: columns that the file lacks or writes otherwise, so that they do not compare.
        encoding: what `--encoding` says.
    """

    content: Callable[[], bytes]
    note: str = ""
    differs: tuple[str, ...] = ()
    encoding: str | None = None


LOADS = {
    # Structure
    "as the project's file": Loads(text),
    "Kaggle's columns": Loads(lambda: text(kaggle()), "not read: PassengerId", REST),
    "columns in another order": Loads(lambda: text(passengers().iloc[:, ::-1])),
    "with pandas's index": Loads(lambda: text(index=True), "not read: column 1"),
    "capital letters": Loads(lambda: text(passengers().rename(columns=str.upper))),
    "spaces in names": Loads(
        lambda: text(passengers().rename(columns={"sibsp": " Sib Sp ", "home.dest": "home_dest"}))
    ),
    "required columns alone": Loads(
        lambda: text(kaggle()[["Survived", "Pclass", "Sex", "Age", "SibSp", "Parch", "Fare"]]),
        r"lacks: name, ticket, embarked\.",
        ("name", "ticket", "cabin", "embarked", *REST),
    ),
    "lines end as in Windows": Loads(lambda: text(lineterminator="\r\n")),
    "lines end as on old Macs": Loads(lambda: text(lineterminator="\r")),
    "no end of the last line": Loads(lambda: text().rstrip()),
    "blank lines": Loads(
        lambda: lines(lambda found: [x for line in found for x in (line, "", "  ")]), "", REST
    ),
    "lines of separators": Loads(lambda: lines(lambda found: [*found, "," * 11]), "", REST),
    "all in quotation marks": Loads(lambda: text(quoting=csv.QUOTE_ALL)),
    "spaces after commas": Loads(
        lambda: lines(
            lambda found: [", ".join(f'"{field}"' for field in row) for row in csv.reader(found)],
            passengers().assign(name=passengers()["name"].str.replace('"', "'")),
        ),
        differs=("name",),
    ),
    # Separators and decimal marks
    "semicolons": Loads(lambda: text(sep=";"), "by a semicolon"),
    "semicolons, decimal commas": Loads(
        lambda: text(kaggle(age=decimal_comma, fare=decimal_comma), sep=";"),
        "age: the comma is a decimal mark.*fare: the comma is a decimal mark",
        REST,
    ),
    "tabs": Loads(lambda: text(sep="\t"), "by a tab"),
    "tabs, decimal commas": Loads(
        lambda: text(kaggle(fare=decimal_comma), sep="\t"), "fare: the comma is a decimal", REST
    ),
    "bars": Loads(lambda: text(sep="|"), "by a bar"),
    "a line for Excel": Loads(lambda: b"sep=;\n" + text(sep=";"), "by a semicolon"),
    "commas both ways": Loads(
        lambda: text(kaggle(fare=decimal_comma)), "fare: the comma is a decimal mark", REST
    ),
    # Encodings
    "UTF-8 with a mark": Loads(lambda: text(encoding="utf-8-sig")),
    "Unicode text from Excel": Loads(
        lambda: text(sep="\t", lineterminator="\r\n", encoding="utf-16"), "encoding utf-16"
    ),
    "UTF-16, big end first": Loads(
        lambda: b"\xfe\xff" + text(encoding="utf-16-be"), "encoding utf-16"
    ),
    "UTF-32": Loads(lambda: text(encoding="utf-32"), "encoding utf-32"),
    "UTF-16 without a mark, named": Loads(
        lambda: text(encoding="utf-16-le"), "utf-16-le", encoding="utf-16-le"
    ),
    "Japanese Windows": Loads(lambda: accented("　丸", "cp932"), "encoding cp932", ("name", *REST)),
    "Japanese Windows, named": Loads(
        lambda: accented("ｱ", "cp932"), "encoding cp932", ("name", *REST), "cp932"
    ),
    "western Windows": Loads(lambda: accented("é", "cp1252"), "cp1252", ("name", *REST)),
    "western Windows, named": Loads(
        lambda: accented("±", "cp1252"), "cp1252", ("name", *REST), "cp1252"
    ),
    "an encoding of one's own": Loads(
        lambda: accented("Ж", "koi8-r"), "koi8-r", ("name", *REST), "koi8-r"
    ),
    # Packed
    "gzip": Loads(lambda: gzip.compress(text()), "Unpacked with gzip"),
    "zip": Loads(lambda: zipped(train__csv=text()), "train.csv, out of a zip archive"),
    "zip from a Mac": Loads(with_mac_files, "train.csv, out of a zip archive", REST),
    "gzip in zip": Loads(
        lambda: zipped(t__gz=gzip.compress(text())), "t.gz, out of a zip.* Unpacked with gzip"
    ),
    "Excel": Loads(lambda: workbook(passengers()), "The sheet part 1 of an Excel workbook"),
    "Excel, numbers as numbers": Loads(
        lambda: workbook(kaggle(), number=as_number), "an Excel workbook", REST
    ),
    "Excel, an empty sheet beside": Loads(
        lambda: workbook(pd.DataFrame(), passengers()), "The sheet part 2"
    ),
    "Excel in zip": Loads(lambda: zipped(t__xlsx=workbook(passengers())), "out of a zip archive"),
    # Missing values
    **{
        f"missing as {sign}": Loads(
            lambda sign=sign: gaps(sign),
            re.escape(f"Missing values: age 10 (written “{sign}” 10)."),
            REST,
        )
        for sign in ("?", "-", "NA", "N/A", "n/a", "nan", "NaN", "null", "NULL", "None", "#N/A")
    },
    # Values
    "survived as yes and no": Loads(
        lambda: text(kaggle(survived={"0": "no", "1": "yes"}.get)),
        r"survived: no → 0 \(\d+\), yes → 1 \(\d+\)|survived: yes → 1 \(\d+\), no → 0",
        REST,
    ),
    "survived as Yes and No": Loads(
        lambda: text(kaggle(survived={"0": "No", "1": "Yes"}.get)), "survived: ", REST
    ),
    "survived as True and False": Loads(
        lambda: text(kaggle(survived={"0": False, "1": True}.get)), "False → 0", REST
    ),
    "survived as 0.0 and 1.0": Loads(lambda: text(kaggle(survived="{}.0".format)), "", REST),
    "survived in words": Loads(
        lambda: text(kaggle(survived={"0": "died", "1": "survived"}.get)), "died → 0", REST
    ),
    "alive": Loads(
        lambda: text(seaborn().drop(columns=["survived"])),
        "another name: alive → survived.*survived: ",
        ("name", "ticket", "cabin", *REST),
    ),
    "classes as 1st": Loads(
        lambda: text(kaggle(pclass={"1": "1st", "2": "2nd", "3": "3rd"}.get)), "3rd → 3", REST
    ),
    "classes in words": Loads(
        lambda: text(kaggle(pclass={"1": "First", "2": "Second", "3": "Third"}.get)),
        "Third → 3",
        REST,
    ),
    "classes as 1st Class": Loads(
        lambda: text(kaggle(pclass={"1": "1st Class", "2": "2nd Class", "3": "3rd Class"}.get)),
        "3rd Class → 3",
        REST,
    ),
    "classes with a point": Loads(lambda: text(kaggle(pclass="{}.0".format)), "", REST),
    "sex as M and F": Loads(
        lambda: text(kaggle(sex={"male": "M", "female": "F"}.get)), "M → male", REST
    ),
    "sex with capitals": Loads(lambda: text(kaggle(sex=str.capitalize)), "", REST),
    "sex in Japanese": Loads(
        lambda: text(kaggle(sex={"male": "男", "female": "女性"}.get)), "男 → male", REST
    ),
    "male 0, female 1": Loads(
        lambda: text(kaggle(sex={"male": 0, "female": 1}.get)),
        "0 → male .*1 → female .*as the titles in the names tell",
        REST,
    ),
    "male 1, female 0": Loads(
        lambda: text(kaggle(sex={"male": 1, "female": 0}.get)), "1 → male .*0 → female", REST
    ),
    "male 1.0, female 2.0": Loads(
        lambda: text(kaggle(sex={"male": "1.0", "female": "2.0"}.get)), "1.0 → male", REST
    ),
    "harbours in full": Loads(lambda: text(kaggle(embarked=TOWNS.get)), "Southampton → S", REST),
    "harbours in small letters": Loads(lambda: text(kaggle(embarked=str.lower)), "", REST),
    "children and spouses with a point": Loads(
        lambda: text(kaggle(sibsp="{}.0".format, parch="{}.0".format)), "", REST
    ),
    # Other people's files
    "seaborn's file": Loads(
        lambda: text(seaborn()),
        "not read: class, who, adult_male, deck, embark_town, alive, alone.*lacks: name, ticket",
        ("name", "ticket", "cabin", *REST),
    ),
    "the file with siblings in full": Loads(
        lambda: text(
            passengers()[list(STANFORD)]
            .assign(name=passengers()["name"].map(without_surname_comma))
            .rename(columns=STANFORD)
        ),
        "Siblings/Spouses Aboard → sibsp, Parents/Children Aboard → parch",
        ("name", "ticket", "cabin", "embarked", *REST),
    ),
    "columns in Japanese": Loads(
        lambda: text(passengers()[list(JAPANESE)].rename(columns=JAPANESE), "cp932"),
        "cp932.*兄弟・配偶者の数 → sibsp",
        REST,
    ),
    "gender and passengerClass": Loads(
        lambda: text(passengers().rename(columns={"sex": "gender", "pclass": "passengerClass"})),
        "passengerClass → pclass, gender → sex",
    ),
    "names without points": Loads(
        lambda: text(kaggle(name=lambda name: name.replace(".", ""))), "", ("name", *REST)
    ),
    "names without surnames first": Loads(
        lambda: text(kaggle(name=without_surname_comma)), "", ("name", *REST)
    ),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    path = tmp_path_factory.mktemp("plain") / "titanic.csv"
    path.write_bytes(text())
    return load_titanic(path).frame


@pytest.mark.parametrize("form", LOADS)
def test_a_form_loads_to_the_same_passengers(form, plain, tmp_path):
    case = LOADS[form]
    path = tmp_path / "file"
    path.write_bytes(case.content())
    frame, notes = load_titanic(path, case.encoding)
    same = [column for column in plain if column not in case.differs]
    pd.testing.assert_frame_equal(frame[same], plain[same])
    assert frame.dtypes.equals(plain.dtypes)
    if frame["name"].notna().all():
        pd.testing.assert_series_equal(titles(frame["name"]), titles(plain["name"]))
    told = " ".join(english for english, _ in notes)
    assert re.search(case.note, told)
    if not case.note:
        assert all(re.match("Columns that are not read|Missing values", note) for note, _ in notes)
    for english, japanese in notes:
        assert english.endswith(".") and japanese.endswith("。")
