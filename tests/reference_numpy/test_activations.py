"""The activation functions by themselves: derivatives, kinks, extremes, names and configs."""

import math

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.proof.layer_checks import Reference
from reference_numpy import serialization
from reference_numpy.activations.normal_distribution import normal_distribution
from reference_numpy.activations.pieces import negative_part, positive_part

FUNCTIONS = {
    **{name: f for name, f in rn.activations.functions.items() if name != "threshold"},
    "step": rn.activations.step,
    "threshold": rn.activations.Threshold(0.75, -0.5),
}
BY_FUNCTION = pytest.mark.parametrize("name", sorted(FUNCTIONS))

# Functions with arguments, on numbers that keep away from their kinks.
WITH_ARGUMENTS = [
    rn.activations.Relu(negative_slope=0.2),
    rn.activations.Relu(max_value=1.1),
    rn.activations.Relu(max_value=6),
    rn.activations.Relu(threshold=0.6),
    rn.activations.Relu(threshold=-0.3, max_value=1.1),
    rn.activations.Relu(negative_slope=0.2, max_value=1.1, threshold=0.6),
    rn.activations.LeakyRelu(0.4),
    rn.activations.LeakyRelu(1.7),
    rn.activations.LeakyRelu(-0.5),
    rn.activations.Threshold(0.6, -2.0),
    rn.activations.Elu(0.3),
    rn.activations.Celu(0.3),
    rn.activations.Celu(2.5),
    rn.activations.Gelu(approximate=True),
    rn.activations.Glu(axis=0),
    rn.activations.Glu(axis=1),
    rn.activations.HardShrink(0.6),
    rn.activations.SoftShrink(0.6),
    rn.activations.Squareplus(0.7),
    rn.activations.Softmax(axis=0),
    rn.activations.Softmax(axis=(0, 2)),
    rn.activations.Softmax(axis=None),
    rn.activations.LogSoftmax(axis=0),
    rn.activations.LogSoftmax(axis=None),
    rn.activations.Sparsemax(),
    rn.activations.Sparsemax(axis=0),
]


@pytest.mark.parametrize("function", WITH_ARGUMENTS, ids=repr)
def test_backward_agrees_with_calculus(function):
    x = np.random.default_rng(5).normal(size=(4, 6, 8))
    for kink in (0.0, 0.6, -0.6, 1.1, -0.3):
        x = np.where(np.abs(x - kink) < 0.01, kink + 0.02, x)
    layer = rn.layers.Activation(function, dtype="float64")
    records = Reference(layer, x).calculus(repr(function))
    assert len(records) == 3
    assert all(record.passed for record in records), "\n".join(map(str, records))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@BY_FUNCTION
def test_dtype_is_kept_and_arguments_are_not_written_to(name, dtype):
    x = np.linspace(-3, 3, 24).reshape(2, 12).astype(dtype)
    before = x.copy()
    y, cache = FUNCTIONS[name].forward(x)
    dy = np.full(y.shape, 0.5, dtype)
    dx = FUNCTIONS[name].backward(dy, cache)
    again = FUNCTIONS[name].backward(dy, cache)
    assert y.dtype == dx.dtype == dtype and dx.shape == x.shape
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(dy, np.full(y.shape, 0.5, dtype))
    np.testing.assert_array_equal(dx, again, err_msg="backward wrote to the cache")


@pytest.mark.parametrize(
    "function",
    [f for f in [*FUNCTIONS.values(), *WITH_ARGUMENTS] if not hasattr(f, "axis")],
    ids=repr,
)
@pytest.mark.parametrize("number", [-0.75, 1.25])
def test_an_array_without_axes_is_taken_as_one_of_a_single_number(function, number):
    x, dy = np.array(number, "float32"), np.array(0.5, "float32")
    y, cache = function.forward(x)
    wanted, cache_of_one = function.forward(x[None])
    dx, wanted_dx = function.backward(dy, cache), function.backward(dy[None], cache_of_one)
    assert y.shape == dx.shape == () and y.dtype == dx.dtype == "float32"
    assert (y, dx) == (wanted, wanted_dx)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@BY_FUNCTION
def test_large_inputs_overflow_nowhere(name, dtype):
    """Warnings are errors here, so an overflow inside a function fails the test."""
    sizes = [12, 100, 1e4] + ([1e30] if dtype != "float16" else [])
    x = np.array([[-s, s] for s in sizes], dtype)
    y, cache = FUNCTIONS[name].forward(x)
    dx = FUNCTIONS[name].backward(np.ones_like(y), cache)
    if name != "exponential":
        assert np.isfinite(y).all() and np.isfinite(dx).all()


def test_exponential_of_large_inputs_is_infinite():
    assert rn.activations.exponential(np.float32([-1e4, 1e4])).tolist() == [0.0, np.inf]


# (function, x, derivative there): what is no choice, or the NumPy half's alone. For the others
# see comparisons/harness/conventions.
AT_KINKS = [
    ("celu", 0.0, 1.0),
    ("hard_shrink", -0.5, 0.0),
    ("soft_shrink", -0.5, 0.0),
    ("step", 0.0, 0.0),
    ("step", 1.0, 0.0),
]


