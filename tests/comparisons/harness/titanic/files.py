"""The Titanic file in the forms that people have it in."""

import gzip
import io
import zipfile
from collections.abc import Callable

import numpy as np
import openpyxl
import pandas as pd

from comparisons.harness.datasets import data_path

KAGGLE = {
    "survived": "Survived", "pclass": "Pclass", "name": "Name", "sex": "Sex", "age": "Age",
    "sibsp": "SibSp", "parch": "Parch", "ticket": "Ticket", "fare": "Fare", "cabin": "Cabin",
    "embarked": "Embarked",
}  # fmt: skip
JAPANESE = {
    "survived": "生存", "pclass": "客室クラス", "name": "氏名", "sex": "性別", "age": "年齢",
    "sibsp": "兄弟・配偶者の数", "parch": "親・子供の数", "ticket": "チケット番号", "fare": "運賃",
    "cabin": "客室番号", "embarked": "乗船港",
}  # fmt: skip
STANFORD = {
    "survived": "Survived", "pclass": "Pclass", "name": "Name", "sex": "Sex", "age": "Age",
    "sibsp": "Siblings/Spouses Aboard", "parch": "Parents/Children Aboard", "fare": "Fare",
}  # fmt: skip
REST = ("boat", "body", "home.dest")


def passengers() -> pd.DataFrame:
    """Sixty passengers as text, of every class, sex, harbour and title, with gaps."""
    frame = pd.read_csv(data_path("titanic.csv"), dtype=str, keep_default_na=False)
    return frame.iloc[5:1300:21].iloc[:60].reset_index(drop=True)


def text(frame: pd.DataFrame | None = None, encoding: str = "utf-8", **options) -> bytes:
    """The passengers as CSV."""
    frame = passengers() if frame is None else frame
    return frame.to_csv(index=options.pop("index", False), **options).encode(encoding)


def kaggle(**changes) -> pd.DataFrame:
    """The passengers under Kaggle's names; a column may be a function of what it holds."""
    frame = passengers()
    for column, change in changes.items():
        frame[column] = frame[column].map(change)
    renamed = frame[list(KAGGLE)].rename(columns=KAGGLE)
    renamed.insert(0, "PassengerId", range(1, len(renamed) + 1))
    return renamed


def one(**fields) -> bytes:
    """Kaggle's file of one passenger, with some fields replaced, in the second line."""
    row = {
        "Survived": "1", "Pclass": "3", "Name": "A", "Sex": "male", "Age": "22", "SibSp": "1",
        "Parch": "0", "Ticket": "1", "Fare": "7", "Cabin": "", "Embarked": "S",
    } | fields  # fmt: skip
    return text(pd.DataFrame([row]))


def seaborn() -> pd.DataFrame:
    """What `seaborn.load_dataset("titanic")` gives, as it writes it."""
    frame = passengers()
    number = frame["pclass"]
    return pd.DataFrame(
        {
            "survived": frame["survived"], "pclass": number, "sex": frame["sex"],
            "age": frame["age"], "sibsp": frame["sibsp"], "parch": frame["parch"],
            "fare": frame["fare"], "embarked": frame["embarked"],
            "class": number.map({"1": "First", "2": "Second", "3": "Third"}),
            "who": np.where(frame["sex"] == "male", "man", "woman"),
            "adult_male": frame["sex"] == "male", "deck": frame["cabin"].str[:1],
            "embark_town": frame["embarked"].map(TOWNS),
            "alive": frame["survived"].map({"0": "no", "1": "yes"}), "alone": "False",
        }
    )  # fmt: skip


TOWNS = {"S": "Southampton", "C": "Cherbourg", "Q": "Queenstown", "": ""}


def gaps(sign: str) -> bytes:
    """Kaggle's file with a sign where a value is missing."""
    return text(kaggle().replace("", sign))


def workbook(*sheets: pd.DataFrame, number=lambda text: text) -> bytes:
    """An Excel workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for place, frame in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"part {place}")
        for row in [list(frame.columns), *frame.to_numpy().tolist()]:
            sheet.append([None if field == "" else number(field) for field in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def as_number(field: str) -> float | str:
    try:
        return float(field)
    except ValueError:
        return field


def zipped(**files: bytes) -> bytes:
    """A zip archive with these files, `__` for a point in their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def with_mac_files() -> bytes:
    buffer = io.BytesIO(zipped(train__csv=text(kaggle())))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("__MACOSX/._train.csv", b"\0\5\26\7")
    return buffer.getvalue()


def decimal_comma(field: str) -> str:
    return field.replace(".", ",")


def without_surname_comma(name: str) -> str:
    """ "Braund, Mr. Owen Harris" -> "Mr. Owen Harris Braund"."""
    surname, _, rest = name.partition(", ")
    return f"{rest} {surname}"


def accented(letter: str, encoding: str) -> bytes:
    """Kaggle's file with a letter at the end of the first name, in an encoding."""
    frame = kaggle()
    frame.loc[0, "Name"] += letter
    return text(frame, encoding)


def lines(change: Callable[[list[str]], list[str]], frame=None) -> bytes:
    """Kaggle's file with its lines changed."""
    return "\n".join(
        change(text(kaggle() if frame is None else frame).decode().splitlines())
    ).encode()


def two_sexes_mixed() -> bytes:
    frame = kaggle(sex={"male": 0, "female": 1}.get)
    frame.loc[frame["Name"].str.contains("Mr\\.").idxmax(), "Sex"] = 1
    return text(frame)


def bomb() -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as file:
        for _ in range(257):
            file.write(b"\0" * 2**20)
    return buffer.getvalue()
