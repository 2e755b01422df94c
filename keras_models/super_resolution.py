"""Super-resolution in Keras: convolutions of the small picture, and `ops.depth_to_space`."""

import keras
import numpy as np
from keras import layers, ops


def bicubic(size):
    """Pictures with another number of pixels; without `antialias` each backend has its own."""
    return layers.Resizing(size, size, interpolation="bicubic", antialias=True)


def depth_to_space(block):
    """The sub-pixel shuffle: block² channels of one pixel become a block of pixels."""
    return lambda x: ops.depth_to_space(x, block)


def shuffled_kernel(block):
    """The kernel by which convolution and shuffle do what a transposed convolution does."""

    def arranged(kernel):
        side, _, channels, features = kernel.shape
        k = side // block
        pieces = ops.reshape(kernel, (k, block, k, block, channels, features))
        pieces = ops.transpose(ops.flip(pieces, (0, 2)), (0, 2, 5, 1, 3, 4))
        return ops.reshape(pieces, (k, k, features, block**2 * channels))

    return arranged


def psnr():
    """Of each picture in dB; `ops.psnr` takes all the pictures for one."""
    return lambda y_true, y_pred: -10 * ops.log10(ops.mean((y_pred - y_true) ** 2, (1, 2, 3)))


def two_ways(x, kernel, block):
    """A transposed convolution, and what convolution and shuffle give by the same weights."""
    layer = layers.Conv2DTranspose(kernel.shape[2], len(kernel), block, "same", use_bias=False)
    layer.build(x.shape)
    layer.set_weights([kernel])
    again = shuffled_kernel(block)(ops.convert_to_tensor(kernel))
    features = ops.conv(ops.convert_to_tensor(x), again, padding="same")
    found = {"transposed": layer(x), "shuffled": depth_to_space(block)(features)}
    return {name: ops.convert_to_numpy(y) for name, y in found.items()}


def build_model(enlarges, filters, learning_rate):
    """To large pictures by bicubic three convolutions add what is missing."""
    small = layers.Input((14, 14, 1), name="small")
    large = layers.Input((28, 28, 1), name="large")
    y = large if enlarges == "bicubic" else small
    for _ in range(2):
        y = layers.Conv2D(filters, 3, padding="same", activation="relu")(y)
    if enlarges == "shuffle":
        y = ops.depth_to_space(layers.Conv2D(4, 3, padding="same")(y), 2)
    elif enlarges == "transposed":
        y = layers.Conv2DTranspose(1, 3, strides=2, padding="same")(y)
    else:
        y = layers.Conv2D(1, 3, padding="same")(y)
    model = keras.Model({"small": small, "large": large}, layers.Add()([large, y]))
    model.compile(keras.optimizers.Adam(learning_rate), loss="mse")
    return model


def enlarged(model, x):
    """The network's pictures, with pixels from 0 to 1."""
    return np.clip(model.predict(x, batch_size=500, verbose=0), 0, 1)


def checkerboard(error):
    """How far the four places of a block of 2×2 differ in their mean error, in grey levels.

    The six pixels next to the edges are left out: the zeros beyond are seen from there.
    """
    places = error[:, 6:-6, 6:-6].reshape(-1, 8, 2, 8, 2).mean(axis=(1, 3))
    return 255 * places.std(axis=(1, 2)).mean()


def looked_at(model, data):
    """Of each kind the network's pictures, what it added to bicubic, and how good it is."""
    found = {}
    for kind, (x, y_true) in data.kinds.items():
        y = enlarged(model, x)
        decibels = ops.mean(psnr()(ops.convert_to_tensor(y_true), ops.convert_to_tensor(y)))
        found |= {kind: y[:6], f"{kind}: added": (y - x["large"])[:6]}
        found |= {f"{kind}: psnr": ops.convert_to_numpy(decibels)}
        found |= {f"{kind}: checkerboard": checkerboard(y - y_true)}
    return found