@pytest.mark.parametrize(("name", "x", "slope"), AT_KINKS)
def test_derivative_at_a_kink(name, x, slope):
    function = FUNCTIONS[name]
    _, cache = function.forward(np.array([x]))
    assert function.backward(np.ones(1), cache).tolist() == [slope]


def test_values_of_the_step_function():
    assert rn.activations.step([-1.0, 0.0, 1e-30]).tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_normal_distribution_is_exact_in_both_tails(dtype):
    """Against the scalar error function of Python's own library, in units of rounding.

    The exponent −x²/2 is rounded, which moves φ by x²/2 roundings; x/√2 in the value taken as exact
    is rounded twice, which moves that by 2 x² roundings.
    """
    unit = float(np.finfo(dtype).eps) / 2
    span = 36 if dtype == "float64" else 12
    x = np.concatenate([np.linspace(-span, span, 3001), [0.0, 1e-9, -1e-9]]).astype(dtype)
    cumulative, density = normal_distribution(x)
    exact = np.array([0.5 * math.erfc(-float(v) / math.sqrt(2)) for v in x])
    needed = np.abs(cumulative - exact) / exact / unit / (8 + 3 * np.float64(x) ** 2)
    assert needed.max() < 1, f"{needed.max()} at {x[needed.argmax()]}"
    exact = np.array([math.exp(-(float(v) ** 2) / 2) / math.sqrt(2 * math.pi) for v in x])
    needed = np.abs(density - exact) / exact / unit / (4 + np.float64(x) ** 2)
    assert needed.max() < 1, f"{needed.max()} at {x[needed.argmax()]}"


def test_normal_distribution_of_many_numbers_in_any_order():
    x = np.random.default_rng(0).normal(size=(70, 1001))
    whole, few = normal_distribution(x.T), normal_distribution(x[:, -9:])
    for part, again, some in zip(normal_distribution(x), whole, few):
        np.testing.assert_array_equal(part, again.T)
        np.testing.assert_array_equal(part[:, -9:], some)


def test_error_function_is_exact_near_zero():
    """erf(z) = 2 Φ(√2 z) − 1 to 1e-15 between −1 and 1."""
    z = np.linspace(-1, 1, 501)
    found = 2 * normal_distribution(z * math.sqrt(2))[0] - 1
    np.testing.assert_allclose(found, [math.erf(v) for v in z], rtol=0, atol=1e-15)


def test_sigmoid_keeps_its_digits_in_the_tail():
    x = np.float32([-80, -40, -20, -10])
    exact = np.exp(np.float64(x)) / (1 + np.exp(np.float64(x)))
    np.testing.assert_allclose(rn.activations.sigmoid(x), exact, rtol=1e-6)


@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 65), (0, 4)])
def test_softmax_is_the_plain_formula(shape):
    x = np.random.default_rng(0).normal(size=shape) * 5
    plain = np.empty(shape)
    for index in np.ndindex(shape[:-1]):
        powers = [math.exp(v) for v in x[index]]
        plain[index] = [power / math.fsum(powers) for power in powers]
    np.testing.assert_allclose(rn.activations.softmax(x), plain, rtol=1e-14)
    np.testing.assert_allclose(rn.activations.log_softmax(x), np.log(plain), rtol=1e-12)


def test_softmax_survives_large_inputs():
    x = np.array([[1e4, 1e4], [-1e4, 1e4]])
    assert rn.activations.softmax(x).tolist() == [[0.5, 0.5], [0.0, 1.0]]


def test_sparsemax_is_the_nearest_point_of_the_simplex():
    """τ found by bisection instead of by sorting; and a case with the answer on paper."""
    x = np.random.default_rng(2).normal(size=(50, 6)) * 2
    low, high = x.min(axis=1, keepdims=True) - 1, x.max(axis=1, keepdims=True)
    for _ in range(200):
        tau = (low + high) / 2
        is_low = np.maximum(x - tau, 0).sum(axis=1, keepdims=True) > 1
        low, high = np.where(is_low, tau, low), np.where(is_low, high, tau)
    np.testing.assert_allclose(rn.activations.sparsemax(x), np.maximum(x - tau, 0), atol=1e-13)
    np.testing.assert_allclose(rn.activations.sparsemax([[0.5, 0.4, 0.1]]), [[0.5, 0.4, 0.1]])


def test_arguments_are_given_with_the_call_as_in_keras():
    assert rn.activations.relu([-1.0, 2.0, 9.0], max_value=6)[1:].tolist() == [2.0, 6.0]
    assert rn.activations.threshold([1.0, 3.0], 2.0, -5.0).tolist() == [-5.0, 3.0]
    assert rn.activations.relu([-1, 2]).dtype == "float32"
    assert rn.activations.relu(np.array([-1, 2])).tolist() == [0.0, 2.0]


