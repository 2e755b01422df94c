"""One thread for NumPy's products while several of Python's share the work."""

import threading

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from reference_numpy.kernels import blas, threads


def numbers():
    """Threads of the OpenBLAS that comes with NumPy (SciPy may bring one of its own)."""
    return [
        entry["num_threads"]
        for entry in threadpool_info()
        if entry["internal_api"] == "openblas" and "numpy.libs" in entry["filepath"]
    ]


@pytest.fixture(autouse=True)
def two_threads():
    if not numbers():
        pytest.skip("NumPy has no OpenBLAS of its own")
    with threadpool_limits(2):
        if numbers() != [2]:
            pytest.skip("the machine has one core")
        yield


def test_one_thread_meanwhile_and_as_many_as_before_after_it():
    with blas.one_blas_thread():
        assert numbers() == [1]
    assert numbers() == [2]
    with pytest.raises(ArithmeticError), blas.one_blas_thread():
        raise ArithmeticError
    assert numbers() == [2]


def test_the_last_of_several_users_sets_it_back():
    inside, leave = threading.Event(), threading.Event()

    def other():
        with blas.one_blas_thread():
            inside.set()
            leave.wait(30)

    thread = threading.Thread(target=other)
    with blas.one_blas_thread():
        thread.start()
        assert inside.wait(30)
    assert numbers() == [1]
    leave.set()
    thread.join()
    assert numbers() == [2]


def test_parts_have_one_thread_each(monkeypatch):
    monkeypatch.setattr(threads, "_cores", lambda: 2)
    assert threads.by_parts(lambda part: numbers(), 2, 2 * threads.WORTH_A_THREAD) == [[1], [1]]
    assert threads.by_parts(lambda part: numbers(), 2, 0) == [[2]]
    assert numbers() == [2]
