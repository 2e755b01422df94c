"""Dropout against overfitting: many weights, few data."""

import reference_numpy as rn


def build_model(rate):
    """784 pixels, six hidden layers of 100 with ReLU, dropout of `rate` after each of them."""
    model = rn.Sequential([rn.Input((784,))])
    for _ in range(6):
        model.add(rn.layers.Dense(100, activation="relu", kernel_initializer="he_normal"))
        if rate:
            model.add(rn.layers.Dropout(rate))
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.SGD(learning_rate=0.03),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
