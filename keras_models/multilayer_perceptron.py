"""The multi-layer perceptron in Keras: Dense layers in a row."""

import keras
import numpy as np
from keras import layers, ops

TICKS = np.linspace(-1.1, 1.1, 48, dtype="float32")
PLANE = np.stack(np.meshgrid(TICKS, TICKS), axis=-1).reshape(-1, 2)


def hidden_layer(w):
    """A layer of units with ReLU."""
    return layers.Dense(w.shape[1], activation="relu")


def forward_pass(w1, w2, w3):
    """Two hidden layers, and one that gives its sums."""
    return keras.Sequential(
        [
            layers.Dense(w1.shape[1], activation="relu"),
            layers.Dense(w2.shape[1], activation="relu"),
            layers.Dense(w3.shape[1]),
        ]
    )


def build_model(units, activation):
    """Two inputs, hidden layers of `units`, and the logit of the second spiral."""
    model = keras.Sequential([layers.Input((2,))])
    for number in units:
        model.add(layers.Dense(number, activation=activation, kernel_initializer="he_normal"))
    model.add(layers.Dense(1))
    right = keras.metrics.MeanMetricWrapper(  # older BinaryAccuracy takes no threshold of 0
        keras.metrics.binary_accuracy, name="accuracy", threshold=0.0
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.03),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[right],
    )
    return model


def probability(model, x):
    """The probability of the second spiral."""
    return ops.convert_to_numpy(ops.sigmoid(model.predict_on_batch(x)))


def plane(model, data):
    """What the network answers over the plane; of one hidden layer, what each unit adds to it."""
    found = {"probability": probability(model, PLANE)[:, 0]}
    if len(model.layers) == 2:
        w, b = model.layers[1].get_weights()
        hidden = ops.convert_to_numpy(model.layers[0](PLANE))
        found |= {"bias": b, "contributions": hidden * w[:, 0]}
    return found
