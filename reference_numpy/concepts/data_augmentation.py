"""Data augmentation: images shifted, turned, bent and mirrored; a network that sees them."""

import numpy as np

import reference_numpy as rn

#: σ of the elastic distortions: over how many pixels neighbours move together.
SMOOTH = 4


def affine_sampling(x, maps):
    """Images sampled along a map each: backwards, from every pixel of the result to its source.

    Args:
        x: (n, height, width, channels).
        maps: (n, 6), a₀ … b₂: column c and row r of the result lie at column a₀ c + a₁ r + a₂ and
            row b₀ c + b₁ r + b₂ of the image.

    Source: Simard et al. 2003, Best practices for convolutional neural networks, section 2.
    """
    return bilinear_sampling(x, *affine_places(maps, *x.shape[1:3]))


def affine_places(maps, height, width):
    """Where every pixel comes from along a map each: rows and columns, (2, n, height, width)."""
    r, c = np.mgrid[:height, :width]
    a0, a1, a2, b0, b1, b2 = maps.T[:, :, None, None]
    return np.stack([b0 * c + b1 * r + b2, a0 * c + a1 * r + a2])


def bilinear_sampling(x, down, across):
    """Images looked up at rows and columns that may lie between pixels: (n, height, width) each.

    The four pixels around a place count by their nearness; outside is 0.
    """
    n, height, width, _ = x.shape
    framed = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    top, left = np.floor(down).astype(int), np.floor(across).astype(int)
    y = 0.0
    for row in (top, top + 1):
        for column in (left, left + 1):
            share = (1 - abs(down - row)) * (1 - abs(across - column))
            places = np.clip(row + 1, 0, height + 1), np.clip(column + 1, 0, width + 1)
            y = y + share[..., None] * framed[np.arange(n)[:, None, None], *places]
    return y.astype(x.dtype)


def elastic_distortion(x, noise, width, strength):
    """Images bent by a smooth field each: every pixel comes from a place a little off its own.

    Args:
        x: (n, height, width, channels).
        noise: (2, n, height, width), of the standard normal distribution: down and to the right.
        width: σ, how far moves go together, in pixels.
        strength: α, the moves' standard deviation, in pixels.

    Source: Simard et al. 2003, section 2, whose noise is uniform.
    """
    r, c = np.mgrid[: x.shape[1], : x.shape[2]]
    down, right = elastic_moves(noise, width, strength)
    return bilinear_sampling(x, r + down, c + right)


def elastic_moves(noise, width, strength):
    """The noise smoothed along rows and columns: moves that neighbours share."""
    by_row, by_column = (smoothing(size, width).astype(noise.dtype) for size in noise.shape[2:])
    return strength * (by_row @ noise @ by_column.T)


def smoothing(size, width):
    """Rows that mix noise with its neighbours by a bell curve and keep its variance of 1."""
    places = np.arange(size)
    curve = np.exp(-((places[:, None] - places) ** 2) / (2 * width**2))
    return curve / np.sqrt((curve**2).sum(axis=1, keepdims=True))


def translations(down, right):
    """The maps of images that are shifted by some pixels: (n,) and (n,) → (n, 6)."""
    zero, one = np.zeros_like(down), np.ones_like(down)
    return np.stack([one, zero, -right, zero, one, -down], axis=1)


def rotations(angle, height, width):
    """The maps of images that are turned about their middle by an angle: (n,) → (n, 6)."""
    cos, sin, c, r = np.cos(angle), np.sin(angle), (width - 1) / 2, (height - 1) / 2
    return np.stack([cos, -sin, c - c * cos + r * sin, sin, cos, r - c * sin - r * cos], axis=1)


def random_translation(x, height_factor, width_factor, generator):
    """Each image is shifted by its own share of height and width, up to the factors."""
    n, height, width, _ = x.shape
    down = generator.uniform(-height_factor, height_factor, n) * height
    right = generator.uniform(-width_factor, width_factor, n) * width
    return affine_sampling(x, translations(down, right))


def random_rotation(x, factor, generator):
    """Each image is turned by its own angle, up to `factor` of a full turn."""
    n, height, width, _ = x.shape
    angle = generator.uniform(-factor, factor, n) * 2 * np.pi
    return affine_sampling(x, rotations(angle, height, width))


def random_flip(x, generator):
    """Each image is mirrored left to right with probability 1/2."""
    mirrored = generator.random(len(x)) <= 0.5
    return np.where(mirrored[:, None, None, None], x[:, :, ::-1], x)


def warped(x, shifts, angles, noise):
    """Images shifted to the right by each of the shifts, turned by each angle, bent, mirrored.

    Args:
        x: (n, height, width, channels). shifts: in pixels. angles: in radians.
        noise: (2, n, height, width), to bend by, a quarter of each shift strong.
    """
    n, height, width, _ = x.shape
    found = {"mirrored": x[:, :, ::-1]}
    for shift, angle in zip(shifts, angles):
        maps = translations(np.zeros(n), np.full(n, shift))
        found[f"shifted, {shift:g}"] = affine_sampling(x, maps)
        maps = rotations(np.full(n, angle), height, width)
        found[f"turned, {shift:g}"] = affine_sampling(x, maps)
        found[f"bent, {shift:g}"] = elastic_distortion(x, noise, SMOOTH, shift / 4)
    return found


def build_model(images, change):
    """Two convolutions of 5×5 with stride 2; trained on so many images, changed that way."""
    model = rn.Sequential(
        [
            rn.Input((28, 28, 1)),
            rn.layers.Conv2D(8, 5, 2, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Conv2D(16, 5, 2, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Flatten(),
            rn.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(rn.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    model.images, model.change = images, change
    return model


def train(model, data, generator, batch_size):
    """Steps on the first of the training images, each image changed anew in each step."""
    while True:
        chosen = generator.integers(0, model.images, batch_size)
        x = data.x_train[chosen]
        if model.change == "shift":
            x = random_translation(x, 0.07, 0.07, generator)
        elif model.change == "bend":
            noise = generator.normal(size=(2, *x.shape[:3])).astype(x.dtype)
            x = elastic_distortion(x, noise, SMOOTH, 1.5)
        elif model.change == "flip":
            x = random_flip(x, generator)
        yield {"loss": model.train_on_batch(x, data.y_train[chosen])}
