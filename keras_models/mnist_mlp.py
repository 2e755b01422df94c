"""A multi-layer perceptron for MNIST in Keras."""

import keras
from keras import layers


def build_model():
    """784 pixels, two hidden layers of 256 with ReLU, ten classes; softmax and cross-entropy."""
    model = keras.Sequential(
        [
            layers.Input((784,)),
            layers.Dense(256, activation="relu", kernel_initializer="he_normal"),
            layers.Dense(256, activation="relu", kernel_initializer="he_normal"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.0005),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
