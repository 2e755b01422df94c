"""Milliseconds a training step, NumPy and Keras in turn, on six models from small to large.

    python benchmarks/training.py [--cores N] [--backend tensorflow|jax|torch] [MODEL...]

Both halves start from the same weights and run `fit` on the same batches in float32, A B A B; the
figures are medians over the repeats. NumPy computes with one BLAS thread, Keras at its own settings
on the cores it is given. Times on a shared machine are to be read against each other, row by row.
"""

import argparse
import os
import statistics
import time

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("models", nargs="*", metavar="MODEL", help="M1 … M6; all of them by default")
parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)))
parser.add_argument("--backend", choices=["tensorflow", "jax", "torch"], default="tensorflow")
parser.add_argument("--repeats", type=int, default=7)
options = parser.parse_args()
# Before the frameworks are imported, which count the cores then.
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
from comparisons.harness import backends

backends.load(options.backend)

import keras
import numpy as np
from keras import layers
from threadpoolctl import threadpool_limits

import reference_numpy as rn
from comparisons.harness.runs.environment import BLAS_THREADS


def mlp(*hidden):
    """784 pixels, hidden layers with ReLU, ten classes."""
    return [
        keras.Input((784,)),
        *(layers.Dense(units, activation="relu") for units in hidden),
        layers.Dense(10, activation="softmax"),
    ]


def simple_conv_net():
    """The textbook's SimpleConvNet."""
    return [
        keras.Input((28, 28, 1)),
        layers.Conv2D(30, 5, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(100, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]


def lenet():
    """LeNet-5 with tanh and average pooling."""
    return [
        keras.Input((28, 28, 1)),
        layers.Conv2D(6, 5, padding="same", activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Conv2D(16, 5, activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Flatten(),
        layers.Dense(120, activation="tanh"),
        layers.Dense(84, activation="tanh"),
        layers.Dense(10, activation="softmax"),
    ]


def vgg_like():
    """Four convolutions of 3×3 in two blocks."""
    blocks = [
        (
            layers.Conv2D(filters, 3, padding="same", activation="relu"),
            layers.Conv2D(filters, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
        )
        for filters in (32, 64)
    ]
    return [
        keras.Input((28, 28, 1)),
        *blocks[0],
        *blocks[1],
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]


def lstm():
    """An LSTM that reads an image row by row."""
    return [keras.Input((28, 28)), layers.LSTM(64), layers.Dense(10, activation="softmax")]


# Layers, optimizer and batch size.
MODELS = {
    "M1": (lambda: mlp(50), "sgd", 100),
    "M2": (lambda: mlp(256, 256), "adam", 128),
    "M3": (simple_conv_net, "adam", 100),
    "M4": (lenet, "adam", 128),
    "M5": (vgg_like, "adam", 64),
    "M6": (lstm, "adam", 128),
}
SECONDS = 0.5  # of each timed run of `fit`, about


def measure(name):
    """Median seconds a step of both halves."""
    make, optimizer, batch_size = MODELS[name]
    theirs = keras.Sequential(make())
    ours = rn.models.from_keras(theirs)
    for model in (ours, theirs):
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    generator = np.random.default_rng(0)

    def seconds_a_step(model, steps):
        x = generator.random((steps * batch_size, *theirs.input_shape[1:]), dtype="float32")
        y = generator.integers(0, 10, len(x))
        start = time.perf_counter()
        model.fit(x, y, batch_size=batch_size, epochs=1, verbose=0)
        return (time.perf_counter() - start) / steps

    seconds_a_step(theirs, 2)  # compiles
    slower = max(seconds_a_step(ours, 5), seconds_a_step(theirs, 5))
    steps = max(5, int(SECONDS / slower))
    times = [
        (seconds_a_step(ours, steps), seconds_a_step(theirs, steps)) for _ in range(options.repeats)
    ]
    return [statistics.median(column) for column in zip(*times)]


def main():
    """Print a row a model."""
    unknown = set(options.models) - set(MODELS)
    if unknown:
        parser.error(f"unknown model {', '.join(sorted(unknown))}; there are {', '.join(MODELS)}")
    threadpool_limits(BLAS_THREADS)
    print(f"{options.cores} cores, Keras {keras.__version__} on {options.backend}; ms a step")
    print("model   NumPy   Keras   NumPy/Keras")
    for name in options.models or MODELS:
        ours, theirs = measure(name)
        print(f"{name:5} {ours * 1e3:7.2f} {theirs * 1e3:7.2f} {ours / theirs:13.2f}", flush=True)


if __name__ == "__main__":
    main()
