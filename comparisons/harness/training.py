"""Training one implementation from one seed, and everything that is measured meanwhile."""

import statistics
import time
from dataclasses import replace

import numpy as np

from comparisons.harness import memory
from comparisons.harness.backends import IMPLEMENTATIONS
from comparisons.harness.catalogue import keras_half, reference_half
from comparisons.harness.concept import Concept, Preset, Settings, Task
from comparisons.harness.datasets import rows
from comparisons.harness.given import by_name, made, named
from comparisons.harness.scores import Score
from reference_numpy import random as reference_random
from reference_numpy import tree

LATENCY_WARM_UP, LATENCY_REPEATS = 3, 20
LATENCY_SECONDS = 0.2  # after the warm-up; where one prediction takes long, fewer repeats must do
PREDICT_BATCH = 1000
OWN_STEPS = 500  # an epoch, at most, on a person's own file


class Stopwatch:
    """Times the steps and epochs of a training run.

    The first call of all is apart, since a framework compiles there. A call does one step, or
    several. Time spent on validation is not an epoch's: an epoch ends with its last step.
    """

    def __init__(self, synchronize):
        self.synchronize = synchronize
        self.steps, self.epochs, self.first_call = [], [], None

    def start_epoch(self):
        """Start the epoch's clock."""
        self._epoch = time.perf_counter()

    def start_step(self):
        """Start the step's clock."""
        self._step = time.perf_counter()

    def stop_step(self, steps: int = 1):
        """Stop the clock of a step, or of several that were done in one call."""
        self.synchronize()
        self._stopped = time.perf_counter()
        seconds = self._stopped - self._step
        if self.first_call is None:
            self.first_call = seconds, steps
        else:
            self.steps += [seconds / steps] * steps

    def stop_epoch(self):
        """Record the time from the epoch's start to the end of its last step."""
        self.epochs.append(self._stopped - self._epoch)

    def record(self) -> dict:
        """Median seconds a step and an epoch after warm-up, and the compile time apart."""
        seconds, steps = self.first_call
        step = statistics.median(self.steps) if self.steps else seconds / steps
        epochs = self.epochs[1:] or self.epochs
        return {
            "seconds_per_step": step,
            "seconds_per_epoch": statistics.median(epochs),
            "compile_seconds": max(0.0, seconds - steps * step),
        }


class NumpyHalf:
    """The NumPy column: builds the reference's models."""

    device, column = "cpu", "numpy"

    def __init__(self, name: str):
        self.name, self.module = name, reference_half(name)

    def build(self, build: str, arguments: dict, seed: int):
        """The model (or models by name) with the initial weights that belong to the seed."""
        reference_random.set_seed(seed)
        return made(self.module, build, arguments)

    def batches(self, x, y, batch_size: int, seed: int) -> dict:
        """Arguments of `fit`; it shuffles by the seed that the model was built with."""
        return {"x": x, "y": y, "batch_size": batch_size}

    def validation(self, x, y) -> dict:
        """Arguments of `fit`: what it validates with after every epoch."""
        return {"validation_data": (x, y), "validation_batch_size": PREDICT_BATCH}

    def prepare(self, model, x, y) -> None:
        """Nothing is compiled."""

    def synchronize(self) -> None:
        """NumPy computes at once."""

    def compiled(self, model) -> str:
        """How a step is done: as it is written."""
        return ""

    def device_memory(self) -> None:
        """There is no GPU."""

    def callback(self, own: type) -> object:
        """A callback of this half's `fit`."""
        from reference_numpy.callbacks import Callback

        return type(own.__name__, (own, Callback), {})()


class KerasHalf:
    """A Keras column: builds Keras's models with the reference's initial weights."""

    def __init__(self, name: str, backend, device: str):
        self.name, self.module = name, keras_half(name)
        self.backend, self.device = backend, device
        self.column = f"keras-{backend.__name__.rpartition('.')[2]}"

    def build(self, build: str, arguments: dict, seed: int):
        """The model (or models by name) with the initial weights that belong to the seed."""
        import keras

        policy = keras.config.dtype_policy()
        keras.utils.clear_session(free_memory=False)
        keras.config.set_dtype_policy(policy)  # which is forgotten with the session
        keras.utils.set_random_seed(seed)
        model = made(self.module, build, arguments)
        initial = by_name(NumpyHalf(self.name).build(build, arguments, seed))
        for name, own in by_name(model).items():
            own.set_weights(initial[name].get_weights())
        return model

    def batches(self, x, y, batch_size: int, seed: int) -> dict:
        """Arguments of `fit` by which its run repeats."""
        return self.backend.batches(x, y, batch_size, seed)

    def validation(self, x, y) -> dict:
        """Arguments of `fit`: what it validates with after every epoch."""
        return self.backend.validation(x, y, PREDICT_BATCH)

    def prepare(self, model, x, y) -> None:
        """Let Keras build what it would build in the first step of `fit`.

        TensorFlow traces the step once more where that creates variables.
        """
        model._symbolic_build(data_batch=(x, y, None))

    def synchronize(self) -> None:
        """Wait for the device."""
        self.backend.synchronize()

    def compiled(self, model) -> str:
        """How a step is done: what Keras made of the options of `compile`."""
        told = {
            f"jit_compile={one.jit_compile}, steps_per_execution={one.steps_per_execution}"
            for one in by_name(model).values()
            if one.compiled
        }
        return "; ".join(sorted(told))

    def device_memory(self) -> int | None:
        """The peak of the bytes in use on the GPU since the process began; None without one."""
        return self.backend.device_memory()

    def callback(self, own: type) -> object:
        """A callback of this half's `fit`."""
        import keras

        return type(own.__name__, (own, keras.callbacks.Callback), {})()


