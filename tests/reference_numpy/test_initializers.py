"""The initializers: their distributions, their seeds, and bad input."""

import json
import math

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.initializers.variance_scaling import compute_fans
from reference_numpy.random import SeedGenerator

SHAPE = (3, 5, 40, 60)
FAN_IN, FAN_OUT = 3 * 5 * 40, 3 * 5 * 60
COUNT = math.prod(SHAPE)

# Name, arguments, standard deviation, largest possible magnitude.
CASES = [
    ("RandomNormal", {"stddev": 0.5}, 0.5, None),
    ("RandomUniform", {"minval": -2.0, "maxval": 2.0}, 2 / math.sqrt(3), 2.0),
    ("TruncatedNormal", {"stddev": 0.5}, 0.5 * 0.87962566, 1.0),
]
for _name, _variance, _distribution in [
    ("GlorotNormal", 2 / (FAN_IN + FAN_OUT), "truncated_normal"),
    ("GlorotUniform", 2 / (FAN_IN + FAN_OUT), "uniform"),
    ("HeNormal", 2 / FAN_IN, "truncated_normal"),
    ("HeUniform", 2 / FAN_IN, "uniform"),
    ("LecunNormal", 1 / FAN_IN, "truncated_normal"),
    ("LecunUniform", 1 / FAN_IN, "uniform"),
]:
    _stddev = math.sqrt(_variance)
    _bound = math.sqrt(3) * _stddev if _distribution == "uniform" else 2 * _stddev / 0.87962566
    CASES.append((_name, {}, _stddev, _bound))
for _mode, _n in [("fan_in", FAN_IN), ("fan_out", FAN_OUT), ("fan_avg", (FAN_IN + FAN_OUT) / 2)]:
    _stddev = math.sqrt(3 / _n)
    CASES += [
        (
            "VarianceScaling",
            {"scale": 3.0, "mode": _mode, "distribution": "normal"},
            _stddev,
            2 * _stddev / 0.87962566,
        ),
        (
            "VarianceScaling",
            {"scale": 3.0, "mode": _mode, "distribution": "untruncated_normal"},
            _stddev,
            None,
        ),
        (
            "VarianceScaling",
            {"scale": 3.0, "mode": _mode, "distribution": "uniform"},
            _stddev,
            math.sqrt(3) * _stddev,
        ),
    ]

NAMES = list(rn.initializers.family.classes)
ARGUMENTS = {"Constant": {"value": 3.0}, "Identity": {"gain": 2.0}}
SHAPES = {"STFT": (16, 1, 9)}


@pytest.mark.parametrize(
    ("name", "arguments", "stddev", "bound"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES]
)
def test_distribution(name, arguments, stddev, bound):
    """Within five standard errors: a fault of the draw is seen, chance is not."""
    values = getattr(rn.initializers, name)(**arguments, seed=1)(SHAPE, "float64")
    assert values.shape == SHAPE
    assert abs(values.mean()) < 5 * stddev / math.sqrt(COUNT)
    assert values.std() == pytest.approx(stddev, rel=5 / math.sqrt(2 * COUNT))
    largest = np.abs(values).max()
    if bound is None:
        assert largest > 4 * stddev
    else:
        assert 0.999 * bound < largest <= bound * (1 + 1e-9)
    # The share within a standard deviation tells a normal, a cut normal and an even one apart.
    is_even = bound is not None and bound / stddev < 2
    share = 1 / math.sqrt(3) if is_even else 0.6827 if bound is None else 0.6507
    assert np.mean(np.abs(values) < stddev) == pytest.approx(share, abs=2.5 / math.sqrt(COUNT))


def test_means():
    assert rn.initializers.RandomNormal(3.0, 0.5, seed=1)(SHAPE).mean() == pytest.approx(
        3, abs=0.01
    )
    assert rn.initializers.TruncatedNormal(3.0, 0.5, seed=1)(SHAPE).mean() == pytest.approx(
        3, abs=0.01
    )


def test_fans():
    assert compute_fans(()) == (1, 1)
    assert compute_fans((7,)) == (7, 7)
    assert compute_fans((7, 3)) == (7, 3)
    assert compute_fans((2, 5, 7, 3)) == (70, 30)
    assert compute_fans((2, 5, 7, 3), input_axes=[0, 3], output_axes=[1]) == (6, 5)
    # An attention's query kernel (features, heads, head size): 40 inputs, not 40 · 4.
    narrow = rn.initializers.HeUniform(seed=1, input_axes=[0], output_axes=[1, 2])((40, 4, 60))
    assert np.abs(narrow).max() == pytest.approx(math.sqrt(6 / 40), rel=1e-2)


@pytest.mark.parametrize("shape", [(6, 6), (9, 4), (4, 9), (2, 3, 5, 4), (2, 2, 30)])
def test_orthogonal(shape):
    matrix = rn.initializers.Orthogonal(gain=3.0, seed=1)(shape, "float64").reshape(-1, shape[-1])
    product = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    np.testing.assert_allclose(product, 9 * np.eye(len(product)), atol=1e-13)


