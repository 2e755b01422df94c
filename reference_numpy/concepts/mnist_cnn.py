"""A convolutional network for MNIST, composed from the layers."""

import reference_numpy as rn


def build_model():
    """Two convolutions with pooling, a hidden layer with dropout, ten classes."""
    model = rn.Sequential(
        [
            rn.Input((28, 28, 1)),
            rn.layers.Conv2D(16, 5, activation="relu", kernel_initializer="he_normal"),
            rn.layers.MaxPooling2D(2),
            rn.layers.Conv2D(32, 5, activation="relu", kernel_initializer="he_normal"),
            rn.layers.MaxPooling2D(2),
            rn.layers.Flatten(),
            rn.layers.Dense(128, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Dropout(0.5),
            rn.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=0.001),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
