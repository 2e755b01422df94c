"""Dropout: the mask, forward and backward; and a network of many weights for few data."""

import numpy as np

import reference_numpy as rn


def dropout(x, rate, generator):
    """Switch off a random share of the units, and scale the rest up by as much as is lost.

    So y has the mean x, and at prediction nothing needs to be done: y = x ("inverted" dropout).

    Source: Srivastava et al. 2014, Dropout; Saito, Deep Learning from Scratch, 6.4.3 (where
    prediction scales down instead).
    """
    kept = generator.random(x.shape, dtype="float32") >= rate
    mask = kept.astype(x.dtype) / (1 - rate)
    return x * mask, mask


def dropout_backward(dy, cache):
    """The gradient takes the same mask: what was off passes nothing back."""
    return dy * cache


def build_model(rate):
    """784 pixels, two hidden layers of 256 with ReLU, dropout of `rate` after each of them."""
    model = rn.Sequential([rn.Input((784,))])
    for _ in range(2):
        model.add(rn.layers.Dense(256, activation="relu", kernel_initializer="he_normal"))
        if rate:
            model.add(rn.layers.Dropout(rate))
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.SGD(learning_rate=0.05, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def ensemble(model, data):
    """How the network answers test images with one mask, with averaged masks, and with all units.

    Returns:
        `accuracy of averaged masks`: of the mean answer of 1, 2, 4, … 32 thinned networks.
        `accuracy of one pass`: with all units on.
        `agreement of one mask`, `agreement of one pass`: the share of images on which the answer
        is that of the 32 averaged masks.
    """
    x, y = data.x_test, data.y_test
    masks = np.stack([model.forward(x, training=True)[0] for _ in range(32)])
    averages = np.stack([masks[:number].mean(axis=0) for number in (1, 2, 4, 8, 16, 32)])
    answers, one_pass = averages.argmax(axis=-1), model.predict(x, verbose=0).argmax(axis=-1)
    return {
        "accuracy of averaged masks": (answers == y).mean(axis=-1),
        "accuracy of one pass": (one_pass == y).mean(),
        "agreement of one mask": (answers[0] == answers[-1]).mean(),
        "agreement of one pass": (one_pass == answers[-1]).mean(),
    }
