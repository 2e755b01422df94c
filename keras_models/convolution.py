"""Convolution in Keras: the layers, and two networks for MNIST."""

import keras
from keras import layers, ops


def zero_padding(padding):
    """Zeros around images."""
    return layers.ZeroPadding2D(padding)


def convolution(kernel, strides, padding):
    """The layer; its framework chooses how to compute it."""
    return layers.Conv2D(kernel.shape[-1], kernel.shape[:2], strides=strides, padding=padding)


def im2col(size, strides, padding):
    """Every window as a row."""
    return lambda x: ops.image.extract_patches(x, size, strides=strides, padding=padding)


def convolution_by_im2col(kernel, strides, padding):
    """The same layer."""
    return layers.Conv2D(kernel.shape[-1], kernel.shape[:2], strides=strides, padding=padding)


def slide(x, kernel, cases):
    """What the kernel makes of one image (height, width), by padding and stride."""
    x, kernel = x[None, ..., None], kernel[..., None, None]
    return {
        name: ops.convert_to_numpy(ops.conv(x, kernel, strides=strides, padding=padding))[0, ..., 0]
        for name, (padding, strides) in cases.items()
    }


def speed(x, kernel, bias, batches, repeats):
    """The same convolution; how long the layer takes is not of interest here."""
    return {"output": ops.convert_to_numpy(ops.conv(x, kernel) + bias)}


def build_model(convolutional):
    """Two convolutions with stride 2 (8 and 16 filters of 5×5), or a hidden layer of 100."""
    relu = {"activation": "relu", "kernel_initializer": "he_normal"}
    model = keras.Sequential([layers.Input((28, 28, 1))])
    if convolutional:
        model.add(layers.Conv2D(8, 5, strides=2, **relu))
        model.add(layers.Conv2D(16, 5, strides=2, **relu))
    model.add(layers.Flatten())
    if not convolutional:
        model.add(layers.Dense(100, **relu))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
