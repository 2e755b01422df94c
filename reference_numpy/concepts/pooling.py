"""Pooling: the largest or the mean of each window; and networks that meet shifted images."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.convolution import output_sizes, windows


def max_pooling(x, pool_size, strides):
    """The largest entry of each window, in every channel by itself.

    Args:
        x: (batch, height, width, channels).

    Source: Saito, Deep Learning from Scratch, 7.3.
    """
    y = np.empty((len(x), *output_sizes(x, pool_size, strides), x.shape[-1]), x.dtype)
    for o, window in windows(x, pool_size, strides):
        y[o] = entries(x[window]).max(axis=1)
    return y, (x, pool_size, strides)


def max_pooling_backward(dy, cache):
    """All of a window's gradient goes to its largest entry; to the first of several."""
    x, pool_size, strides = cache
    dx = np.zeros_like(x)
    for o, window in windows(x, pool_size, strides):
        found = entries(x[window])
        largest = np.arange(found.shape[1])[:, None] == found.argmax(axis=1)[:, None]
        dx[window] += (largest * dy[o][:, None]).reshape(x[window].shape)
    return dx


def average_pooling(x, pool_size, strides):
    """The mean of each window, in every channel by itself.

    Source: LeCun et al. 1998, Gradient-based learning applied to document recognition, II.B.
    """
    y = np.empty((len(x), *output_sizes(x, pool_size, strides), x.shape[-1]), x.dtype)
    for o, window in windows(x, pool_size, strides):
        y[o] = entries(x[window]).mean(axis=1)
    return y, (x, pool_size, strides)


def average_pooling_backward(dy, cache):
    """Every entry of a window gets the same share of its gradient."""
    x, pool_size, strides = cache
    dx = np.zeros_like(x)
    for o, window in windows(x, pool_size, strides):
        share = dy[o] / entries(x[window]).shape[1]
        dx[window] += np.expand_dims(share, tuple(range(1, x.ndim - 1)))
    return dx


def entries(window):
    """(batch, …, channels) with the axes of the window made one."""
    return window.reshape(len(window), -1, window.shape[-1])


def shift(x, shifts, pool_size):
    """Images shifted to the right, as they are and pooled."""
    found = {}
    for pixels in shifts:
        moved = shifted(x, pixels)
        found[f"image, {pixels}"] = moved
        found[f"max, {pixels}"] = max_pooling(moved, pool_size, pool_size)[0]
        found[f"average, {pixels}"] = average_pooling(moved, pool_size, pool_size)[0]
    return found


def shifted(x, pixels):
    """Images (batch, height, width, channels) moved to the right; zeros move in."""
    return np.pad(x, ((0, 0), (0, 0), (pixels, 0), (0, 0)))[:, :, : x.shape[2]]


def build_model(pooling):
    """Two convolutions of 5×5, each halved: by "max" or "average" pooling, or ("") by stride 2."""
    kind = {"max": rn.layers.MaxPooling2D, "average": rn.layers.AveragePooling2D}.get(pooling)
    model = rn.Sequential([rn.Input((28, 28, 1))])
    for filters in (8, 16):
        model.add(
            rn.layers.Conv2D(
                filters,
                5,
                strides=1 if kind else 2,
                activation="relu",
                kernel_initializer="he_normal",
            )
        )
        if kind:
            model.add(kind(2))
    model.add(rn.layers.Flatten())
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def tolerance(model, data):
    """Accuracy on the test images, shifted to the right by 0, 1, … 4 pixels."""
    answers = [
        model.predict(shifted(data.x_test, pixels), verbose=0).argmax(axis=-1)
        for pixels in range(5)
    ]
    return {"accuracy": np.stack([(answer == data.y_test).mean() for answer in answers])}
