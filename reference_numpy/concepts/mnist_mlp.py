"""A multi-layer perceptron for MNIST, composed from the layers."""

import reference_numpy as rn


def build_model():
    """784 pixels, two hidden layers of 256 with ReLU, ten classes; softmax and cross-entropy."""
    model = rn.Sequential(
        [
            rn.Input((784,)),
            rn.layers.Dense(256, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Dense(256, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=0.0005),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
