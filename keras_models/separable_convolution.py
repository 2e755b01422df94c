"""Separable convolution in Keras: the layers, their speed, and networks with and without."""

import time

import keras
import numpy as np
from keras import layers, ops


def depthwise_convolution(kernel, strides, padding):
    """Each channel with filters of its own."""
    return layers.DepthwiseConv2D(
        kernel.shape[:2], strides, padding, depth_multiplier=kernel.shape[3], use_bias=False
    )


def pointwise_convolution(kernel):
    """A convolution of 1×1."""
    return layers.Conv2D(kernel.shape[-1], 1)


def separable_convolution(depthwise_kernel, pointwise_kernel, strides, padding):
    """One after the other, in one layer."""
    return layers.SeparableConv2D(
        pointwise_kernel.shape[-1],
        depthwise_kernel.shape[:2],
        strides,
        padding,
        depth_multiplier=depthwise_kernel.shape[3],
    )


def speed(x, kernel, depthwise, pointwise, bias, repeats):
    """Seconds of a forward pass of both layers, taking turns.

    Returns: see the NumPy half.
    """
    filters, size = len(bias), kernel.shape[:2]
    kinds = {
        "convolution": (layers.Conv2D(filters, size, padding="same"), [kernel, bias]),
        "separable": (
            layers.SeparableConv2D(filters, size, padding="same"),
            [depthwise, pointwise, bias],
        ),
    }
    found, seconds, x = {}, {name: [] for name in kinds}, ops.convert_to_tensor(x)
    for layer, weights in kinds.values():
        layer.build(x.shape)
        layer.set_weights(weights)
        layer(x)  # the first call prepares more than it computes
    for _ in range(repeats):
        for name, (layer, _) in kinds.items():
            start = time.perf_counter()
            found[name] = ops.convert_to_numpy(layer(x))[0]
            seconds[name].append(time.perf_counter() - start)
    return found | {f"seconds, {name}": np.median(taken) for name, taken in seconds.items()}


def build_model(separable, width, learning_rate):
    """A convolution of 3×3 and, behind 2×2 pooling, two more that are plain or separable ones."""
    relu = {"padding": "same", "activation": "relu"}
    plain = {**relu, "kernel_initializer": "he_normal"}
    model = keras.Sequential([layers.Input((14, 14, 1)), layers.Conv2D(width, 3, **plain)])
    model.add(layers.MaxPooling2D(2))
    for _ in range(2):
        if separable:
            # 1/3 keeps the size of sums of nine products; he_normal would count all channels.
            apart = {"depthwise_initializer": keras.initializers.RandomNormal(stddev=1 / 3)}
            apart |= {"pointwise_initializer": "he_normal", **relu}
            model.add(layers.SeparableConv2D(2 * width, 3, **apart))
        else:
            model.add(layers.Conv2D(2 * width, 3, **plain))
    model.add(layers.GlobalMaxPooling2D())
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def stages(model, data):
    """What a test image becomes on its way through the first separable convolution.

    Returns: see the NumPy half.
    """
    image = data.x_test[:1]
    found = {"image": image[..., 0]}
    if isinstance(model.layers[2], layers.SeparableConv2D):
        layer = model.layers[2]
        before = model.layers[1](model.layers[0](image))
        depthwise, *_ = layer.get_weights()
        filtered = ops.depthwise_conv(before, depthwise, 1, "same")
        found["filters"] = np.moveaxis(np.array(depthwise)[..., 0], -1, 0)
        maps = {"before": before, "filtered": filtered, "mixed": layer(before)}
        for name, y in maps.items():
            found[name] = np.moveaxis(ops.convert_to_numpy(y)[0], -1, 0)
    return found
