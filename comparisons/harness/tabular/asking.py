"""From a file and a column's name to a question that can be run, or one line that says why not."""

import difflib
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from comparisons.harness import table_files
from comparisons.harness.bilingual import Words
from comparisons.harness.table_files import DataError
from comparisons.harness.table_files.files import shown
from comparisons.harness.table_files.question import CLASSES, DATE, NUMBER, Column, Question
from comparisons.harness.table_files.reading import untold
from comparisons.harness.table_files.values import are_numbers, is_number
from comparisons.harness.tabular import kinds, leakage, rows
from comparisons.harness.tabular.rows import Rows

TASKS = (CLASSES, NUMBER)
FEWEST_ROWS = 20
MOST_CLASSES = 100
FEW_NUMBERS = 20  # whole numbers up to so many different ones may be classes


def ask(
    path: Path,
    target: str,
    task: str | None = None,
    group: str | None = None,
    without: Sequence[str] = (),
    folds: int = 5,
    encoding: str | None = None,
    tell: Callable[[str], None] = untold,
) -> Question:
    """Read the table, find the kinds of its columns, and look for leaks.

    Args:
        path: text with separators or an Excel workbook, also packed.
        target: the column to be told.
        task: `"classes"` or `"number"`; None where the target itself tells.
        group: a column whose equal values are kept on one side of each fold.
        without: columns to leave out.
        folds: number of folds.
        encoding: the file's encoding, where it is to be none that is found.
        tell: called with how many rows were read, and with what is looked at next.

    Raises:
        DataError: a file that cannot be read, a column that is not there, a target that tells
            nothing, too few rows, or something that may be meant in two ways.
    """
    if task not in (None, *TASKS):
        raise DataError(f"task: expected one of {', '.join(TASKS)}, got {task!r}")
    if folds < 2:
        raise DataError(f"folds: expected a whole number from 2, got {folds}")
    table = table_files.read(path, encoding, tell)
    try:
        return _asked(table, path, target, task, group, tuple(without), folds, encoding, tell)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _asked(table, path, target, task, group, without, folds, encoding, tell) -> Question:
    texts, signs = rows.texts_of(table)
    for name, option in ((target, "target"), (group, "group"), *((w, "without") for w in without)):
        if name is not None and name not in texts:
            raise DataError(f"--{option}: {_no_column(name, list(texts))}")
    for option, names in (("group", [group]), ("without", without)):
        if target in names:
            raise DataError(f"--{option}: {target} is the column to be told")
    answers = texts[target]
    unknown = int(answers.isna().sum())
    if unknown == len(answers):
        raise DataError(f"column {target}: every value is missing; nothing can be learned from it")
    texts = texts[answers.notna()]
    if len(texts) < FEWEST_ROWS:
        raise DataError(f"has {len(texts)} rows with {target}; at least {FEWEST_ROWS} are needed")
    task = task or _task(texts[target])
    columns = []
    for place, name in enumerate(texts.columns.drop(target), start=1):
        tell(f"looking at column {place} of {texts.shape[1] - 1}: {name}")
        columns.append(_column(texts[name], table.separator, name == group, name in without))
    notes = [*table.notes, *_notes(target, unknown, signs), *_on_columns(columns, group)]
    question = Question(
        str(path), target, task, tuple(columns), len(texts),
        encoding=encoding, group=group, without=without, folds=folds, notes=tuple(notes),
    )  # fmt: skip
    if not question.used:
        left = ", ".join(f"{column.name} ({column.kind})" for column in columns) or "none"
        raise DataError(f"has no column from which to tell {target}; columns left out: {left}")
    question, target_values, outcome = _with_answers(question, texts[target], table.separator)
    frame = rows.columns_of(texts, question.used, table.separator)
    found = Rows(frame, target_values, outcome, rows.groups(texts, group))
    _enough(question, found)
    tell("dealing the rows to folds")
    rows.look_over(found, question)
    tell("looking for columns that give the answer")
    warnings = leakage.tellers(question, found)
    tell("looking for copied rows")
    return replace(question, warnings=(*warnings, *leakage.copies(question, found, texts)))


