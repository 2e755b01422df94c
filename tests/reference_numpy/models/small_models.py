"""Two small models and data for them."""

import numpy as np

import reference_numpy as rn

L = rn.layers
GENERATOR = np.random.default_rng(0)
X = GENERATOR.standard_normal((24, 4))
LABELS = GENERATOR.integers(0, 3, 24)
TARGETS = GENERATOR.standard_normal((24, 3))


def classifier(**options):
    model = rn.Sequential(
        [rn.Input((4,)), L.Dense(5, activation="tanh"), L.Dense(3, activation="softmax")]
    )
    options = {"optimizer": "sgd", "loss": "sparse_categorical_crossentropy", **options}
    model.compile(**options)
    return model


def two_headed(loss="mse", **options):
    a, b = rn.Input((4,), name="a"), rn.Input((4,), name="b")
    h = L.Add()([L.Dense(4, activation="tanh")(a), b])
    outputs = [L.Dense(3, name="left")(h), L.Dense(2, name="right")(h)]
    model = rn.Model([a, b], outputs)
    model.compile("sgd", loss, **options)
    return model
