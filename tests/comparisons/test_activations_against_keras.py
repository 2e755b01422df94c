"""Every activation function with its arguments against Keras on TensorFlow, kinks included.

The layers that hold activation functions are in the table of cases; here are the functions
themselves, and the three of them in which Keras or TensorFlow is wrong.
"""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.proof import checks

# Arguments that float32 holds exactly, since TensorFlow rounds some of them to it.
ARGUMENTS = {
    "celu": [{}, {"alpha": 0.5}],
    "elu": [{}, {"alpha": 0.5}],
    "gelu": [{}, {"approximate": True}],
    "glu": [{}, {"axis": 0}],
    "hard_shrink": [{}, {"threshold": 1.0}],
    "leaky_relu": [{"negative_slope": 0.25}, {"negative_slope": 2.0}],
    "log_softmax": [{}, {"axis": 0}, {"axis": None}],
    "relu": [
        {},
        {"max_value": 2.0},
        {"max_value": 6.0},
        {"negative_slope": 0.25},
        {"threshold": 0.5},
        {"threshold": -0.5},
        {"threshold": -0.5, "max_value": 2.0},
        {"negative_slope": 0.25, "max_value": 2.0},
        {"negative_slope": 0.25, "max_value": 2.0, "threshold": 0.5},
    ],
    "soft_shrink": [{}, {"threshold": 1.0}],
    "softmax": [{}, {"axis": 0}, {"axis": None}],
    "squareplus": [{}, {"b": 1.0}],
    "threshold": [{"threshold": 1.0, "default_value": -2.0}],
}
CASES = [
    (name, arguments)
    for name in sorted(rn.activations.functions)
    for arguments in ARGUMENTS.get(name, [{}])
    if name != "sparsemax"
]
# Every kink of every function is among these numbers.
AT_KINKS = np.array(
    [[-30, -6, -3, -2, -1.5, -1, -0.5, -0.25], [0, 0.25, 0.5, 1, 2, 3, 6, 30]], "float64"
)
SMOOTH = np.random.default_rng(0).normal(size=(4, 6)).astype("float32").astype("float64") * 3


@pytest.fixture(scope="module")
def keras_gradient():
    """(y, dx) of a Keras activation function."""
    from comparisons.harness import backends

    backend = backends.load("tensorflow")
    import keras

    def compute(name, x, dy, arguments):
        function = getattr(keras.activations, name)
        outputs, slopes, _ = backend.outputs_and_gradients(
            lambda inputs: function(inputs, **arguments), x, [], [dy]
        )
        return outputs[0], slopes[0]

    return compute


def ours(name, x, arguments, seed=1):
    function = type(rn.activations.get(name))(**arguments)
    y, cache = function.forward(x)
    dy = np.random.default_rng(seed).normal(size=y.shape).astype("float32").astype(x.dtype)
    return y, dy, function.backward(dy, cache)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("x", [AT_KINKS, SMOOTH], ids=["kinks", "smooth"])
@pytest.mark.parametrize(("name", "arguments"), CASES, ids=[f"{n}-{a}" for n, a in CASES])
def test_function_computes_what_keras_computes(keras_gradient, name, arguments, x, dtype):
    if name == "gelu" and dtype == "float64":
        pytest.skip("TensorFlow casts the constants of gelu by way of float32")
    if name == "celu":
        x = np.where(x == 0, 0.125, x)  # see test_celu_at_zero_has_twice_its_slope_in_keras
    y, dy, dx = ours(name, x, arguments)
    theirs = keras_gradient(name, x.astype(dtype), dy.astype(dtype), arguments)
    for what, exact, found in zip(("output", "gradient"), (y, dx), theirs, strict=True):
        # Some functions subtract the input from itself, so its own size is a scale as well.
        scale = max(np.abs(exact).max(), np.abs(x).max())
        tolerance = checks.FACTOR * checks.UNIT_ROUNDOFF[dtype] * scale
        record = checks.compare(name, what, "keras-tensorflow", dtype, exact, found, tolerance)
        assert record.passed, str(record)


def test_names_are_keras_names(keras_gradient):
    from keras.src.activations import ALL_OBJECTS_DICT

    assert set(rn.activations.functions) == set(ALL_OBJECTS_DICT)


def test_config_of_a_layer_as_activation_is_keras_config(keras_gradient):
    import keras

    theirs = keras.layers.Dense(3, activation=keras.layers.LeakyReLU(0.25, name="slope"))
    mine = rn.layers.Dense.from_config(theirs.get_config())
    assert mine.get_config() == theirs.get_config()


# Where Keras differs from the mathematics: these tests notice the release that mends it.


def test_sparsemax_of_keras_is_not_on_the_simplex(keras_gradient):
    """Keras adds up all cumulative sums of the support instead of taking the last of them."""
    x, dy = np.array([[0.5, 0.4, 0.1]]), np.ones((1, 3))
    np.testing.assert_allclose(rn.activations.sparsemax(x), x, rtol=1e-15)
    theirs, _ = keras_gradient("sparsemax", x, dy, {})
    np.testing.assert_allclose(theirs, [[1 / 30, 0, 0]], rtol=1e-14)


@pytest.mark.parametrize("alpha", [1.0, 0.5])
def test_celu_at_zero_has_twice_its_slope_in_keras(keras_gradient, alpha):
    """max(x, 0) and min(x, 0) both pass TensorFlow's gradient on where x is 0."""
    _, cache = rn.activations.Celu(alpha).forward(np.zeros(1))
    assert rn.activations.Celu(alpha).backward(np.ones(1), cache).tolist() == [1.0]
    _, theirs = keras_gradient("celu", np.zeros(1), np.ones(1), {"alpha": alpha})
    assert theirs.tolist() == [2.0]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("gelu", {}),
        ("gelu", {"approximate": True}),
        ("leaky_relu", {"negative_slope": 0.3}),
        ("relu", {"max_value": 0.7}),
    ],
)
def test_constants_of_float32_in_keras(keras_gradient, name, arguments):
    """In float64 the error is that of a float32 constant, neither less nor more."""
    x = np.linspace(-1.5, 1.5, 40)
    y, dy, dx = ours(name, x, arguments)
    theirs, _ = keras_gradient(name, x, dy, arguments)
    assert 1e-10 < np.abs(theirs - y).max() < 1e-7


def test_shape_of_glu_is_not_halved_in_keras(keras_gradient):
    import keras

    symbolic = keras.layers.Activation("glu")(keras.Input((4,)))
    assert symbolic.shape == (None, 4)
    assert keras.layers.Activation("glu")(np.ones((1, 4))).shape == (1, 2)
    assert rn.layers.Activation("glu").compute_output_shape((None, 4)) == (None, 2)
