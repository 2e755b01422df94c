"""A small network that tells who survived the Titanic, in Keras."""

import keras
from keras import layers


def build_model():
    """16 features, hidden layers of 32 and 16 with ReLU and dropout, one sigmoid output."""
    model = keras.Sequential(
        [
            layers.Input((16,)),
            layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
            layers.Dropout(0.3),
            layers.Dense(16, activation="relu", kernel_initializer="he_normal"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.002),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    return model
