"""MNIST with the textbook's SimpleConvNet in Keras, beside a fully connected network."""

import keras
import numpy as np
from keras import layers, ops


def build_model(convolution):
    """SimpleConvNet: 30 filters of 5×5, ReLU, 2×2 max pooling, 100 units, ten classes.

    Without `convolution`, hidden layers of 400 and 300 units instead: 437,310 weights to 433,890.
    """
    model = keras.Sequential([layers.Input((28, 28, 1))])
    if convolution:
        model.add(layers.Conv2D(30, 5, activation="relu", kernel_initializer="he_normal"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    for units in (100,) if convolution else (400, 300):
        model.add(layers.Dense(units, activation="relu", kernel_initializer="he_normal"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.002),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def first_layer(model, data):
    """The weights of the first layer as pictures, and what the layer gives for a test image.

    Returns: see the NumPy half.
    """
    layer = next(layer for layer in model.layers if layer.weights)
    weights = np.array(layer.get_weights()[0])
    side = len(weights) if weights.ndim == 4 else 28
    found = {"weights": np.moveaxis(weights.reshape(side, side, -1), -1, 0)[:30]}
    if weights.ndim == 4:
        image = data.x_test[:1]
        found["image"] = image[..., 0]
        found["feature maps"] = np.moveaxis(ops.convert_to_numpy(layer(image))[0], -1, 0)
    return found
