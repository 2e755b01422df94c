"""The textbook's deep network of small filters, and networks that are half as deep."""

from itertools import count

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.data_augmentation import affine_sampling, rotations


def build_model(
    filters, learning_rate, steps, depth=1, size=3, normalized=True, dropout=(0, 0), side=14
):
    """Three stages of convolutions and pooling, 50 units, a number for each of ten classes.

    Args:
        filters: of the convolutions of each stage.
        learning_rate: of the first step; within so many `steps` it falls to 0 along a cosine.
        depth: convolutions a stage.
        size: of their windows.
        normalized: whether batch normalization stands between convolution and ReLU.
        dropout: rates behind the 50 units and behind the ten.
        side: pixels of an image in a row.

    Source: Saito, Deep Learning from Scratch, 8.1.1: depth 2, filters (16, 32, 64), dropout of 0.5
    twice, not normalized. There the fourth convolution pads by two pixels, here the last pooling.
    """
    initial, stack = {"kernel_initializer": "he_normal"}, []
    for number in filters:
        for _ in range(depth):
            plain = {"padding": "same", "use_bias": not normalized, **initial}
            stack.append(rn.layers.Conv2D(number, size, **plain))
            if normalized:
                stack.append(rn.layers.BatchNormalization(momentum=0.9))
            stack.append(rn.layers.ReLU())
        stack.append(rn.layers.MaxPooling2D(2, padding="same"))
    stack.append(rn.layers.Flatten())
    for units, activation, rate in zip((50, 10), ("relu", "linear"), dropout):
        stack.append(rn.layers.Dense(units, activation=activation, **initial))
        if rate:
            stack.append(rn.layers.Dropout(rate))
    model = rn.Sequential([rn.Input((side, side, 1)), *stack])
    loss = rn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(rn.optimizers.Adam(learning_rate), loss)
    model.rate, model.steps = learning_rate, steps
    return model


def train(model, data, generator, batch_size):
    """Steps on images that are moved a little each time, at a learning rate that falls to 0."""
    for step in count():
        share = min(step / model.steps, 1.0)
        model.optimizer.learning_rate = model.rate * (1 + np.cos(np.pi * share)) / 2
        chosen = generator.integers(0, len(data.y_train), batch_size)
        x = moved(data.x_train[chosen], generator)
        yield {"loss": model.train_on_batch(x, data.y_train[chosen])}


def moved(x, generator, turn=0.15, shift=0.08):
    """Images each turned by up to so many radians, and shifted by up to a share of the side."""
    n, height, width, _ = x.shape
    maps = rotations(generator.uniform(-turn, turn, n), height, width)
    maps[:, [2, 5]] += generator.uniform(-shift, shift, (n, 2)) * (width, height)
    return affine_sampling(x, maps)


def looked_at(model, data):
    """What it reads wrong, and what its layers make of a test image.

    Returns:
        `answers`: for every test image; `labels`: what they are.
        `wrong`: the first 20 images that it reads wrong, and `places`: where they stand.
        `maps 1`, `maps 2`, …: the first six maps behind each convolution and its ReLU.
    """
    answers = model.predict(data.x_test, batch_size=500, verbose=0).argmax(axis=-1)
    places = np.flatnonzero(answers != data.y_test)[:20]
    behind = [layer for layer in model.layers if isinstance(layer, rn.layers.ReLU)]
    outputs = rn.Model(model.inputs, [layer.output for layer in behind])(data.x_test[:1])
    found = {"answers": answers, "labels": data.y_test, "places": places}
    found["wrong"] = data.x_test[places, ..., 0]
    for number, y in enumerate(outputs, start=1):
        found[f"maps {number}"] = np.moveaxis(np.asarray(y)[0, ..., :6], -1, 0)
    return found
