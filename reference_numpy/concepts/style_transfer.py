"""Style transfer: the weights stay, and the picture is trained, on two losses of its features."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.transfer_learning import first_weights

FILTERS = (16, 32, 32)


def gram_matrix(x):
    """How strongly each two channels are at work together, wherever that is: G = Fᵀ F / positions.

    Shapes: features x (batch, height, width, channels), as F (batch, positions, channels);
    G (batch, channels, channels).

    Source: Gatys et al. 2015, A neural algorithm of artistic style, (3).
    """
    f = x.reshape(len(x), -1, x.shape[-1])
    return f.transpose(0, 2, 1) @ f / f.shape[1], x


def gram_matrix_backward(dy, cache):
    """Each entry is a product of two channels, and has a gradient for both."""
    x = cache
    f = x.reshape(len(x), -1, x.shape[-1])
    return (f @ (dy + dy.transpose(0, 2, 1)) / f.shape[1]).reshape(x.shape)


def squares(x):
    """The sum of squares of each example, its axes kept."""
    return np.sum(x**2, axis=tuple(range(1, x.ndim)), keepdims=True)


def style_loss(y_true, y_pred):
    """How far the Gram matrices of pictures are from those of their styles; the sum over pictures.

    Args:
        y_true: the styles' Gram matrices (batch, channels, channels).
        y_pred: the pictures' features (batch, height, width, channels).

    Source: Gatys et al. 2015, (4) and (5), but over the size of the style's matrix.
    """
    gram, _ = gram_matrix(y_pred)
    return np.sum(squares(gram - y_true) / squares(y_true))


def style_loss_gradient(y_true, y_pred):
    """Back through the Gram matrix to the features."""
    gram, cache = gram_matrix(y_pred)
    return gram_matrix_backward(2 * (gram - y_true) / squares(y_true), cache)


def content_loss(y_true, y_pred):
    """How far features are from those of the content, each at its place; the sum over pictures.

    Shapes: both (batch, height, width, channels).

    Source: Gatys et al. 2015, (1), but over the size of the content's features.
    """
    return np.sum(squares(y_pred - y_true) / squares(y_true))


def content_loss_gradient(y_true, y_pred):
    """In proportion to the difference."""
    return 2 * (y_pred - y_true) / squares(y_true)


class Painting:
    """Pictures as parameters: the network's weights stay, and the pixels learn.

    Args:
        features: a model that gives the features of several layers.
        picture: what to begin with, (batch, height, width, 1), from 0 to 1.

    Source: Gatys et al. 2015, (7).
    """

    def __init__(self, features, picture, optimizer):
        self.features, self.picture, self.optimizer = features, picture.copy(), optimizer
        self.features.trainable = False

    def train_on_batch(self, inputs):
        """One step. Inputs: the last layer's content, its weight a picture; styles by layer."""
        content, weight, *styles = inputs
        found, cache = self.features.forward(self.picture)
        dfound = [style_loss_gradient(s, f) / len(found) for s, f in zip(styles, found)]
        dcontent = content_loss_gradient(content, found[-1])
        dfound[-1] = dfound[-1] + weight[:, None, None, None] * dcontent
        dpicture, _ = self.features.backward(dfound, cache)
        self.optimizer.apply([dpicture], [self.picture])
        np.clip(self.picture, 0, 1, out=self.picture)


def network(side):
    """Three convolutions that tell digits apart; and a model of what they give, their features."""
    x = rn.Input((side, side, 1))
    h, features = rn.layers.Rescaling(2, -1)(x), []
    for filters in FILTERS:
        if features:
            h = rn.layers.AveragePooling2D(2)(h)
        h = rn.layers.Conv2D(filters, 3, padding="same", activation="relu")(h)
        features.append(h)
    classifier = rn.Model(x, rn.layers.Dense(10)(rn.layers.Flatten()(h)))
    loss = rn.losses.SparseCategoricalCrossentropy(from_logits=True)
    classifier.compile(rn.optimizers.Adam(0.003), loss)
    return classifier, rn.Model(x, features)


def texture(kind, draw, side=96):
    """A texture from 0 to 1 by a formula, its period and direction drawn: (side, side, 1)."""
    period, turn = draw.uniform(4.5, 6), draw.uniform(0, np.pi)
    y, x = np.mgrid[:side, :side] * (2 * np.pi / period)
    u, v = np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x
    waves = draw.uniform(0, 2 * np.pi, (12, 2))
    z = {
        "stripes": np.sin(u),
        "waves": np.sin(v + 1.5 * np.sin(u / 2)),
        "checks": 2.5 * np.sin(0.7 * u) * np.sin(0.7 * v),
        "dots": 1.5 * (np.cos(u) + np.cos(v) - 0.9),
        "hatching": 2 * np.maximum(np.sin(u), np.sin(0.8 * v + 0.3 * u)) - 1.4,
        "labyrinth": sum(np.cos(np.cos(a) * x + np.sin(a) * y + b) for a, b in waves) / 1.5,
    }[kind]
    return 1 / (1 + np.exp(-3 * z[..., None]))


def cut_out(texture, side, draw):
    """A square of the texture from anywhere."""
    top, left = draw.integers(0, len(texture) - side, 2)
    return texture[top : top + side, left : left + side]


def patch_distance(a, b, size=5, directions=64):
    """How far apart the patches of pictures (n, height, width) are as a whole, pair by pair.

    The sliced Wasserstein distance: all patches are projected on the same random directions, and
    the sorted projections compared. Where a patch was does not matter.

    Source: Rabin et al. 2011, Wasserstein barycenter and its application to texture mixing.
    """
    direction = np.random.default_rng(0).normal(size=(size**2, directions))

    def projected(pictures):
        patches = np.lib.stride_tricks.sliding_window_view(pictures, (size, size), (1, 2))
        return np.sort(patches.reshape(len(pictures), -1, size**2) @ direction, axis=1)

    return np.abs(projected(a) - projected(b)).mean(axis=(1, 2))


def gram_matrices(features):
    """Those of every layer."""
    return [gram_matrix(f)[0] for f in features]


def recognised(known, new, classes):
    """The share of new pictures whose nearest known one is of their class, all layers alike.

    Args:
        known, new: arrays by layer, an entry a picture. classes: of the known and the new ones.
    """
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

    Args:
        textures: two cuts of each. digits: known and new ones, and the classes of both.
        weights: of the content. chosen: which of them is followed.
        stages: after which steps pictures are kept. lessons: how many steps the network learns.

    Returns:
        By `random` and `learned`: `pictures` (weights, contents × styles, side, side), and the
        `way` from noise to the chosen ones (stages, contents × styles, side, side); the share that
        is recognised by Gram matrices and, in place, by features or pixels; the first layer's
        matrices of all cuts, `gram`.
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
        _, features = network(side)
        features.set_weights(classifier.get_weights()[:-2])
        wanted = [features(content)[-1], *gram_matrices(features(style))]
        wanted = [np.tile(w, (len(weights), *[1] * (w.ndim - 1))) for w in wanted]
        first = np.tile(noise, (len(weights), 1, 1, 1))
        painting = Painting(features, first, rn.optimizers.Adam(rate))
        way = []
        for step in range(stages[-1] + 1):
            if step:
                painting.train_on_batch([wanted[0], weight, *wanted[1:]])
            if step in stages:
                way.append(painting.picture.reshape(len(weights), each, side, side).copy())
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
