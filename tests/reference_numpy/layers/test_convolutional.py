"""What the generic checks do not see of the convolutional layers."""

import numpy as np
import pytest

import reference_numpy as rn


@pytest.mark.parametrize(
    ("layer", "arguments", "message"),
    [
        ("Conv2D", {"filters": 0, "kernel_size": 3}, "filters=0"),
        ("Conv2D", {"filters": 2.5, "kernel_size": 3}, "filters=2.5"),
        ("Conv2D", {"filters": 2, "kernel_size": 0}, "kernel_size=0"),
        ("Conv2D", {"filters": 2, "kernel_size": (3, 3, 3)}, "tuple of 2 integers"),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "strides": 0}, "strides=0"),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "padding": "causal"}, "padding='causal'"),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "padding": None}, "padding=None"),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "groups": 2}, "groups=2, filters=3"),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "groups": 0}, "groups=0"),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "data_format": "first"}, "data_format=first"),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "activation": "nonsense"}, "nonsense"),
        ("Conv2DTranspose", {"filters": 0, "kernel_size": 3}, "filters=0"),
        (
            "Conv2DTranspose",
            {"filters": 2, "kernel_size": 3, "strides": (3, 2), "output_padding": 2},
            r"output_padding=\(2, 2\), strides=\(3, 2\)",
        ),
        (
            "Conv2DTranspose",
            {"filters": 2, "kernel_size": 3, "output_padding": -1},
            "output_padding=-1",
        ),
        ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 0}, "depth_multiplier=0"),
        ("SeparableConv2D", {"filters": -1, "kernel_size": 3}, "filters=-1"),
        (
            "SeparableConv2D",
            {"filters": 2, "kernel_size": 3, "depth_multiplier": None},
            "depth_multiplier=None",
        ),
        (
            "Conv1D",
            {"filters": 3, "kernel_size": 3, "strides": 2, "dilation_rate": 2},
            r"strides=\(2,\) and dilation_rate=\(2,\)",
        ),
    ],
)
def test_bad_arguments_are_refused(layer, arguments, message):
    with pytest.raises(ValueError, match=message):
        getattr(rn.layers, layer)(**arguments)


@pytest.mark.parametrize(
    ("layer", "arguments", "shape", "message"),
    [
        ("Conv2D", {"filters": 2, "kernel_size": 3}, (2, 5, 5), "min_ndim=4"),
        ("Conv2D", {"filters": 2, "kernel_size": 3}, (2, 5, 5, 5, 1), "4 axes"),
        ("Conv2D", {"filters": 2, "kernel_size": 3}, (2, 5, 2, 1), "zero or negative"),
        ("Conv1D", {"filters": 2, "kernel_size": 3, "dilation_rate": 3}, (2, 6, 1), "dilation"),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "groups": 2}, (2, 5, 5, 3), "3 channels"),
        ("DepthwiseConv1D", {"kernel_size": 3}, (2, 5, 5, 3), "3 axes"),
        ("SeparableConv1D", {"filters": 2, "kernel_size": 3}, (2, 2, 3), "zero or negative"),
        (
            "Conv1DTranspose",
            {"filters": 2, "kernel_size": 2, "padding": "same", "output_padding": 0},
            (2, 1, 3),
            "zero or negative",
        ),
    ],
)
def test_inputs_that_do_not_fit_are_refused(layer, arguments, shape, message):
    layer = getattr(rn.layers, layer)(name="this_one", **arguments)
    with pytest.raises(ValueError, match=f"this_one.*{message}"):
        layer(np.zeros(shape))


def test_other_channels_than_the_layer_was_built_for_are_refused():
    layer = rn.layers.Conv2D(2, 3, data_format="channels_first")
    layer(np.zeros((1, 4, 5, 5)))
    with pytest.raises(ValueError, match="axis 1 of input shape to have value 4"):
        layer(np.zeros((1, 5, 5, 4)))
    with pytest.raises(ValueError, match="zero or negative"):
        layer(np.zeros((1, 4, 5, 2)))


def test_the_channels_must_be_known_to_build():
    with pytest.raises(ValueError, match="channel axis"):
        rn.layers.Conv2D(2, 3).build((None, 5, 5, None))


