"""The command line, and the one line that each plain mistake gets."""

import json
import os
import subprocess
import sys
import time
import warnings

import pytest

import comparisons
from comparisons.harness import backends, cli
from comparisons.harness.concept import Settings
from comparisons.harness.desk import display, session
from comparisons.harness.runs.estimates import Status
from comparisons.harness.table_files.question import Question
from tests.comparisons.harness.fake_house import House


def call(capsys, *arguments):
    """Exit status, standard output and standard error of `sidebyside` with these arguments."""
    with pytest.raises(SystemExit) as stop:
        cli.main(list(arguments))
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def test_a_warning_is_one_line_and_told_once(capsys, monkeypatch):
    def listing(*arguments, **options):
        for _ in range(2):
            warnings.warn("the file\nlacks it", stacklevel=1)

    monkeypatch.setattr(cli, "app", listing)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        _, _, err = call(capsys, "list")
    assert err == "sidebyside: the file lacks it\n"


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"]])
def test_it_helps(capsys, monkeypatch, arguments):
    monkeypatch.setattr(sys, "argv", ["sidebyside"])
    status, out, err = call(capsys, *arguments)
    assert status == 0 and err == ""
    assert all(command in out for command in ("list", "run", "report", "--version"))


def test_the_version(capsys):
    status, out, err = call(capsys, "--version")
    assert (status, out, err) == (0, f"sidebyside {comparisons.__version__}\n", "")


