"""Small filters: how far a stack of convolutions sees, and two of 3×3 in place of one of 5×5."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.convolution import convolution, convolution_backward


def receptive_field(sizes, strides):
    """How many pixels in a row a unit sees that lies at the end of a stack of windows.

    Args:
        sizes: the side of each layer's window, from the first layer on, of pooling too.
        strides: how far each layer's windows are apart.

    Source: Araujo et al. 2019, Computing receptive fields of convolutional neural networks.
    """
    seen, apart = 1, 1  # in pixels of the image
    for size, stride in zip(sizes, strides):
        seen += (size - 1) * apart
        apart *= stride
    return seen


def composed_kernel(first, second):
    """The one kernel that does what two do in turn with nothing between them.

    Args:
        first: (k, k, channels, between). second: (m, m, between, filters).

    Returns:
        (k + m − 1, k + m − 1, channels, filters).

    Source: Simonyan & Zisserman 2015, Very deep convolutional networks, 2.3.
    """
    k, m = len(first), len(second)
    kernel = np.zeros((k + m - 1, k + m - 1, first.shape[2], second.shape[3]), first.dtype)
    for u, v in np.ndindex(m, m):
        kernel[u : u + k, v : v + k] += first @ second[u, v]
    return kernel


def ways(x, small, large, dy):
    """In how many ways each pixel reaches the unit in the middle.

    It is the gradient by the image where all weights are 1.

    Args:
        x: (1, height, width, 1). dy: of the same shape, 1 in the middle.
        small: (depth, 3, 3, 1, 1), a stack of which one layer more is taken each time.
        large: (5, 5, 1, 1).
    """

    def seen(kernels):
        y, caches, dx = x, [], dy
        for kernel in kernels:
            y, cache = convolution(y, kernel, np.zeros(1, x.dtype), (1, 1), "same")
            caches.append(cache)
        for cache in reversed(caches):
            dx, *_ = convolution_backward(dx, cache)
        return dx[0, ..., 0]

    stacks = {f"small, {depth}": seen(small[:depth]) for depth in range(1, len(small) + 1)}
    return {**stacks, "large": seen([large])}


def build_model(sizes, between, learning_rate):
    """A convolution of 3×3 and pooling, then one for each of the sizes, pooling, ten classes.

    Args:
        between: the activation of all but the last of them.
    """
    initial = {"padding": "same", "kernel_initializer": "he_normal"}
    model = rn.Sequential([rn.Input((14, 14, 1))])
    model.add(rn.layers.Conv2D(12, 3, activation="relu", **initial))
    model.add(rn.layers.MaxPooling2D(2))
    for size in sizes[:-1]:
        model.add(rn.layers.Conv2D(12, size, activation=between, **initial))
    model.add(rn.layers.Conv2D(12, sizes[-1], activation="relu", **initial))
    model.add(rn.layers.MaxPooling2D(2))
    model.add(rn.layers.Flatten())
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def kernels(model, data):
    """The first layer's filters, and the kernels behind it, two of which are composed to one."""
    stem, *behind = [layer.get_weights()[0] for layer in model.layers[:-1] if layer.weights]
    whole = composed_kernel(*behind) if len(behind) == 2 else behind[0]
    return {"first": stem[:, :, 0].transpose(2, 0, 1), "whole": whole[:, :, 0].transpose(2, 0, 1)}
