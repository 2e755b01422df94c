"""What cannot be written is refused before the work, in one line."""

import sys

import pytest

import comparisons
from comparisons.harness.conformance import running
from comparisons.harness.desk import session
from tests.comparisons.harness.test_cli import call


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "perceptron", "--out", "mine"],
        ["run", "perceptron", "--out", "mine/sub"],
        ["table", "t.csv", "--target", "y", "--out", "mine"],
        ["table", "t.csv", "--target", "y", "--save", "folder"],
        ["table", "t.csv", "--target", "y", "--save", "mine/x.pipeline"],
        ["predict", "x.pipeline", "t.csv", "--out", "folder"],
        ["report", "--site", "mine"],
        ["check", "no.keras", "--out", "mine"],
        ["check", "no.keras", "--json", "folder"],
        ["conformance", "Dense", "--out", "mine/sub"],
        ["conformance", "Dense", "--json", "mine/found.json"],
        ["bench", "M1", "--json", "folder"],
        ["bench", "M1", "--out", "mine"],
    ],
)
def test_what_cannot_be_written_is_refused_before_the_work(
    capsys, tmp_path, monkeypatch, arguments
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "t.csv").write_text("a,y\n1,2\n")
    before = sorted(tmp_path.rglob("*"))
    status, out, err = call(capsys, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    reason = "folder: Is a directory" if "folder" in arguments else "mine: Not a directory"
    assert err.endswith(f"{reason}\n"), err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="has no /proc")
@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "perceptron", "--out", "/proc/x"],
        ["table", "t.csv", "--target", "y", "--save", "/proc/x"],
        ["check", "no.keras", "--out", "/proc/x"],
        ["check", "no.keras", "--json", "/proc/x/found.json"],
        ["check", "no.keras", "--json", "/dev/null"],
        ["conformance", "Dense", "--out", "/proc/x"],
        ["bench", "M1", "--json", "/proc/x"],
    ],
)
def test_where_not_even_root_can_write_is_refused_before_the_work(capsys, arguments):
    status, out, err = call(capsys, *arguments)
    reason = "/dev/null: not a regular file" if "/dev/null" in arguments else "/proc: nothing can"
    assert (status, out, err.count("\n")) == (2, "", 1) and reason in err


def test_the_functions_refuse_what_cannot_be_written_before_the_work(tmp_path, monkeypatch):
    (tmp_path / "mine").write_text("mine")
    for module, work in ((session, "_run"), (running, "chosen")):
        monkeypatch.setattr(module, work, lambda *given: pytest.fail("worked"))
    for function, name in ((comparisons.run, "perceptron"), (comparisons.conformance, "Dense")):
        with pytest.raises(NotADirectoryError, match="mine"):
            function(name, out=tmp_path / "mine" / "found")
