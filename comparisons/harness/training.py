"""Training one implementation from one seed, and everything that is measured meanwhile."""

import statistics
import time

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from comparisons.harness import memory
from comparisons.harness.catalogue import keras_half, reference_half
from comparisons.harness.concept import Concept, Settings, Task
from comparisons.harness.datasets import Dataset
from reference_numpy import random as reference_random

LATENCY_REPEATS = 20
PREDICT_BATCH = 1000


class Stopwatch:
    """A callback of both halves that times the batches and epochs of `fit`.

    The first batch of all is apart, since a framework compiles there. Time spent on validation is
    not an epoch's: an epoch ends with its last batch.
    """

    def __init__(self, synchronize):
        self.synchronize = synchronize
        self.steps, self.epochs, self.first_step = [], [], None

    def on_epoch_begin(self, epoch, logs=None):
        """Start the epoch's clock."""
        self._epoch = time.perf_counter()

    def on_train_batch_begin(self, batch, logs=None):
        """Start the batch's clock."""
        self._step = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        """Stop the batch's clock."""
        self.synchronize()
        self._stopped = time.perf_counter()
        if self.first_step is None:
            self.first_step = self._stopped - self._step
        else:
            self.steps.append(self._stopped - self._step)

    def on_epoch_end(self, epoch, logs=None):
        """Record the time from the epoch's start to the end of its last batch."""
        self.epochs.append(self._stopped - self._epoch)

    def record(self) -> dict:
        """Median seconds a step and an epoch after warm-up, and the compile time apart."""
        step = statistics.median(self.steps) if self.steps else self.first_step
        epochs = self.epochs[1:] or self.epochs
        return {
            "seconds_per_step": step,
            "seconds_per_epoch": statistics.median(epochs),
            "compile_seconds": max(0.0, self.first_step - step),
        }


class NumpyHalf:
    """The NumPy column: builds the reference's models."""

    device = "cpu"

    def __init__(self, name: str):
        self.name = name

    def build(self, build: str, arguments: dict, seed: int):
        """The compiled model with the initial weights that belong to the seed."""
        reference_random.set_seed(seed)
        return getattr(reference_half(self.name), build)(**arguments)

    def stopwatch(self) -> Stopwatch:
        """A stopwatch for `fit`."""
        from reference_numpy.callbacks import Callback

        return type("NumpyStopwatch", (Stopwatch, Callback), {})(lambda: None)


class KerasHalf:
    """A Keras column: builds Keras's models with the reference's initial weights."""

    def __init__(self, name: str, backend, device: str):
        self.name, self.backend, self.device = name, backend, device

    def build(self, build: str, arguments: dict, seed: int):
        """The compiled model with the initial weights that belong to the seed."""
        import keras

        keras.utils.clear_session(free_memory=False)
        self.backend.set_seed(seed)
        model = getattr(keras_half(self.name), build)(**arguments)
        model.set_weights(NumpyHalf(self.name).build(build, arguments, seed).get_weights())
        return model

    def stopwatch(self) -> Stopwatch:
        """A stopwatch for `fit`."""
        import keras

        watch = type("KerasStopwatch", (Stopwatch, keras.callbacks.Callback), {})
        watch.__init__ = lambda self, wait: (
            keras.callbacks.Callback.__init__(self),
            Stopwatch.__init__(self, wait),
        )[0]
        return watch(self.backend.synchronize)


def train(concept: Concept, half, variant: str, seed: int, settings: Settings) -> list[dict]:
    """Train the task's model on each of its datasets; one record each.

    A record has everything that the page shows of a run: history, accuracies, generalisation gap
    at the end and at the best epoch, the epoch where validation loss turns, times and memory.
    """
    datasets = concept.task.data(settings, seed)
    datasets = [datasets] if isinstance(datasets, Dataset) else datasets
    return [
        {"fold": fold, **train_once(concept.task, half, variant, seed, settings, dataset)}
        for fold, dataset in enumerate(datasets)
    ]


def train_once(
    task: Task, half, variant: str, seed: int, settings: Settings, data: Dataset
) -> dict:
    """Train one model on one dataset and measure it."""
    preset = task.preset(settings)
    memory.reset_peak()
    model = half.build(task.build, task.variants[variant], seed)
    watch = half.stopwatch()
    history = model.fit(
        data.x_train,
        data.y_train,
        batch_size=preset.batch_size,
        epochs=preset.epochs,
        validation_data=(data.x_validation, data.y_validation),
        validation_batch_size=PREDICT_BATCH,
        verbose=0,
        callbacks=[watch],
    ).history
    history = {name: [float(value) for value in values] for name, values in history.items()}
    peak = memory.peak_bytes()
    parts = ("train", "validation", "test")
    scores = {
        part: evaluate(task, model, getattr(data, f"x_{part}"), getattr(data, f"y_{part}"))
        for part in parts
    }
    return {
        "variant": variant,
        "device": half.device,
        "data": data.description,
        "epochs": preset.epochs,
        "steps_per_epoch": -(-len(data.x_train) // preset.batch_size),
        "batch_size": preset.batch_size,
        "history": history,
        **{f"{part}_{name}": v for part in parts for name, v in scores[part].items()},
        "generalisation_gap": scores["train"]["accuracy"] - scores["validation"]["accuracy"],
        **turning_point(history),
        **watch.record(),
        "seconds_per_prediction": latency(model, data.x_test[: preset.batch_size]),
        "peak_memory_bytes": peak,
        "parameters": int(model.count_params()),
    }


def evaluate(task: Task, model, x: np.ndarray, y: np.ndarray) -> dict:
    """Accuracy and log loss in inference mode, and for binary labels the area under the ROC."""
    probabilities = model.predict(x, batch_size=PREDICT_BATCH, verbose=0).astype("float64")
    if task.kind == "binary":
        positive = probabilities.reshape(-1)
        answers = np.asarray(y).reshape(-1).astype(int)
        return {
            "accuracy": float(np.mean((positive > 0.5) == answers)),
            "log_loss": float(log_loss(answers, positive, labels=[0, 1])),
            "roc_auc": float(roc_auc_score(answers, positive)),
        }
    answers = np.argmax(y, axis=-1) if np.ndim(y) == 2 else np.asarray(y)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    classes = np.arange(probabilities.shape[1])
    return {
        "accuracy": float(np.mean(probabilities.argmax(axis=1) == answers)),
        "log_loss": float(log_loss(answers, probabilities, labels=classes)),
    }


def turning_point(history: dict) -> dict:
    """The best epoch (lowest validation loss), the gap there, and whether validation loss turns.

    Epochs count from 1. `overfitting_epoch` is the best epoch where the loss rises after it, None
    where it is still at its lowest when training ends.
    """
    losses = history["val_loss"]
    best = int(np.argmin(losses))
    turns = best < len(losses) - 1
    return {
        "best_epoch": best + 1,
        "best_epoch_gap": history["accuracy"][best] - history["val_accuracy"][best],
        "overfitting_epoch": best + 1 if turns else None,
    }


def latency(model, batch: np.ndarray) -> float:
    """Median seconds to predict one batch, after warm-up."""
    times = []
    for _ in range(LATENCY_REPEATS + 3):
        start = time.perf_counter()
        model.predict_on_batch(batch)  # returns a NumPy array, so the device has finished
        times.append(time.perf_counter() - start)
    return statistics.median(times[3:])