def _no_column(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    listed = ", ".join(names[:12]) + ", …" * (len(names) > 12)
    if len(names) == 1:
        hint = "; its fields are to be separated by commas, semicolons, tabs or bars"
    return f"there is no column {name!r}; there are {listed}{hint}"


def _task(answers: pd.Series) -> str:
    """What the target's values tell of themselves.

    Raises:
        DataError: a few whole numbers, which may be classes or amounts.
    """
    if not are_numbers(answers):
        return CLASSES
    different = answers.unique()
    whole = all(text.lstrip("+-").isdigit() for text in different)
    if len(different) <= 2:
        return CLASSES
    if whole and len(different) <= FEW_NUMBERS:
        listed = ", ".join(sorted(different, key=float)[:4]) + ", …" * (len(different) > 4)
        raise DataError(
            f"column {answers.name}: are its {len(different)} different values ({listed}) "
            "classes or a number? say --task classes or --task number"
        )
    return NUMBER


def _column(texts: pd.Series, separator: str, is_group: bool, is_set_aside: bool) -> Column:
    name, gaps = str(texts.name), int(texts.isna().sum())
    if is_group:
        count = texts.nunique()
        found = f"{count:,} groups, kept together", f"{count:,}組。同じ組は分けない"
        return Column(name, "group", (), gaps, found)
    if is_set_aside:
        return Column(name, "set aside", (), gaps, ("left out by --without", "--withoutで除外"))
    return kinds.find(texts, separator)


def _notes(target: str, unknown: int, signs: dict[str, dict[str, int]]) -> list[Words]:
    """What was taken as missing."""
    notes = []
    if unknown:
        notes.append(
            (
                f"Rows left out, since {target} is missing: {unknown:,}.",
                f"{target}が欠損しているため除いた行：{unknown:,}。",
            )
        )
    written: dict[str, int] = {}
    for found in signs.values():
        for sign, count in found.items():
            written[sign] = written.get(sign, 0) + int(count)
    if named := ", ".join(f"“{sign}” {count:,}" for sign, count in written.items() if sign):
        notes.append((f"Taken as missing: {named}.", f"欠損とみなした表記：{named}。"))
    return notes


def _on_columns(columns: Sequence[Column], group: str | None) -> list[Words]:
    """Identifiers that repeat, so that rows may belong together."""
    return [
        (
            f"Column {column.name} is an identifier that repeats: if rows of one belong together, "
            f"name it with --group {shlex.quote(column.name)}.",
            f"識別子の列{column.name}には同じ値が繰り返し現れる。同じ値の行がひとまとまりなら"
            f"--group {shlex.quote(column.name)}を指定する。",
        )
        for column in columns
        if column.repeats and group is None
    ]


def _with_answers(question: Question, answers: pd.Series, separator: str):
    """The question with its classes or its deviation; the targets, and what folds share out."""
    if question.task == NUMBER:
        target = kinds.typed(answers, NUMBER, separator).to_numpy("float64")
        deviation = float(target.std())
        if not deviation > 0:
            raise DataError(f"column {answers.name}: is {answers.iloc[0]} in every row")
        return replace(question, deviation=deviation), target, rows.strata(target)
    counts = answers.value_counts()
    if len(counts) == 1:
        raise DataError(f"column {answers.name}: is {shown(counts.index[0])} in every row")
    if len(counts) > min(MOST_CLASSES, len(answers) / 2):
        raise DataError(
            f"column {answers.name}: has {len(counts):,} different values in {len(answers):,} "
            f"rows, which are too many for classes{_instead(answers, counts, separator)}"
        )
    numeric = are_numbers(answers)
    classes = tuple(sorted(counts.index, key=_size if numeric else str))
    number = {value: place for place, value in enumerate(classes)}
    target = answers.map(number).to_numpy("int32")
    return replace(question, classes=classes), target, target


def _instead(answers: pd.Series, counts: pd.Series, separator: str) -> str:
    """What the values of a target that are no classes seem to be, and what to do."""
    other = answers[~answers.isin([text for text in counts.index if is_number(text)])]
    if other.empty:
        return "; they are numbers: say --task number"
    if 1 - len(other) / len(answers) >= kinds.MOSTLY:
        return f"; most are numbers, {shown(other.iloc[0])} in line {other.index[0]} is none"
    found = kinds.find(answers, separator)
    if found.kind == DATE:
        return (
            "; they are dates, of which none is told: write numbers, such as days since the first"
        )
    return f"; they are {found.found[0]}" * found.found[0].startswith("numbers")


def _size(text: str) -> tuple[float, str]:
    return float(text.replace(",", ".")) if text.count(",") + text.count(".") < 2 else 0.0, text


def _enough(question: Question, found: Rows) -> None:
    """Whether there are rows, groups and members of each class for the folds."""
    what = f"groups of {question.group}" if question.group else "rows"
    count = len(np.unique(found.group))
    if count == 1:
        raise DataError(f"column {question.group}: all rows are one group, so that none is new")
    if count < question.folds:
        raise DataError(
            f"has {count} {what}; {question.folds} folds need at least as many; give fewer --folds"
        )
    for place, label in enumerate(question.classes):
        members = len(np.unique(found.group[found.target == place]))
        if members < question.folds:
            raise DataError(
                f"column {question.target}: {shown(label)} is in {members} of the {what}, and "
                f"{question.folds} folds need at least {question.folds}; leave it out, join it "
                "with another class, or give fewer --folds"
            )
