"""Transfer learning in Keras: a body with `trainable = False`, and a new last layer on it."""

import keras
import numpy as np
from keras import layers, ops

SHOWN = 300  # test images whose features are kept


def frozen_features(frozen, kernel):
    """A layer that stays as it is, and one that learns."""
    body = layers.Dense(frozen.shape[1], "relu", trainable=False)
    return keras.Sequential([body, layers.Dense(kernel.shape[1])])


def new_head(x, y, frozen, shift, kernel, bias, rate, batches):
    """A new last layer on a frozen one, trained as any model is."""
    body = layers.Dense(frozen.shape[1], "relu")
    body.trainable = False
    head = layers.Dense(kernel.shape[1], "softmax")
    model = keras.Sequential([layers.Input((x.shape[1],)), body, head])
    model.set_weights([frozen, shift, kernel, bias])
    model.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy")
    for batch in batches:
        model.train_on_batch(x[batch], y[batch])
    return dict(zip(("kernel", "bias"), head.get_weights()))


def network(classes):
    """Two convolutions and pooling, the body; and a last layer on it."""
    body = keras.Sequential([layers.Input((14, 14, 1))])
    body.add(layers.Conv2D(12, 5, strides=2, padding="same", activation="relu"))
    body.add(layers.Conv2D(24, 3, padding="same", activation="relu"))
    body.add(layers.MaxPooling2D())
    body.add(layers.Flatten())
    model = keras.Sequential([body, layers.Dense(classes)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(), loss)
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
    return ops.convert_to_numpy(model(x))


def heads_side_by_side(networks, features, classes):
    """So many last layers at once, each along an axis of its own."""
    model = keras.Sequential([layers.Input((networks, features))])
    layer = layers.EinsumDense("bki,kio->bko", (networks, classes), bias_axes="ko")
    model.add(layer)
    # The loss is a mean over the heads; the rate gives each of them its own gradient back.
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(float(networks)), loss)
    return model


def right(z, y):
    """The share of right answers along the last axis but one."""
    return np.mean(z.argmax(axis=-1) == y, axis=-1)


def train_heads(sides, y, new, rates, batches, stages):
    """Last layers for each number of examples, on each kind of features, at each rate.

    Returns: see the NumPy half.
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

    Returns: see the NumPy half.
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
