"""What a backend's process does: place the data, compile, and race from one seed after another."""

import time
from dataclasses import dataclass
from functools import cache

import numpy as np

import reference_numpy as rn
from comparisons.harness import datasets
from comparisons.harness.race.recipe import Recipe

MEASURED = 1000  # images a batch when the accuracy is measured
HELD_OUT = 5000  # images of the training ones


@dataclass(frozen=True)
class Task:
    """What is raced for.

    Args:
        target: the accuracy to reach.
        epochs: allowed; the learning rate is zero at their end.
        precision: Keras's dtype policy.
        devices: how many share each batch.
        images: to train on; None for all.
        validation: whether the accuracy is that on held-out training images.
    """

    recipe: Recipe
    target: float
    epochs: int
    precision: str
    devices: int
    images: int | None
    validation: bool

    def data(self) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """Images and labels, of uint8: those to train on, and those to measure on."""
        (x, y), measured = datasets.load_mnist()
        order = np.random.default_rng(0).permutation(len(y))
        if self.validation:
            held, order = order[:HELD_OUT], order[HELD_OUT:]
            measured = x[held], y[held]
        chosen = order[: self.images]
        return (x[chosen], y[chosen]), measured


def prepare(worker, task: Task, progress=None) -> dict:
    """Place the data and compile.

    Returns:
        Seconds of either (those of compiling with an epoch and a measuring), device and precision.
    """
    with worker.backend.on_device(worker.device):
        racer = racer_of(worker, task)
        seconds = {"transfer_seconds": racer.transfer_seconds, "first_seconds": racer.warm_up()}
    return {**worker.describe(task.precision), **seconds}


def race(worker, task: Task, seed: int, progress=None) -> dict:
    """A training from the weights of the seed.

    Returns:
        The accuracy after each epoch, and seconds since the start then, measuring included; images
        a second of the training alone; the peak of the device's memory.
    """
    with worker.backend.on_device(worker.device):
        found = racer_of(worker, task).race(seed, progress or (lambda done, of: None))
    return {"seed": seed, **found, "device_memory_bytes": worker.backend.device_memory()}


@cache
def racer_of(worker, task: Task) -> "Racer":
    """The one of the process."""
    return Racer(task, worker.backend)


class Racer:
    """The data and the model on the device."""

    def __init__(self, task: Task, backend):
        from comparisons.harness.race import loops, network

        (x, y), (x_measured, y_measured) = task.data()
        self.task, self.backend, self.count = task, backend, len(y_measured)
        steps = len(x) // task.recipe.batch_size  # of an epoch
        self.images = steps * task.recipe.batch_size
        self.loop = loops.loop(backend)(
            lambda: network.compiled(task.recipe, task.epochs * steps, task.precision),
            task.devices,
        )
        start = time.perf_counter()
        placed = [self.loop.place(array) for array in (x, y, x_measured, y_measured)]
        backend.synchronize()
        self.transfer_seconds = time.perf_counter() - start
        self.make_ready(*placed)

    def make_ready(self, x, y, x_measured, y_measured) -> None:
        """Pixels from 0 to 1, and what the loss and the measuring compare with; on the device."""
        from keras import ops

        def scaled(pixels):
            return ops.expand_dims(ops.cast(pixels, "float32") / 255.0, -1)

        self.numbers = ops.arange(len(y), dtype="int32")
        self.train = scaled(x), ops.one_hot(y, 10, dtype="float32")
        self.measured = scaled(x_measured), ops.cast(y_measured, "int32")
        self.in_order = self.ordered(ops.arange(self.count, dtype="int32"), MEASURED)

    def ordered(self, numbers, batch_size: int):
        """Numbers of rows, in batches."""
        from keras import ops

        return self.loop.share(ops.reshape(numbers, (-1, batch_size)))

    def warm_up(self) -> float:
        """Seconds of a first epoch and measuring, in which the framework compiles."""
        import keras

        self.begin(0)
        start = time.perf_counter()
        self.epoch(keras.random.SeedGenerator(0))
        self.accuracy()
        return time.perf_counter() - start

    def begin(self, seed: int) -> None:
        """The weights of the seed, the same on each backend."""
        rn.random.set_seed(seed)
        self.loop.start(self.task.recipe.network(rn).get_weights())

    def epoch(self, draws) -> None:
        """Train with all images, in an order that is drawn on the device; waits for it."""
        import keras

        drawn = keras.random.shuffle(self.numbers, seed=draws)[: self.images]
        self.loop.epoch(*self.train, self.ordered(drawn, self.task.recipe.batch_size))
        self.backend.synchronize()

    def accuracy(self) -> float:
        """The share of images told right; waits for the device."""
        return self.loop.correct(*self.measured, self.in_order) / self.count

    def race(self, seed: int, progress) -> dict:
        """A training, which ends when the target is reached; see `race`."""
        import keras

        self.begin(seed)
        draws = keras.random.SeedGenerator(seed)
        accuracies, seconds, training = [], [], 0.0
        start = time.perf_counter()
        for epoch in range(1, self.task.epochs + 1):
            begun = time.perf_counter()
            self.epoch(draws)
            training += time.perf_counter() - begun
            accuracies.append(self.accuracy())
            seconds.append(time.perf_counter() - start)
            progress(epoch, self.task.epochs)
            if accuracies[-1] >= self.task.target:
                break
        return {
            "accuracies": accuracies,
            "seconds": seconds,
            "images_per_second": epoch * self.images / training,
        }
