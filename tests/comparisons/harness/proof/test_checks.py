import numpy as np
import pytest

from comparisons.harness.proof import checks

U32 = checks.UNIT_ROUNDOFF["float32"]


def compare(ours, theirs, tolerance=0.1):
    return checks.compare("subject", "output", "other", "float32", ours, theirs, tolerance)


def test_equal_arrays_need_no_tolerance():
    record = compare(np.ones(3), np.ones(3))
    assert record.passed and record.error == 0 and record.needed == 0


def test_the_worst_element_is_named():
    record = compare(np.zeros((2, 3)), np.array([[0, 0, 0], [0, 0.05, 0.3]]))
    assert not record.passed
    assert record.where == "output[1, 2]"
    assert record.error == pytest.approx(0.3)
    assert record.needed == pytest.approx(3)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_or_infinity_on_one_side_fails(bad):
    assert not compare(np.array([1.0, bad]), np.array([1.0, 1.0])).passed
    assert not compare(np.array([1.0, 1.0]), np.array([1.0, bad])).passed


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_same_nan_or_infinity_on_both_sides_agrees(value):
    assert compare(np.array([value]), np.array([value])).passed


def test_differing_shapes_fail_even_where_they_would_broadcast():
    record = compare(np.ones((3, 1)), np.ones(3))
    assert not record.passed and "shapes differ: (3, 1) and (3,)" in record.reason


def test_texts_are_compared_whole():
    assert compare(np.array(["a"]), np.array(["a"])).passed
    assert not compare(np.array(["a"]), np.array(["b"])).passed


def test_a_tolerance_of_zero_allows_nothing():
    assert compare(np.zeros(1), np.zeros(1), tolerance=0.0).passed
    assert not compare(np.zeros(1), np.full(1, 1e-300), tolerance=0.0).passed


def test_scale_of_a_well_conditioned_quantity_is_its_size():
    x = np.array([3.0, -5.0])

    def evaluate(jitter=lambda array: array):
        return {"double": 2 * jitter(x)}

    assert checks.scales(evaluate, evaluate())["double"] == pytest.approx(10, rel=1e-6)


def test_scale_of_a_cancellation_is_the_size_of_its_terms():
    x = np.array([1e6, -1e6 + 1])

    def evaluate(jitter=lambda array: array):
        return {"sum": jitter(x).sum()}

    scale = checks.scales(evaluate, evaluate(), draws=8)["sum"]
    assert 5e5 < scale < 5e6  # and not 1, the size of the sum itself


def test_every_quantity_is_compared_and_a_missing_one_fails():
    ours, theirs = {"a": np.ones(1), "b": np.ones(1)}, {"a": np.ones(1), "c": np.ones(1)}
    records = checks.compare_all("s", "other", "float32", ours, theirs, {"a": 1.0})
    assert [(r.where.split("[")[0], r.passed) for r in records] == [
        ("a", True),
        ("b", False),
        ("c", False),
    ]


def test_comparing_nothing_fails():
    (record,) = checks.compare_all("s", "other", "float32", {}, {}, {})
    assert not record.passed and record.reason == "nothing compared"


def test_tolerance_is_the_factor_times_roundoff_times_scale():
    ours, theirs = {"a": np.array([1.0])}, {"a": np.array([1.0 + 63 * U32])}
    (record,) = checks.compare_all("s", "other", "float32", ours, theirs, {"a": 1.0})
    assert record.passed and record.needed == pytest.approx(63 / 64, rel=1e-6)
    theirs = {"a": np.array([1.0 + 65 * U32])}
    (record,) = checks.compare_all("s", "other", "float32", ours, theirs, {"a": 1.0})
    assert not record.passed


def test_an_exception_carries_its_reason():
    ours, theirs = {"a": np.array([1.0])}, {"a": np.array([1.0 + 100 * U32])}
    exceptions = {"a": (128.0, "sums in another order")}
    (record,) = checks.compare_all("s", "other", "float32", ours, theirs, {"a": 1.0}, exceptions)
    assert record.passed and record.reason == "sums in another order"


def test_every_float_is_moved_by_the_step_and_nothing_else_is():
    x, numbers = np.linspace(-2.0, 3.0, 20), np.arange(1, 20)
    moved = checks.jittering(0, 0.25)(x)
    assert set(np.round(moved / x, 12)) == {0.75, 1.25}
    np.testing.assert_array_equal(moved, checks.jittering(0, 0.25)(x))
    assert (moved != checks.jittering(1, 0.25)(x)).any()
    np.testing.assert_array_equal(checks.jittering(0, 0.25)(numbers), numbers)
