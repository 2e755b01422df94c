"""The residual block in Keras; and networks of several depths, with and without."""

import keras
import numpy as np
from keras import layers, ops


def residual_block(x):
    """Two layers that learn what is to be added to x, and a shortcut around them."""
    inputs = layers.Input(x.shape[1:])
    h = layers.Dense(x.shape[1], activation="relu", use_bias=False)(inputs)
    f = layers.Dense(x.shape[1], use_bias=False)(h)
    return keras.Model(inputs, layers.ReLU()(layers.Add()([inputs, f])))


# Whether there is a shortcut, and the factor of the initial weights of F's last layer.
KINDS = {
    "plain": (False, 1.0),
    "residual": (True, 1.0),
    "residual, F starts at 0": (True, 0.0),
}


def signals(x, w1, w2, dy, gradient_of):
    """What comes through a chain of blocks with initial weights, forward and backward.

    Zeros are added before each block: their gradient is the one that arrives there.

    Args and returns: see the NumPy half.
    """
    zeros, found = [np.zeros_like(x) for _ in w1], {}
    dys = np.stack([*zeros, dy])
    for name, (shortcut, share) in KINDS.items():

        def chain(y, *zeros, shortcut=shortcut, share=share):
            ys = [y]
            for first, second, zero in zip(w1, w2, zeros):
                y = y + zero
                f = ops.matmul(ops.relu(ops.matmul(y, first)), share * second)
                y = ops.relu(y + f if shortcut else f)
                ys.append(y)
            return ops.stack(ys)

        ys, (_, *gradients) = gradient_of(chain, [x, *zeros], dys)
        found[f"{name}: gradient"] = np.array([np.linalg.norm(g) for g in [*gradients, dy]])
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
    inputs = layers.Input((784,))
    x = layers.Dense(32, **relu)(inputs)
    for _ in range(blocks):
        h = layers.Dense(32, use_bias=False, **relu)(x)
        initial = "zeros" if shortcut else "he_normal"
        f = layers.Dense(32, use_bias=False, kernel_initializer=initial)(h)
        x = layers.ReLU()(layers.Add()([x, f]) if shortcut else f)
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
