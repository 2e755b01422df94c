"""Transfer learning: a new last layer on the features that another task has taught."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.activations import relu
from reference_numpy.concepts.output_layers import softmax

SHOWN = 300  # test images whose features are kept


def frozen_features(x, frozen, shift, kernel, bias):
    """y = h W + c on the features h = relu(x F + d) of a layer that stays as it is.

    Shapes: x (batch, inputs), frozen F (inputs, features), shift d (features,), kernel W
    (features, classes), bias c (classes,).

    Source: Yosinski et al. 2014, How transferable are features in deep neural networks?
    """
    features = relu(x @ frozen + shift)
    return features @ kernel + bias, features


def frozen_features_backward(dy, cache):
    """The gradients of W and c. The way back ends at the features: what is below does not move."""
    features = cache
    return None, None, None, features.T @ dy, dy.sum(axis=0)


def train_head(features, y, kernel, bias, rate, batches):
    """Softmax regression on features that are computed once, since they do not change."""
    for batch in batches:
        h, p = features[batch], softmax(features[batch] @ kernel + bias)[0]
        p[np.arange(len(batch)), y[batch]] -= 1
        kernel = kernel - rate * h.T @ p / len(batch)
        bias = bias - rate * p.mean(axis=0)
    return kernel, bias


def new_head(x, y, frozen, shift, kernel, bias, rate, batches):
    """A new last layer on a frozen one."""
    kernel, bias = train_head(relu(x @ frozen + shift), y, kernel, bias, rate, batches)
    return {"kernel": kernel, "bias": bias}


def network(classes):
    """Two convolutions and pooling, the body; and a last layer on it."""
    body = rn.Sequential([rn.Input((14, 14, 1))])
    body.add(rn.layers.Conv2D(12, 5, strides=2, padding="same", activation="relu"))
    body.add(rn.layers.Conv2D(24, 3, padding="same", activation="relu"))
    body.add(rn.layers.MaxPooling2D())
    body.add(rn.layers.Flatten())
    model = rn.Sequential([body, rn.layers.Dense(classes)])
    loss = rn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(rn.optimizers.SGD(), loss)
    return body, model


def first_weights(model, generator):
    """He's initial weights for kernels, zeros for biases."""
    shapes = [w.shape for w in model.get_weights()]
    deviations = [(len(s) > 1) * (2 / np.prod(s[:-1])) ** 0.5 for s in shapes]
    return [generator.normal(0, 1, s) * d for s, d in zip(shapes, deviations)]


def train(model, x, y, rate, batches):
    """A step of gradient descent a batch."""
    model.optimizer.learning_rate = rate
    for batch in batches:
        model.train_on_batch(x[batch], y[batch])


def outputs(model, x):
    """What a model gives for x."""
    return model(x)


def heads_side_by_side(networks, features, classes):
    """So many last layers at once, each along an axis of its own."""
    model = rn.Sequential([rn.Input((networks, features))])
    layer = rn.layers.EinsumDense("bki,kio->bko", (networks, classes), bias_axes="ko")
    model.add(layer)
    # The loss is a mean over the heads; the rate gives each of them its own gradient back.
    loss = rn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(rn.optimizers.SGD(float(networks)), loss)
    return model


def right(z, y):
    """The share of right answers along the last axis but one."""
    return np.mean(z.argmax(axis=-1) == y, axis=-1)


