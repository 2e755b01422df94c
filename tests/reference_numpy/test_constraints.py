"""The constraints: what comes out is allowed, and what was allowed stays."""

import json

import numpy as np
import pytest

import reference_numpy as rn

CASES = [
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 0.5, "axis": [0, 1]}),
    ("NonNeg", {}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": 1}),
    ("MinMaxNorm", {}),
    ("MinMaxNorm", {"min_value": 0.5, "max_value": 0.75, "rate": 0.5, "axis": 1}),
]


def make(case):
    name, arguments = case
    return getattr(rn.constraints, name)(**arguments)


def lengths(w, axis=0):
    return np.sqrt(np.sum(w**2, axis=axis))


@pytest.fixture
def w():
    """Columns of the lengths 0.1, 1 and 10."""
    w = np.random.default_rng(0).standard_normal((4, 3))
    return w / lengths(w) * [0.1, 1.0, 10.0]


def test_max_norm_shortens_what_is_too_long(w):
    y = rn.constraints.MaxNorm(2)(w)
    np.testing.assert_allclose(lengths(y), [0.1, 1.0, 2.0], rtol=2e-6)


def test_unit_norm_makes_all_lengths_1(w):
    np.testing.assert_allclose(lengths(rn.constraints.UnitNorm()(w)), 1.0, rtol=2e-6)
    np.testing.assert_allclose(lengths(rn.constraints.UnitNorm(1)(w), 1), 1.0, rtol=2e-6)
    whole = rn.constraints.UnitNorm([0, 1])(w)
    np.testing.assert_allclose(lengths(whole, None), 1.0, rtol=2e-6)


def test_min_max_norm_brings_lengths_between(w):
    y = rn.constraints.MinMaxNorm(0.5, 2.0)(w)
    np.testing.assert_allclose(lengths(y), [0.5, 1.0, 2.0], rtol=2e-6)
    halfway = rn.constraints.MinMaxNorm(0.5, 2.0, rate=0.5)(w)
    np.testing.assert_allclose(lengths(halfway), [0.3, 1.0, 6.0], rtol=2e-6)


def test_non_neg_keeps_what_is_positive():
    assert rn.constraints.NonNeg()(np.array([-1.0, 0.0, 2.0])).tolist() == [0, 0, 2]


def test_zeros_stay_finite():
    for case in CASES:
        assert not make(case)(np.zeros((4, 3))).any()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_dtype_stays(case, dtype, w):
    w = w.astype(dtype)
    before = w.copy()
    y = make(case)(w)
    assert y.dtype == dtype and y.shape == w.shape
    np.testing.assert_array_equal(w, before)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_configs_make_the_same_constraint(case, w):
    constraint = make(case)
    config = json.loads(json.dumps(constraint.get_config()))
    np.testing.assert_array_equal(type(constraint).from_config(config)(w), constraint(w))


def test_names():
    for name in ("max_norm", "MaxNorm", "non_neg", "unit_norm", "min_max_norm"):
        assert callable(rn.constraints.get(name))
    assert rn.constraints.get(None) is None
    with pytest.raises(ValueError, match="Unknown constraint: 'maxnorm'"):
        rn.constraints.get("maxnorm")
