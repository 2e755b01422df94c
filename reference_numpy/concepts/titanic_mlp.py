"""A small network that tells who survived the Titanic, composed from the layers."""

import reference_numpy as rn


def build_model():
    """16 features, hidden layers of 32 and 16 with ReLU and dropout, one sigmoid output."""
    model = rn.Sequential(
        [
            rn.Input((16,)),
            rn.layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Dropout(0.3),
            rn.layers.Dense(16, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=0.002),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    return model
