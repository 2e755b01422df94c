"""The residual block, forward and backward; and networks of several depths, with and without."""

import numpy as np

import reference_numpy as rn


def residual_block(x, w1, w2):
    """Two layers that learn what is to be added to x, and a shortcut around them.

    Args:
        x: (batch, units); w1 and w2 are (units, units), so that the sum has x's shape.

    Source: He et al. 2016, Deep residual learning for image recognition, 3.2 (without biases too).
    """
    h = np.maximum(x @ w1, 0)
    y = np.maximum(x + h @ w2, 0)
    return y, (x, w1, w2, h, y)


def residual_block_backward(dy, cache):
    """The gradient goes back both ways; on the shortcut it passes as it is."""
    x, w1, w2, h, y = cache
    dsum = dy * (y > 0)
    dh = dsum @ w2.T * (h > 0)
    return dsum + dh @ w1.T, x.T @ dh, h.T @ dsum


def plain_block(x, w1, w2):
    """The same two layers without the shortcut."""
    h = np.maximum(x @ w1, 0)
    y = np.maximum(h @ w2, 0)
    return y, (x, w1, w2, h, y)


def plain_block_backward(dy, cache):
    """The gradient has one way back."""
    x, w1, w2, h, y = cache
    dsum = dy * (y > 0)
    dh = dsum @ w2.T * (h > 0)
    return dh @ w1.T, x.T @ dh, h.T @ dsum


# The blocks that `signals` compares, and by how much the initial weights of F's last layer are
# multiplied: with 0, a residual block starts as the identity.
KINDS = {
    "plain": (plain_block, plain_block_backward, 1.0),
    "residual": (residual_block, residual_block_backward, 1.0),
    "residual, F starts at 0": (residual_block, residual_block_backward, 0.0),
}


def signals(x, w1, w2, dy):
    """What comes through a chain of blocks with initial weights, forward and backward.

    Args:
        x: (batch, units), what enters the first block.
        w1, w2: (blocks, units, units), the weights of the blocks' two layers.
        dy: (batch, units), the gradient that enters the last block.

    Returns:
        By kind of block, before the first block, between each two and after the last:
        `gradient`: its norm.
        `likeness`: the mean correlation of what two examples have become.
    """
    found = {}
    for name, (forward, backward, share) in KINDS.items():
        ys, caches, gradients = [x], [], [dy]
        for first, second in zip(w1, w2):
            y, cache = forward(ys[-1], first, share * second)
            ys.append(y)
            caches.append(cache)
        for cache in reversed(caches):
            dx, *_ = backward(gradients[-1], cache)
            gradients.append(dx)
        found[f"{name}: gradient"] = np.array([np.linalg.norm(g) for g in reversed(gradients)])
        found[f"{name}: likeness"] = np.array([likeness(y) for y in ys])
    return found


def likeness(y):
    """The mean correlation of two rows."""
    return np.corrcoef(y)[np.triu_indices(len(y), 1)].mean()


def build_model(blocks, shortcut, learning_rate):
    """784 pixels, a layer of 32 units, blocks of two such layers, ten classes.

    A residual block starts as the identity, since its last weights start at 0 (Zhang et al. 2019,
    Fixup initialization); a plain one starts with the weights that suit ReLU best (He et al. 2015).
    """
    relu = {"activation": "relu", "kernel_initializer": "he_normal"}
    inputs = rn.Input((784,))
    x = rn.layers.Dense(32, **relu)(inputs)
    for _ in range(blocks):
        h = rn.layers.Dense(32, use_bias=False, **relu)(x)
        initial = "zeros" if shortcut else "he_normal"
        f = rn.layers.Dense(32, use_bias=False, kernel_initializer=initial)(h)
        x = rn.layers.ReLU()(rn.layers.Add()([x, f]) if shortcut else f)
    model = rn.Model(inputs, rn.layers.Dense(10, activation="softmax")(x))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
