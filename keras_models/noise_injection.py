"""Noise injection in Keras: the layer GaussianNoise, and a network that learns with it."""

import keras
import numpy as np
from keras import layers, ops

DISTURBANCES = np.arange(0, 1.01, 0.1, dtype="float32")  # of the test images


def gaussian_noise(stddev):
    """Fresh noise on every number in training."""
    return layers.GaussianNoise(stddev)


def ridge(strength):
    """Function of x and y: the weights of the least squared error plus the penalty λ ‖w‖²."""

    def weights(x, y):
        squares = ops.matmul(ops.transpose(x), x)
        squares = squares + strength * ops.eye(squares.shape[0], dtype=squares.dtype)
        return ops.solve(squares, ops.matmul(ops.transpose(x), y))

    return weights


def linear(x, y, stddevs, copies):
    """Least squares on noisy copies of the examples, and with the penalty that matches the noise.

    Returns: see the NumPy half.
    """
    x, y = ops.convert_to_tensor(x), ops.convert_to_tensor(y)
    found = {"noise": [], "penalty": []}
    for stddev in stddevs:
        noise = layers.GaussianNoise(stddev, dtype=x.dtype)
        noisy = noise(ops.tile(x, (copies, 1)), training=True)
        found["noise"].append(ridge(0.0)(noisy, ops.tile(y, (copies, 1))))
        found["penalty"].append(ridge(len(x) * stddev**2)(x, y))
    return {name: ops.convert_to_numpy(ops.stack(w))[..., 0] for name, w in found.items()}


def build_model(on_inputs=0.0, on_hidden=0.0):
    """784 pixels, two hidden layers of 100 with ReLU, ten logits; noise on what each one gives."""
    model = keras.Sequential([layers.Input((784,))])
    add_noise_layer(model, on_inputs)
    for _ in range(2):
        model.add(layers.Dense(100, activation="relu", kernel_initializer="he_normal"))
        add_noise_layer(model, on_hidden)
    model.add(layers.Dense(10))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.001),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def add_noise_layer(model, stddev):
    """Noise as layers; GaussianNoise takes deviations up to 1, but x + σ n is σ (x / σ + n)."""
    if stddev > 1:
        model.add(layers.Rescaling(1 / stddev))
        model.add(layers.GaussianNoise(1.0))
        model.add(layers.Rescaling(stddev))
    elif stddev:
        model.add(layers.GaussianNoise(stddev))


def disturbed(model, data):
    """Accuracy on test images with noise, by its size, and on images moved by a pixel."""
    x, y = data.x_test, data.y_test
    noise = np.random.default_rng(0).standard_normal(x.shape, "float32")
    moved = np.roll(x.reshape(-1, 28, 28), 1, axis=(1, 2)).reshape(x.shape)

    def accuracy(images):
        return np.mean(model.predict_on_batch(images).argmax(axis=1) == y)

    by_noise = [accuracy(x + stddev * noise) for stddev in DISTURBANCES]
    return {"noise": np.array(by_noise), "moved": accuracy(moved)}
