"""Worker processes: what a death or a failure costs, and that none outlives its run."""

import json
import os
import signal
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from comparisons.harness.concept import Settings
from comparisons.harness.runs import crew, workers
from tests.comparisons.harness.fake_house import ROOT, House, children, is_running

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="looks processes up in /proc"
)

# In place of the real ones, which load frameworks.
WORKER = """
class Worker:
    def __init__(self, implementation, device):
        if device == "gpu":
            raise RuntimeError("--device gpu: sees no GPU\\non this machine")

    def forget(self):
        pass
"""
ACTIONS = """
import os
import signal
import time
from pathlib import Path

HERE = Path(__file__).parent


def run(worker, job, settings, progress):
    first = not (HERE / "tried").exists()
    (HERE / "tried").touch()
    exec(job.code)
    return {"process": os.getpid()}, {}
"""


@pytest.fixture
def pool(tmp_path, monkeypatch):
    """A pool whose processes do a job by executing its code."""
    room = tmp_path / "comparisons" / "harness" / "runs"
    room.mkdir(parents=True)
    for package in (room.parents[1], room.parent, room):
        (package / "__init__.py").touch()
    (room / "worker.py").write_text(WORKER)
    (room / "actions.py").write_text(ACTIONS)
    for own in (room.parent / "places.py", room / "process.py"):
        own.symlink_to(ROOT / own.relative_to(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    with workers.Pool(SimpleNamespace(device="cpu"), tmp_path / "logs") as pool:
        yield pool


def job(code, column="numpy"):
    return SimpleNamespace(implementation=column, code=code)


def ignore(done, total):
    pass


def test_a_column_keeps_its_process_and_another_has_its_own(pool):
    first, again = (pool.run(job("pass"), ignore)[0] for _ in range(2))
    assert first == again != pool.run(job("pass", "keras-jax"), ignore)[0]


@pytest.mark.parametrize(
    "misfortune",
    ["os.kill(os.getpid(), signal.SIGKILL)", "raise KeyError('x')", "raise SystemExit"],
)
def test_a_job_that_fails_once_is_done_in_a_fresh_process(pool, misfortune):
    before, _ = pool.run(job("pass"), ignore)
    (pool.log_folder.parent / "comparisons" / "harness" / "runs" / "tried").unlink()
    after, _ = pool.run(job(f"if first: {misfortune}"), ignore)
    assert before != after


@pytest.mark.parametrize(
    ("misfortune", "reason"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "numpy was ended by SIGKILL (out of memory?)"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "numpy was ended by SIGSEGV;"),
        ("raise SystemExit(3)", "numpy ended with status 3"),
        ("raise KeyError('x')", "KeyError: 'x'"),
        ("raise ValueError('one\\ntwo')", "ValueError: one;"),
        ("raise ValueError", "ValueError: ValueError()"),
        ("progress(lambda: None, 1)", "pickle"),
    ],
)
def test_a_job_that_fails_twice_says_why_and_the_next_is_done(pool, misfortune, reason):
    with pytest.raises(workers.JobFailed) as failed:
        pool.run(job(misfortune), ignore)
    line = str(failed.value)
    assert reason in line and "\n" not in line
    assert line.endswith(f"; see {pool.log_folder / 'numpy.log'}")
    pool.run(job("pass"), ignore)


def test_what_is_printed_goes_to_the_log_and_what_raised_with_it(pool):
    with pytest.raises(workers.JobFailed):
        pool.run(job("print('out'); os.write(1, b'deep'); raise KeyError('why')"), ignore)
    log = (pool.log_folder / "numpy.log").read_text()
    assert log.count("deep") == 2 and log.count("KeyError: 'why'") == 2


def test_epochs_are_told_while_they_go_by(pool):
    told = []
    code = "for epoch in range(1, 4): progress(epoch, 3); time.sleep(0.25)"
    pool.run(job(code), lambda *epochs: told.append(epochs))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("moment", [0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8])
def test_a_worker_killed_at_any_moment_costs_one_retry(pool, moment):
    def kill():
        time.sleep(moment)
        for column in list(pool._columns.values()):
            os.kill(column.process.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    for _ in range(8):
        pool.run(job("time.sleep(0.1)"), ignore)
    killer.join()


def test_a_column_that_cannot_start_is_told_in_one_line(pool):
    pool.settings.device = "gpu"
    with pytest.raises(
        workers.WorkerError, match="keras-jax: --device gpu: sees no GPU; see"
    ) as error:
        pool.run(job("pass", "keras-jax"), ignore)
    assert "\n" not in str(error.value)


def test_a_process_that_dies_while_it_starts_costs_its_job_alone(pool, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(workers.sys, "executable", "/bin/false")
        with pytest.raises(workers.JobFailed, match="numpy ended with status 1; see"):
            pool.run(job("pass"), ignore)
    pool.run(job("pass"), ignore)


def test_a_real_column_without_its_device_says_so(tmp_path):
    with (
        pytest.raises(workers.WorkerError, match="keras-tensorflow: .*(no GPU|No module)"),
        workers.Pool(Settings(device="gpu"), tmp_path) as pool,
    ):
        pool.start("keras-tensorflow")


# Runs without pages, which are not under test here.
RUN = """
import os
import sys
from pathlib import Path
from comparisons.harness.runs import interruption, runner
from comparisons.harness.concept import Settings

with interruption.ends_at_once():
    plan = runner.plan(sys.argv[1:], Settings(), ["numpy"], int(os.environ.get("WORKERS", 1)))
    with interruption.closes_first():
        found = runner.run(plan, Path("results"), tell=lambda s: print(s.what, flush=True))
    sys.exit(not all(result.passed for result in found))
"""


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path / "house")
    house.write("run.py", RUN)
    return house


def start(house, *names):
    """Start `runner.run` in the house, and wait until it is at the first job."""
    process = house.start(*names, before="exec(open('run.py').read())")
    while not process.stdout.readline().strip():
        assert process.poll() is None
    return process


def gone(pids):
    deadline = time.monotonic() + 30
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(is_running, pids))


def test_a_run_whose_workers_are_killed_again_and_again_goes_on(house):
    house.add("slow", "time.sleep(0.1)", seeds=4)
    house.add("unlucky", seeds=2)
    process, over = start(house, "slow", "unlucky"), threading.Event()

    def kill():
        while not over.wait(0.3):
            for pid in children(process.pid):
                os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    status, _, err = house.finish(process)
    over.set()
    killer.join()
    assert status == 1 and err == ""
    for name, count in (("slow", 4), ("unlucky", 2)):
        content = json.loads((house.folder / "results" / name / "result.json").read_bytes())
        assert len(content["failures"]) == count
    assert not list((house.folder / "results").rglob("*.tmp"))


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_its_run(house, sent):
    house.add(
        "endless", "time.sleep(1000 * (HERE / 'first').exists()); (HERE / 'first').touch()", 2
    )
    process = start(house, "endless")
    while not (house.folder / "results/endless/jobs/demonstrate-numpy-behave-0.json").exists():
        time.sleep(0.05)
    started = children(process.pid)
    process.send_signal(sent)
    process.send_signal(sent)  # in haste
    status, _, err = house.finish(process)
    assert started and gone(started)
    if sent == signal.SIGKILL:
        assert status == -sent
    else:
        assert status == 128 + sent
        assert err.startswith("sidebyside: interrupted; the same command goes on")
        assert err.count("\n") == 1
    results = house.folder / "results"
    names = sorted(path.name for path in results.rglob("*") if path.is_file())
    assert names == [
        "demonstrate-numpy-behave-0.json",
        "demonstrate-numpy-behave-0.npz",
        "numpy.log",
    ]


several_cores = pytest.mark.skipif(len(crew.cores()) < 2, reason="needs two cores")


@several_cores
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_no_worker_of_several_outlives_its_run(house, monkeypatch, sent):
    monkeypatch.setenv("WORKERS", "2")
    house.add("endless", "(HERE / str(os.getpid())).touch(); time.sleep(1000)", seeds=4)
    process = start(house, "endless")
    concepts = house.folder / "reference_numpy" / "concepts"
    while len(begun := [int(p.name) for p in concepts.iterdir() if p.name.isdigit()]) < 2:
        time.sleep(0.05)
    process.send_signal(sent)
    status, _, err = house.finish(process)
    assert gone(begun) and status == 128 + sent
    assert err.startswith("sidebyside: interrupted; the same command goes on")
    assert err.count("\n") == 1
    assert not list((house.folder / "results").rglob("*.json"))


@several_cores
def test_several_workers_of_which_one_is_killed_do_every_job(house, monkeypatch):
    monkeypatch.setenv("WORKERS", "2")
    behaviour = (
        "(HERE / 'first').exists() or ((HERE / 'first').touch(), os.kill(os.getpid(), 9)); "
        "(HERE / f'{len(os.sched_getaffinity(0))} {os.getpid()}').touch(); time.sleep(0.05)"
    )
    house.add("unlucky", behaviour, seeds=8)
    status, _, err = house.finish(start(house, "unlucky"))
    assert status == 0 and err == ""
    content = json.loads((house.folder / "results" / "unlucky" / "result.json").read_bytes())
    assert len(content["demonstrations"]) == 8 and content["failures"] == []
    concepts = house.folder / "reference_numpy" / "concepts"
    cores = [path.name.split()[0] for path in concepts.iterdir() if " " in path.name]
    assert len(cores) > 1 and set(cores) == {"1"}, "each worker has its own core"
