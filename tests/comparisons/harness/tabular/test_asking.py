"""What is asked of a table: found kinds, warnings, and one line for each thing that cannot be."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from comparisons import own_table
from comparisons.harness.datasets import data_path
from comparisons.harness.table_files import DataError
from comparisons.harness.table_files.question import Question
from comparisons.harness.tabular import terminal
from comparisons.harness.tabular.asking import ask
from tests.comparisons.harness.tabular import samples


@pytest.fixture
def asked(tmp_path):
    def of(frame, target, **options):
        path = tmp_path / "own.csv"
        path.write_bytes(frame if isinstance(frame, bytes) else samples.text(frame))
        return ask(path, target, **options)

    return of


def kinds(question):
    return {column.name: column.kind for column in question.columns}


def test_every_kind_of_column(asked):
    question = asked(samples.people(), "bought")
    assert kinds(question) == {
        "id": "identifier",
        "age": "number",
        "sex": "category",
        "joined": "date",
        "name": "identifier",
        "planet": "constant",
        "nothing": "empty",
        "house_id": "identifier",
    }
    assert (question.task, question.classes, question.rows) == ("classes", ("no", "yes"), 90)
    assert len(question.features) == 2 + 2 + 5
    assert any("--group house_id" in note[0] for note in question.notes)
    shown = "\n".join(terminal.lines(question))
    assert "age       number                from 20 to 69; 13 missing" in shown
    assert "planet    left out: constant    'Earth' in every row" in shown
    assert "To be told: bought, one of 2 classes (no, yes)" in shown


def test_it_is_told_what_is_looked_at(asked):
    told = []
    asked(samples.people(), "bought", tell=told.append)
    assert told[0] == "looking at column 1 of 8: id"
    assert [line.startswith("looking at column ") for line in told] == [True] * 8 + [False] * 3


def test_what_json_holds_is_the_same_question(asked):
    import json
    from dataclasses import asdict

    question = asked(samples.people(), "bought", group="house_id", without=["joined"])
    assert Question.of(json.loads(json.dumps(asdict(question)))) == question
    assert kinds(question)["house_id"] == "group" and kinds(question)["joined"] == "set aside"


def test_the_concepts_own_question_is_what_is_found():
    found = ask(data_path("titanic.csv"), "survived", group="ticket", without=("boat", "body"))
    columns = tuple(replace(column, found=("", "")) for column in found.columns)
    plain = replace(found, columns=columns, notes=(), warnings=(), path=own_table.TITANIC.path)
    assert plain == own_table.TITANIC
    assert not found.warnings


@pytest.mark.parametrize(
    ("separator", "decimal", "encoding"), [(";", ",", "utf-8"), ("\t", ".", "utf-16")]
)
def test_other_forms_of_the_file(tmp_path, separator, decimal, encoding):
    path = tmp_path / "own.csv"
    frame = samples.diabetes()
    path.write_bytes(samples.text(frame, sep=separator, decimal=decimal).decode().encode(encoding))
    question = ask(path, "target")
    assert (question.task, question.rows, len(question.used)) == ("number", 442, 10)
    assert question.deviation == pytest.approx(frame["target"].std(ddof=0))
    assert question.notes


def test_rows_without_an_answer_are_left_out_and_said(asked):
    frame = samples.iris()
    frame.loc[:4, "species"] = "?"
    question = asked(frame, "species")
    assert question.rows == 145
    notes = [note[0] for note in question.notes]
    assert "Rows left out, since species is missing: 5." in notes
    assert "Taken as missing: “?” 5." in notes


def test_a_column_that_gives_the_answer_away_is_told():
    found = ask(data_path("titanic.csv"), "survived", group="ticket")
    (warning,) = (w[0] for w in found.warnings)
    assert re.match(r"Column boat alone tells 9\d\.\d % .* --without boat\.$", warning)


@pytest.mark.parametrize("told", [0, 1])
def test_a_number_that_gives_the_answer_away_is_told(asked, told):
    frame = samples.diabetes()
    noise = np.random.default_rng(0).normal(0, 10, len(frame))
    frame["later"] = (frame["target"] if told else 0) * 2 + noise
    warnings = [w[0] for w in asked(frame, "target").warnings]
    assert [w for w in warnings if "Column later alone" in w] == warnings
    assert len(warnings) == told


def test_rows_that_stand_on_both_sides_are_told(asked):
    frame = samples.diabetes()
    assert not asked(frame, "target").warnings
    twice = pd.concat([frame, frame.iloc[:100]]).assign(number=range(542))
    (warning,) = (w[0] for w in asked(twice, "target").warnings)
    count = int(re.match(r"(\d+) rows \(.*\) are the same as another", warning)[1])
    assert 120 < count <= 200  # four of five pairs come apart


def test_rows_that_differ_in_one_number_are_no_copies(asked):
    frame = pd.DataFrame({"x": np.arange(40) + 0.5, "y": ["a", "b"] * 20, "z": ["c", "d"] * 20})
    warnings = asked(frame, "y").warnings
    assert not [w for w in warnings if "are the same" in w[0]]


def test_copies_that_are_kept_together_are_none(asked):
    frame = samples.diabetes().assign(patient=range(442))
    twice = pd.concat([frame, frame.iloc[:100]])
    assert not asked(twice, "target", group="patient").warnings


IRIS = samples.iris()
ODD = IRIS.assign(species=["only"] + ["rest"] * 149)
NAMED = IRIS.assign(y=[f"plant {n}" for n in range(150)])
MOSTLY = [0.5, 1.5, float("inf"), *np.arange(147) / 4]
DAYS = pd.date_range("2024-01-01", periods=150).astype(str)
PRICES = [f"${n}.50" for n in range(150)]
FEW = samples.wine().assign(site=[n % 3 for n in range(178)])


@pytest.mark.parametrize(
    ("frame", "target", "options", "message"),
    [
        (IRIS, "spezies", {}, "--target: there is no column 'spezies'; .* did you mean 'species'"),
        (IRIS, "species", {"group": "plot"}, "--group: there is no column 'plot'"),
        (IRIS, "species", {"without": ["x"]}, "--without: there is no column 'x'"),
        (IRIS, "species", {"group": "species"}, "--group: species is the column to be told"),
        (IRIS, "species", {"task": "number"}, "column species: expected a number, got 'setosa'"),
        (IRIS, "species", {"task": "digits"}, "task: expected one of classes, number"),
        (IRIS, "species", {"folds": 1}, "folds: expected a whole number from 2, got 1"),
        (IRIS, "species", {"without": list(IRIS.columns[:4])}, "has no column from which to tell"),
        (IRIS.assign(species=""), "species", {}, "column species: every value is missing"),
        (IRIS.assign(species="a"), "species", {}, "column species: is 'a' in every row"),
        (IRIS.assign(y=3.5), "y", {"task": "number"}, "column y: is 3.5 in every row"),
        (ODD, "species", {}, "species: 'only' is in 1 of the rows, and 5 folds need at least 5"),
        (IRIS.iloc[40:55], "species", {}, "has 15 rows with species; at least 20 are needed"),
        (IRIS, "species", {"folds": 200}, "has 150 rows; 200 folds need at least as many"),
        (samples.wine(), "target", {}, r"are its 3 different values \(0, 1, 2\) classes or a num"),
        (FEW, "target", {"task": "classes", "group": "site"}, "has 3 groups of site; 5 folds"),
        (samples.diabetes(), "target", {"task": "classes"}, "are numbers: say --task number"),
        (NAMED, "y", {}, "has 150 different values in 150 rows, which are too many for classes$"),
        (IRIS.assign(y=MOSTLY), "y", {}, "; most are numbers, 'inf' in line 4 is none"),
        (IRIS.assign(y=DAYS), "y", {}, "; they are dates, of which none is told: write numbers"),
        (IRIS.assign(y=PRICES), "y", {}, r"; they are numbers with a sign or unit, such as '\$"),
        (IRIS.assign(plot="a"), "species", {"group": "plot"}, "plot: all rows are one group"),
        (b"x y\n1 2\n", "y", {}, "no column 'y'; there are x y; its fields are to be separated by"),
        (b"", "y", {}, "is empty"),
        (b"x,y\n", "y", {}, "has a header but no rows"),
        (b"x,y\n1,2,3\n", "y", {}, "line 2: has 3 fields, the header has 2"),
        (b"x,x,y\n1,2,3\n", "y", {}, "has the column x 2 times"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(asked, frame, target, options, message):
    with pytest.raises(DataError, match=message) as refused:
        asked(frame, target, **options)
    assert "\n" not in str(refused.value)


def test_groups_that_leave_a_fold_without_a_class_are_refused(asked):
    frame = IRIS.assign(plot=np.repeat(range(6), 25))  # each species grows in two plots
    with pytest.raises(DataError, match="'setosa' is in 2 of the groups of plot, and 5 folds need"):
        asked(frame, "species", group="plot")
    with pytest.raises(DataError, match="a fold has no row of '.*' to train on"):
        asked(frame, "species", group="plot", folds=2)
    with pytest.raises(DataError, match="the rows to test on in a fold are all alike"):
        asked(samples.diabetes().head(20), "target", folds=20)
    ladder = pd.DataFrame({"x": np.arange(20) ** 2 + 0.5, "y": np.arange(20) + 0.5})
    with pytest.raises(DataError, match="the rows are too few or too unlike for 20 folds"):
        asked(ladder, "y", folds=20)
