"""Every activation function with its arguments against Keras on TensorFlow, kinks included.

The layers that hold activation functions are in the table of cases; here are the functions
themselves, and the three of them in which Keras or TensorFlow is wrong.
"""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.conformance.judging import KNOWN, PASSED
from tests.comparisons.verdicts import IN_EVERY_PRECISION, by_line, judged


@pytest.fixture(scope="module")
def keras_gradient():
    """(y, dx) of a Keras activation function."""
    from comparisons.harness import backends

    backend = backends.load("tensorflow")
    import keras

    def compute(name, x, dy, arguments):
        function = getattr(keras.activations, name)
        outputs, dx, _ = backend.outputs_and_gradients(
            lambda inputs: function(inputs, **arguments), x, [], [dy]
        )
        return outputs[0], dx[0]

    return compute


def ours(name, x, arguments, seed=1):
    function = type(rn.activations.get(name))(**arguments)
    y, cache = function.forward(x)
    dy = np.random.default_rng(seed).normal(size=y.shape).astype("float32").astype(x.dtype)
    return y, dy, function.backward(dy, cache)


@IN_EVERY_PRECISION
@by_line("activation")
def test_function_computes_what_keras_computes(line, dtype):
    name, title, _ = line
    diverges = (
        name == "sparsemax"
        or (name == "gelu" and dtype == "float64")
        or (name == "celu" and title.endswith("kinks"))
    )
    row = judged("activation", line, dtype)
    assert row.verdict == (KNOWN if diverges else PASSED), row


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
