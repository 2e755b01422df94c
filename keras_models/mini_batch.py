"""Mini-batches in Keras: `fit(x, y, batch_size)`, and what the size changes."""

import keras
import numpy as np
from keras import layers, ops


def mini_batches(n, batch_size, generator):
    """The numbers of n examples in a random order, cut into batches; `fit` does it by itself."""
    order = generator.permutation(n)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def mini_batch_descent(model, x, y, batch_size, epochs=1, shuffle=True):
    """A step for each batch, epoch after epoch, in a new order each time: that is `fit`."""
    model.fit(x, y, batch_size=batch_size, epochs=epochs, shuffle=shuffle, verbose=0)


def three_sizes(x, y, start, rates, epochs, generator):
    """Paths of a straight line's slope and intercept, `(steps + 1, 2)` for each batch size."""
    model = keras.Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(), loss="mse")
    found = {}
    for size, rate in rates.items():
        model.set_weights([start[:1, None], start[1:]])
        model.optimizer.learning_rate = rate
        path = [start]
        for _ in range(epochs):
            for rows in mini_batches(len(x), size, generator):
                model.train_on_batch(x[rows], y[rows])
                path.append(np.concatenate([w.ravel() for w in model.get_weights()]))
        found[f"batch size {size}"] = np.stack(path)
    return found


def noise(x, t, sizes, number, generator, gradient_of, **params):
    """The gradients by W1 of all examples and of the last size's first batch."""
    model = two_layer_net(**params)
    weights = list(params.values())

    def gradient(rows):
        def loss(*weights):
            y, _ = model.stateless_call(weights, [], x[rows])
            return keras.losses.CategoricalCrossentropy(dtype=x.dtype.name)(t[rows], y)

        return gradient_of(loss, weights, np.ones((), x.dtype))[1][0]

    for size in sizes:
        epochs = -(-number // (len(x) // size))
        first, *_ = (mini_batches(len(x), size, generator)[0] for _ in range(epochs))
    return {"whole": gradient(np.arange(len(x))), "batch": gradient(first)}


def two_layer_net(W1, b1, W2, b2):
    """The network that the NumPy half calls TwoLayerNet."""
    hidden, output = layers.Dense(len(b1), "sigmoid"), layers.Dense(len(b2), "softmax")
    model = keras.Sequential([layers.Input(W1.shape[:1]), hidden, output])
    model.compile(keras.optimizers.SGD(), loss="categorical_crossentropy")
    model.set_weights([W1, b1, W2, b2])
    return model


def escape(x, y, starts, sizes, rates, steps, kept, generator, gradient_of):
    """The first steps of each batch size, `(kept, rates, starts)`; NumPy takes them all."""
    found = {}
    for size in sizes:
        epochs = -(-steps // -(-len(x) // size))
        batches = [b for _ in range(epochs) for b in mini_batches(len(x), size, generator)]
        paths = []
        for rate in rates:
            w, optimizer = keras.Variable(starts), keras.optimizers.SGD(float(rate))
            paths.append([])
            for rows in batches[:kept]:
                inputs, targets = ops.convert_to_tensor(x[rows]), ops.convert_to_tensor(y[rows])

                def losses(w, inputs=inputs, targets=targets):
                    return ops.mean((ops.sin(w[:, None] * inputs) - targets) ** 2, axis=1)

                _, (gradient,) = gradient_of(losses, [w.numpy()], np.ones_like(starts))
                optimizer.apply([ops.convert_to_tensor(gradient)], [w])
                paths[-1].append(w.numpy().copy())
        found[f"first steps, batch size {size}"] = np.stack(paths, axis=1)
    return found


def learning(x, t, x_new, t_new, epochs, rates, seed, **params):
    """Losses on new examples after the first epoch at the first rate; NumPy takes them all."""
    model, found = two_layer_net(**params), {}
    for size in epochs:
        model.set_weights(list(params.values()))
        model.optimizer.learning_rate = rates[size][0]
        order = np.random.default_rng(seed).permutation(len(x))
        mini_batch_descent(model, x[order], t[order], size, shuffle=False)
        halves = [(x_new[half::2], t_new[half::2]) for half in (0, 1)]
        losses = [model.evaluate(*half, batch_size=len(half[0]), verbose=0) for half in halves]
        found[f"first loss, batch size {size}"] = np.array(losses)
    return found


def build_model(inputs):
    """A hidden layer of 30 with ReLU, ten classes by softmax, SGD."""
    model = keras.Sequential([layers.Input((inputs,)), layers.Dense(30, activation="relu")])
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(keras.optimizers.SGD(0.1), loss="categorical_crossentropy")
    return model


def runs(x, t, seeds, epochs):
    """How far the losses of `fit` are from those of the first run, for each further run."""
    found = {}
    for name, (of_weights, of_order) in seeds.items():
        keras.utils.set_random_seed(of_weights)
        model = build_model(x.shape[1])
        keras.utils.set_random_seed(of_order)
        found[name] = np.array(model.fit(x, t, 32, epochs, verbose=0).history["loss"])
    first = found.pop(next(iter(seeds)))
    return {name: np.abs(losses - first) for name, losses in found.items()}


def last_batch(y_true, y_pred, sizes, generator):
    """The mean of the batches' mean losses, by batch size; and with each batch by its length."""
    loss = keras.losses.MeanSquaredError(reduction="none", dtype=y_true.dtype.name)
    losses = ops.convert_to_numpy(loss(y_true, y_pred))
    plain, weighted = [], []
    for size in sizes:
        metrics = [keras.metrics.Mean(dtype=y_true.dtype.name) for _ in range(2)]
        for rows in mini_batches(len(y_true), size, generator):
            metrics[0].update_state(losses[rows].mean())
            metrics[1].update_state(losses[rows].mean(), sample_weight=len(rows))
        plain.append(ops.convert_to_numpy(metrics[0].result()))
        weighted.append(ops.convert_to_numpy(metrics[1].result()))
    return {"mean of means": np.array(plain), "weighted": np.array(weighted)}