def test_identity_and_aliases():
    x = np.ones(3)
    assert rn.activations.identity(x) is x and rn.activations.get(None)(x) is x
    assert rn.activations.get("swish") is rn.activations.silu is rn.activations.swish
    assert rn.activations.get("hard_swish") is rn.activations.hard_silu
    assert rn.activations.get(rn.activations.Gelu)(x).shape == (3,)


@pytest.mark.parametrize("identifier", ["relux", "step", "ReLU", 3, np.tanh])
def test_unknown_functions_are_refused(identifier):
    with pytest.raises(ValueError, match="Could not interpret activation function identifier"):
        rn.activations.get(identifier)


def test_a_function_without_its_arguments_is_refused():
    with pytest.raises(TypeError, match="'threshold' needs"):
        rn.activations.get("threshold")(np.ones(2))
    with pytest.raises(ValueError, match="'glu' splits must have an even size"):
        rn.activations.glu(np.ones((2, 3)))
    with pytest.raises(ValueError, match="'celu' cannot be 0"):
        rn.activations.celu(np.ones(2), alpha=0)
    with pytest.raises(ValueError, match="'squareplus' cannot be negative"):
        rn.activations.squareplus(np.ones(2), b=-1)


@BY_FUNCTION
def test_config_makes_the_same_function(name):
    function = FUNCTIONS[name]
    config = serialization.serialize(function)
    if name not in ("step", "threshold"):
        assert config == name.replace("swish", "silu")
    again = rn.activations.deserialize(config)
    assert type(again) is type(function) and again.get_config() == function.get_config()


def test_arguments_survive_the_config_of_a_layer():
    layer = rn.layers.Dense(2, activation=rn.activations.LeakyRelu(0.1))
    again = rn.layers.Dense.from_config(layer.get_config())
    assert again.activation.negative_slope == 0.1
    layer = rn.layers.Dense(2, activation=rn.activations.step)
    assert rn.layers.Dense.from_config(layer.get_config()).activation([2.0]).tolist() == [1.0]


def leaky_config(dtype):
    config = {"name": "slope", "trainable": True, "dtype": dtype, "negative_slope": 0.25}
    return {"module": "keras.layers", "class_name": "LeakyReLU", "config": config}


@pytest.mark.parametrize(("dtype", "own_dtype"), [("float64", "float64"), ("float64", "float32")])
def test_a_layer_is_an_activation_function(dtype, own_dtype):
    dense = rn.layers.Dense(3, activation=leaky_config(own_dtype), dtype=dtype)
    x = np.random.default_rng(0).normal(size=(5, 4))
    y, cache = dense.forward(x)
    z = x @ dense.kernel
    assert y.dtype == own_dtype
    np.testing.assert_array_equal(y, np.where(z > 0, z, 0.25 * z).astype(own_dtype))
    dx, grads = dense.backward(np.ones_like(y), cache)
    assert dx.dtype == dtype and grads[0].dtype == dtype
    np.testing.assert_allclose(dx, np.where(z > 0, 1, 0.25) @ dense.kernel.T, rtol=1e-14)
    again = rn.layers.Dense.from_config(dense.get_config())
    assert again.get_config() == dense.get_config()
    assert dense.get_config()["activation"]["class_name"] == "LeakyReLU"


def test_a_layer_with_weights_is_no_activation_function():
    dense = rn.layers.Dense(3, activation=rn.layers.PReLU())
    with pytest.raises(NotImplementedError, match="has weights"):
        dense(np.ones((2, 4)))


@pytest.mark.parametrize("shape", [(), (5,), (8193,), (3, 4, 5, 200)], ids=str)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_parts_beside_zero_however_the_numbers_lie(shape, dtype):
    x = np.asarray(np.random.default_rng(0).standard_normal(shape), dtype)
    x.reshape(-1)[:4] = [np.nan, np.inf, -np.inf, -0.0][: x.size]
    turned = np.ascontiguousarray(np.moveaxis(x, 0, -1)) if shape else x
    turned = np.moveaxis(turned, -1, 0) if shape else x
    for given in (x, turned, x[..., ::-1] if shape else x, np.broadcast_to(x, (2000, *shape))):
        for function, plain in ((positive_part, np.maximum), (negative_part, np.minimum)):
            y = function(given)
            np.testing.assert_array_equal(y, plain(given, given.dtype.type(0)))
            assert isinstance(y, np.ndarray) and y.dtype == dtype


def test_a_rectifier_with_a_maximum_takes_what_is_infinite():
    x = np.array([-np.inf, np.inf, np.nan, -1.0, 3.0, 7.0])
    y = rn.activations.relu(x, max_value=6.0)
    np.testing.assert_array_equal(y, [0.0, 6.0, np.nan, 0.0, 3.0, 6.0])
    leaky = rn.activations.relu(x, negative_slope=0.5, max_value=6.0)
    np.testing.assert_array_equal(leaky, [-np.inf, 6.0, np.nan, -0.5, 3.0, 6.0])
