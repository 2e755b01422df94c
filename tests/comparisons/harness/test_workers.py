"""Worker processes: what a death, a failure or an interruption costs a run."""

import json
import os
import signal
import sys
import threading
import time

import pytest

from comparisons.harness import backends, workers
from comparisons.harness.concept import Settings
from comparisons.harness.jobs import Job
from tests.comparisons.harness.fake_house import House, children, is_running

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="looks processes up in /proc"
)

DIES_ONCE = """mark = HERE / "died"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)"""
RAISES_ONCE = """mark = HERE / "raised"
    if not mark.exists():
        mark.touch()
        raise KeyError("a first time")"""
# Runs without pages, which are not under test here.
RUN = """
import sys
from pathlib import Path
from comparisons.harness import interruption, runner
from comparisons.harness.concept import Settings

def main():
    names, out = sys.argv[1].split(","), Path(sys.argv[2])
    out.mkdir(exist_ok=True)
    plan = runner.plan(names, Settings(), ["numpy"])
    with interruption.closes_first():
        found = runner.run(plan, out, tell=lambda status: print(status.what, flush=True))
    sys.exit(not all(result.passed for result in found))

with interruption.ends_at_once():
    main()
"""


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path / "house")
    house.write("run.py", RUN)
    return house


def start(house, *names):
    """Start `runner.run` in the house."""
    return house.start(",".join(names), "results", before="exec(open('run.py').read())")


def run(house, *names):
    """Exit status, standard output and standard error of `runner.run` in the house."""
    return house.finish(start(house, *names))


def result(house, name):
    return json.loads((house.folder / "results" / name / "result.json").read_bytes())


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_job_that_fails_twice_is_written_down_and_the_others_go_on(house):
    house.add("a_dying", "os.kill(os.getpid(), signal.SIGKILL)")
    house.add("b_raising", 'raise KeyError("no such thing")')
    house.add("c_good", seeds=2)
    status, out, err = run(house, "a_dying", "b_raising", "c_good")
    assert status == 1
    (dying,) = result(house, "a_dying")["failures"]
    (raising,) = result(house, "b_raising")["failures"]
    assert dying["job"]["action"] == "demonstrate"
    assert "the process of numpy was ended by SIGKILL (out of memory?); see" in dying["reason"]
    assert raising["reason"].startswith("KeyError: 'no such thing'; see ")
    good = result(house, "c_good")
    assert good["failures"] == [] and len(good["demonstrations"]) == 2
    assert err == "" and "Traceback" not in out
    assert "KeyError: 'no such thing'" in (house.folder / "results/logs/numpy.log").read_text()


@pytest.mark.parametrize("behaviour", [DIES_ONCE, RAISES_ONCE])
def test_a_job_that_fails_once_is_done_in_a_fresh_process(house, behaviour):
    house.add("unlucky", behaviour, seeds=2)
    assert run(house, "unlucky")[0] == 0
    found = result(house, "unlucky")
    assert found["failures"] == [] and len(found["demonstrations"]) == 2


def test_what_failed_is_done_by_the_next_run(house):
    house.add("mended", 'raise ValueError("not yet")')
    house.add("good")
    assert run(house, "mended", "good")[0] == 1
    house.add("mended")
    status, out, _ = run(house, "mended", "good")
    assert status == 0 and "mended" in out and "good" not in out
    assert result(house, "mended")["failures"] == []


def test_a_failed_job_leaves_nothing_of_an_earlier_one(house):
    house.add("worse")
    assert run(house, "worse")[0] == 0
    jobs = house.folder / "results" / "worse" / "jobs"
    assert len(list(jobs.iterdir())) == 2
    house.add("worse", "raise ValueError")
    assert run(house, "worse")[0] == 1
    assert list(jobs.iterdir()) == []


