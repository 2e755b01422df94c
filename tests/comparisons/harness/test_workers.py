"""Worker processes end with the run that started them, however that ends."""

import os
import signal
import subprocess
import sys
import time

import pytest

from comparisons.harness import backends, workers
from comparisons.harness.concept import Settings

SCRIPT = """
import signal
import sys
from pathlib import Path
from comparisons.harness import runner
from comparisons.harness.concept import Settings

if __name__ == "__main__":
    # A shell that starts the tests in the background has them ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    plan = runner.plan(["titanic_mlp"], Settings(epochs=100_000), ["numpy"])
    runner.run(plan, Path(sys.argv[1]), progress=lambda *what: print(what, flush=True))
"""


def children(pid):
    listing = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True
    )
    return [int(line) for line in listing.stdout.split()]


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().split()[2] != "Z"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks processes up in /proc")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_its_run(tmp_path, sent):
    script = tmp_path / "run.py"
    script.write_text(SCRIPT)
    out = tmp_path / "results"
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    run = subprocess.Popen(
        [sys.executable, str(script), str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    while b"training" not in run.stdout.readline():  # the job that would not end
        assert run.poll() is None
    deadline = time.monotonic() + 60
    while not (workers := children(run.pid)) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(3)
    run.send_signal(sent)
    run.wait(timeout=60)
    run.stdout.close()
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert workers and not any(map(is_running, workers))
    assert not list(out.rglob("*.tmp"))
    assert [path.name for path in out.rglob("*.json")] == ["check-numpy-0.json"]


def test_a_run_that_fails_waits_until_its_workers_are_gone(tmp_path):
    """Python's clearing up at exit prints a traceback about one that is still ending."""
    with pytest.raises(KeyboardInterrupt), workers.Pool(Settings(), tmp_path) as pool:
        pool.start("numpy")
        manager = pool._executors["numpy"]._executor_manager_thread
        raise KeyboardInterrupt
    assert not manager.is_alive()


def test_a_framework_that_cannot_be_imported_is_told_in_one_line(tmp_path):
    lost = [name for name in backends.IMPLEMENTATIONS if backends.missing(name)]
    if not lost:
        pytest.skip("every framework is installed")
    with (
        pytest.raises(workers.WorkerError, match=f"{lost[0]}: No module named"),
        workers.Pool(Settings(), tmp_path) as pool,
    ):
        pool.start(lost[0])
