"""A network for a table of your own, with `sidebyside table`; by itself for the Titanic's."""

from dataclasses import replace

from comparisons.harness.cli import run_script
from comparisons.harness.datasets import data_path
from comparisons.harness.table_files.question import Column, Question
from comparisons.harness.tabular.task import on_table

# What `sidebyside table data/titanic.csv --target survived --group ticket --without boat --without
# body` finds; without them, since a boat is known of those who survived and a body of the dead.
TITANIC = Question(
    path=str(data_path("titanic.csv")),
    target="survived",
    task="classes",
    columns=(
        Column("pclass", "number"),
        Column("name", "identifier"),
        Column("sex", "category", ("male", "female")),
        Column("age", "number", gaps=263),
        Column("sibsp", "number"),
        Column("parch", "number"),
        Column("ticket", "group"),
        Column("fare", "number", gaps=1),
        Column("cabin", "text", gaps=1014),
        Column("embarked", "category", ("S", "C", "Q"), gaps=2),
        Column("boat", "set aside", gaps=823),
        Column("body", "set aside", gaps=1188),
        Column("home.dest", "text", gaps=564),
    ),
    rows=1309,
    classes=("0", "1"),
    group="ticket",
    without=("boat", "body"),
)

OF_TITANIC = on_table(TITANIC)
MADE_BY = (
    " Here it is the Titanic's passengers; `sidebyside table FILE --target COLUMN` makes such a "
    "page of a table of yours.",
    "ここではタイタニックの乗客の表を使う。`sidebyside table FILE --target COLUMN`で、"
    "手持ちの表から同じページを作れる。",
)
CONCEPT = replace(
    OF_TITANIC,
    title=("A table of your own", "手持ちの表データ"),
    summary=tuple(said + made_by for said, made_by in zip(OF_TITANIC.summary, MADE_BY)),
    on_table=on_table,
)

if __name__ == "__main__":
    run_script(__file__)