@pytest.mark.parametrize("moment", [0.0, 0.4, 1.2, 2.4])
def test_a_worker_killed_at_any_moment_does_not_end_the_run(house, moment):
    house.add("slow", "time.sleep(0.2)", seeds=6)
    process = start(house, "slow")
    wait_for(lambda: children(process.pid))
    time.sleep(moment)
    for pid in children(process.pid):
        os.kill(pid, signal.SIGKILL)
    status, _, err = house.finish(process)
    assert status == 0 and err == ""
    assert result(house, "slow")["failures"] == []
    assert len(result(house, "slow")["demonstrations"]) == 6


def test_a_worker_killed_again_and_again_does_not_end_the_run(house):
    house.add("slow", "time.sleep(0.1)", seeds=4)
    process = start(house, "slow")
    stop = threading.Event()

    def kill():
        while not stop.wait(0.3):
            for pid in children(process.pid):
                os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    status, _, err = house.finish(process)
    stop.set()
    killer.join()
    assert status == 1 and err == ""
    assert len(result(house, "slow")["failures"]) == 4
    assert not list((house.folder / "results").rglob("*.tmp"))


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_its_run(house, sent):
    house.add("first")
    house.add("endless", "time.sleep(1000)")
    process = start(house, "first", "endless")
    wait_for(lambda: "endless" in process.stdout.readline())
    wait_for(lambda: children(process.pid))
    started = children(process.pid)
    process.send_signal(sent)
    status, _, err = house.finish(process)
    wait_for(lambda: not any(map(is_running, started)))
    if sent != signal.SIGKILL:
        assert status == 128 + sent
        assert err.startswith("sidebyside: interrupted; ") and err.count("\n") == 1
    results = house.folder / "results"
    assert not list(results.rglob("*.tmp"))
    assert [p.name for p in results.rglob("*.json")] == [
        "result.json",
        "demonstrate-numpy-behave-0.json",
    ]


def test_a_column_that_cannot_start_is_told_in_one_line(tmp_path):
    lost = [name for name in backends.IMPLEMENTATIONS if backends.missing(name)]
    implementation, device, expected = (
        (lost[0], "auto", "No module named") if lost else ("keras-torch", "gpu", "sees no GPU")
    )
    with (
        pytest.raises(workers.WorkerError, match=f"{implementation}.*{expected}") as error,
        workers.Pool(Settings(device=device), tmp_path) as pool,
    ):
        pool.run(Job("perceptron", "check", implementation), lambda done, total: None)
    assert "\n" not in str(error.value)


def test_a_column_that_dies_while_it_starts_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(workers.sys, "executable", "/bin/false")
    job, starts = Job("perceptron", "check", "numpy"), []
    init = workers.Column.__init__
    monkeypatch.setattr(
        workers.Column, "__init__", lambda *arguments: [starts.append(1), init(*arguments)][1]
    )
    with workers.Pool(Settings(), tmp_path) as pool:
        for _ in range(3):
            with pytest.raises(workers.JobFailed, match="numpy ended with status 1; see"):
                pool.run(job, lambda done, total: None)
    assert len(starts) == 2


def test_epochs_are_told_while_they_go_by(tmp_path):
    house = House(tmp_path / "house")
    house.add("any")
    worker = """
import time
class Worker:
    def __init__(self, implementation, device):
        pass
    def run(self, job, settings, progress):
        for epoch in range(1, 4):
            progress(epoch, 3)
            time.sleep(0.25)
        return {}, {}
"""
    harness = house.folder / "comparisons" / "harness"
    original = harness.resolve()
    harness.unlink()
    harness.mkdir()
    for path in original.iterdir():
        if path.name != "actions.py":
            (harness / path.name).symlink_to(path)
    house.write("comparisons/harness/actions.py", worker)
    script = """
from pathlib import Path
from comparisons.harness import workers
from comparisons.harness.concept import Settings
from comparisons.harness.jobs import Job
with workers.Pool(Settings(), Path("logs")) as pool:
    print(pool.run(Job("any", "train", "numpy"), lambda done, total: print(done, total)))
raise SystemExit
"""
    house.write("run.py", script)
    _, out, _ = house.finish(start(house))
    assert out.splitlines() == ["1 3", "2 3", "3 3", "({}, {})"]
