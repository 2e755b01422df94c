"""The textbook's deep network of small filters in Keras, and one half as deep of larger ones."""

from itertools import count

import keras
import numpy as np
from keras import layers, ops

from keras_models.data_augmentation import SMOOTH, affine_places, bilinear_sampling, elastic_moves


def build_model(
    filters,
    learning_rate,
    steps,
    depth,
    size=3,
    normalized="",
    units=50,
    dropout=(0, 0, 0),
    side=14,
    shift=1,
    warp=0,
    bend=0,
    views=0,
):
    """Three stages of convolutions and pooling, some units, a number for each of ten classes.

    Args:
        filters: of the convolutions of each stage.
        learning_rate: of the first step; within so many `steps` it falls to 0 along a cosine.
        depth: convolutions a stage.
        size: of their windows.
        normalized: where batch normalization stands: "convolutions" for between each of them and
            its ReLU, "stages" for behind each pooling, and the ReLU before that behind it; else
            nowhere.
        units: of the fully connected layer.
        dropout: rates behind the last pooling, behind these units and behind the ten.
        side: pixels of an image in a row.
        shift: by how many of them it is moved at most in training.
        warp: by what at most the entries of its linear map differ from the identity in training.
        bend: the standard deviation of the pixels by which it is bent, too. Both fall to 0 with the
            learning rate.
        views: by how many pixels an image is moved at most when it is read.
    """
    initial, stack = {"kernel_initializer": "he_normal"}, []
    for number in filters:
        for place in range(depth):
            pooled = normalized == "stages" and place == depth - 1
            biased = normalized != "convolutions" and not pooled
            plain = {"padding": "same", "use_bias": biased, **initial}
            stack.append(layers.Conv2D(number, size, **plain))
            if normalized == "convolutions":
                stack.append(layers.BatchNormalization(momentum=0.9))
            if not pooled:
                stack.append(layers.ReLU())
        stack.append(layers.MaxPooling2D(2, padding="same"))
        if pooled:
            stack.extend([layers.BatchNormalization(momentum=0.9), layers.ReLU()])
    head = [
        layers.Flatten(),
        layers.Dense(units, activation="relu", **initial),
        layers.Dense(10, dtype=keras.config.floatx(), **initial),  # float32 in mixed precision too
    ]
    for layer, rate in zip(head, dropout):
        stack.append(layer)
        if rate:
            stack.append(layers.Dropout(rate))
    model = keras.Sequential([layers.Input((side, side, 1)), *stack])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss)
    model.rate, model.steps, model.shift = learning_rate, steps, shift
    model.warp, model.bend, model.views = warp, bend, views
    return model


def train(model, data, generator, batch_size):
    """Steps on images that are moved anew each time, at a learning rate that falls to 0."""
    for step in count():
        falling = (1 + np.cos(np.pi * min(step / model.steps, 1.0))) / 2
        model.optimizer.learning_rate = model.rate * falling
        chosen = generator.integers(0, len(data.y_train), batch_size)
        x = shifted(data.x_train[chosen], model.shift, generator)
        if model.warp or model.bend:
            x = warped(x, model.warp * falling, model.bend * falling, generator)
        yield {"loss": model.train_on_batch(x, data.y_train[chosen])}


def shifted(x, most, generator):
    """Images that are each moved by up to so many whole pixels; what moves in is black."""
    n, height, width, _ = x.shape
    framed = np.pad(x, ((0, 0), (most, most), (most, most), (0, 0)))
    top, left = generator.integers(0, 2 * most + 1, (2, n, 1, 1))
    rows, columns = top + np.arange(height)[:, None], left + np.arange(width)
    return framed[np.arange(n)[:, None, None], rows, columns]


def warped(x, warp, bend, generator):
    """Images that are each turned, sheared and stretched about their middle, and bent.

    The map of an image is I + E, its four entries in E drawn evenly from −warp to warp; then a
    smooth field moves its pixels by `bend` in standard deviation.
    """
    n, height, width, _ = x.shape
    c, r = (width - 1) / 2, (height - 1) / 2
    a0, a1, b0, b1 = np.eye(2).reshape(4, 1) + generator.uniform(-warp, warp, (4, n))
    maps = np.stack([a0, a1, c - a0 * c - a1 * r, b0, b1, r - b0 * c - b1 * r], axis=1)
    noise = generator.normal(size=(2, n, height, width))
    places = affine_places(maps.astype(x.dtype), height, width)
    places = places + elastic_moves(noise.astype(x.dtype), SMOOTH, bend)
    return ops.convert_to_numpy(bilinear_sampling(x, *places))


def predict(model, x):
    """The mean of what a network says of an image and of the image moved by up to `views` pixels.

    Returns:
        Probabilities, (n, 10).

    Source: Krizhevsky, Sutskever & Hinton 2012, 4.1, of ten views.
    """
    most, (height, width) = model.views, x.shape[1:3]
    framed = np.pad(x, ((0, 0), (most, most), (most, most), (0, 0)))
    places = np.ndindex(2 * most + 1, 2 * most + 1)
    views = [framed[:, top : top + height, left : left + width] for top, left in places]
    logits = [model.predict(view, batch_size=500, verbose=0) for view in views]
    return ops.convert_to_numpy(ops.mean(ops.softmax(np.stack(logits)), axis=0))


def looked_at(model, data):
    """What it reads wrong, and what its layers make of a test image.

    Returns:
        `answers`: for every test image; `labels`: what they are.
        `wrong`: the first 20 images that it reads wrong, and `places`: where they stand.
        `maps 1`, `maps 2`, …: the first six maps behind each convolution and its ReLU.
    """
    answers = predict(model, data.x_test).argmax(axis=-1)
    places = np.flatnonzero(answers != data.y_test)[:20]
    behind = [layer for layer in model.layers if isinstance(layer, layers.ReLU)]
    outputs = keras.Model(model.inputs, [layer.output for layer in behind])(data.x_test[:1])
    found = {"answers": answers, "labels": data.y_test, "places": places}
    found["wrong"] = data.x_test[places, ..., 0]
    for number, y in enumerate(outputs, start=1):
        found[f"maps {number}"] = np.moveaxis(ops.convert_to_numpy(y)[0, ..., :6], -1, 0)
    return found
