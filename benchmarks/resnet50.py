"""ResNet50 at 64×64, batch 2, float32: loading, forward and backward, against Keras on TensorFlow.

    python benchmarks/resnet50.py

Prints the seconds and the peak memory that loading the `.keras` file takes, and the median time of
forward and backward in both, taken in turn (Keras eagerly, with a GradientTape).
"""

import statistics
import tempfile
import time
from pathlib import Path

from comparisons.harness import backends, memory

backends.load("tensorflow")

import h5py  # noqa: F401 - its import is not loading
import keras
import numpy as np
import tensorflow as tf

import reference_numpy as rn

REPEATS = 9


def measure_loading(path: Path):
    """The model of a file, the seconds it took, and how far it raised the resident peak."""
    memory.reset_peak()
    before = memory.peak_bytes()
    start = time.perf_counter()
    model = rn.models.load_model(path)
    return model, time.perf_counter() - start, memory.peak_bytes() - before


def main():
    """Measure and print."""
    theirs = keras.applications.ResNet50(weights=None, input_shape=(64, 64, 3))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "resnet50.keras"
        theirs.save(path)
        ours, seconds, peak = measure_loading(path)
        size = path.stat().st_size
    print(f"loading: {seconds:.2f} s, {peak / size:.2f} times the file's {size / 2**20:.0f} MiB")

    generator = np.random.default_rng(0)
    x = generator.standard_normal((2, 64, 64, 3)).astype("float32")
    dy = generator.standard_normal((2, 1000)).astype("float32")

    def reference():
        _, cache = ours.forward(x, training=True)
        ours.backward(dy, cache)

    def tensorflow():
        inputs = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            total = tf.reduce_sum(theirs(inputs, training=True) * dy)
        sources = [inputs, *(weight.value for weight in theirs.trainable_weights)]
        [np.asarray(gradient) for gradient in tape.gradient(total, sources)]

    times = {reference: [], tensorflow: []}
    for repeat in range(REPEATS + 2):
        for step, seconds_of in times.items():
            start = time.perf_counter()
            step()
            if repeat >= 2:
                seconds_of.append(time.perf_counter() - start)
    medians = [statistics.median(seconds_of) for seconds_of in times.values()]
    print(
        f"forward and backward: NumPy {medians[0] * 1e3:.0f} ms, TensorFlow {medians[1] * 1e3:.0f} "
        f"ms, ratio {medians[0] / medians[1]:.2f}"
    )


if __name__ == "__main__":
    main()
