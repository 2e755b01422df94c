"""Ctrl-C and SIGTERM: one line and the signal's status, whenever they come."""

import signal
import subprocess
import sys
import time

import pytest

from tests.comparisons.harness.fake_house import House, children

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path / "house")
    house.add("endless", "time.sleep(1000)")
    return house


def start(house):
    """Start a run, and wait until the command has taken hold of the signals."""
    process = house.start("run", "endless", "--backends", "numpy", "--out", "results")
    wait_for("SigCgt", signal.SIGTERM, process)
    return process


def wait_for(mask, number, process):
    """Wait until a process catches (SigCgt) or ignores (SigIgn) a signal."""
    while True:
        assert process.poll() is None
        with open(f"/proc/{process.pid}/status") as status:
            (line,) = (line for line in status if line.startswith(mask))
        if int(line.split()[1], 16) & 1 << number - 1:
            return
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        (signal.SIGINT, 0.0),
        (signal.SIGTERM, 0.1),
        (signal.SIGINT, 0.3),
        (signal.SIGTERM, 0.7),
        (signal.SIGINT, 1.2),
        (signal.SIGINT, 2.0),
    ],
)
def test_an_interruption_during_the_start(house, sent, moment):
    process = start(house)
    time.sleep(moment)
    process.send_signal(sent)
    status, out, err = house.finish(process)
    *before, last = err.splitlines()
    assert status == 128 + sent and out == ""
    assert last.startswith("sidebyside: interrupted")
    assert all("endless: computing" in line or "1 job;" in line for line in before)


@pytest.mark.parametrize("gap", [0.0, 0.05])
def test_an_interruption_in_haste_is_one(house, gap):
    process = start(house)
    while not children(process.pid):
        assert process.poll() is None
        time.sleep(0.05)
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        time.sleep(gap)
    status, _, err = house.finish(process)
    assert status == 130
    assert err.splitlines()[-1].endswith(
        "the same command goes on with the jobs that are still missing"
    )
    assert err.count("interrupted") == 1 and "Traceback" not in err


CLOSING = """
import os, signal, time
from comparisons.harness.runs import interruption

with interruption.closes_first():
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.1)
        print("closed", flush=True)
"""


def test_what_is_open_is_closed_also_in_haste():
    found = subprocess.run([sys.executable, "-c", CLOSING], capture_output=True, text=True)
    assert found.returncode == 143 and found.stdout == "closed\n"
    assert found.stderr.startswith("sidebyside: interrupted; ") and found.stderr.count("\n") == 1


LEAVING = """
import os, signal
from comparisons.harness.runs import interruption

def leave(number, message, leave=interruption.leave):
    os.kill(os.getpid(), signal.SIGINT)
    leave(number, message)

interruption.leave = leave
with interruption.ends_at_once(), interruption.closes_first():
    os.kill(os.getpid(), signal.SIGTERM)
"""


def test_another_interruption_after_all_is_closed_changes_nothing():
    found = subprocess.run([sys.executable, "-c", LEAVING], capture_output=True, text=True)
    assert found.returncode == 143 and found.stderr.count("\n") == 1
    assert found.stderr.startswith("sidebyside: interrupted; ")


def test_a_signal_that_is_to_be_ignored_stays_so(house):
    ignored = "signal.signal(signal.SIGINT, signal.SIG_IGN)"
    process = house.start("list", before=ignored)
    wait_for("SigIgn", signal.SIGINT, process)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
    status, out, err = house.finish(process)
    assert status == 0 and "endless" in out and err == ""
