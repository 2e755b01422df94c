"""Dropout against overfitting: many weights, few data."""

import reference_numpy as rn


def build_model(rate):
    """784 pixels, two hidden layers of 256 with ReLU, dropout of `rate` after each of them."""
    model = rn.Sequential([rn.Input((784,))])
    for _ in range(2):
        model.add(rn.layers.Dense(256, activation="relu", kernel_initializer="he_normal"))
        if rate:
            model.add(rn.layers.Dropout(rate))
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.SGD(learning_rate=0.01, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
