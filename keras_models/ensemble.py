"""Ensembles in Keras: networks side by side, and the layer Average."""

import keras
import numpy as np
from keras import layers, ops

SHOWN = 200  # test images whose answers are kept


def average_predictions():
    """The mean over the first axis; of several models' outputs, `layers.Average()(outputs)`."""
    return lambda p: layers.Average()(ops.unstack(p, axis=0))


def majority_vote():
    """How many members find each class the most probable."""
    return lambda p: ops.sum(ops.one_hot(ops.argmax(p, -1), p.shape[-1], dtype=p.dtype), axis=0)


def side_by_side(networks, inputs, hidden):
    """So many networks at once, each along an axis of its own: a hidden layer and ten classes."""
    model = keras.Sequential([layers.Input((networks, inputs))])
    for units, activation in ((hidden, "relu"), (10, "softmax")):
        shape = (networks, units)
        model.add(layers.EinsumDense("bki,kio->bko", shape, activation, bias_axes="ko"))
    # The loss is a mean over the networks; the rate gives each of them its own gradient back.
    model.compile(keras.optimizers.SGD(float(networks)), "sparse_categorical_crossentropy")
    return model


def start(networks, inputs, hidden, generator):
    """Initial weights for them, each its own (He)."""
    weights = []
    for shape in ((networks, inputs, hidden), (networks, hidden, 10)):
        weights.append(generator.normal(0, (2 / shape[1]) ** 0.5, shape))
        weights.append(np.zeros((networks, shape[2])))
    return weights


def train(model, x, y, rates, batches):
    """Train each network at its rate, on its own batches (steps, size, networks)."""
    own = np.tile(rates, (batches.shape[1], 1))
    for batch in batches:
        model.train_on_batch(x[batch], y[batch], sample_weight=own)


def answers(model, x):
    """The probabilities that each network gives: (networks, batch, classes)."""
    networks = model.input_shape[1]
    p = ops.convert_to_numpy(model(np.repeat(x[:, None], networks, axis=1)))
    return p.swapaxes(0, 1)


def combined(model, x, y):
    """Accuracy of the members; and of the first 1, 2, … of them, put together in three ways."""
    p, weights = answers(model, x), model.get_weights()
    numbers, given = range(1, len(p) + 1), ops.convert_to_tensor(p)
    together = {
        "members": p,
        "probabilities": [ops.convert_to_numpy(average_predictions()(given[:n])) for n in numbers],
        "votes": [ops.convert_to_numpy(majority_vote()(given[:n])) for n in numbers],
    }
    # The n-th network now gets the mean of the first n networks' weights.
    model.set_weights([np.stack([w[:n].mean(axis=0) for n in numbers]) for w in weights])
    together["weights"] = answers(model, x)
    return {way: (np.array(a).argmax(axis=-1) == y).mean(axis=1) for way, a in together.items()}


def ensembles(x, y, new, hidden, members, rate, rates, steps, generator):
    """Members from weights of their own, members that fork half way, and one network as large.

    Returns: see the NumPy half.
    """
    inputs, (x_test, y_test) = x.shape[1], new["test"]
    batches, found = generator.integers(0, len(x), (steps, 50, members)), {}
    first, second = np.array_split(batches, 2)
    model = side_by_side(members, inputs, hidden)
    model.set_weights(start(members, inputs, hidden, generator))
    train(model, x, y, [rate] * members, first)
    half_way = model.get_weights()
    shared = [np.repeat(w[:1], members, axis=0) for w in half_way]
    for name, weights in (("own", half_way), ("shared", shared)):
        model.set_weights(weights)
        train(model, x, y, [rate] * members, second)
        found[f"{name}: answers"] = answers(model, x_test[:SHOWN])
        for way, accuracy in combined(model, x_test, y_test).items():
            found[f"{name}: {way}"] = accuracy
    wide = side_by_side(len(rates), inputs, hidden * members)
    weights = start(1, inputs, hidden * members, generator)
    wide.set_weights([np.repeat(w, len(rates), axis=0) for w in weights])
    train(wide, x, y, rates, np.repeat(batches[..., :1], len(rates), axis=2))
    found["wide: answers"] = answers(wide, x_test[:SHOWN])
    for name, (given, wanted) in new.items():
        found[f"wide: {name}"] = (answers(wide, given).argmax(axis=-1) == wanted).mean(axis=1)
    return found
