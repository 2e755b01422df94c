"""Dropout against overfitting in Keras: many weights, few data."""

import keras
from keras import layers


def build_model(rate):
    """784 pixels, two hidden layers of 256 with ReLU, dropout of `rate` after each of them."""
    model = keras.Sequential([layers.Input((784,))])
    for _ in range(2):
        model.add(layers.Dense(256, activation="relu", kernel_initializer="he_normal"))
        if rate:
            model.add(layers.Dropout(rate))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
