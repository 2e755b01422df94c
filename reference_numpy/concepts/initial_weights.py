"""Initial weights: zeros, one deviation for all, Xavier's, He's; and deep networks begun so."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.activations import relu, sigmoid

UNITS = 32
ACTIVATIONS = {"sigmoid": sigmoid, "tanh": np.tanh, "relu": relu}


def zeros(shape, dtype="float32"):
    """All entries 0: right for biases, wrong for weights."""
    return np.zeros(shape, dtype)


def one_deviation(shape, stddev, generator, dtype="float32"):
    """Normal draws of a deviation that is chosen by hand, such as the textbook's 0.01.

    Source: Saito, Deep Learning from Scratch, 4.5.1.
    """
    return (stddev * generator.standard_normal(shape)).astype(dtype)


def xavier_uniform(shape, generator, dtype="float32"):
    """Evenly in [−a, a), a = √(6 / (inputs + outputs)): deviation √(2 / (inputs + outputs)).

    What Keras gives a layer that is not told otherwise (beside a bias of zeros).

    Source: Glorot & Bengio 2010, equation 16.
    """
    limit = np.sqrt(6 / sum(shape))
    return generator.uniform(-limit, limit, shape).astype(dtype)


def he_uniform(shape, generator, dtype="float32"):
    """Evenly in [−a, a), a = √(6 / inputs): deviation √(2 / inputs)."""
    limit = np.sqrt(6 / shape[0])
    return generator.uniform(-limit, limit, shape).astype(dtype)


def cut_normal(shape, generator):
    """Normal draws of deviation 1 without far ones: beyond ±2 is drawn again, then all widened."""
    draws = generator.standard_normal(shape)
    while (far := np.abs(draws) > 2).any():
        draws = np.where(far, generator.standard_normal(shape), draws)
    return draws / 0.87962566103423978  # the deviation that the cut leaves


def xavier_normal(shape, generator, dtype="float32"):
    """Normal draws of deviation √(2 / (inputs + outputs)).

    Source: Glorot & Bengio 2010; Saito, Deep Learning from Scratch, 6.2.2 (with √(1 / inputs), and
    uncut).
    """
    return (np.sqrt(2 / sum(shape)) * cut_normal(shape, generator)).astype(dtype)


def he_normal(shape, generator, dtype="float32"):
    """Normal draws of deviation √(2 / inputs): twice the variance, since ReLU cuts half of it off.

    Source: He et al. 2015, Delving deep into rectifiers; Saito, Deep Learning from Scratch, 6.2.3.
    """
    return (np.sqrt(2 / shape[0]) * cut_normal(shape, generator)).astype(dtype)


def by_layer(x, deviations, activations, depth, generator):
    """What the layers of a deep network answer before any training.

    Args:
        x: (n, units), inputs. deviations: of the initial weights. depth: how many layers.

    Returns:
        For each activation the answers of the first 20 rows, (deviations, depth, 20, units), and
        the standard deviation of all answers, (deviations, depth).
    """
    n, units = x.shape
    draws = generator.standard_normal((depth, units, units)).astype(x.dtype)
    found = {}
    for name in activations:
        answers = np.empty((len(deviations), depth, n, units), x.dtype)
        for answer, deviation in zip(answers, deviations):
            h = x
            for number, draw in enumerate(draws):
                answer[number] = h = ACTIVATIONS[name](h @ (deviation * draw))
        found[name] = answers[:, :, :20]
        found[f"{name}: deviation"] = answers.std(axis=(2, 3))
    return found


def side_by_side(inputs, networks, activation, hidden):
    """So many networks at once, each along an axis of its own: layers of 32, then ten classes."""
    model = rn.Sequential([rn.Input((networks, inputs))])
    for units, f in [(UNITS, activation)] * hidden + [(10, None)]:
        model.add(rn.layers.EinsumDense("bki,kio->bko", (networks, units), f, bias_axes="ko"))
    # The loss is a mean over the networks; this gives each of them its own gradient back.
    loss = rn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(rn.optimizers.SGD(float(networks)), loss)
    return model


def sweep(x, y, new, cases, steps, generator):
    """Networks trained from the same draws times a deviation, at several learning rates.

    Args:
        x, y: (n, inputs) and (n,), to train on in batches of 50. new: others, by name.
        cases: `{name: (activation, deviations, rates)}`, the deviations by the name of the initial
            weights, one for each layer.

    Returns:
        For each case the accuracies on the new ones, (deviations, rates), and the first losses.
    """
    batches = generator.integers(0, len(x), (steps, 50))
    found = {}
    for name, (activation, deviations, rates) in cases.items():
        each = np.repeat(list(deviations.values()), len(rates), axis=0)
        networks, depth = each.shape
        sizes = [x.shape[1]] + [UNITS] * (depth - 1) + [10]
        weights = []
        for own, shape in zip(each.T, zip(sizes, sizes[1:])):
            draws = own[:, None, None] * generator.standard_normal(shape)
            weights += [draws, np.zeros((networks, shape[1]))]
        model = side_by_side(x.shape[1], networks, activation, depth - 1)
        model.set_weights(weights)
        own_rates, losses = np.tile(rates, (50, len(deviations))), []
        for batch in batches:
            given, wanted = (np.repeat(a[batch][:, None], networks, axis=1) for a in (x, y))
            with np.errstate(all="ignore"):  # where a rate is too large, numbers overflow
                losses.append(model.train_on_batch(given, wanted, sample_weight=own_rates))
        found[f"{name}: first losses"] = np.array(losses[:3])
        for part, (x_new, y_new) in new.items():
            answers = model(np.repeat(x_new[:, None], networks, axis=1))
            right = (answers.argmax(axis=-1) == y_new[:, None]).mean(axis=0)
            found[f"{name}: {part}"] = right.reshape(-1, len(rates))
    return found