def test_importing_the_package_and_its_version_are_light():
    script = (
        "import sys, comparisons; comparisons.__version__; "
        "print([m for m in ('numpy', 'pandas', 'sklearn', 'typer', 'keras') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.stdout == "[]\n"
    command = [sys.executable, "-X", "importtime", "-m", "comparisons", "--version"]
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.stdout.startswith("sidebyside ") and "sklearn" not in found.stderr


def test_list_shows_every_concept_by_chapter(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, _ = call(capsys, "list")
    assert status == 0
    lines = out.splitlines()
    chapter = lines.index("1 Perceptron · パーセプトロン")
    assert lines[chapter + 1].startswith("  perceptron ") and "mnist_cnn" in out
    assert "checks hold" not in out


def test_list_as_json(capsys):
    status, out, _ = call(capsys, "list", "--json")
    rows = json.loads(out)
    assert status == 0 and out.isascii()
    keys = {"name", "chapter", "title", "title_ja", "introduces", "claims"}
    assert all(set(row) == keys for row in rows)
    first = rows[0]
    assert first["name"] == "perceptron" and first["chapter"].endswith(" Perceptron")
    assert first["title_ja"].startswith("パーセプトロン")
    assert all(set(claim) == {"claim", "claim_ja", "source"} for claim in first["claims"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run"], "name the concepts to run, or give --all"),
        (["run", "--all", "dropout"], "name the concepts to run, or give --all"),
        (["run", "drop-out"], "Unknown concept or chapter 'drop-out'; did you mean 'dropout'?"),
        (["run", "dropout", "--backends", "mxnet"], "Unknown backend 'mxnet'. Expected one of"),
        (["run", "dropout", "--backends", ""], "Unknown backend ''. Expected one of"),
        (["run", "dropout", "--device", "tpu"], "'--device': 'tpu' is not one of 'auto',"),
        (["run", "dropout", "--seeds", "0"], "Invalid value for '--seeds'"),
        (["run", "dropout", "--epochs", "many"], "Invalid value for '--epochs'"),
        (["run", "dropout", "--preset", "huge"], "No such option: --preset"),
        (["run", "dropout", "--csv", "x.csv"], "the concept 'dropout' takes no file of your own"),
        (["run", "titanic_mlp", "--csv", "no.csv"], "no.csv: no such file"),
        (["run", "titanic_mlp", "--encoding", "cp932"], "--encoding: tells how a file of your own"),
        (["run", "titanic_mlp", "--device", "gpu", "--backends", "numpy"], "--device gpu"),
        (["run", "titanic_mlp", "--precision", "half"], "'half' is not one of 'float32', 'mixed_"),
        (["run", "titanic_mlp", "--jit", "--backends", "numpy"], "--jit: the NumPy column trains"),
        (["train"], "No such command 'train'"),
        (["report", "nowhere"], "nowhere: no such folder of results"),
    ],
)
def test_a_mistake_gets_one_line_and_status_2(capsys, tmp_path, monkeypatch, arguments, expected):
    monkeypatch.chdir(tmp_path)
    status, out, err = call(capsys, *arguments)
    assert status == 2 and out == ""
    assert expected in err
    assert err.startswith("sidebyside: ") and err.count("\n") == 1, err
    assert not list(tmp_path.rglob("*.json")), "something was half-written"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["bench", "M9"], "Unknown model 'M9'"),
        (["check", "no.keras", "--out", "found"], "no.keras: No such file"),
        (["check", "no.keras", "--seed", "-1"], "Invalid value for '--seed'"),
        (["diff", "a.keras", "b.keras", "--seed", "-1"], "Invalid value for '--seed'"),
    ],
)
def test_a_mistake_leaves_no_folder(capsys, tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    status, out, err = call(capsys, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1) and told in err
    assert not [*tmp_path.iterdir()]


def test_a_folder_without_results(capsys, tmp_path):
    status, _, err = call(capsys, "report", str(tmp_path))
    assert status == 2 and "holds no results" in err


def test_a_broken_result(capsys, tmp_path):
    (tmp_path / "perceptron").mkdir()
    (tmp_path / "perceptron" / "result.json").write_text("{")
    status, _, err = call(capsys, "report", str(tmp_path))
    assert status == 2 and "not a JSON file" in err and err.count("\n") == 1


BROKEN_CHAPTER = """
from comparisons.harness import chapters
from comparisons.harness.concept import Concept
CONCEPT = Concept(
    ("Example", "例"),
    chapters.Chapter(("Book", "本"), "Appendix A", ("Title", "題")),
    ("", ""),
)
"""


@pytest.fixture
def house(tmp_path):
    return House(tmp_path / "house")


def test_a_run_with_a_failing_job_reports_the_others(house):
    house.add("bad", 'raise ValueError("not today")')
    house.add("good")
    status, out, err = house.call("run", "good", "bad", "--backends", "numpy")
    assert status == 1, err
    assert "bad: 0 of 0 checks hold, 1 job failed" in out
    place = f"{house.folder}/reference_numpy/concepts/bad.py, line 13"
    job = "bad: computing behave (numpy, seed 0)"
    assert f"FAILED: {job}: {place}: ValueError: not today; see" in out
    assert "good: 0 of 0 checks hold\n" in out
    assert out.splitlines()[-1] == "Open results/index.html"
    blocks = out.split("\n\n")
    lines = err.splitlines()
    assert lines[0].startswith("2 jobs; this takes about ")
    assert lines[1].startswith("[1/2] good: computing behave (numpy, seed 0) · about ")
    assert lines[2].startswith("[2/2] bad: ") and lines[2].endswith(" left")
    status, out, err = house.call("run", "good", "--backends", "numpy", "--json")
    assert status == 0 and err == "1 job, all done already\nwriting the pages\n"
    (result,) = json.loads(out)["results"]
    assert out.isascii() and result["concept"] == "good" and result["failures"] == []
    status, out, _ = house.call("report")
    assert status == 1 and sorted(out.split("\n\n")) == sorted(blocks)
    status, out, _ = house.call("list", "--json")
    assert [row["name"] for row in json.loads(out)] == ["bad", "good"]
    status, out, _ = house.call("list")
    assert "0 of 0 checks hold, 1 job failed" in " ".join(out.split())


def test_an_edited_caption_runs_its_concept_alone(house):
    house.add("edited")
    house.add("other", seeds=3)
    assert house.call("run", "--all", "--backends", "numpy")[0] == 0
    house.add("edited", title="Another title")
    status, _, err = house.call("run", "--all", "--backends", "numpy")
    assert status == 0
    assert err.startswith("4 jobs, 3 of them done already; this takes ")
    assert "edited: computing" in err and "other: computing" not in err


def test_a_broken_script_is_told_with_file_and_line(house):
    house.add("good")
    house.write("comparisons/broken.py", BROKEN_CHAPTER)
    for arguments in (["list"], ["run", "good"], ["run", "--all"]):
        status, out, err = house.call(*arguments)
        assert status == 2 and out == "" and err.count("\n") == 1
        assert "comparisons/broken.py, line 6: ValueError: a chapter's number" in err
    house.write("comparisons/broken.py", BROKEN_CHAPTER.split("CONCEPT")[0])
    assert "has no attribute 'CONCEPT'" in house.call("list")[2]
    house.write("comparisons/broken.py", "import no_such_module\n")
    assert "broken.py, line 1: ModuleNotFoundError" in house.call("list")[2]
    script = (house.folder / "comparisons" / "good.py").read_text()
    house.write("comparisons/broken.py", script.replace('("Example", "例")', '"Example"'))
    assert "broken.py: TypeError: Concept.title: expected a pair, Eng" in house.call("list")[2]


def test_a_misnamed_function_is_told_with_file_and_field(house):
    house.add("misnamed")
    half = house.folder / "keras_models" / "misnamed.py"
    half.write_text(half.read_text().replace("def behave", "def behaves"))
    status, _, err = house.call("run", "misnamed", "--backends", "numpy")
    assert status == 2 and err.count("\n") == 1
    assert "keras_models/misnamed.py: defines no 'behave', which Demonstration.function" in err
    house.add("wrong")
    script = house.folder / "comparisons" / "wrong.py"
    text = script.read_text()
    script.write_text(
        text.replace("    summary=", '    equations=((r"\\fract", ("", "")),),\n    summary=')
    )
    status, _, err = house.call("run", "wrong", "--backends", "numpy")
    assert status == 2 and err.count("\n") == 1 and "wrong.py: Concept.equations: " in err


@pytest.mark.parametrize("encoding", ["cp1252", "cp932", "ascii"])
def test_a_terminal_that_lacks_characters_gets_others(house, encoding):
    house.add("good", title="Naïve — “quoted” 例 ✓ 10⁻⁵")
    status, out, err = house.call(
        "list", env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, text=False
    )
    assert status == 0 and b"good" in out and b"10^-5" in out and err == b""


def test_running_a_script_is_running_its_concept(house):
    house.add("good")
    command = [sys.executable, "-m", "comparisons.good", "--backends", "numpy"]
    environment = {**os.environ, "PYTHONPATH": str(house.folder)}
    subprocess.run(command, cwd=house.folder, env=environment, check=True, capture_output=True)
    assert (house.folder / "results" / "good" / "result.json").exists()


def test_a_backend_that_is_missing_says_what_installs_it(monkeypatch):
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: None)
    assert backends.missing("tensorflow") == "tensorflow is not installed (pip install tensorflow)"
    assert backends.missing("numpy") is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "a few seconds"),
        (31, "about 30 seconds"),
        (100, "about 2 minutes"),
        (3600, "about 60 minutes"),
        (9000, "about 2.5 hours"),
    ],
)
def test_a_length_of_time_in_words(seconds, text):
    assert display.about(seconds) == text


