"""The regularizers: values, gradients against calculus, kinks and bad input."""

import json
import math

import numpy as np
import pytest

import reference_numpy as rn

CASES = [
    ("L1", {}),
    ("L1", {"l1": 0.5}),
    ("L2", {}),
    ("L2", {"l2": 0.5}),
    ("L1L2", {}),
    ("L1L2", {"l1": 0.25}),
    ("L1L2", {"l1": 0.25, "l2": 0.5}),
    ("OrthogonalRegularizer", {}),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
]


def make(case):
    name, arguments = case
    return getattr(rn.regularizers, name)(**arguments)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gradient_is_the_derivative(case):
    regularizer, w = make(case), np.random.default_rng(0).standard_normal((4, 3))
    assert np.abs(w).min() > 0.01, "too near to a kink"
    expected = rn.numerical_gradient(regularizer, w)
    np.testing.assert_allclose(regularizer.gradient(w), expected, rtol=1e-8, atol=1e-11)
    assert expected.any() == (case != ("L1L2", {}))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_dtype_stays(case, dtype):
    w = np.random.default_rng(0).standard_normal((4, 3)).astype(dtype)
    before = w.copy()
    regularizer = make(case)
    assert regularizer(w).dtype == dtype and regularizer(w).shape == ()
    assert regularizer.gradient(w).dtype == dtype
    np.testing.assert_array_equal(w, before)


def test_values():
    w = np.array([[1.0, -2.0], [0.0, 3.0]])
    assert rn.regularizers.L1(0.5)(w) == 3.0
    assert rn.regularizers.L2(0.5)(w) == 7.0
    assert rn.regularizers.L1L2(0.5, 0.5)(w) == 10.0
    # The rows are at an angle of cos⁻¹(−2 / √5); one pair.
    expected = 0.5 * 2 / math.sqrt(5)
    assert rn.regularizers.OrthogonalRegularizer(0.5)(w) == pytest.approx(expected)


def test_kinks():
    """At 0 the absolute value has no slope; TensorFlow's sign says 0, and so do we."""
    w = np.array([0.0, -0.0, 2.0])
    assert rn.regularizers.L1(0.5).gradient(w).tolist() == [0, 0, 0.5]
    assert rn.regularizers.L1L2(0.5).gradient(w).tolist() == [0, 0, 0.5]
    at_right_angles = np.eye(3)
    regularizer = rn.regularizers.OrthogonalRegularizer(0.5)
    assert regularizer(at_right_angles) == 0
    assert not regularizer.gradient(at_right_angles).any()


def test_orthogonal_regularizer_at_its_edges():
    regularizer = rn.regularizers.OrthogonalRegularizer(0.5)
    one_row = np.array([[1.0, 2.0]])
    assert regularizer(one_row) == 0 and not regularizer.gradient(one_row).any()
    with_zero_row = np.array([[1.0, 2.0], [0.0, 0.0], [1.0, 1.0]])
    assert regularizer(with_zero_row) > 0
    assert np.isfinite(regularizer.gradient(with_zero_row)).all()
    # Rows shorter than ε are divided by ε, and so the penalty is not the same for all lengths.
    short = 1e-8 * np.array([[1.0, 2.0], [3.0, -1.0], [1.0, 1.0]])
    expected = rn.numerical_gradient(regularizer, short, h=1e-10)
    np.testing.assert_allclose(regularizer.gradient(short), expected, rtol=1e-6)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_configs_make_the_same_regularizer(case):
    regularizer = make(case)
    config = json.loads(json.dumps(regularizer.get_config()))
    assert type(regularizer).from_config(config).get_config() == config


def test_names():
    for name in ("l1", "L1", "l2", "L2", "l1l2", "L1L2", "orthogonal_regularizer"):
        assert callable(rn.regularizers.get(name))
    assert rn.regularizers.get(None) is None
    with pytest.raises(ValueError, match="Unknown regularizer: 'l3'"):
        rn.regularizers.get("l3")


@pytest.mark.parametrize("value", [-1.0, math.inf, math.nan, "strong"])
@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("L1", "l1"),
        ("L2", "l2"),
        ("L1L2", "l1"),
        ("L1L2", "l2"),
        ("OrthogonalRegularizer", "factor"),
    ],
)
def test_bad_strengths_are_refused(name, argument, value):
    with pytest.raises(ValueError, match=f"argument {argument}: expected a non-negative float"):
        getattr(rn.regularizers, name)(**{argument: value})


def test_orthogonal_regularizer_refuses():
    with pytest.raises(ValueError, match="argument `mode`.*Received: mode='diagonal'"):
        rn.regularizers.OrthogonalRegularizer(mode="diagonal")
    with pytest.raises(ValueError, match=r"must have rank 2. Received: inputs.shape=\(2, 3, 4\)"):
        rn.regularizers.OrthogonalRegularizer()(np.ones((2, 3, 4)))
