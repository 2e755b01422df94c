"""Features made by hand with `keras.ops`, beside networks that learn their own."""

import time

import keras
import numpy as np
from keras import layers, ops


def zones(size):
    """The mean of each block of size × size pixels: average pooling."""
    return lambda x: ops.reshape(ops.average_pool(x[..., None], size, size), (x.shape[0], -1))


def orientations(x, cell, bins):
    """For each cell, how much edge there is of each orientation: (n, rows, columns, bins)."""
    slope = np.zeros((3, 3, 1, 2))
    slope[1, :, 0, 0] = slope[:, 1, 0, 1] = (-1, 0, 1)
    gradient = ops.conv(x[..., None], ops.convert_to_tensor(slope, x.dtype), padding="same")
    across, down = gradient[..., :1], gradient[..., 1:]
    place = ops.arctan2(down, across) * (bins / np.pi)
    apart = ops.mod(place - ops.arange(bins, dtype=x.dtype), bins)
    votes = ops.maximum(1 - ops.minimum(apart, bins - apart), 0)
    votes = votes * ops.sqrt(across**2 + down**2)
    return ops.average_pool(votes, cell, cell) * cell**2


def hog(cell, bins):
    """Histograms of oriented gradients: each block of 2 × 2 cells is brought to length 1."""

    def made(x):
        blocks = ops.image.extract_patches(orientations(x, cell, bins), (2, 2), strides=1)
        lengths = ops.sqrt(ops.sum(blocks**2, axis=-1, keepdims=True) + 0.01)
        return ops.reshape(blocks / lengths, (x.shape[0], -1))

    return made


def features(x, sizes, cell, bins):
    """The zones of several sizes and the orientations of some images, (n, height, width)."""
    x = ops.convert_to_tensor(x)
    found = {f"zones, {size}": zones(size)(x) for size in sizes}
    found["orientations"] = orientations(x, cell, bins)
    return {name: ops.convert_to_numpy(value) for name, value in found.items()}


def cost(x, y, cell, bins):
    """Seconds for the oriented gradients of some images, and for an epoch of learning from them."""
    model = build_model("CNN")
    batches = np.arange(len(x)).reshape(-1, 50)
    model.train_on_batch(x[:50], y[:50])  # which compiles
    start = time.perf_counter()
    for batch in batches:
        model.train_on_batch(x[batch], y[batch])
    learned = time.perf_counter()
    for batch in batches:
        made = ops.convert_to_numpy(hog(cell, bins)(ops.convert_to_tensor(x[batch, ..., 0])))
    seconds = {"epoch": learned - start, "made": time.perf_counter() - learned}
    return {**seconds, "last features": made}


def build_model(kind):
    """A hidden layer of 128 ("MLP"); or two convolutions with pooling and a layer of 64 ("CNN")."""
    model = keras.Sequential([layers.Input((28, 28, 1))])
    if kind == "CNN":
        for filters in (16, 32):
            model.add(layers.Conv2D(filters, 5, activation="relu"))
            model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    if kind == "CNN":
        model.add(layers.Dropout(0.5))
    model.add(layers.Dense(64 if kind == "CNN" else 128, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(0.002 if kind == "CNN" else 0.005),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
