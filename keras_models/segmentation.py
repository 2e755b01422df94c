"""Segmentation in Keras: a small U-Net of library layers, `losses.Dice`, and IoU by class."""

import keras
import numpy as np
from keras import layers, ops

from keras_models.learning_rate_schedules import make

CLASSES = 11  # the ground, and ten digits


def dice_loss():
    """One less Dice's coefficient of each class, over all pixels of the batch."""
    return keras.losses.Dice(axis=(0, 1, 2))


def class_iou():
    """Of each class IoU; of class numbers it is `keras.metrics.IoU(classes, [class])`."""

    def iou(y_true, y_pred):
        pixels = tuple(range(len(y_true.shape) - 1))
        shared = ops.sum(y_true * y_pred, axis=pixels)
        size = ops.sum(y_true, axis=pixels) + ops.sum(y_pred, axis=pixels)
        return shared / (size + keras.config.epsilon() - shared)

    return iou


def build_model(skips, loss, learning_rate, steps=None, filters=8, decoder=16):
    """A U-Net of two levels, 28×28, 14×14 and 7×7 pixels; or, without skips, an hourglass.

    Without skips the last convolution is 3×3.

    Args:
        learning_rate: of Adam; within so many `steps` it falls to 0 along a cosine.
        filters: of the first convolution, twice as many at each level.
        decoder: filters of the decoder's convolution.
    """
    inputs = layers.Input((28, 28, 1))
    fine = convolved(inputs, filters)
    middle = convolved(layers.MaxPooling2D()(fine), 2 * filters)
    coarse = convolved(convolved(layers.MaxPooling2D()(middle), 4 * filters), 4 * filters)
    x = layers.UpSampling2D()(coarse)
    x = convolved(layers.Concatenate()([x, middle]) if skips else x, decoder)
    x = layers.UpSampling2D()(x)
    x = layers.Concatenate()([x, fine]) if skips else x
    last = layers.Conv2D(CLASSES, 1 if skips else 3, padding="same", activation="softmax")
    model = keras.Model(inputs, last(x))
    if steps:
        cosine = {"initial_learning_rate": learning_rate, "decay_steps": steps}
        learning_rate = make("cosine_decay", cosine, np.dtype(keras.config.floatx()))
    model.compile(keras.optimizers.Adam(learning_rate), LOSSES[loss]())
    return model


def convolved(x, filters):
    """3×3 pixels, normalised over the batch, ReLU."""
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))


LOSSES = {"cross-entropy": keras.losses.CategoricalCrossentropy, "dice": dice_loss}


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
