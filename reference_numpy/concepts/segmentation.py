"""Segmentation: a small U-Net, the Dice loss with its gradient, and IoU by class."""

import numpy as np

import reference_numpy as rn

CLASSES = 11  # the ground, and ten digits


def dice_loss(y_true, y_pred):
    """One less Dice's coefficient 2 Σ t y / (Σ t + Σ y) of each class, mean over the classes.

    The sums run over all pixels of the batch, so that a class of few pixels counts as much as any.

    Shapes: y_true, y_pred (batch, height, width, classes), one-hot and probabilities.

    Source: Milletari, Navab & Ahmadi 2016, V-Net, 3 (who add up squares below the line).
    """
    shared, size = shared_and_size(y_true, y_pred)
    return np.mean(1 - 2 * shared / size)


def dice_loss_gradient(y_true, y_pred):
    """−2 (t / D − S / D²) / classes, with S = Σ t y and D = Σ t + Σ y."""
    shared, size = shared_and_size(y_true, y_pred)
    return -2 * (y_true / size - shared / size**2) / y_pred.shape[-1]


def shared_and_size(y_true, y_pred, epsilon=1e-7):
    """Σ t y and Σ t + Σ y of each class; epsilon, Keras's, is for a class that is nowhere."""
    pixels = tuple(range(y_true.ndim - 1))
    size = y_true.sum(axis=pixels) + y_pred.sum(axis=pixels) + epsilon
    return (y_true * y_pred).sum(axis=pixels), size


def class_iou(y_true, y_pred):
    """Of each class the pixels that are of it in both masks over those that are in either.

    Dice's coefficient is 2 S / D of the same sums, and IoU S / (D − S).

    Shapes: y_true, y_pred (…, classes) of 0 and 1; (classes,).

    Source: Everingham et al. 2010, The PASCAL visual object classes challenge, 4.2.
    """
    shared, size = shared_and_size(y_true, y_pred)
    return shared / (size - shared)


def build_model(skips, loss, learning_rate, steps=None, filters=8, decoder=16):
    """A U-Net of two levels, 28×28, 14×14 and 7×7 pixels; or, without skips, an hourglass.

    Without skips the last convolution is 3×3.

    Args:
        learning_rate: of Adam; within so many `steps` it falls to 0 along a cosine.
        filters: of the first convolution, twice as many at each level.
        decoder: filters of the decoder's convolution.
    """
    inputs = rn.Input((28, 28, 1))
    fine = convolved(inputs, filters)
    middle = convolved(rn.layers.MaxPooling2D()(fine), 2 * filters)
    coarse = convolved(convolved(rn.layers.MaxPooling2D()(middle), 4 * filters), 4 * filters)
    x = rn.layers.UpSampling2D()(coarse)
    x = convolved(rn.layers.Concatenate()([x, middle]) if skips else x, decoder)
    x = rn.layers.UpSampling2D()(x)
    x = rn.layers.Concatenate()([x, fine]) if skips else x
    last = rn.layers.Conv2D(CLASSES, 1 if skips else 3, padding="same", activation="softmax")
    model = rn.Model(inputs, last(x))
    if steps:
        learning_rate = rn.optimizers.schedules.CosineDecay(learning_rate, steps)
    model.compile(rn.optimizers.Adam(learning_rate), LOSSES[loss]())
    return model


def convolved(x, filters):
    """3×3 pixels, normalised over the batch, ReLU."""
    x = rn.layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return rn.layers.ReLU()(rn.layers.BatchNormalization(momentum=0.9)(x))


LOSSES = {
    "cross-entropy": rn.losses.CategoricalCrossentropy,
    "dice": lambda: rn.losses.Dice(axis=(0, 1, 2)),
}


def train(model, data, generator, batch_size):
    """One step after another on scenes drawn at random, the masks one-hot."""
    while True:
        batch = generator.integers(0, len(data.y_train), batch_size)
        y = np.eye(CLASSES, dtype=data.x_train.dtype)[data.y_train[batch]]
        yield {"loss": model.train_on_batch(data.x_train[batch], y)}


def looked_at(model, data):
    """The class of each pixel of some test scenes, and how many pixels were taken for what."""
    found = model.predict(data.x_test, verbose=0).argmax(axis=-1)
    counts = np.bincount((CLASSES * data.y_test + found).ravel(), minlength=CLASSES**2)
    return {"masks": found[:6], "taken for": counts.reshape(CLASSES, CLASSES)}
