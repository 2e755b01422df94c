"""NumPy's products in one thread while several of Python's share the work, and in small parts."""

import threading

import numpy as np
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


@pytest.fixture
def parts(monkeypatch):
    """The numbers of parts that are taken, on a core that has products of small matrices."""
    monkeypatch.setattr(blas, "UNCOPIED", 10**4)
    monkeypatch.setattr(blas, "_has_small_products", lambda: True)
    blas._fewest_parts.cache_clear()
    cut, numbers = blas._cut, []
    monkeypatch.setattr(blas, "_cut", lambda x, parts: numbers.append(parts) or cut(x, parts))
    yield numbers
    blas._fewest_parts.cache_clear()


@pytest.mark.parametrize(
    ("columns", "expected"),
    [(40, 1), (50, 1), (96, 2), (105, 3), (103, 1)],
    ids=["small", "just small", "in halves", "in thirds", "a prime number"],
)
def test_a_product_is_the_same_in_parts(columns, expected, parts):
    generator = np.random.default_rng(0)
    a, b = generator.standard_normal((5, 40)), generator.standard_normal((3, 40, columns))
    out = np.empty((3, 9, columns))[:, 2:7]
    other = generator.standard_normal((3, 5, columns))
    with blas.one_blas_thread():
        blas.product(a, b, out)
        total = blas.summed_product(b, other)
    assert parts == 4 * [expected]
    np.testing.assert_allclose(out, a @ b, rtol=1e-12)
    np.testing.assert_allclose(total, sum(b[i] @ other[i].T for i in range(3)), rtol=1e-11)


def test_a_product_in_two_threads_is_whole(parts):
    a, b = np.ones((5, 40)), np.ones((40, 100))
    blas.product(a, b, np.empty((5, 100)))
    assert parts == [1, 1]


def test_other_cores_have_whole_products(parts, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(blas, "CORES", ())
    assert not blas._has_small_products() and blas._fewest_parts(10**6, 10) == 1