def train(
    concept: Concept, half, variant: str, seed: int, settings: Settings, progress=None
) -> tuple[list[dict], dict[str, np.ndarray]]:
    """Train the task's model on each of its datasets.

    Args:
        progress: called with the epochs that are done and their number, those of all datasets.

    Returns:
        A record for each dataset with everything that the page shows of a run: history, scores,
        generalisation gap at the end and at the best epoch, the epoch where validation loss turns,
        times and memory; and the arrays that the concept keeps of the first one.
    """
    datasets = concept.task.datasets(settings, seed)
    records, kept = [], {}
    for fold, dataset in enumerate(datasets):

        def tell(done, of, fold=fold):
            if progress:
                progress(fold * of + done, len(datasets) * of)

        run = Run(concept.task, half, variant, seed, settings, dataset, tell)
        records.append({"fold": fold, **run.record()})
        kept = kept or run.kept
    return records, kept


def sized(preset: Preset, settings: Settings, examples: int) -> Preset:
    """The preset, with larger batches where a person's own file has many rows."""
    if settings.csv is None:
        return preset
    return replace(preset, batch_size=max(preset.batch_size, -(-examples // OWN_STEPS)))


class Run:
    """One model trained on one dataset, and everything that is measured of it."""

    def __init__(self, task: Task, half, variant, seed, settings, data, progress=None):
        self.task, self.half, self.variant, self.seed = task, half, variant, seed
        self.preset, self.data = sized(task.preset(settings), settings, len(data.y_train)), data
        self.progress = progress or (lambda done, of: None)
        self.watch, self.kept = Stopwatch(half.synchronize), {}

    def record(self) -> dict:
        """Train, and say all that was measured."""
        task, data, preset = self.task, self.data, self.preset
        memory.reset_peak()
        self.model = self.half.build(task.build, task.variants[self.variant], self.seed)
        self.keep(0)
        history = self.loop() if task.train else self.fit()
        history = {name: [float(value) for value in values] for name, values in history.items()}
        peak = memory.peak_bytes()
        parts = ("train", "validation", "test")
        scores = {part: self.scores(part) for part in parts}
        first, speed = task.scores[0], self.watch.record()
        return {
            "variant": self.variant,
            "device": self.half.device,
            "compiled": self.half.compiled(self.model),
            "data": data.description,
            "notes": data.notes,
            "epochs": preset.epochs,
            "steps_per_epoch": self.steps_per_epoch,
            "batch_size": preset.batch_size,
            "history": history,
            "scores": scores,
            "generalisation_gap": first.gap(
                *(scores[part][first.key] for part in ("train", "validation"))
            ),
            **turning_point(history, first),
            **speed,
            "examples_per_second": self.examples_per_epoch / speed["seconds_per_epoch"],
            "seconds_per_prediction": self.latency(),
            "peak_memory_bytes": peak,
            "device_memory_bytes": self.half.device_memory(),
            "parameters": sum(int(m.count_params()) for m in by_name(self.model).values()),
        }

    @property
    def steps_per_epoch(self) -> int:
        """Training steps an epoch."""
        return self.preset.steps or -(-len(self.data.y_train) // self.preset.batch_size)

    @property
    def examples_per_epoch(self) -> int:
        """Examples that an epoch trains on."""
        if self.preset.steps:
            return self.preset.steps * self.preset.batch_size
        return len(self.data.y_train)

    def fit(self) -> dict:
        """Train by `fit`; the history."""
        run = self

        class Watching:
            """Passes what happens on to the stopwatch."""

            def on_epoch_begin(self, epoch, logs=None):
                run.watch.start_epoch()

            def on_train_batch_begin(self, batch, logs=None):
                self.first = batch
                run.watch.start_step()

            def on_train_batch_end(self, batch, logs=None):
                last = min(batch, run.steps_per_epoch - 1)  # Keras counts beyond the last one
                run.watch.stop_step(last - self.first + 1)

            def on_epoch_end(self, epoch, logs=None):
                run.end_epoch(epoch + 1)

        data, some = self.data, slice(self.preset.batch_size)
        self.half.prepare(self.model, rows(data.x_train, some), rows(data.y_train, some))
        return self.model.fit(
            **self.half.batches(data.x_train, data.y_train, self.preset.batch_size, self.seed),
            **self.half.validation(data.x_validation, data.y_validation),
            epochs=self.preset.epochs,
            verbose=0,
            callbacks=[self.half.callback(Watching)],
        ).history

    def loop(self) -> dict:
        """Train by the concept's own loop; the history: means of the logs, validation scores."""
        # Each column draws its own numbers: equal ones would make the runs no independent evidence.
        column = IMPLEMENTATIONS.index(self.half.column)
        generator = np.random.default_rng([self.seed, column])
        train = getattr(self.half.module, self.task.train)
        steps = train(self.model, self.data, generator, self.preset.batch_size)
        history = {}
        for epoch in range(1, self.preset.epochs + 1):
            self.watch.start_epoch()
            logs = []
            for _ in range(self.steps_per_epoch):
                self.watch.start_step()
                logs.append(next(steps))
                self.watch.stop_step()
            self.end_epoch(epoch)
            for key in dict.fromkeys(key for log in logs for key in log):
                # What a step did not log (a reward before an episode ended) is left out.
                values = [log[key] for log in logs if key in log]
                history.setdefault(key, []).append(float(np.mean(values)))
            for key, value in self.scores("validation").items():
                history.setdefault(f"val_{key}", []).append(value)
        return history

    def end_epoch(self, epoch: int) -> None:
        """Stop the clock, tell of the progress, and keep what is to be kept."""
        self.watch.stop_epoch()
        self.progress(epoch, self.preset.epochs)
        self.keep(epoch)

    def keep(self, epoch: int) -> None:
        """The concept's arrays of the model, at the epochs where it wants them."""
        wanted = {round(share * self.preset.epochs) for share in self.task.keep_at}
        if self.task.keep and epoch in wanted:
            found = getattr(self.half.module, self.task.keep)(self.model, self.data)
            found = named(self.half.module, "Task.keep", self.task.keep, found)
            self.kept |= {f"{epoch}/{name}": plain(value) for name, value in found.items()}

    def predict(self, x):
        """What the scores compare with the targets."""
        if self.task.predict:
            found = getattr(self.half.module, self.task.predict)(self.model, x)
            return plain(found)
        # What `predict` sets up for each call takes longer than these batches do.
        starts = range(0, len(tree.flatten(x)[0]), PREDICT_BATCH)
        batches = (rows(x, slice(start, start + PREDICT_BATCH)) for start in starts)
        return np.concatenate([plain(self.model.predict_on_batch(batch)) for batch in batches])

    def scores(self, part: str) -> dict:
        """Every score on a part of the data, in inference mode."""
        found = self.predict(getattr(self.data, f"x_{part}"))
        found = found.astype("float64") if found.dtype.kind == "f" else found
        y, found = map(self.data.in_units, (getattr(self.data, f"y_{part}"), found))
        return {score.key: float(score.function(y, found)) for score in self.task.scores}

    def latency(self) -> float:
        """Median seconds to predict one batch, after warm-up."""
        batch = rows(self.data.x_test, slice(self.preset.batch_size))
        # `predict_on_batch` returns a NumPy array, so the device has finished.
        answer = self.predict if self.task.predict else self.model.predict_on_batch
        for _ in range(LATENCY_WARM_UP):
            answer(batch)
        times = []
        while len(times) < LATENCY_REPEATS and sum(times) < LATENCY_SECONDS:
            start = time.perf_counter()
            answer(batch)
            times.append(time.perf_counter() - start)
        return statistics.median(times)


def plain(found) -> np.ndarray:
    """An array of a kind that NumPy has by itself: bfloat16 is none."""
    found = np.asarray(found)
    return found.astype("float32") if found.dtype.name == "bfloat16" else found


def turning_point(history: dict, score: Score) -> dict:
    """The best epoch on the validation data, the gap there, and whether things get worse after it.

    Best is where validation loss is lowest, or the score best where no such loss is measured.
    Epochs count from 1. `overfitting_epoch` is the best epoch where the last one is worse, None
    where validation was still at its best when training ended.
    """
    if "val_loss" in history:
        values = np.array(history["val_loss"])
    else:
        values = np.array(history[f"val_{score.key}"]) * (-1 if score.larger_is_better else 1)
    best = int(np.argmin(values))
    both = score.key in history and f"val_{score.key}" in history
    turned = best < len(values) - 1 and values[-1] != values[best]
    return {
        "best_epoch": best + 1,
        "best_epoch_gap": score.gap(history[score.key][best], history[f"val_{score.key}"][best])
        if both
        else None,
        "overfitting_epoch": best + 1 if turned else None,
    }
