"""Parts of a batch on several threads."""

import multiprocessing
import subprocess
import sys
import threading

import numpy as np
import pytest

from reference_numpy.kernels import threads


@pytest.fixture(autouse=True)
def three_cores(monkeypatch):
    monkeypatch.setattr(threads, "_cores", lambda: 3)
    threads._pool.cache_clear()
    yield
    threads._pool.cache_clear()


def test_the_parts_make_up_the_batch_in_order():
    assert threads.by_parts(lambda part: part, 8, 3 * threads.WORTH_A_THREAD) == [
        slice(0, 2),
        slice(2, 5),
        slice(5, 8),
    ]


def test_parts_are_worked_on_at_the_same_time():
    everybody = threading.Barrier(3, timeout=30)
    threads.by_parts(lambda part: everybody.wait(), 3, 3 * threads.WORTH_A_THREAD)


@pytest.mark.parametrize(
    ("batch", "multiplications"), [(8, 10), (1, 10 * threads.WORTH_A_THREAD), (0, 0)]
)
def test_small_work_stays_in_its_thread(batch, multiplications):
    def work(part):
        return part, threading.current_thread()

    here = threading.current_thread()
    assert threads.by_parts(work, batch, multiplications) == [(slice(0, batch), here)]


def test_what_a_part_raises_comes_through():
    def work(part):
        if part.start:
            raise ArithmeticError("in a thread")

    with pytest.raises(ArithmeticError, match="in a thread"):
        threads.by_parts(work, 3, 3 * threads.WORTH_A_THREAD)


def test_within_a_part_there_are_no_parts():
    def work(part):
        return threads.by_parts(lambda inner: inner, 6, 9 * threads.WORTH_A_THREAD)

    found = threads.by_parts(work, 6, 3 * threads.WORTH_A_THREAD)
    assert found == [[slice(0, 6)]] * 3
    assert len(threads.by_parts(lambda part: part, 6, 3 * threads.WORTH_A_THREAD)) == 3


# In a process of its own, which can be ended where its threads wait for ever.
NESTED = """
from reference_numpy.kernels import threads

threads._cores = lambda: 2

def within(depth):
    return sum(threads.at_once(lambda part: within(depth - 1), range(4))) if depth else 1

assert within(3) == 4**3
assert [result() for result in threads.ahead(within, range(4))] == [1, 4, 4**2, 4**3]
"""


def test_parts_within_parts_do_not_wait_for_one_another():
    subprocess.run([sys.executable, "-c", NESTED], check=True, timeout=30)


def test_a_part_knows_how_numpy_is_to_take_errors():
    def work(part):
        return np.exp(np.float32([1e3 if part.start else 0.0]))

    with np.errstate(over="ignore"):
        threads.by_parts(work, 3, 3 * threads.WORTH_A_THREAD)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        threads.by_parts(work, 3, 3 * threads.WORTH_A_THREAD)


def test_items_are_worked_on_ahead_and_in_order():
    everybody = threading.Barrier(3, timeout=30)

    def work(item):
        everybody.wait()
        return item, threads.by_parts(lambda inner: inner, 6, 9 * threads.WORTH_A_THREAD)

    found = [result() for result in threads.ahead(work, range(6))]
    assert found == [(item, [slice(0, 6)]) for item in range(6)]


def test_whoever_stops_early_leaves_no_work_behind():
    worked, stopped = [], threading.Event()

    def work(item):
        if item:
            stopped.wait(30)
        worked.append(item)

    results = threads.ahead(work, range(100))
    next(results)()
    results.close()
    stopped.set()
    threads._pool().shutdown()
    assert 0 in worked and len(worked) < 10


# In a process of its own, since not everything that tests import bears to be forked.
FORK = """
import multiprocessing
from reference_numpy.kernels import threads

threads._cores = lambda: 2

def parts():
    return len(threads.by_parts(lambda part: part, 2, 2 * threads.WORTH_A_THREAD))

assert parts() == 2
with multiprocessing.get_context("fork").Pool(1) as processes:
    assert processes.apply_async(parts).get(timeout=20) == 2
"""


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="the system cannot fork"
)
def test_a_forked_process_has_threads_of_its_own():
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORK], check=True)
