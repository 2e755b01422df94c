"""A small network that tells who survived the Titanic, in Keras."""

import keras
import numpy as np
from keras import layers

MOST = 2000  # passengers for which columns are shuffled


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


def keep(model, data):
    """What the network says of the test passengers, and what it says once a column is shuffled.

    Returns: see the NumPy half.
    """
    x, survived = data.x_test[:MOST], data.y_test[:MOST, 0]
    generator = np.random.default_rng(0)
    columns = np.array([name.partition("_")[0] for name in data.feature_names])
    found = {"survived": survived, "as they are": model.predict(x, verbose=0)[:, 0]}
    for names in [*((name,) for name in dict.fromkeys(columns.tolist())), ("sex", "title")]:
        rows, own = np.tile(x, (10, 1)), np.isin(columns, names)
        rows[:, own] = np.concatenate([generator.permutation(x[:, own]) for _ in range(10)])
        found[" and ".join(names)] = model.predict(rows, verbose=0).reshape(10, len(x))
    return found
