"""Mini-batches: one loop for batch, mini-batch and online learning; what the size changes."""

import time
from itertools import islice

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.losses import mean_squared_error
from reference_numpy.concepts.two_layer_net import TwoLayerNet


def mini_batches(n, batch_size, generator):
    """The numbers of n examples in a random order, cut into batches; the last may be short.

    Source: Saito, Deep Learning from Scratch, 4.2.3 (which draws each batch from all anew).
    """
    order = generator.permutation(n)
    return np.split(order, range(batch_size, n, batch_size))


def mini_batch_descent(gradient, params, n, batch_size, learning_rate, generator):
    """A step against each batch's gradient, epoch after epoch: yields the params after each step.

    With `batch_size` n it is batch learning, with 1 online learning.

    Args:
        gradient: function of params and of the numbers of some examples that gives the gradients
            of their mean loss, by name.
        params: arrays by name.

    Source: Robbins & Monro 1951; Saito, Deep Learning from Scratch, 4.5.2.
    """
    while True:
        for rows in mini_batches(n, batch_size, generator):
            grads = gradient(params, rows)
            params = {name: w - learning_rate * grads[name] for name, w in params.items()}
            yield params


def three_sizes(x, y, start, rates, epochs, generator):
    """Paths of a straight line's slope and intercept, `(steps + 1, 2)` for each batch size.

    Args:
        x, y: (n,). start: (2,). rates: learning rates by batch size.
    """

    def gradient(params, rows):
        slope, intercept = params["w"]
        error = slope * x[rows] + intercept - y[rows]
        return {"w": 2 * np.stack([(error * x[rows]).mean(), error.mean()])}

    found = {}
    for size, rate in rates.items():
        steps = mini_batch_descent(gradient, {"w": start}, len(x), size, rate, generator)
        path = [p["w"] for p in islice(steps, epochs * -(-len(x) // size))]
        found[f"batch size {size}"] = np.stack([start, *path])
    return found


def noise(x, t, sizes, number, generator, **params):
    """How far the gradients of some batches are from that of all examples, for each batch size.

    Args:
        number: of batches, drawn epoch by epoch.

    Returns:
        The root mean square of the distances, as a share of the whole gradient's length; and the
        gradients by W1 of all and of the last size's first batch.
    """
    network = TwoLayerNet(params)
    whole = network.gradient(x, t)
    found = []
    for size in sizes:
        epochs = -(-number // (len(x) // size))
        batches = [b for _ in range(epochs) for b in mini_batches(len(x), size, generator)]
        grads = [network.gradient(x[rows], t[rows]) for rows in batches[:number]]
        squares = [sum(((g[name] - whole[name]) ** 2).sum() for name in whole) for g in grads]
        found.append(np.mean(squares) ** 0.5)
    length = sum((g**2).sum() for g in whole.values()) ** 0.5
    return {"noise": found / length, "whole": whole["W1"], "batch": grads[0]["W1"]}


def escape(x, y, starts, sizes, rates, steps, kept, generator):
    """Frequencies w found from many starts by fitting y = sin w x, for each batch size.

    Args:
        starts: (starts,). rates: (rates,), all of them tried from each start.
        kept: how many of the first steps are returned too.

    Returns:
        `(rates, starts)` at the end, and `(kept, rates, starts)`, for each batch size.
    """

    def gradient(params, rows):
        angle = params["w"][..., None] * x[rows]
        error = np.sin(angle) - y[rows]
        return {"w": 2 * (error * np.cos(angle) * x[rows]).mean(axis=-1)}

    found, params = {}, {"w": np.repeat(starts[None], len(rates), axis=0)}
    for size in sizes:
        run = mini_batch_descent(gradient, params, len(x), size, rates[:, None], generator)
        path = [p["w"] for p in islice(run, steps)]
        found[f"first steps, batch size {size}"] = np.stack(path[:kept])
        found[f"batch size {size}"] = path[-1]
    return found


def learning(x, t, x_new, t_new, epochs, rates, seed, **params):
    """Losses on new examples after each epoch, and how long an epoch takes, for each batch size.

    Args:
        epochs, rates: by batch size. seed: of the orders, which are the same in every run.

    Returns:
        `loss, batch size B`: (2, rates, epochs), on the even and the odd new examples; `first
        loss, batch size B`, the first of all, (2,); and `seconds, batch size B`, the median of the
        processor's time, which other programs do not lengthen.
    """

    def gradient(params, rows):
        return TwoLayerNet(params).gradient(x[rows], t[rows])

    found = {}
    for size in epochs:
        losses, seconds = np.empty((2, len(rates[size]), epochs[size]), x.dtype), []
        for i, rate in enumerate(rates[size]):
            generator = np.random.default_rng(seed)
            steps = mini_batch_descent(gradient, params, len(x), size, rate, generator)
            for epoch in range(epochs[size]):
                begin = time.process_time()
                *_, now = islice(steps, -(-len(x) // size))
                seconds.append(time.process_time() - begin)
                for half in (0, 1):
                    loss = TwoLayerNet(now).loss(x_new[half::2], t_new[half::2])
                    losses[half, i, epoch] = loss
        found[f"loss, batch size {size}"] = losses
        found[f"first loss, batch size {size}"] = losses[:, 0, 0]
        found[f"seconds, batch size {size}"] = np.median(seconds)
    return found


def build_model(inputs):
    """A hidden layer of 30 with ReLU, ten classes by softmax, SGD."""
    model = rn.Sequential([rn.Input((inputs,)), rn.layers.Dense(30, activation="relu")])
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(rn.optimizers.SGD(0.1), loss="categorical_crossentropy")
    return model


def runs(x, t, seeds, epochs):
    """How far the losses of `fit` are from those of the first run, for each further run.

    Args:
        seeds: for each run's name that of the initial weights, and that of the order.
    """
    found = {}
    for name, (of_weights, of_order) in seeds.items():
        rn.random.set_seed(of_weights)
        model = build_model(x.shape[1])
        rn.random.set_seed(of_order)
        found[name] = np.array(model.fit(x, t, 32, epochs, verbose=0).history["loss"])
    first = found.pop(next(iter(seeds)))
    return {name: np.abs(losses - first) for name, losses in found.items()}


def last_batch(y_true, y_pred, sizes, generator):
    """The mean of the batches' mean losses, by batch size; and with each batch by its length."""
    plain, weighted = [], []
    for size in sizes:
        batches = mini_batches(len(y_true), size, generator)
        means = [mean_squared_error(y_true[rows], y_pred[rows]) for rows in batches]
        plain.append(np.mean(means))
        weighted.append(np.average(means, weights=[len(rows) for rows in batches]))
    return {"mean of means": np.array(plain), "weighted": np.array(weighted)}
