"""The textbook's deep network in Keras, six convolutions of 3×3; and a shallow one of as many weights."""

import keras
import numpy as np
from keras import layers
from keras import ops


def build_model(filters, depth, learning_rate, side=14, steps=None):
    """Stages of convolutions and pooling, 50 units, dropout, ten classes.

    Args:
        filters: of the convolutions of each stage, which pooling ends.
        depth: convolutions a stage.
        side: pixels of an image in a row.
        steps: where it is to learn from all of MNIST: over so many steps the learning rate falls
            along a cosine to 0, and every image is shifted, turned and scaled a little each time.
    """
    relu = {"activation": "relu", "kernel_initializer": "he_normal"}
    model = keras.Sequential([layers.Input((side, side, 1))])
    if steps:
        model.add(layers.RandomTranslation(0.08, 0.08, fill_mode="constant"))
        model.add(layers.RandomRotation(0.03, fill_mode="constant"))
        model.add(layers.RandomZoom(0.1, 0.1, fill_mode="constant"))
        learning_rate = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    for count in filters:
        for _ in range(depth):
            model.add(layers.Conv2D(count, 3, padding="same", **relu))
        model.add(layers.MaxPooling2D(2, padding="same"))
    model.add(layers.Flatten())
    model.add(layers.Dense(50, **relu))
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def mistakes(model, data):
    """What it reads wrong, and what its convolutions make of a test image.

    Returns:
        `answers`: for every test image; `labels`: what they are.
        `wrong`: the first 20 images that it reads wrong, and `places`: where they stand.
        `maps 1`, `maps 2`, …: the first six maps of each convolution.
    """
    answers = model.predict(data.x_test, batch_size=500, verbose=0).argmax(axis=-1)
    places = np.flatnonzero(answers != data.y_test)[:20]
    convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    inside = keras.Model(model.inputs, [layer.output for layer in convolutions])
    maps = {
        f"maps {number}": np.moveaxis(ops.convert_to_numpy(y)[0, ..., :6], -1, 0)
        for number, y in enumerate(inside(data.x_test[:1]), start=1)
    }
    found = {"answers": answers, "labels": data.y_test, "places": places}
    return {**found, "wrong": data.x_test[places, ..., 0], **maps}
