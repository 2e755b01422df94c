"""The command line, and the one line that each plain mistake gets."""

import json

import pytest

from comparisons.harness import backends, cli, runner
from tests.comparisons.harness import fake_results


def call(capsys, *arguments):
    """Exit status, standard output and standard error of `sidebyside` with these arguments."""
    with pytest.raises(SystemExit) as stop:
        cli.main(list(arguments))
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def test_without_arguments_it_helps(capsys):
    status, out, err = call(capsys, "--help")
    assert status == 0 and err == ""
    assert all(command in out for command in ("list", "run", "report"))


def test_list_shows_every_concept(capsys):
    status, out, _ = call(capsys, "list")
    assert status == 0
    assert "perceptron" in out and "mnist_cnn" in out
    title = "畳み込みニューラルネットワークによるMNISTの手書き数字認識"
    assert title in "".join(out.split()), "cut short"


def test_list_as_json(capsys):
    status, out, _ = call(capsys, "list", "--json")
    rows = json.loads(out)
    assert status == 0
    assert [set(row) for row in rows] == [{"name", "chapter", "title", "title_ja", "claims"}] * 8
    assert rows[0]["name"] == "perceptron" and rows[0]["title_ja"].startswith("パーセプトロン")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run"], "name the concepts to run, or give --all"),
        (["run", "--all", "dropout"], "name the concepts to run, or give --all"),
        (["run", "lenet5"], "Unknown concept 'lenet5'. Expected one of activations, dropout,"),
        (["run", "dropout", "--backends", "mxnet"], "Unknown backend 'mxnet'. Expected one of"),
        (["run", "dropout", "--backends", ""], "Unknown backend ''. Expected one of"),
        (["run", "dropout", "--device", "tpu"], "'tpu' is not one of 'auto', 'cpu', 'gpu'"),
        (["run", "dropout", "--seeds", "0"], "Invalid value for '--seeds'"),
        (["run", "dropout", "--epochs", "many"], "Invalid value for '--epochs'"),
        (["run", "dropout", "--preset", "huge"], "No such option: --preset"),
        (["run", "dropout", "--csv", "x.csv"], "the concept 'dropout' takes no file of your own"),
        (["run", "titanic_mlp", "--csv", "no.csv"], "no.csv"),
        (["run", "titanic_mlp", "--device", "gpu", "--backends", "numpy"], "--device gpu"),
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


def test_an_output_folder_that_is_a_file(capsys, tmp_path):
    (tmp_path / "results").write_text("mine")
    status, _, err = call(capsys, "run", "perceptron", "--out", str(tmp_path / "results"))
    assert status == 2 and err.count("\n") == 1 and "results" in err
    assert (tmp_path / "results").read_text() == "mine"


def test_a_folder_without_results(capsys, tmp_path):
    status, _, err = call(capsys, "report", str(tmp_path))
    assert status == 2 and "holds no results" in err


def test_a_broken_result(capsys, tmp_path):
    (tmp_path / "perceptron").mkdir()
    (tmp_path / "perceptron" / "result.json").write_text("{")
    status, _, err = call(capsys, "report", str(tmp_path))
    assert status == 2 and "not a JSON file" in err and err.count("\n") == 1


def test_ctrl_c_gets_one_line_that_says_how_to_go_on(capsys, tmp_path, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "run", interrupted)
    arguments = ["run", "perceptron", "--backends", "numpy", "--out", str(tmp_path)]
    status, out, err = call(capsys, *arguments)
    assert status == 2 and out == ""
    assert "the same command goes on" in err.splitlines()[-1]


def test_the_summary_fits_a_narrow_page(capsys, tmp_path):
    names = ["perceptron", "two_layer_net", "dropout"]
    fake_results.write(tmp_path, names, columns=tuple(fake_results.SPEED), missing={})
    status, out, _ = call(capsys, "report", str(tmp_path))
    assert status == 0
    assert max(map(len, out.splitlines()[:-1])) <= 80
    rows = [line.split() for line in out.splitlines()]
    assert any(row[0] == "perceptron" and len(row) == 2 for row in rows)
    assert any(row[0] == "dropout" and row[2:5] == ["without", "dropout", "numpy"] for row in rows)
    assert any(row[:3] == ["with", "dropout", "numpy"] and "%" in row[3] for row in rows)
    assert len([row for row in rows if "keras-torch" in row]) == 3
    assert "confirmed: Dropout narrows the generalisation gap." in out


def test_run_writes_results_and_the_page(capsys, tmp_path):
    arguments = ["run", "perceptron", "--backends", "numpy", "--out", str(tmp_path), "--json"]
    status, out, _ = call(capsys, *arguments)
    assert status == 0
    content = json.loads(out)
    assert content["page"] == str(tmp_path / "index.html")
    (result,) = content["results"]
    assert result["claims"][0]["verdict"] == "confirmed"
    assert (tmp_path / "perceptron" / "result.json").exists()


def test_a_backend_that_is_missing_says_what_installs_it(monkeypatch):
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: None)
    assert backends.missing("tensorflow") == "tensorflow is not installed (pip install tensorflow)"
    assert backends.missing("numpy") is None