def test_a_long_job_tells_its_epochs_now_and_then(capsys, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(display.time, "monotonic", lambda: now[0])
    with display.Display() as shown:
        shown(Status("", None, 0, 2, 0.0, 300.0))
        for epoch in range(1, 9):
            shown(Status("training", (epoch, 9, "epochs"), 0, 2, 0.1, 240.0))
            now[0] += 10.0
        shown(Status("", None, 1, 2, 0.5, 100.0))
    assert capsys.readouterr().err.splitlines() == [
        "2 jobs; this takes about 5 minutes",
        "[1/2] training, 1 of 9 epochs · about 4 minutes left",
        "[1/2] training, 4 of 9 epochs · about 4 minutes left",
        "[1/2] training, 7 of 9 epochs · about 4 minutes left",
    ]


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_narrow_terminal_shows_the_epochs_and_the_time_left(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    with display.Display() as shown:
        what = "titanic_mlp: training one-hot, batch normalization (keras-tensorflow, seed 0)"
        shown(Status(what, (115, 150, "epochs"), 116, 143, 0.5, 1230.0))
        with shown.console.capture() as seen:
            shown.console.print(shown.bar.get_renderable())
    (line,) = filter(str.strip, seen.get().splitlines())
    assert line.startswith("[117/143]") and (what in line) == (columns == 200)
    assert "115 of 150 epochs" in line and "about 20 minutes left" in line


def test_a_job_that_tells_nothing_is_told_now_and_then(capsys, monkeypatch):
    monkeypatch.setattr(display, "SECONDS_BETWEEN_LINES", 0.0)
    monkeypatch.setattr(display, "SECONDS_BETWEEN_LOOKS", 0.01)
    with display.Display() as shown:
        shown(Status("", None, 0, 2, 0.0, 300.0))
        shown(Status("proving", None, 0, 2, 0.0, 300.0))
        said = "[1/2] proving · about 5 minutes left\n"
        heard, deadline = "", time.monotonic() + 30.0
        while heard.count(said) < 2 and time.monotonic() < deadline:
            heard += capsys.readouterr().err
        shown(Status("", None, 2, 2, 1.0, 0.0))
    assert heard.count(said) >= 2


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (300.0, "2 jobs; this takes about 5 minutes"),
        (9000.0, "2 jobs; this takes about 2.5 hours, less with --folds 2, --epochs 1"),
    ],
)
def test_a_long_run_tells_what_makes_it_shorter(capsys, seconds, told):
    settings = Settings(seeds=1, table=Question("own.csv", "y", "classes", (), 9))
    with display.Display() as shown:
        shown.shorter = session.shorter(settings)
        shown(Status("", None, 0, 2, 0.0, seconds))
    assert capsys.readouterr().err.splitlines() == [told]


def test_what_makes_a_run_shorter():
    assert session.shorter(Settings()) == ["--seeds 1", "--epochs 1"]
    assert session.shorter(Settings(seeds=1, epochs=1)) == []


def test_what_comes_before_the_jobs_is_told_now_and_then(capsys, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(display.time, "monotonic", lambda: now[0])
    with display.Display() as shown:
        for column in range(1, 9):
            shown.step(f"column {column}")
            now[0] += 0.9
    assert capsys.readouterr().err.splitlines() == ["column 4", "column 7"]


def test_a_large_file_is_told_before_it_is_read(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(session, "LARGE", 100)
    path = tmp_path / "mine.csv"
    path.write_bytes("ｱ\n".encode("cp932") * 100)  # two letters of cp1252
    status, out, err = call(capsys, "run", "titanic_mlp", "--csv", str(path))
    assert status == 2 and out == ""
    told, refused = err.splitlines()
    assert told == f"reading {path} (0 MB)"
    assert refused.startswith(f"sidebyside: {path}: line 1: is it ")
    status, out, err = call(capsys, "run", "titanic_mlp", "--csv", str(path), "--encoding", "cp932")
    assert "lacks the columns pclass, survived, sex" in err
