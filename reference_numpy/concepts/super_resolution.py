"""Super-resolution: four small pictures of a network become one large one."""

import numpy as np

import reference_numpy as rn


def depth_to_space(x, block):
    """The sub-pixel shuffle: block² channels of one pixel become a block of pixels.

    y[n, h·block + i, w·block + j, c] = x[n, h, w, (i·block + j)·channels + c];
    x: (n, h, w, block²·channels), y: (n, h·block, w·block, channels).

    Source: Shi et al. 2016, Real-time single image and video super-resolution using an efficient
    sub-pixel convolutional neural network, (4).
    """
    n, h, w, c = x.shape
    pieces = x.reshape(n, h, w, block, block, c // block**2)
    return pieces.transpose(0, 1, 3, 2, 4, 5).reshape(n, h * block, w * block, -1), block


def depth_to_space_backward(dy, block):
    """Every gradient goes back to where its number came from."""
    n, h, w, c = dy.shape
    pieces = dy.reshape(n, h // block, block, w // block, block, c)
    return pieces.transpose(0, 1, 3, 2, 4, 5).reshape(n, h // block, w // block, -1)


def psnr(y_true, y_pred):
    """Peak signal-to-noise ratio of each image in dB, (n,): −10 log₁₀ mean (y − t)², pixels 0 to 1.

    Source: Dong et al. 2014, Learning a deep convolutional network for image super-resolution, 4.
    """
    error = (y_pred - y_true) ** 2
    return -10 * np.log10(error.reshape(len(error), -1).mean(axis=1))


def shuffled(features):
    """What `depth_to_space` does with one channel, as layers."""
    y = rn.layers.Conv2D(4, 3, padding="same")(features)
    y = rn.layers.Reshape((14, 14, 2, 2))(y)
    return rn.layers.Reshape((28, 28, 1))(rn.layers.Permute((1, 3, 2, 4))(y))


def build_model(shuffle, residual, learning_rate):
    """14×14 in, 28×28 out; two convolutions of 16 filters, all that is dear at low resolution."""
    x = rn.Input((14, 14, 1))
    features = x
    for _ in range(2):
        features = rn.layers.Conv2D(16, 3, padding="same", activation="relu")(features)
    if shuffle:
        y = shuffled(features)
    else:
        y = rn.layers.Conv2DTranspose(1, 6, strides=2, padding="same")(features)
    if residual:
        y = rn.layers.Add()([y, bicubic()(x)])
    model = rn.Model(x, y)
    model.compile(rn.optimizers.Adam(learning_rate), loss="mse")
    return model


def bicubic():
    """Twice as large by cubic polynomials: a layer without weights."""
    return rn.layers.UpSampling2D(2, interpolation="bicubic")


def enlarged(model, x):
    """The network's pictures, with pixels from 0 to 1."""
    return np.clip(model.predict(x, batch_size=100, verbose=0), 0, 1)


def looked_at(model, data):
    """Pictures by both ways, and how many dB bicubic reaches on all test images."""
    plain = np.clip(bicubic()(data.x_test), 0, 1)
    return {
        "bicubic": plain[:8],
        "network": enlarged(model, data.x_test[:8]),
        "bicubic psnr": psnr(data.y_test, plain).mean(),
    }
