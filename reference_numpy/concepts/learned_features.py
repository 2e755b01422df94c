"""Features made by hand, zones and oriented gradients, beside networks that learn their own."""

import time

import numpy as np

import reference_numpy as rn


def zones(x, size):
    """The mean of each block of size × size pixels: how much ink is where.

    Args:
        x: (n, height, width). Returns (n, blocks).
    """
    n, height, width = x.shape
    blocks = x.reshape(n, height // size, size, width // size, size)
    return blocks.mean(axis=(2, 4)).reshape(n, -1)


def orientations(x, cell, bins):
    """For each cell, how much edge there is of each orientation: (n, rows, columns, bins).

    Every pixel votes with the length of its gradient, for the two orientations nearest to its own;
    opposite directions are one orientation.
    """
    n, height, width = x.shape
    framed = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    across = framed[:, 1:-1, 2:] - framed[:, 1:-1, :-2]
    down = framed[:, 2:, 1:-1] - framed[:, :-2, 1:-1]
    place = np.arctan2(down, across) * (bins / np.pi)  # the orientations stand at 0, 1, …
    apart = (place[..., None] - np.arange(bins, dtype=x.dtype)) % bins
    votes = np.maximum(1 - np.minimum(apart, bins - apart), 0)
    votes = votes * np.sqrt(across**2 + down**2)[..., None]
    cells = votes.reshape(n, height // cell, cell, width // cell, cell, bins)
    return cells.sum(axis=(2, 4))


def hog(x, cell, bins):
    """Histograms of oriented gradients: each block of 2 × 2 cells is brought to length 1.

    Args:
        x: (n, height, width). cell: pixels of its side. bins: orientations.

    Returns:
        (n, features): blocks overlap by a cell.

    Source: Dalal & Triggs 2005, Histograms of oriented gradients for human detection.
    """
    cells = orientations(x, cell, bins)
    rows, columns = cells.shape[1] - 1, cells.shape[2] - 1
    corners = [cells[:, r : r + rows, c : c + columns] for r in (0, 1) for c in (0, 1)]
    blocks = np.concatenate(corners, axis=-1)
    lengths = np.sqrt(np.sum(blocks**2, axis=-1, keepdims=True) + 0.01)
    return (blocks / lengths).reshape(len(x), -1)


def features(x, sizes, cell, bins):
    """The zones of several sizes and the orientations of some images, (n, height, width)."""
    found = {f"zones, {size}": zones(x, size) for size in sizes}
    return {**found, "orientations": orientations(x, cell, bins)}


def cost(x, y, cell, bins):
    """Seconds for the oriented gradients of some images, and for an epoch of learning from them.

    Args:
        x: (n, height, width, 1). y: (n,).
    """
    model = build_model("CNN")
    batches = np.arange(len(x)).reshape(-1, 50)
    model.train_on_batch(x[:50], y[:50])
    start = time.perf_counter()
    for batch in batches:
        model.train_on_batch(x[batch], y[batch])
    learned = time.perf_counter()
    for batch in batches:
        made = hog(x[batch, ..., 0], cell, bins)
    seconds = {"epoch": learned - start, "made": time.perf_counter() - learned}
    return {**seconds, "last features": made}


def build_model(kind):
    """A hidden layer of 128 ("MLP"); or two convolutions with pooling and a layer of 64 ("CNN")."""
    model = rn.Sequential([rn.Input((28, 28, 1))])
    if kind == "CNN":
        for filters in (16, 32):
            model.add(rn.layers.Conv2D(filters, 5, activation="relu"))
            model.add(rn.layers.MaxPooling2D())
    model.add(rn.layers.Flatten())
    if kind == "CNN":
        model.add(rn.layers.Dropout(0.5))
    model.add(rn.layers.Dense(64 if kind == "CNN" else 128, activation="relu"))
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.Adam(0.002 if kind == "CNN" else 0.005),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
