"""A small network that tells who survived the Titanic, composed from the layers."""

import numpy as np

import reference_numpy as rn

MOST = 2000  # passengers for which columns are shuffled


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


def keep(model, data):
    """What the network says of test passengers, and what it says once a column is shuffled.

    They are the first MOST. What it then gets wrong more often, it had from that column alone. The
    0/1 columns of a category are shuffled together; sex and title each by itself and together,
    since one tells the other.

    Source: Breiman 2001, Random forests, section 10.

    Returns:
        Who `survived` and the probabilities `as they are`, (passengers,); and by column those of
        ten shuffles, (10, passengers).
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
