"""A table's run from the command line and from Python, and the pipeline that it saves."""

import json

import pytest

import comparisons
from comparisons.harness import cli
from comparisons.harness.concept import Settings
from comparisons.harness.report import pages
from comparisons.harness.runs import runner
from comparisons.harness.runs.fingerprints import Fingerprints
from tests.comparisons.harness.tabular import samples


def call(capsys, *arguments):
    """Exit status, standard output and standard error of `sidebyside` with these arguments."""
    with pytest.raises(SystemExit) as stop:
        cli.main(list(map(str, arguments)))
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


@pytest.fixture(autouse=True)
def without_the_drawing_library(monkeypatch):
    monkeypatch.setattr(pages, "assets", lambda folder: {})  # takes seconds, and is tested there


@pytest.fixture
def people(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "people.csv"
    path.write_bytes(samples.text(samples.people()))
    return path


def test_from_the_command_line(people, capsys, tmp_path):
    asked = ["--target", "bought", "--group", "house_id", "--without", "joined", "--folds", 3]
    small = ["--backends", "numpy", "--seeds", 1, "--epochs", 2]
    arguments = [*asked, *small, "--save", "own.pipeline", "--json"]
    status, out, err = call(capsys, "table", people, *arguments)
    found = json.loads(out)
    assert status == 0 and found["page"] == "results/tables/people/own_table/index.html"
    assert err.index("age       number") < err.index("3 jobs; this takes")
    (content,) = found["results"]
    assert len(content["runs"]) == 3 and len(content["baselines"]) == 6
    assert {len(b["scores"]["accuracy"]["values"]) for b in content["baselines"]} == {3}
    page = (tmp_path / found["page"]).read_text("utf-8")
    command = (
        "sidebyside table people.csv --target bought --task classes --group house_id --without "
        "joined --folds 3 --backends numpy --seeds 1 --epochs 2"
    )
    for text in ("left out: as asked", "除外：指定による", "30 groups, kept together"):
        assert text in page
    assert command.replace("people.csv", str(people)) in page
    settings = Settings.of(content["settings"])
    plan = runner.plan(["own_table"], settings, ["numpy"])
    jobs = tmp_path / "results/tables/people/own_table/jobs"
    steps = runner.look_up(plan, "own_table", jobs, Fingerprints(), fresh=False)
    assert all(step.found for step in steps)  # nothing is done twice
    rows = people.read_bytes()
    people.write_bytes(rows.replace(b"no", b"yes", 1))  # but anew where the table has changed
    steps = runner.look_up(plan, "own_table", jobs, Fingerprints(), fresh=False)
    assert not any(step.found for step in steps)
    people.unlink()
    status, out, _ = call(capsys, "report", "results/tables/people")  # needs no table
    assert status == 0 and "own_table: " in out
    people.write_bytes(rows)

    status, out, err = call(capsys, "predict", "own.pipeline", people)
    lines = out.splitlines()
    assert (status, err, len(lines)) == (0, "", 91)
    assert lines[0].endswith("bought,predicted bought,probability of no,probability of yes")
    assert lines[1].startswith("1,,")
    status, out, _ = call(capsys, "predict", "own.pipeline", people, "--json")
    assert len(json.loads(out)["rows"]) == 90
    status, out, _ = call(capsys, "predict", "own.pipeline", people, "--out", "told.csv")
    assert (status, out) == (0, "") and len((tmp_path / "told.csv").read_text().splitlines()) == 91
    frame = comparisons.predict("own.pipeline", samples.people().drop(columns="bought"))
    assert frame.shape == (90, 3)


def test_from_python(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = comparisons.table(
        samples.diabetes().head(80), "target", backends="numpy", seeds=1, epochs=1, folds=2,
        out="mine", save="number.pipeline",
    )  # fmt: skip
    assert found.settings.table.task == "number" and found.passed
    assert found.page.is_file() and (tmp_path / "mine/table.csv").is_file()
    assert found.frame("summary").shape[0] == 1
    assert "A table of your own: target in table.csv" in found._repr_html_()
    told = comparisons.predict("number.pipeline", tmp_path / "mine/table.csv")
    assert told.columns.tolist() == ["predicted target"] and len(told) == 80


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["table", "people.csv"], "Missing option '--target'"),
        (["table", "none.csv", "--target", "x"], "none.csv: no such file"),
        (["table", ".", "--target", "x"], ".: is a folder"),
        (["table", "people.csv", "--target", "sold"], "people.csv: --target: there is no column"),
        (
            ["table", "people.csv", "--target", "bought", "--folds", "1"],
            "'--folds': Input should be",
        ),
        (["table", "people.csv", "--target", "bought", "--save", "."], ".: Is a directory"),
        (
            ["table", "people.csv", "--target", "bought", "--out", "people.csv"],
            "people.csv: Not a directory",
        ),
        (["table", "people.csv", "--target", "bought", "--backends", "mxnet"], "mxnet"),
        (["predict", "none", "people.csv"], "none: no such file"),
        (["predict", "people.csv", "people.csv"], "people.csv: is no saved pipeline"),
    ],
)
def test_a_plain_mistake_is_one_line_and_status_2(people, capsys, arguments, message):
    status, out, err = call(capsys, *arguments)
    lines = [line for line in err.splitlines() if line.startswith("sidebyside: ")]
    assert (status, out) == (2, "")
    assert len(lines) == 1 and message in lines[0]


def test_python_refuses_what_is_no_table(tmp_path):
    with pytest.raises(ValueError, match="expected the path of a file or a pandas DataFrame"):
        comparisons.table([1, 2], "x", out=tmp_path)
