"""Super-resolution in Keras: convolutions at low resolution, and `ops.depth_to_space`."""

import keras
import numpy as np
from keras import layers, ops


def depth_to_space(block):
    """The sub-pixel shuffle: block² channels of one pixel become a block of pixels."""
    return lambda x: ops.depth_to_space(x, block, data_format="channels_last")


def psnr():
    """Peak signal-to-noise ratio of each image in dB."""
    return lambda y_true, y_pred: (
        -10 / np.log(10) * ops.log(ops.mean(ops.square(y_pred - y_true), axis=(1, 2, 3)))
    )


def shuffled(features):
    """What `depth_to_space` does with one channel, as layers."""
    y = layers.Conv2D(4, 3, padding="same")(features)
    y = layers.Reshape((14, 14, 2, 2))(y)
    return layers.Reshape((28, 28, 1))(layers.Permute((1, 3, 2, 4))(y))


def build_model(shuffle, residual, learning_rate):
    """14×14 in, 28×28 out; two convolutions of 16 filters, all that is dear at low resolution."""
    x = layers.Input((14, 14, 1))
    features = x
    for _ in range(2):
        features = layers.Conv2D(16, 3, padding="same", activation="relu")(features)
    if shuffle:
        y = shuffled(features)
    else:
        y = layers.Conv2DTranspose(1, 6, strides=2, padding="same")(features)
    if residual:
        y = layers.Add()([y, bicubic()(x)])
    model = keras.Model(x, y)
    model.compile(keras.optimizers.Adam(learning_rate), loss="mse")
    return model


def bicubic():
    """Twice as large by cubic polynomials: a layer without weights."""
    return layers.UpSampling2D(2, interpolation="bicubic")


def enlarged(model, x):
    """The network's pictures, with pixels from 0 to 1."""
    return np.clip(model.predict(x, batch_size=100, verbose=0), 0, 1)


def looked_at(model, data):
    """Pictures by both ways, and how many dB bicubic reaches on all test images."""
    plain = np.clip(ops.convert_to_numpy(bicubic()(data.x_test)), 0, 1)
    found = psnr()(ops.convert_to_tensor(data.y_test), ops.convert_to_tensor(plain))
    return {
        "bicubic": plain[:8],
        "network": enlarged(model, data.x_test[:8]),
        "bicubic psnr": ops.convert_to_numpy(ops.mean(found)),
    }
