"""Style transfer in Keras: a model whose picture is its only trainable weight."""

from functools import partial

import keras
import numpy as np
from keras import layers, ops

FILTERS = (16, 32, 32)


def gram_matrix():
    """How strongly each two channels are at work together, wherever that is."""
    return lambda x: ops.einsum("bhwi,bhwj->bij", x, x) / (x.shape[1] * x.shape[2])


def style_loss():
    """How far Gram matrices are from those of the styles; the sum over pictures."""

    class StyleLoss(keras.Loss):
        """The share that is missed of each style's matrix."""

        def call(self, y_true, y_pred):
            missed = ops.sum((gram_matrix()(y_pred) - y_true) ** 2, axis=(1, 2))
            return missed / ops.sum(y_true**2, axis=(1, 2))

    return StyleLoss(reduction="sum")


def content_loss():
    """How far features are from those of the content, each at its place; the sum over pictures."""

    class ContentLoss(keras.Loss):
        """The share that is missed of each content's features."""

        def call(self, y_true, y_pred):
            missed = ops.sum((y_pred - y_true) ** 2, axis=(1, 2, 3))
            return missed / ops.sum(y_true**2, axis=(1, 2, 3))

    return ContentLoss(reduction="sum")


class Painting(keras.Model):
    """A model whose only trainable weights are the pixels."""

    def __init__(self, features, picture, optimizer):
        super().__init__()
        self.features = features
        self.features.trainable = False
        pixels = {"initializer": "zeros", "constraint": lambda p: ops.clip(p, 0, 1)}
        self.picture = self.add_weight(picture.shape, **pixels)
        self.picture.assign(picture)
        self.compile(optimizer)

    def call(self, inputs):
        """The losses of the pictures as they are."""
        content, weight, *styles = inputs
        picture = ops.convert_to_tensor(self.picture)
        found = self.features(picture)
        for style, f in zip(styles, found):
            self.add_loss(style_loss()(style, f) / len(found))
        self.add_loss(content_loss()(content, found[-1], sample_weight=weight))
        return picture


def network(side):
    """Three convolutions that tell digits apart; and a model of what they give, their features."""
    x = layers.Input((side, side, 1))
    h, features = layers.Rescaling(2, -1)(x), []
    for filters in FILTERS:
        if features:
            h = layers.AveragePooling2D(2)(h)
        h = layers.Conv2D(filters, 3, padding="same", activation="relu")(h)
        features.append(h)
    classifier = keras.Model(x, layers.Dense(10)(layers.Flatten()(h)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    classifier.compile(keras.optimizers.Adam(0.003), loss)
    return classifier, keras.Model(x, features)


def first_weights(model, generator):
    """He's initial weights for kernels, zeros for biases."""
    shapes = [w.shape for w in model.get_weights()]
    deviations = [(len(s) > 1) * (2 / np.prod(s[:-1])) ** 0.5 for s in shapes]
    return [generator.normal(0, 1, s) * d for s, d in zip(shapes, deviations)]


def outputs(model, x):
    """What a model gives for x, layer by layer."""
    return [ops.convert_to_numpy(y) for y in model(x)]


def gram_matrices(features):
    """Those of every layer."""
    return [ops.convert_to_numpy(gram_matrix()(f)) for f in features]


def recognised(known, new, classes):
    """The share of new pictures whose nearest known one is of their class, all layers alike."""
    distance = 0
    for k, n in zip(known, new):
        k, n = k.reshape(len(k), -1), n.reshape(len(n), -1)
        squared = (n**2).sum(axis=1)[:, None] + (k**2).sum(axis=1) - 2 * n @ k.T
        distance = distance + squared / squared.mean()
    return np.mean(classes[0][distance.argmin(axis=1)] == classes[1])


def transfer(
    x, y, textures, digits, styles, contents, weights, chosen, rate, stages, lessons, generator
):
    """Pictures of each content in each style, by features before and after learning x and y.

    Returns: see the NumPy half.
    """
    side, each = x.shape[1], len(contents) * len(styles)
    classifier, _ = network(side)
    classifier.set_weights(first_weights(classifier, generator))
    lessons = generator.integers(0, len(x), (lessons, 32))
    noise = generator.random((each, side, side, 1)).astype(x.dtype)
    content = np.repeat(contents, len(styles), axis=0)
    style = np.tile(styles, (len(contents), 1, 1, 1))
    weight, which = np.repeat(weights, each).astype(x.dtype), (np.arange(len(textures[0])),) * 2
    found = {}
    for name in ("random", "learned"):
        if name == "learned":
            for batch in lessons:
                classifier.train_on_batch(x[batch], y[batch])
        _, body = network(side)
        body.set_weights(classifier.get_weights()[:-2])
        features = partial(outputs, body)
        wanted = [features(content)[-1], *gram_matrices(features(style))]
        wanted = [np.tile(w, (len(weights), *[1] * (w.ndim - 1))) for w in wanted]
        first = np.tile(noise, (len(weights), 1, 1, 1))
        painting = Painting(body, first, keras.optimizers.Adam(rate))
        way = []
        for step in range(stages[-1] + 1):
            if step:
                painting.train_on_batch([wanted[0], weight, *wanted[1:]])
            if step in stages:
                way.append(painting.picture.numpy().reshape(len(weights), each, side, side))
        found[f"{name}: pictures"] = way[-1]
        found[f"{name}: way"] = [pictures[chosen] for pictures in way]
        cuts = [features(t) for t in textures]
        found[f"{name}: gram"] = [gram_matrices(cut)[0] for cut in cuts]
        found[f"{name}: by gram"] = recognised(*map(gram_matrices, cuts), which)
        in_place = recognised(*cuts, which), recognised(textures[:1], textures[1:], which)
        found[f"{name}: in place"] = max(in_place)
        known, new = (gram_matrices(features(own)) for own in digits[:2])
        found[f"{name}: digits"] = recognised(known, new, digits[2])
    return found
