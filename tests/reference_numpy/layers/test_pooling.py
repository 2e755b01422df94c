"""What the generic checks do not see of the pooling layers."""

import numpy as np
import pytest

import reference_numpy as rn


@pytest.mark.parametrize(
    ("layer", "arguments", "message"),
    [
        ("MaxPooling2D", {"pool_size": 0}, "pool_size=0"),
        ("MaxPooling2D", {"pool_size": (2, 2, 2)}, "tuple of 2 integers"),
        ("AveragePooling1D", {"pool_size": 2, "strides": 0}, "strides=0"),
        ("AveragePooling2D", {"pool_size": 2, "padding": "causal"}, "padding='causal'"),
        ("GlobalMaxPooling2D", {"data_format": "last"}, "data_format=last"),
    ],
)
def test_bad_arguments_are_refused(layer, arguments, message):
    with pytest.raises(ValueError, match=message):
        getattr(rn.layers, layer)(**arguments)


@pytest.mark.parametrize(
    ("layer", "arguments", "shape", "message"),
    [
        ("MaxPooling2D", {"pool_size": 3}, (2, 5, 2, 1), "zero or negative"),
        ("MaxPooling2D", {"pool_size": 2}, (2, 5, 5), "ndim=4"),
        ("GlobalAveragePooling1D", {}, (2, 5), "ndim=3"),
        ("AdaptiveMaxPooling2D", {"output_size": 2}, (2, 5, 3), "ndim=4"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(layer, arguments, shape, message):
    layer = getattr(rn.layers, layer)(name="this_one", **arguments)
    with pytest.raises(ValueError, match=f"this_one.*{message}"):
        layer(np.zeros(shape))


@pytest.mark.parametrize(
    ("layer", "output_size", "error"),
    [
        ("AdaptiveMaxPooling1D", (2, 2), ValueError),
        ("AdaptiveMaxPooling1D", 2.0, TypeError),
        ("AdaptiveAveragePooling2D", (2,), TypeError),
        ("AdaptiveAveragePooling2D", 0, ValueError),
        ("AdaptiveAveragePooling3D", (2, 2, 1.5), ValueError),
    ],
)
def test_bad_output_sizes_are_refused(layer, output_size, error):
    with pytest.raises(error, match="output_size"):
        getattr(rn.layers, layer)(output_size)


@pytest.mark.parametrize("kind", ["Average", "Max"])
def test_adaptive_pooling_to_one_entry_is_global_pooling(kind):
    """Keras on TensorFlow cannot do this with a maximum."""
    x = np.random.default_rng(0).standard_normal((2, 5, 4, 3))
    ours = getattr(rn.layers, f"Adaptive{kind}Pooling2D")(1, dtype="float64")
    whole = getattr(rn.layers, f"Global{kind}Pooling2D")(keepdims=True, dtype="float64")
    (y, cache), (expected, its_cache) = ours.forward(x), whole.forward(x)
    np.testing.assert_allclose(y, expected, rtol=1e-14)
    dx, _ = ours.backward(expected, cache)
    np.testing.assert_allclose(dx, whole.backward(expected, its_cache)[0], rtol=1e-14)


def test_unknown_sizes_stay_unknown():
    layer = rn.layers.MaxPooling2D(2, data_format="channels_first")
    assert layer.compute_output_shape((None, 3, None, 7)) == (None, 3, None, 3)
    layer = rn.layers.AdaptiveMaxPooling2D(2)
    assert layer.compute_output_shape((None, None, None, 7)) == (None, 2, 2, 7)


def test_padding_never_counts():
    x = np.full((1, 3, 3, 1), -2.0)
    for layer in (rn.layers.MaxPooling2D, rn.layers.AveragePooling2D):
        np.testing.assert_array_equal(layer(2, padding="same")(x), np.full((1, 2, 2, 1), -2.0))


def test_the_first_of_equal_maxima_takes_the_gradient():
    layer = rn.layers.MaxPooling2D(2, dtype="float64")
    x = np.array([[1.0, 3.0], [3.0, 3.0]]).reshape(1, 2, 2, 1)
    y, cache = layer.forward(x)
    dx, _ = layer.backward(np.full_like(y, 5.0), cache)
    np.testing.assert_array_equal(dx[0, :, :, 0], [[0.0, 5.0], [0.0, 0.0]])


def test_equal_maxima_of_a_whole_image_share_the_gradient():
    layer = rn.layers.GlobalMaxPooling2D(dtype="float64")
    x = np.array([[1.0, 3.0], [3.0, 3.0]]).reshape(1, 2, 2, 1)
    y, cache = layer.forward(x)
    dx, _ = layer.backward(np.full_like(y, 6.0), cache)
    np.testing.assert_array_equal(dx[0, :, :, 0], [[0.0, 2.0], [2.0, 2.0]])


@pytest.mark.parametrize(
    ("layer", "arguments", "value"),
    [
        ("AveragePooling2D", {"pool_size": 2}, 125.25),
        ("GlobalAveragePooling2D", {}, 125.25),
        ("MaxPooling2D", {}, 200),
        ("GlobalMaxPooling2D", {}, 200),
    ],
)
def test_integer_images_have_no_gradient(layer, arguments, value):
    layer = getattr(rn.layers, layer)(dtype="float32", **arguments)
    x = np.array([[200, 100], [150, 51]], "uint8").reshape(1, 2, 2, 1)
    y, cache = layer.forward(x)
    assert y.ravel().tolist() == [value]
    assert layer.backward(np.ones(y.shape, "float32"), cache) == (None, [])


def test_a_masked_average_leaves_out_whatever_the_masked_steps_hold():
    layer = rn.layers.GlobalAveragePooling1D(dtype="float64")
    x = np.array([1.0, np.nan, 5.0]).reshape(1, 3, 1)
    mask = np.array([[True, False, True]])
    assert layer(x, mask=mask).tolist() == [[3.0]]
    assert layer.compute_mask(x, mask) is None and layer.supports_masking


def test_the_average_of_no_step_is_nan():
    layer = rn.layers.GlobalAveragePooling1D()
    y, cache = layer.forward(np.ones((1, 3, 2), "float32"), mask=np.zeros((1, 3)))
    assert np.isnan(y).all()
    assert np.isnan(layer.backward(np.ones_like(y), cache)[0]).all()


def test_pooling_gives_no_input_gradient_where_nobody_asks():
    layer = rn.layers.MaxPooling2D()
    y, cache = layer.forward(np.ones((1, 4, 4, 2), "float32"))
    assert layer.backward(y, cache, input_gradient=False) == (None, [])
