"""A small network for any table, in Keras."""

import keras
from keras import layers


def build_model(features, classes=0):
    """Hidden layers of 64 and 32 with ReLU and dropout; a softmax over classes, or one number."""
    model = keras.Sequential(
        [
            layers.Input((features,)),
            layers.Dense(64, activation="relu", kernel_initializer="he_normal"),
            layers.Dropout(0.2),
            layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
            layers.Dense(classes, activation="softmax") if classes else layers.Dense(1),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.002),
        loss="sparse_categorical_crossentropy" if classes else "mean_squared_error",
        metrics=["accuracy"] if classes else [],
    )
    return model
