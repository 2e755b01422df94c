"""Noise injection: Gaussian noise in training, the penalty that it amounts to, and a network."""

import numpy as np

import reference_numpy as rn

DISTURBANCES = np.arange(0, 1.01, 0.1, dtype="float32")  # of the test images


def gaussian_noise(x, stddev, generator):
    """Fresh noise on every number, in training alone; at prediction y = x.

    Source: Bishop 1995, Training with noise is equivalent to Tikhonov regularization; Goodfellow
    et al., Deep Learning, 7.5.
    """
    noise = generator.standard_normal(x.shape).astype(x.dtype)
    return x + stddev * noise, None


def gaussian_noise_backward(dy, cache):
    """The noise does not depend on x: the gradient passes unchanged."""
    return dy


def ridge(x, y, strength):
    """The weights of the least squared error plus the penalty λ ‖w‖²: (Xᵀ X + λ I) w = Xᵀ y.

    Args:
        x: (n, inputs). y: (n, outputs).

    Source: Hoerl & Kennard 1970, Ridge regression.
    """
    return np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1], dtype=x.dtype), x.T @ y)


def linear(x, y, stddevs, copies, generator):
    """Least squares on noisy copies of the examples, and with the penalty that matches the noise.

    Args:
        x: (n, inputs). y: (n, 1). stddevs: of the noise. copies: how often each example is seen.

    Returns:
        `noise`, `penalty`: the weights, (stddevs, inputs).
    """
    found = {"noise": [], "penalty": []}
    for stddev in stddevs:
        noisy, _ = gaussian_noise(np.tile(x, (copies, 1)), stddev, generator)
        found["noise"].append(ridge(noisy, np.tile(y, (copies, 1)), 0.0)[:, 0])
        found["penalty"].append(ridge(x, y, len(x) * stddev**2)[:, 0])
    return {name: np.stack(weights) for name, weights in found.items()}


def build_model(on_inputs=0.0, on_hidden=0.0):
    """784 pixels, two hidden layers of 100 with ReLU, ten logits; noise on what each one gives."""
    model = rn.Sequential([rn.Input((784,))])
    add_noise_layer(model, on_inputs)
    for _ in range(2):
        model.add(rn.layers.Dense(100, activation="relu", kernel_initializer="he_normal"))
        add_noise_layer(model, on_hidden)
    model.add(rn.layers.Dense(10))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=0.001),
        loss=rn.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def add_noise_layer(model, stddev):
    """Noise as layers; GaussianNoise takes deviations up to 1, but x + σ n is σ (x / σ + n)."""
    if stddev > 1:
        model.add(rn.layers.Rescaling(1 / stddev))
        model.add(rn.layers.GaussianNoise(1.0))
        model.add(rn.layers.Rescaling(stddev))
    elif stddev:
        model.add(rn.layers.GaussianNoise(stddev))


def disturbed(model, data):
    """Accuracy on test images with noise, by its size, and on images moved by a pixel."""
    x, y = data.x_test, data.y_test
    noise = np.random.default_rng(0).standard_normal(x.shape, "float32")
    moved = np.roll(x.reshape(-1, 28, 28), 1, axis=(1, 2)).reshape(x.shape)

    def accuracy(images):
        return np.mean(model.predict(images, verbose=0).argmax(axis=1) == y)

    by_noise = [accuracy(x + stddev * noise) for stddev in DISTURBANCES]
    return {"noise": np.array(by_noise), "moved": accuracy(moved)}
