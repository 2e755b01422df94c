"""The textbook's deep network of small filters in Keras, and networks that are half as deep."""

from itertools import count

import keras
import numpy as np
from keras import layers, ops

from keras_models.data_augmentation import rotations, sampled


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
    """
    initial, stack = {"kernel_initializer": "he_normal"}, []
    for number in filters:
        for _ in range(depth):
            plain = {"padding": "same", "use_bias": not normalized, **initial}
            stack.append(layers.Conv2D(number, size, **plain))
            if normalized:
                stack.append(layers.BatchNormalization(momentum=0.9))
            stack.append(layers.ReLU())
        stack.append(layers.MaxPooling2D(2, padding="same"))
    stack.append(layers.Flatten())
    for units, activation, rate in zip((50, 10), ("relu", "linear"), dropout):
        stack.append(layers.Dense(units, activation=activation, **initial))
        if rate:
            stack.append(layers.Dropout(rate))
    model = keras.Sequential([layers.Input((side, side, 1)), *stack])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss)
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
    maps = rotations(generator.uniform(-turn, turn, n).astype(x.dtype), height, width)
    shifts = np.zeros(maps.shape, x.dtype)
    shifts[:, [2, 5]] = generator.uniform(-shift, shift, (n, 2)) * (width, height)
    return ops.convert_to_numpy(sampled(x, maps + shifts))


def looked_at(model, data):
    """What it reads wrong, and what its layers make of a test image.

    Returns:
        `answers`: for every test image; `labels`: what they are.
        `wrong`: the first 20 images that it reads wrong, and `places`: where they stand.
        `maps 1`, `maps 2`, …: the first six maps behind each convolution and its ReLU.
    """
    answers = model.predict(data.x_test, batch_size=500, verbose=0).argmax(axis=-1)
    places = np.flatnonzero(answers != data.y_test)[:20]
    behind = [layer for layer in model.layers if isinstance(layer, layers.ReLU)]
    outputs = keras.Model(model.inputs, [layer.output for layer in behind])(data.x_test[:1])
    found = {"answers": answers, "labels": data.y_test, "places": places}
    found["wrong"] = data.x_test[places, ..., 0]
    for number, y in enumerate(outputs, start=1):
        found[f"maps {number}"] = np.moveaxis(ops.convert_to_numpy(y)[0, ..., :6], -1, 0)
    return found
