"""Names as numbers: their places in a list, one-hot rows, and looked-up vectors."""

import timeit

import numpy as np

import reference_numpy as rn


def ordinal(x, vocabulary):
    """The place of each name in the vocabulary; −1 where it is not in it. x: (n,)."""
    same = x[:, None] == vocabulary
    return np.where(same.any(axis=1), same.argmax(axis=1), -1)


def one_hot(x, number, dtype="float32"):
    """A row of zeros with a 1 at the place x; of zeros alone where the place is −1. x: (…)."""
    return (x[..., None] == np.arange(number)).astype(dtype)


def embedding(x, table):
    """The row of the table at each place: the product of the one-hot rows with the table.

    Args:
        x: (n,) whole numbers. table: (number, dimensions).

    Source: Bengio et al. 2003, A Neural Probabilistic Language Model.
    """
    return table[x], (x, table)


def embedding_backward(dy, cache):
    """Every row of the table gathers dy from the places where it was looked up."""
    x, table = cache
    gradient = np.zeros_like(table)
    np.add.at(gradient, x, dy)
    return gradient


def product(x, table):
    """The same the long way."""
    rows = one_hot(x, len(table), table.dtype)
    return rows @ table, rows


def product_backward(dy, rows):
    """The gradient of a product's second factor."""
    return rows.T @ dy


def lookups(table, places, dy, numbers, repeats):
    """Looking up and multiplying, forward and backward, for ever larger vocabularies.

    Args:
        table: (largest number, dimensions). places: (numbers, n). dy: (n, dimensions).

    Returns:
        By way of computing what comes out, the gradients of the rows that were looked up, and the
        seconds that it took.
    """
    ways = {"lookup": (embedding, embedding_backward), "product": (product, product_backward)}
    found = {f"{way}: {what}": [] for way in ways for what in ("rows", "gradient", "seconds")}
    for number, x in zip(numbers, places):
        own = table[:number]
        for way, (forward, backward) in ways.items():

            def both_ways(forward=forward, backward=backward, x=x, own=own):
                y, cache = forward(x, own)
                return y, backward(dy, cache)

            y, gradient = both_ways()
            time = min(timeit.repeat(both_ways, number=1, repeat=repeats))
            for what, value in (("rows", y), ("gradient", gradient[x]), ("seconds", time)):
                found[f"{way}: {what}"].append(value)
    return {name: np.stack(values) for name, values in found.items()}


def networks(x, y, rate, train, first, second, steps):
    """What networks side by side answer for each row, and the squared errors, (n, groups).

    Args:
        x: (n, groups, columns). y: (n, groups). rate: (groups,) learning rates. train: how many of
            the first rows they learn from. first, second: the kernels that all of them start from.
    """
    groups, shapes = len(rate), (first.shape, second.shape)
    model = rn.Sequential([rn.Input((groups, len(first)))])
    for (_, units), activation in zip(shapes, ("relu", None)):
        model.add(
            rn.layers.EinsumDense("ngi,gio->ngo", (groups, units), activation, bias_axes="go")
        )
    # The loss is a mean over the groups, and a weight of a loss acts like a learning rate.
    model.compile(rn.optimizers.SGD(float(groups), momentum=0.9), "mse")
    kernels = [np.stack([kernel] * groups) for kernel in (first, second)]
    biases = [np.zeros((groups, units)) for _, units in shapes]
    model.set_weights([kernels[0], biases[0], kernels[1], biases[1]])
    rates = np.broadcast_to(rate, (train, groups)).astype(x.dtype)
    for _ in range(steps):
        model.train_on_batch(x[:train], y[:train, :, None], sample_weight=rates)
    prediction = model.predict(x, batch_size=len(x), verbose=0)[..., 0]
    return {"prediction": prediction, "error": (prediction - y) ** 2}


def hours(y, table, kernel, learning_rate, steps):
    """The vectors of the hours while a network learns what each hour is like.

    Args:
        y: (hours, measurements). table: (hours, 2). kernel: (2, measurements). steps: those after
            which the vectors are kept.
    """
    model = rn.Sequential([rn.Input((), dtype="int32"), rn.layers.Embedding(*table.shape)])
    model.add(rn.layers.Dense(y.shape[1], use_bias=False))
    model.compile(rn.optimizers.SGD(learning_rate, momentum=0.9), "mse")
    model.set_weights([table, kernel])
    kept, x = [], np.arange(len(table), dtype="int32")
    for step in range(max(steps) + 1):
        if step in steps:
            kept.append(model.get_weights()[0].copy())
        model.train_on_batch(x, y)
    return {"vectors": np.stack(kept)}
