"""Batch normalization in Keras."""

import keras
from keras import layers, ops

LAYERS, UNITS = 4, 100


def batch_normalization(momentum, epsilon):
    """A layer that normalizes by the batch in training and keeps moving statistics."""
    return layers.BatchNormalization(momentum=momentum, epsilon=epsilon)


def normalize_by_moving(epsilon):
    """The same layer in prediction, `training=False`."""
    return layers.BatchNormalization(epsilon=epsilon)


def build_model(place, learning_rate, deviation):
    """784 pixels, four hidden layers of 100 with ReLU, ten logits.

    Args:
        place: `"before"` or `"after"` the activation, or `""` for no batch normalization.
        deviation: standard deviation of the initial weights; None for He's.
    """
    model = keras.Sequential([layers.Input((784,))])
    for _ in range(LAYERS):
        # One of its own for each layer: one initializer draws the same numbers in every call.
        initial = keras.initializers.RandomNormal(stddev=deviation) if deviation else "he_normal"
        model.add(layers.Dense(UNITS, kernel_initializer=initial))
        if place == "before":
            model.add(layers.BatchNormalization(momentum=0.9))
        model.add(layers.Activation("relu"))
        if place == "after":
            model.add(layers.BatchNormalization(momentum=0.9))
    model.add(layers.Dense(10))
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def hidden(model, data):
    """What the hidden layers answer to 50 test images, by layer."""
    h, found = data.x_test[:50], {}
    for layer in model.layers:
        h = layer(h)
        if isinstance(layer, layers.Activation):
            found[f"{len(found) + 1}"] = ops.convert_to_numpy(h)
    return found
