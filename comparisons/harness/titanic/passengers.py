"""The passengers from the project's file or a person's own, whatever its form.

Nothing is guessed silently: what was read as something else, or taken as missing, is a note, and
what may mean two things is refused with the question.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from comparisons.harness import table_files
from comparisons.harness.bilingual import Words
from comparisons.harness.datasets import data_path, read_verified
from comparisons.harness.table_files import DataError, Table
from comparisons.harness.table_files.files import LONGEST, shown
from comparisons.harness.table_files.reading import untold
from comparisons.harness.table_files.values import numbers, without_missing
from comparisons.harness.titanic.titles import SEX_OF_TITLE, titles

# Each column with the other names that it goes by, the surest first; how a name is written (case,
# spaces, points) does not count. The first line is of Kaggle and OpenML.
COLUMNS = {
    "pclass": ("passengerclass", "ticketclass", "class", "客室クラス", "チケットクラス", "等級"),
    "survived": ("survival", "alive", "生存", "生存状況", "生死"),
    "name": ("passengername", "fullname", "氏名", "名前"),
    "sex": ("gender", "性別"),
    "age": ("ageinyears", "年齢"),
    "sibsp": ("siblingsspousesaboard", "siblingsspouses", "兄弟配偶者の数", "兄弟配偶者数"),
    "parch": ("parentschildrenaboard", "parentschildren", "親子供の数", "親子の数", "親子数"),
    "ticket": ("ticketnumber", "ticketno", "チケット番号", "切符番号"),
    "fare": ("passengerfare", "運賃", "料金"),
    "cabin": ("cabinnumber", "客室番号", "部屋番号"),
    "embarked": ("portofembarkation", "embarktown", "port", "乗船港", "出港地"),
    "boat": (),  # Kaggle's file has neither this nor what follows
    "body": (),
    "home.dest": (),
}
REQUIRED = ("pclass", "survived", "sex", "age", "sibsp", "parch", "fare")
NEVER_MISSING = ("pclass", "survived", "sex")
USED = (*REQUIRED, "name", "ticket", "embarked")

CHOICES = {
    "pclass": (1, 2, 3),
    "survived": (0, 1),
    "sex": ("female", "male"),
    "embarked": ("C", "Q", "S"),
}
WRITTEN = {
    "pclass": {
        1: ("1", "1st", "first", "1st class", "first class", "upper", "i", "1等", "一等"),
        2: ("2", "2nd", "second", "2nd class", "second class", "middle", "ii", "2等", "二等"),
        3: ("3", "3rd", "third", "3rd class", "third class", "lower", "iii", "3等", "三等"),
    },
    "survived": {
        0: ("0", "no", "n", "false", "f", "died", "dead", "not survived", "死亡", "いいえ"),
        1: ("1", "yes", "y", "true", "t", "survived", "alive", "lived", "生存", "はい"),
    },
    "sex": {
        "female": ("female", "f", "woman", "女", "女性"),
        "male": ("male", "m", "man", "男", "男性"),
    },
    "embarked": {
        "C": ("c", "cherbourg", "シェルブール"),
        "Q": ("q", "queenstown", "cobh", "クイーンズタウン"),
        "S": ("s", "southampton", "サウサンプトン"),
    },
}
MEANING = {
    column: {text: value for value, texts in written.items() for text in texts}
    for column, written in WRITTEN.items()
}
SEX_CODES = ({"0", "1"}, {"1", "2"})
MOST = {"age": 120, "fare": 10_000, "sibsp": 50, "parch": 50}
MOST_WITHOUT_TITLE = 0.1  # of the names, without a word; of all passengers it is 0.02
WHAT = {"age": "years", "fare": "pounds", "sibsp": "a whole number", "parch": "a whole number"}


class Passengers(NamedTuple):
    """The passengers, and what was found out while they were read."""

    frame: pd.DataFrame
    notes: tuple[Words, ...]


def load_titanic(
    csv: str | os.PathLike | None = None,
    encoding: str | None = None,
    tell: Callable[[str], None] = untold,
) -> Passengers:
    """The Titanic's passengers, missing values as NaN.

    Args:
        csv: a file of one's own, such as Kaggle's train.csv or seaborn's titanic.csv: text with
            separators or an Excel workbook, also packed; by default all 1309 passengers.
        encoding: the encoding of that file, where it is to be none that is found.
        tell: called with how many rows were read, and with what is looked at next.

    Returns:
        All of COLUMNS, those that the file lacks without values. `pclass` and `survived` are int64,
        the other numbers float64 (`age` in years, `fare` in pounds), the rest text (objects).

    Raises:
        DataError: the file cannot be read, lacks a column of REQUIRED, has a value that does not
            fit, or may be read in two ways; the message names the file, and the line, column and
            value.
    """
    if csv is None:
        path, table = data_path("titanic.csv"), table_files.parse(read_verified("titanic.csv"))
    else:
        path = Path(csv)
        table = table_files.read(path, encoding, tell)
    try:
        return _passengers(table, tell)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _passengers(table: Table, tell: Callable[[str], None]) -> Passengers:
    headers = _headers(list(table.frame.columns))
    texts, missing = {}, {}
    for column, header in headers.items():
        found = table.frame[header].rename(column)
        texts[column], missing[column] = without_missing(found)
        if column in NEVER_MISSING:
            for line, text in found[texts[column].isna()].items():
                raise DataError(
                    f"line {line}, column {column}: must not be missing, got {shown(text)}"
                )
    notes = [*table.notes, *_notes_on_columns(list(table.frame.columns), headers)]
    columns = {}
    for column in COLUMNS:
        tell(f"looking at column {column}")
        if column not in texts:
            columns[column] = pd.Series(np.nan, table.frame.index, dtype="object")
        elif column in CHOICES:
            columns[column], found = _chosen(texts[column], texts.get("name"))
            notes += found
        elif column in MOST:
            columns[column], found = _measured(texts[column], table.separator)
            notes += found
        else:
            columns[column] = texts[column]
    notes += _notes_on_titles(columns["name"])
    if any(missing[column] for column in USED if column in missing):
        notes.append(_note_on_missing(missing))
    types = {
        "pclass": "int64", "survived": "int64", **dict.fromkeys(MOST, "float64"),
    }  # fmt: skip
    frame = pd.DataFrame(columns).reset_index(drop=True)
    return Passengers(frame.astype(dict.fromkeys(COLUMNS, "object") | types), tuple(notes))


def _headers(names: list[str]) -> dict[str, str]:
    """Our name of a column -> its name in the file."""
    written: dict[str, list[str]] = {}
    for name in names:
        written.setdefault(_letters(name), []).append(name)
    found = {}
    for column, others in COLUMNS.items():
        same = next((written[n] for n in (_letters(column), *others) if n in written), [])
        if len(same) > 1:
            raise DataError(f"has the column {column} {len(same)} times ({', '.join(same)})")
        if same:
            found[column] = same[0]
    lacking = [column for column in REQUIRED if column not in found]
    if lacking:
        plural = "s" * (len(lacking) > 1)
        raise DataError(f"lacks the column{plural} {', '.join(lacking)}; it has {_listed(names)}")
    return found


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, _plain(name)))


def _plain(text: str) -> str:
    """A text without what does not tell values apart: case, width, the point of 1.0."""
    text = unicodedata.normalize("NFKC", text).casefold()
    whole = re.fullmatch(r"(\d+)[.,]0*", text)
    return whole[1] if whole else text


def _notes_on_columns(names: list[str], headers: dict[str, str]) -> list[Words]:
    notes: list[Words] = []
    renamed = [
        f"{name} → {column}"
        for column, name in headers.items()
        if _letters(name) != _letters(column)
    ]
    ignored = [name for name in names if name not in headers.values()]
    lacking = [column for column in USED if column not in headers]
    if renamed:
        listed = ", ".join(renamed)
        notes.append((f"Columns by another name: {listed}.", f"別名の列：{listed}。"))
    if ignored:
        listed = _listed(ignored)
        notes.append((f"Columns that are not read: {listed}.", f"読み込まなかった列：{listed}。"))
    if lacking:
        listed = ", ".join(lacking)
        notes.append(
            (
                f"Columns that the file lacks: {listed}. What they tell is unknown of everybody.",
                f"ファイルにない列：{listed}。これらの情報は全員について不明として扱う。",
            )
        )
    return notes


def _listed(texts: list[str], most: int = 12) -> str:
    cut = [text if len(text) <= LONGEST else f"{text[:LONGEST]}…" for text in texts[:most]]
    return ", ".join(cut) + f", … ({len(texts)})" * (len(texts) > most)


def _chosen(texts: pd.Series, names: pd.Series | None) -> tuple[pd.Series, list[Words]]:
    """A column of a few values as CHOICES has them, and what was written for them."""
    column, counts = texts.name, texts.value_counts()
    if column == "sex" and any({_plain(text) for text in counts.index} <= c for c in SEX_CODES):
        meaning, how = _sex_by_titles(texts, names), _BY_TITLES
    else:
        meaning, how = MEANING[column], ("", "")
    read = {text: meaning.get(_plain(text)) for text in counts.index}
    values = texts.map(read)
    for line, text in texts[values.isna() & texts.notna()].items():
        allowed = ", ".join(map(str, CHOICES[column]))
        raise DataError(
            f"line {line}, column {column}: expected one of {allowed}, got {shown(text)}"
        )
    other = {text: value for text, value in read.items() if _plain(text) != _plain(str(value))}
    if not other:
        return values, []
    listed = ", ".join(f"{text} → {value} ({counts[text]:,})" for text, value in other.items())
    note = (f"{column}: {listed}{how[0]}.", f"{column}：{listed}{how[1]}。")
    return values, [note]


_BY_TITLES = (", as the titles in the names tell", "（氏名の敬称から判断）")


def _sex_by_titles(texts: pd.Series, names: pd.Series | None) -> dict[str, str]:
    """Which of two numbers is which sex, where every Mr. has the one and every Mrs. the other."""
    line, first = next(iter(texts.items()))
    question = f"line {line}, column sex: is {shown(first)} female or male?"
    if names is None or names.isna().all():
        raise DataError(f"{question} there are no names whose titles tell; write female and male")
    told = titles(names).map(SEX_OF_TITLE)
    pairs = pd.DataFrame({"code": texts.map(_plain), "sex": told}).dropna().drop_duplicates()
    if not (
        pairs["code"].is_unique
        and pairs["sex"].is_unique
        and set(pairs["code"]) == set(texts.map(_plain))
    ):
        raise DataError(f"{question} the titles in the names do not tell; write female and male")
    return dict(zip(pairs["code"], pairs["sex"]))


def _measured(texts: pd.Series, separator: str) -> tuple[pd.Series, list[Words]]:
    """A column of numbers within their bounds, and how commas were read."""
    values, mark = numbers(texts, separator)
    column, most = texts.name, MOST[texts.name]
    wrong = (values < 0) | (values > most)
    if column in ("sibsp", "parch"):
        wrong |= values % 1 > 0
    for line, text in texts[wrong].items():
        raise DataError(
            f"line {line}, column {column}: expected {WHAT[column]} from 0 to {most:,}, "
            f"got {shown(text)}"
        )
    if not mark:
        return values, []
    return values, [
        {
            ",": (f"{column}: the comma is a decimal mark.", f"{column}：コンマは小数点。"),
            ".": (f"{column}: commas group the digits.", f"{column}：コンマは桁区切り。"),
        }[mark]
    ]


def _notes_on_titles(names: pd.Series) -> list[Words]:
    """What is said where many names have no title that is known."""
    names = names.dropna()
    without = names[titles(names) == "other"]
    if len(without) <= MOST_WITHOUT_TITLE * len(names):
        return []
    count, example = f"{len(without):,}", f"{shown(without.iloc[0])}"
    return [
        (
            f"Names without a title that is known: {count} of {len(names):,}, such as {example}; "
            "they count as having another.",
            f"既知の敬称がない氏名：{len(names):,}件中{count}件（例：{example}）。"
            "別の敬称として扱う。",
        )
    ]


def _note_on_missing(missing: dict[str, dict[str, int]]) -> Words:
    """How many values of each column were taken as missing, and how those were written."""
    english, japanese = [], []
    for column in USED:
        signs = missing.get(column, {})
        if not signs:
            continue
        written = ", ".join(f"“{sign}” {count:,}" for sign, count in signs.items() if sign)
        total = f"{column} {sum(signs.values()):,}"
        english.append(total + f" (written {written})" * bool(written))
        japanese.append(total + f"（表記：{written}）" * bool(written))
    return f"Missing values: {', '.join(english)}.", f"欠損値：{'、'.join(japanese)}。"
