"""A study in a file: two processes at once, one of them killed, and gone on with later."""

import subprocess
import sys
import time

import numpy as np
import optuna
import pytest

from keras_models.hyperparameter_search import continue_study, objective

SCRIPT = """
import sys, time
from pathlib import Path
from keras_models.hyperparameter_search import continue_study

folder, name = Path(sys.argv[1]), sys.argv[2]
begun = []

def wait_for(path):
    while not path.exists():
        time.sleep(0.01)

def toy(trial):
    trial.set_user_attr("by", name)
    x = trial.suggest_float("x", 0, 1)
    begun.append(trial)
    if len(begun) == 3:  # the one hangs, and the other goes on only then
        if name == "killed":
            (folder / "hangs").touch()
            time.sleep(3_600)
        wait_for(folder / "hangs")
    return -abs(x - 0.5)

(folder / f"{name} is ready").touch()
wait_for(folder / "go")
continue_study(toy, folder / "study.log", 8)
"""


def begin(folder, name):
    """A process that waits until it is told to go."""
    arguments = [sys.executable, "-c", SCRIPT, str(folder), name]
    return subprocess.Popen(arguments, stderr=subprocess.DEVNULL)


def wait_for(path, process):
    """A slow machine is no failure; a process that has ended is."""
    while not path.exists():
        assert process.poll() is None, f"{path.name} never came"
        time.sleep(0.01)


def states(study, state):
    return [trial for trial in study.trials if trial.state.name == state]


def test_two_processes_share_a_study_and_one_that_is_killed_is_no_loss(tmp_path):
    killed, other = begin(tmp_path, "killed"), begin(tmp_path, "other")
    try:
        for name, process in (("killed", killed), ("other", other)):
            wait_for(tmp_path / f"{name} is ready", process)
        (tmp_path / "go").touch()
        wait_for(tmp_path / "hangs", killed)
        killed.kill()
        assert other.wait() == 0
    finally:
        for process in (killed, other):
            process.kill()
            process.wait()

    def unwanted(trial):
        pytest.fail("a trial too many")

    study = continue_study(unwanted, tmp_path / "study.log", 8)
    finished = states(study, "COMPLETE")
    assert len(finished) == 8
    by = [trial.user_attrs["by"] for trial in finished]
    assert (by.count("killed"), by.count("other")) == (2, 6)
    assert [trial.user_attrs["by"] for trial in states(study, "RUNNING")] == ["killed"]
    assert [trial.number for trial in study.trials] == list(range(9))
    assert study.best_value == max(-abs(trial.params["x"] - 0.5) for trial in finished)

    study = continue_study(lambda trial: trial.suggest_float("x", 0, 1), tmp_path / "study.log", 10)
    assert states(study, "COMPLETE")[:8] == finished
    assert len(states(study, "COMPLETE")) == 10


def test_the_objective_trains_with_what_the_trial_suggests():
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(40, 49)).astype("float32"), draw.integers(0, 10, 40)
    trial = optuna.trial.FixedTrial({"rate": 0.5, "units": 32, "noise": 0.01})
    score = objective(trial, {"x": x, "y": y, "validation_data": (x, y)}, epochs=20)
    assert score > 0.6
    assert trial.params == {"rate": 0.5, "units": 32, "noise": 0.01}
