"""Layer normalization in Keras."""

import keras
import numpy as np
from keras import layers, ops

UNITS, HIDDEN = 32, 3


def layer_normalization(epsilon=0.001):
    """A layer that normalizes every row by itself, in training as at inference."""
    return layers.LayerNormalization(epsilon=epsilon)


def beside_a_large_row(x, factors):
    """A batch whose first row is multiplied by a factor: as it is, and normalized both ways.

    Returns: see the NumPy half.
    """
    by_batch, by_layer = layers.BatchNormalization(), layers.LayerNormalization()
    found = {"plain": [], "batch": [], "layer": []}
    for factor in factors:
        batch = np.concatenate([factor * x[:1], x[1:]])
        found["plain"].append(batch)
        found["batch"].append(ops.convert_to_numpy(by_batch(batch, training=True)))
        found["layer"].append(ops.convert_to_numpy(by_layer(batch)))
    return {way: np.stack(batches) for way, batches in found.items()}


def side_by_side(inputs, networks, kind):
    """So many networks at once, each along an axis of its own: three layers of 32, ten classes."""
    model = keras.Sequential([layers.Input((networks, inputs))])
    for _ in range(HIDDEN):
        model.add(layers.EinsumDense("bki,kio->bko", (networks, UNITS)))
        model.add(layers.Reshape((networks * UNITS,)))
        if kind == "batch":
            model.add(layers.BatchNormalization(momentum=0.9))
        else:
            model.add(layers.GroupNormalization(networks))
        model.add(layers.Activation("relu"))
        model.add(layers.Reshape((networks, UNITS)))
    model.add(layers.EinsumDense("bki,kio->bko", (networks, 10), bias_axes="ko"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(float(networks)), loss)
    return model


def sweep(x, y, new, kinds, sizes, rates, steps, generator):
    """Networks trained in batches of each size, at every learning rate, from the same weights.

    Returns: see the NumPy half.
    """
    networks, found = len(rates), {}
    units = (x.shape[1], *[UNITS] * HIDDEN, 10)
    shapes = zip(units, units[1:])
    kernels = [np.sqrt(2 / shape[0]) * generator.standard_normal(shape) for shape in shapes]
    batches = {size: generator.integers(0, len(x), (steps, size)) for size in sizes}
    for kind in kinds:
        model, draws = side_by_side(x.shape[1], networks, kind), iter(kernels)
        weights = [
            np.tile(next(draws), (networks, 1, 1)) if w.ndim == 3 else w
            for w in model.get_weights()
        ]
        for size in sizes:
            model.set_weights(weights)
            losses = []
            for batch in batches[size]:
                given, wanted = (np.repeat(a[batch][:, None], networks, axis=1) for a in (x, y))
                own = np.tile(rates, (size, 1))
                losses.append(model.train_on_batch(given, wanted, sample_weight=own))
            name = f"{kind}, {size}"
            # In batches of two, at the largest rate, rounding decides those after it.
            found[f"{name}: first loss"] = np.array(losses[:1])
            for part, (x_new, y_new) in new.items():
                given = np.repeat(x_new[:, None], networks, axis=1)
                classes = ops.convert_to_numpy(model(given)).argmax(axis=-1)
                found[f"{name}: {part}"] = (classes == y_new[:, None]).mean(axis=0)
            some = given[:64].reshape(-1, size, *given.shape[1:])
            answers = np.concatenate(
                [
                    ops.convert_to_numpy(model(batch, training=True)).argmax(axis=-1)
                    for batch in some
                ]
            )
            found[f"{name}: agreement"] = (answers == classes[:64]).mean(axis=0)
    return found
