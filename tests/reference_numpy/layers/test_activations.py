"""What the table of cases does not say about the activation layers."""

import numpy as np
import pytest

import reference_numpy as rn


@pytest.mark.parametrize(
    ("layer", "arguments", "message"),
    [
        ("ReLU", {"max_value": -1}, "max_value of a ReLU layer cannot be a negative value"),
        ("ReLU", {"negative_slope": -1}, "negative_slope of a ReLU layer cannot be None"),
        ("ReLU", {"negative_slope": None}, "negative_slope of a ReLU layer cannot be None"),
        ("ReLU", {"threshold": None}, "threshold of a ReLU layer cannot be None"),
        ("ReLU", {"threshold": -0.5}, "threshold of a ReLU layer cannot be None"),
        ("LeakyReLU", {"negative_slope": None}, "negative_slope value of a Leaky ReLU"),
        ("LeakyReLU", {"negative_slope": -0.1}, "negative_slope value of a Leaky ReLU"),
        ("Activation", {"activation": "relux"}, "'relux'. Expected a layer"),
        ("ELU", {"beta": 1}, "Unrecognized keyword arguments passed to ELU: {'beta': 1}"),
    ],
)
def test_bad_arguments_are_refused(layer, arguments, message):
    with pytest.raises(ValueError, match=message):
        getattr(rn.layers, layer)(**arguments)


def test_the_old_name_of_the_slope_still_works():
    with pytest.warns(UserWarning, match="Use `negative_slope` instead"):
        layer = rn.layers.LeakyReLU(alpha=0.5)
    assert layer(np.array([-2.0, 4.0])).tolist() == [-1.0, 4.0]


@pytest.mark.parametrize("name", ["Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax"])
def test_integers_are_computed_in_the_dtype_of_the_layer(name):
    layer = getattr(rn.layers, name)(*(["tanh"] if name == "Activation" else []))
    x = np.array([[-2, 0, 3]])
    y, cache = layer.forward(x)
    assert y.dtype == "float32"
    np.testing.assert_allclose(y, layer(x.astype("float32")))
    dx, grads = layer.backward(np.ones_like(y), cache)
    assert dx is None and len(grads) == len(layer.trainable_weights)


def test_prelu_demands_the_axes_that_have_slopes_of_their_own():
    layer = rn.layers.PReLU(shared_axes=[1])
    layer(np.ones((2, 3, 4)))
    assert layer.alpha.shape == (1, 4)
    assert layer(np.ones((5, 7, 4))).shape == (5, 7, 4)
    with pytest.raises(ValueError, match="expected axis 2 of input shape to have value 4"):
        layer(np.ones((2, 3, 5)))


def test_prelu_at_zero_has_no_slope():
    layer = rn.layers.PReLU(alpha_initializer="ones")
    _, cache = layer.forward(np.array([[-1.0, 0.0, 1.0]]))
    dx, grads = layer.backward(np.ones((1, 3)), cache)
    assert dx.tolist() == [[1.0, 0.0, 1.0]] and grads[0].tolist() == [-1.0, 0.0, 0.0]


def test_masked_probabilities_are_zero_and_the_others_add_up_to_one():
    x = np.random.default_rng(0).normal(size=(2, 5)).astype("float32")
    mask = np.array([[True, False, True, True, False], [False] * 5])
    y, cache = rn.layers.Softmax().forward(x, mask=mask)
    assert (y[~mask] == 0).all()
    np.testing.assert_allclose(y.sum(axis=1), [1, 0], rtol=1e-6)
    kept = x[0, mask[0]]
    np.testing.assert_allclose(y[0, mask[0]], rn.activations.softmax(kept), rtol=1e-6)
    dx, _ = rn.layers.Softmax().backward(np.arange(10, dtype="float32").reshape(2, 5), cache)
    assert (dx[~mask] == 0).all() and (dx[0, mask[0]] != 0).any()


@pytest.mark.parametrize("shape", [(3, 2, 5), (2, 4), (5, 1)])
def test_a_mask_that_does_not_fit_is_refused(shape):
    with pytest.raises(ValueError, match="`mask` must be broadcastable to `inputs`"):
        rn.layers.Softmax()(np.ones((2, 5)), mask=np.ones(shape, bool))
