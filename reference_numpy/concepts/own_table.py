"""A small network for any table, composed from the layers."""

import reference_numpy as rn


def build_model(features, classes=0):
    """Hidden layers of 64 and 32 with ReLU and dropout; a softmax over classes, or one number."""
    model = rn.Sequential(
        [
            rn.Input((features,)),
            rn.layers.Dense(64, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Dropout(0.2),
            rn.layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Dense(classes, activation="softmax") if classes else rn.layers.Dense(1),
        ]
    )
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=0.002),
        loss="sparse_categorical_crossentropy" if classes else "mean_squared_error",
        metrics=["accuracy"] if classes else [],
    )
    return model