def test_unknown_sizes_stay_unknown():
    layer = rn.layers.Conv2D(2, 3, strides=2, padding="same")
    assert layer.compute_output_shape((None, None, 7, 3)) == (None, None, 4, 2)
    layer = rn.layers.Conv2DTranspose(2, 3, strides=2, padding="same")
    assert layer.compute_output_shape((None, None, 7, 3)) == (None, None, 14, 2)


@pytest.mark.parametrize(
    ("kernel_size", "strides", "padding", "output_padding", "size"),
    [
        (3, 2, "valid", None, 9),
        (2, 3, "valid", None, 12),
        (3, 2, "valid", 1, 10),
        (3, 2, "same", None, 8),
        (3, 2, "same", 0, 7),
        (3, 2, "same", 1, 8),
        (4, 2, "same", 1, 7),
    ],
)
def test_sizes_of_transposed_convolutions(kernel_size, strides, padding, output_padding, size):
    layer = rn.layers.Conv1DTranspose(2, kernel_size, strides, padding, output_padding)
    assert layer.compute_output_shape((3, 4, 5)) == (3, size, 2)
    assert layer(np.ones((3, 4, 5), "float32")).shape == (3, size, 2)


def test_no_output_padding_under_an_even_kernel_is_the_plain_sum_cut_at_both_ends():
    """Keras on TensorFlow refuses it; the output is (size − 1) · strides long."""
    arguments = {"filters": 1, "kernel_size": 4, "strides": 2, "dtype": "float64"}
    whole = rn.layers.Conv1DTranspose(**arguments, output_padding=0)
    x = np.random.default_rng(0).standard_normal((1, 4, 1))
    everything = whole(x)
    cut = rn.layers.Conv1DTranspose(**arguments, padding="same", output_padding=0)
    cut.build(x.shape)
    cut.set_weights(whole.get_weights())
    assert everything.shape == (1, 10, 1)
    np.testing.assert_allclose(cut(x), everything[:, 2:8])


def test_one_group_a_channel_is_the_depthwise_convolution():
    x = np.random.default_rng(0).standard_normal((2, 6, 5, 3))
    depthwise = rn.layers.DepthwiseConv2D(3, depth_multiplier=2, dtype="float64")
    grouped = rn.layers.Conv2D(6, 3, groups=3, dtype="float64")
    y = depthwise(x)
    grouped.build(x.shape)
    kernel, bias = depthwise.get_weights()
    grouped.set_weights([kernel.reshape(3, 3, 1, 6), bias])
    np.testing.assert_allclose(grouped(x), y)


def test_an_output_of_a_causal_convolution_depends_on_no_later_step():
    layer = rn.layers.Conv1D(2, 3, padding="causal", dilation_rate=2, dtype="float64")
    x = np.random.default_rng(0).standard_normal((1, 9, 3))
    before = layer(x)
    x[:, 5:] += 1.0
    after = layer(x)
    np.testing.assert_array_equal(before[:, :5], after[:, :5])
    assert (before[:, 5:] != after[:, 5:]).all()


def test_integer_images_are_computed_in_the_layers_dtype():
    layer = rn.layers.Conv2D(2, 3, dtype="float32")
    x = np.arange(50, dtype="uint8").reshape(1, 5, 5, 2)
    y, cache = layer.forward(x)
    np.testing.assert_array_equal(y, layer(x.astype("float32")))
    dx, grads = layer.backward(np.ones_like(y), cache)
    assert dx is None and [grad.dtype for grad in grads] == ["float32", "float32"]


def test_the_input_gradient_is_computed_only_where_asked_for():
    layer = rn.layers.Conv2D(2, 3, dtype="float64")
    x = np.random.default_rng(0).standard_normal((2, 5, 5, 2))
    y, cache = layer.forward(x)
    dx, grads = layer.backward(y, cache)
    none, same = layer.backward(y, cache, input_gradient=False)
    assert none is None and dx.shape == x.shape
    for one, other in zip(grads, same, strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_activation_over_the_last_axis_sees_the_layers_own_format():
    """Keras applies the activation in the layer's data format: softmax is over the columns then."""
    layer = rn.layers.Conv2D(3, 2, activation="softmax", data_format="channels_first")
    y = layer(np.random.default_rng(0).standard_normal((2, 2, 4, 5)).astype("float32"))
    np.testing.assert_allclose(y.sum(axis=-1), 1.0, rtol=1e-6)
