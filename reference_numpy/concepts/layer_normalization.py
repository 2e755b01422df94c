"""Layer normalization: each row to mean 0 and variance 1, whatever else is in the batch."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.batch_normalization import batch_normalization

UNITS, HIDDEN = 32, 3


def layer_normalization(x, gamma, beta, epsilon=0.001):
    """y = γ x̂ + β with x̂ = (x − μ) / √(σ² + ε), μ and σ² over the units of a row.

    Shapes: x, y (batch, units); γ, β (units,).

    Source: Ba, Kiros & Hinton 2016, Layer normalization.
    """
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    deviation = np.sqrt(variance + epsilon)
    x_hat = (x - mean) / deviation
    return gamma * x_hat + beta, (x_hat, deviation, gamma)


def layer_normalization_backward(dy, cache):
    """Gradients of x, γ, β: what changes a row's μ or σ² changes its every unit."""
    x_hat, deviation, gamma = cache
    dx_hat = dy * gamma
    mean, along = (g.mean(axis=-1, keepdims=True) for g in (dx_hat, dx_hat * x_hat))
    dx = dx_hat - mean - x_hat * along
    return dx / deviation, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


def beside_a_large_row(x, factors):
    """A batch whose first row is multiplied by a factor: as it is, and normalized both ways.

    Args:
        x: (rows, units).

    Returns:
        By way, (factors, rows, units).
    """
    ones, zeros = np.ones_like(x[0]), np.zeros_like(x[0])
    batches = np.stack([np.concatenate([factor * x[:1], x[1:]]) for factor in factors])
    return {
        "plain": batches,
        "batch": np.stack(
            [batch_normalization(b, ones, zeros, zeros, ones)[0][0] for b in batches]
        ),
        "layer": layer_normalization(batches, ones, zeros)[0],
    }


def side_by_side(inputs, networks, kind):
    """So many networks at once, each along an axis of its own: three layers of 32, ten classes."""
    model = rn.Sequential([rn.Input((networks, inputs))])
    for _ in range(HIDDEN):
        model.add(rn.layers.EinsumDense("bki,kio->bko", (networks, UNITS)))
        model.add(rn.layers.Reshape((networks * UNITS,)))
        if kind == "batch":
            model.add(rn.layers.BatchNormalization(momentum=0.9))
        else:  # layer normalization of each network by itself: a group is the units of one
            model.add(rn.layers.GroupNormalization(networks))
        model.add(rn.layers.Activation("relu"))
        model.add(rn.layers.Reshape((networks, UNITS)))
    model.add(rn.layers.EinsumDense("bki,kio->bko", (networks, 10), bias_axes="ko"))
    # The loss is a mean over the networks; the rate gives each of them its own gradient back.
    loss = rn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(rn.optimizers.SGD(float(networks)), loss)
    return model


def sweep(x, y, new, kinds, sizes, rates, steps, generator):
    """Networks trained in batches of each size, at every learning rate, from the same weights.

    Args:
        x, y: (n, inputs) and (n,), to train on. new: others, by name, those called "test" among
            them. kinds: `"batch"`, `"layer"`. sizes: of the batches.

    Returns:
        For each kind and size the accuracy on the new ones, (rates,); the share of the first 64
        test images on which training mode, in such batches, answers as inference does; and the
        first loss.
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
                with np.errstate(all="ignore"):  # where a rate is too large, numbers overflow
                    losses.append(model.train_on_batch(given, wanted, sample_weight=own))
            name = f"{kind}, {size}"
            # In batches of two, at the largest rate, rounding decides those after it.
            found[f"{name}: first loss"] = np.array(losses[:1])
            for part, (x_new, y_new) in new.items():
                given = np.repeat(x_new[:, None], networks, axis=1)
                classes = model(given).argmax(axis=-1)
                found[f"{name}: {part}"] = (classes == y_new[:, None]).mean(axis=0)
            some = given[:64].reshape(-1, size, *given.shape[1:])
            answers = np.concatenate(
                [model.forward(batch, training=True)[0].argmax(axis=-1) for batch in some]
            )
            found[f"{name}: agreement"] = (answers == classes[:64]).mean(axis=0)
    return found
