"""Small filters in Keras: how far a stack sees, and two of 3×3 in place of one of 5×5."""

import keras
import numpy as np
from keras import layers, ops


def receptive_field():
    """How many pixels in a row a unit sees that lies at the end of a stack of windows."""

    def seen(sizes, strides):
        apart = ops.cumprod(strides) // strides  # before each layer
        return 1 + ops.sum((sizes - 1) * apart)

    return seen


def composed_kernel():
    """The one kernel that does what two do in turn: the first, convolved with the second."""

    def composed(first, second):
        around = second.shape[0] - 1
        images = ops.pad(
            ops.transpose(first, (2, 0, 1, 3)), ((0, 0), (around, around), (around, around), (0, 0))
        )
        kernel = ops.conv(images, ops.flip(second, axis=(0, 1)), padding="valid")
        return ops.transpose(kernel, (1, 2, 0, 3))

    return composed


def ways(x, small, large, dy, gradient_of):
    """In how many ways each pixel reaches the unit in the middle.

    Args and returns: see the NumPy half.
    """

    def seen(kernels):
        def stack(y):
            for kernel in kernels:
                y = ops.conv(y, ops.convert_to_tensor(kernel), padding="same")
            return y

        return gradient_of(stack, [x], dy)[1][0][0, ..., 0]

    stacks = {f"small, {depth}": seen(small[:depth]) for depth in range(1, len(small) + 1)}
    return {**stacks, "large": seen([large])}


def build_model(sizes, between, learning_rate):
    """A convolution of 3×3 and pooling, then one for each of the sizes, pooling, ten classes.

    Args:
        between: the activation of all but the last of them.
    """
    initial = {"padding": "same", "kernel_initializer": "he_normal"}
    model = keras.Sequential([layers.Input((14, 14, 1))])
    model.add(layers.Conv2D(12, 3, activation="relu", **initial))
    model.add(layers.MaxPooling2D(2))
    for size in sizes[:-1]:
        model.add(layers.Conv2D(12, size, activation=between, **initial))
    model.add(layers.Conv2D(12, sizes[-1], activation="relu", **initial))
    model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def kernels(model, data):
    """The first layer's filters, and the kernels behind it, two of which are composed to one."""
    found = [layer.get_weights()[0] for layer in model.layers[:-1] if layer.weights]
    stem, *behind = map(np.array, found)
    whole = behind[0]
    if len(behind) == 2:
        whole = ops.convert_to_numpy(composed_kernel()(*map(ops.convert_to_tensor, behind)))
    return {"first": stem[:, :, 0].transpose(2, 0, 1), "whole": whole[:, :, 0].transpose(2, 0, 1)}