def test_every_orthogonal_matrix_is_equally_likely():
    """Without the signs of R the diagonal would not be as often negative as positive."""
    generator = SeedGenerator(1)
    draws = [rn.initializers.Orthogonal(seed=generator)((2, 2), "float64") for _ in range(2000)]
    signs = np.sign(np.stack(draws)).mean(axis=0)
    assert np.abs(signs).max() < 5 / math.sqrt(2000)


def test_values_without_chance():
    assert rn.initializers.Zeros()((2, 3)).tolist() == [[0] * 3] * 2
    assert rn.initializers.Ones()((2, 3)).tolist() == [[1] * 3] * 2
    assert rn.initializers.Constant(2.5)((2,)).tolist() == [2.5, 2.5]
    assert rn.initializers.Constant(np.array([1.0, 2.0]))((2, 2)).tolist() == [[1, 2], [1, 2]]
    assert rn.initializers.Identity(2.0)((2, 3)).tolist() == [[2, 0, 0], [0, 2, 0]]


def test_an_array_is_its_own_initializer():
    values = np.arange(6.0).reshape(2, 3)
    initializer = rn.initializers.get(values)
    assert initializer((2, 3), "float32").tolist() == values.tolist()
    with pytest.raises(ValueError, match=r"`shape` to be \(2, 3\).*shape=\(3, 2\)"):
        initializer((3, 2))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_dtype(name, dtype):
    initializer = getattr(rn.initializers, name)(**ARGUMENTS.get(name, {}))
    shape = SHAPES.get(name, (4, 6))
    assert initializer(shape, dtype).dtype == dtype
    assert initializer(shape, dtype).shape == shape
    assert initializer(shape).dtype == "float32"


@pytest.mark.parametrize("name", NAMES)
def test_configs_make_the_same_initializer(name):
    seeded = "seed" in getattr(rn.initializers, name).constructor_arguments()
    arguments = {**ARGUMENTS.get(name, {}), **({"seed": 7} if seeded else {})}
    initializer = getattr(rn.initializers, name)(**arguments)
    config = json.loads(json.dumps(initializer.get_config()))
    again = rn.initializers.get({"class_name": name, "config": config})
    shape = SHAPES.get(name, (4, 6))
    np.testing.assert_array_equal(again(shape), initializer(shape))


@pytest.mark.parametrize("name", ["RandomNormal", "HeUniform", "Orthogonal"])
def test_seeds(name):
    make = getattr(rn.initializers, name)
    values = make(seed=3)((4, 5))
    assert np.array_equal(values, make(seed=3)((4, 5)))
    assert not np.array_equal(values, make(seed=4)((4, 5)))
    unseeded = make()
    assert np.array_equal(unseeded((4, 5)), unseeded((4, 5)))
    assert not np.array_equal(unseeded((4, 5)), make()((4, 5)))
    streamed = make(seed=SeedGenerator(3))
    assert not np.array_equal(streamed((4, 5)), streamed((4, 5)))
    again = make.from_config(json.loads(json.dumps(streamed.get_config())))
    assert np.array_equal(again((4, 5)), make(seed=SeedGenerator(3))((4, 5)))
    rn.random.set_seed(5)
    first = make()((4, 5))
    rn.random.set_seed(5)
    assert np.array_equal(first, make()((4, 5)))


def test_names():
    for name in ("he_normal", "HeNormal", "zeros", "zero", "one", "normal", "uniform", "stft"):
        assert callable(rn.initializers.get(name))
    for name in ("IdentityInitializer", "OrthogonalInitializer", "STFTInitializer"):
        assert callable(rn.initializers.get(name))
    assert rn.initializers.get(None) is None
    assert isinstance(rn.initializers.get(rn.initializers.Zeros), rn.initializers.Zeros)


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "message"),
    [
        ("Identity", {}, (2, 3, 4), "only be used for 2D matrices"),
        ("Orthogonal", {}, (3,), "at least two-dimensional"),
        ("VarianceScaling", {"scale": 0.0}, None, "`scale` must be positive"),
        ("VarianceScaling", {"mode": "fan_max"}, None, "Invalid `mode`.*'fan_max'"),
        ("VarianceScaling", {"distribution": "beta"}, None, "Invalid `distribution`.*'beta'"),
        ("RandomNormal", {"seed": 1.5}, None, "`seed` must be an integer or None"),
        ("STFT", {"side": "left"}, None, "side should be 'real' or 'imag'"),
        ("STFT", {"scaling": "loud"}, None, "Scaling is invalid"),
        ("STFT", {"window": "door"}, None, "Unknown window: 'door'"),
        ("STFT", {"window": [1.0, 2.0]}, (3, 1, 3), r"shape=\(2,\), frame_length=3"),
    ],
)
def test_bad_input_is_refused(name, arguments, shape, message):
    with pytest.raises(ValueError, match=message):
        initializer = getattr(rn.initializers, name)(**arguments)
        initializer(shape)


def test_unknown_initializers_are_refused():
    with pytest.raises(ValueError, match="Unknown initializer: 'he'"):
        rn.initializers.get("he")
    with pytest.raises(ValueError, match="Could not interpret initializer identifier: 3"):
        rn.initializers.get(3)