def train_heads(sides, y, new, rates, batches, stages):
    """Last layers for each number of examples, on each kind of features, at each rate.

    Args:
        sides: for each kind the features of the examples and of the parts of `new`.
        batches: indices of examples, (numbers, steps, size).

    Returns:
        By part the accuracies after each stage, (stages, numbers, kinds, rates); and the heads.
    """
    numbers, classes, size = len(batches), int(y.max()) + 1, batches.shape[-1]
    each = (numbers, len(sides), len(rates))
    features = max(side["train"].shape[1] for side in sides)
    model = heads_side_by_side(int(np.prod(each)), features, classes)
    model.set_weights([np.zeros(w.shape) for w in model.get_weights()])
    padded = [
        {part: np.pad(x, ((0, 0), (0, features - x.shape[1]))) for part, x in side.items()}
        for side in sides
    ]
    own_rate = np.tile(rates, (size, numbers * len(sides)))
    found = {part: [] for part in new}
    for stage in np.array_split(batches, stages, axis=1):
        for own in stage.swapaxes(0, 1):
            x = np.stack([side["train"][own] for side in padded], axis=1)
            x = np.repeat(x.reshape(-1, size, features), len(rates), axis=0).swapaxes(0, 1)
            wanted = np.repeat(y[own], len(sides) * len(rates), axis=0).T
            model.train_on_batch(x, wanted, sample_weight=own_rate)
        kernels, biases = (w.reshape(*each, -1, classes) for w in model.get_weights())
        for part, wanted in new.items():
            x = np.stack([side[part] for side in padded])[:, None]
            found[part].append(right(x @ kernels + biases, wanted))
    return {part: np.array(values) for part, values in found.items()} | {"heads": kernels}


def from_nothing(model, start, target, rates, batches, stages):
    """The whole network on the examples alone, for each number of them."""
    found = {"validation": [], "test": [], "answers": []}
    for rate, own in zip(rates, batches):
        model.set_weights(start)
        for stage in np.array_split(own, stages):
            train(model, *target["train"], rate, stage)
            for part in ("validation", "test"):
                x, y = target[part]
                found[part].append(right(outputs(model, x), y))
        found["answers"].append(outputs(model, target["test"][0][:20]))
    for part in ("validation", "test"):
        found[part] = np.reshape(found[part], (len(rates), stages)).T
    return {f"nothing: {part}": np.array(own) for part, own in found.items()}


def few_examples(
    x, y, target, numbers, rates, scratch_rates, source_steps, steps, stages, generator
):
    """A network learns x and y; its features, and those of others, are used for another task.

    Args:
        target: parts `train`, `validation` and `test` of the other task, each (x, y).
        numbers: of examples a class, of `train`. rates: of the heads.
        scratch_rates: for each number, of the network that begins from nothing.
        stages: after how many parts of the steps the accuracies are taken.

    Returns:
        Accuracies after each stage on `validation` and `test`: of `heads`, (stages, numbers, kinds,
        rates), on the features that were learned, those of random weights, and the pixels; of a
        network from `nothing`, (stages, numbers). The `filters` and the test images' `features`,
        random and learned; what the networks from nothing give for test images.
    """
    images, classes = target["train"]
    new = {part: target[part][1] for part in ("validation", "test")}
    body, model = network(int(y.max()) + 1)
    start = first_weights(model, generator)
    sides, found = [], {}
    model.set_weights(start)
    for name in ("random", "learned"):
        if name == "learned":
            train(model, x, y, 0.1, generator.integers(0, len(x), (source_steps, 50)))
        sides.insert(0, {part: outputs(body, own) for part, (own, _) in target.items()})
        found[f"{name}: filters"] = body.get_weights()[0]
        found[f"{name}: features"] = sides[0]["test"][:SHOWN]
    sides.append({part: own.reshape(len(own), -1) for part, (own, _) in target.items()})
    order = [generator.permutation(np.flatnonzero(classes == c)) for c in np.unique(classes)]
    batches = np.array(
        [
            generator.choice(np.concatenate([own[:number] for own in order]), (steps, 25))
            for number in numbers
        ]
    )
    for part, own in train_heads(sides, classes, new, rates, batches, stages).items():
        found[f"heads: {part}"] = own
    return found | from_nothing(model, start, target, scratch_rates, batches, stages)


def five_digits(generator, **given):
    """`few_examples` of digits that were not among those learned."""
    return few_examples(generator=generator, **given)


def other_scanner(generator, **given):
    """`few_examples` of digits from elsewhere."""
    return few_examples(generator=generator, **given)
