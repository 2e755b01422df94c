"""The passengers, and what is said of them; the forms of the file are in the tests beside it."""

import pandas as pd

from comparisons.harness.titanic.passengers import COLUMNS, load_titanic
from tests.comparisons.harness.titanic.files import kaggle, text


def test_titanic_is_whole():
    frame, notes = load_titanic()
    assert list(frame.columns) == list(COLUMNS)
    assert len(frame) == 1309
    assert frame["survived"].sum() == 500
    missing = {"age": 263, "fare": 1, "cabin": 1014, "embarked": 2, "boat": 823, "body": 1188}
    missing["home.dest"] = 564
    for column, count in frame.isna().sum().items():
        assert count == missing.get(column, 0), column
    assert frame["ticket"].nunique() == 929
    assert frame["name"].iloc[0] == "Allen, Miss. Elisabeth Walton"
    assert frame["age"].iloc[1] == 0.9167
    assert notes == (
        (
            "Missing values: age 263, fare 1, embarked 2.",
            "欠損値：age 263、fare 1、embarked 2。",
        ),
    )


def test_values_that_are_missing_and_mapped_are_counted_by_how_they_are_written(tmp_path):
    frame = kaggle(survived={"0": "no", "1": "yes"}.get)
    frame["Age"] = ["?", "NA", "?", "", "1,5", *["20"] * 55]
    frame["Embarked"] = "Southampton"
    frame["Class"] = "x"
    path = tmp_path / "train.csv"
    path.write_bytes(text(frame))
    passengers, notes = load_titanic(path)
    dead, alive = (passengers["survived"] == 0).sum(), (passengers["survived"] == 1).sum()
    assert passengers["age"].isna().sum() == 4 and passengers["age"].iloc[4] == 1.5
    more, less = sorted([("no → 0", dead), ("yes → 1", alive)], key=lambda p: -p[1])
    assert [english for english, _ in notes] == [
        "Columns that are not read: PassengerId, Class.",
        f"survived: {more[0]} ({more[1]}), {less[0]} ({less[1]}).",
        "age: the comma is a decimal mark.",
        "embarked: Southampton → S (60).",
        "Missing values: age 4 (written “?” 2, “NA” 1).",
    ]
    assert notes[1][1] == notes[1][0].replace(": ", "：")[:-1] + "。"


def test_columns_that_are_empty_throughout_keep_their_types(tmp_path):
    path = tmp_path / "train.csv"
    path.write_bytes(
        text(
            pd.DataFrame(
                [{**dict.fromkeys(COLUMNS, ""), "survived": "0", "pclass": "3", "sex": "male"}]
            )
        )
    )
    frame = load_titanic(path).frame
    assert frame.dtypes.equals(load_titanic().frame.dtypes)
    assert frame.isna().sum(axis=1).tolist() == [11]
