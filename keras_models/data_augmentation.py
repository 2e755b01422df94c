"""Data augmentation in Keras: random layers for a model or a data pipeline, and what they do."""

import keras
import numpy as np
from keras import layers, ops

#: σ of the elastic distortions: over how many pixels neighbours move together.
SMOOTH = 4


def affine_sampling():
    """A function that samples images along a map each.

    `ops.image.affine_transform` does it in one call, but on TensorFlow in float32 only.
    """
    return lambda x, maps: bilinear_sampling(x, *affine_places(maps, *x.shape[1:3]))


def random_translation(height_factor, width_factor):
    """Each image is shifted; its pixels would be mirrored at the border if not told otherwise."""
    return layers.RandomTranslation(height_factor, width_factor, fill_mode="constant")


def random_rotation(factor):
    """Each image is turned, up to `factor` of a full turn."""
    return layers.RandomRotation(factor, fill_mode="constant")


def random_flip():
    """Each image is mirrored left to right with probability 1/2."""
    return layers.RandomFlip("horizontal")


def elastic_distortion(width, strength):
    """A function that bends images by noise given to it.

    `layers.RandomElasticTransform` draws its field itself, on TensorFlow and JAX the same down as
    to the right.
    """

    def bent(x, noise):
        r, c = ops.cast(np.mgrid[: x.shape[1], : x.shape[2]], x.dtype)
        down, right = elastic_moves(noise, width, strength)
        return bilinear_sampling(x, r + down, c + right)

    return bent


def affine_places(maps, height, width):
    """Where every pixel comes from along a map each: rows and columns, (2, n, height, width)."""
    r, c = ops.cast(np.mgrid[:height, :width], maps.dtype)
    a0, a1, a2, b0, b1, b2 = ops.reshape(ops.transpose(maps), (6, -1, 1, 1))
    return ops.stack([b0 * c + b1 * r + b2, a0 * c + a1 * r + a2])


def bilinear_sampling(x, down, across):
    """Images looked up at rows and columns that may lie between pixels; outside is 0."""
    image = ops.cast(np.arange(len(x))[:, None, None], x.dtype) + ops.zeros_like(down)
    places = ops.stack([image, down, across])
    channels = [ops.image.map_coordinates(x[..., k], places, 1) for k in range(x.shape[-1])]
    return ops.stack(channels, axis=-1)


def elastic_moves(noise, width, strength):
    """The noise smoothed along rows and columns: moves that neighbours share."""
    by_row, by_column = (ops.cast(smoothing(n, width), noise.dtype) for n in noise.shape[2:])
    return strength * ops.matmul(ops.matmul(by_row, noise), ops.transpose(by_column))


def smoothing(size, width):
    """Rows that mix noise with its neighbours by a bell curve and keep its variance of 1."""
    places = np.arange(size)
    curve = np.exp(-((places[:, None] - places) ** 2) / (2 * width**2))
    return curve / np.sqrt((curve**2).sum(axis=1, keepdims=True))


def translations(down, right):
    """The maps of images that are shifted by some pixels: (n,) and (n,) → (n, 6)."""
    zero, one = ops.zeros_like(down), ops.ones_like(down)
    return ops.stack([one, zero, -right, zero, one, -down], axis=1)


def rotations(angle, height, width):
    """The maps of images that are turned about their middle by an angle: (n,) → (n, 6)."""
    cos, sin, c, r = ops.cos(angle), ops.sin(angle), (width - 1) / 2, (height - 1) / 2
    return ops.stack([cos, -sin, c - c * cos + r * sin, sin, cos, r - c * sin - r * cos], axis=1)


def warped(x, shifts, angles, noise):
    """Images shifted to the right by each of the shifts, turned, bent and mirrored."""
    n, height, width, _ = x.shape
    found = {"mirrored": ops.flip(x, axis=2)}
    for shift, angle in zip(shifts, angles):
        maps = translations(np.zeros(n, x.dtype), np.full(n, shift, x.dtype))
        found[f"shifted, {shift:g}"] = affine_sampling()(x, maps)
        maps = rotations(np.full(n, angle, x.dtype), height, width)
        found[f"turned, {shift:g}"] = affine_sampling()(x, maps)
        found[f"bent, {shift:g}"] = elastic_distortion(SMOOTH, shift / 4)(x, noise)
    return {name: ops.convert_to_numpy(value) for name, value in found.items()}


def build_model(images, change):
    """Two convolutions of 5×5 with stride 2; trained on so many images, changed that way."""
    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(8, 5, 2, activation="relu", kernel_initializer="he_normal"),
            layers.Conv2D(16, 5, 2, activation="relu", kernel_initializer="he_normal"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    model.images, model.change = images, change
    return model


def train(model, data, generator, batch_size):
    """Steps on the first of the training images, each image changed anew in each step.

    The random layers would do; but they draw by themselves, and both halves are to draw the same.
    """
    while True:
        chosen = generator.integers(0, model.images, batch_size)
        x = data.x_train[chosen]
        if model.change == "shift":
            down, right = (
                generator.uniform(-0.07, 0.07, batch_size) * size for size in x.shape[1:3]
            )
            x = affine_sampling()(x, translations(down.astype(x.dtype), right.astype(x.dtype)))
        elif model.change == "bend":
            noise = generator.normal(size=(2, *x.shape[:3])).astype(x.dtype)
            x = elastic_distortion(SMOOTH, 1.5)(x, noise)
        elif model.change == "flip":
            mirrored = generator.random(batch_size) <= 0.5
            x = ops.where(mirrored[:, None, None, None], ops.flip(x, axis=2), x)
        x = ops.convert_to_numpy(x)
        yield {"loss": model.train_on_batch(x, data.y_train[chosen])}
