"""What an implementation's process does: make a model ready, try a setting, and take times.

Of frameworks and libraries only what is measured is imported, so that the memory is its own.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from comparisons.harness import memory
from comparisons.harness.bench.models import Model
from comparisons.harness.runs.environment import BLAS_THREADS

TRAIN_STEP, PREDICT, EPOCH = PHASES = ("train_step", "predict", "epoch")
TEXTBOOK = "textbook"  # the implementation that is composed of the concepts' plain functions
LOSS = "sparse_categorical_crossentropy"
TRIES, TRIED_STEPS, ROUNDS = 3, 5, 2
FEWEST_STEPS, MOST_STEPS = 2, 200  # of a timed call
MOST_BYTES = 2**26  # of its samples
EPOCH_STEPS, VALIDATION_STEPS = 50, 10


@dataclass(frozen=True)
class Setting:
    """How Keras is to compute; None where a backend has no such choice.

    Args:
        onednn: whether TensorFlow takes oneDNN's kernels, which a process decides when it starts.
    """

    jit_compile: bool | None = None
    steps_per_execution: int | None = None
    onednn: bool | None = None

    def __str__(self) -> str:
        return ", ".join(f"{name}={v}" for name, v in vars(self).items() if v is not None)


@dataclass(frozen=True)
class Task:
    """What a process is to measure.

    Args:
        file: the model's `.keras` file.
        phase: one of `PHASES`.
        seconds: how long a timed call is to take, about.
    """

    file: str
    model: Model
    implementation: str
    phase: str
    setting: Setting
    seconds: float


def save(worker, model: Model, file: str, progress=None) -> None:
    """Write the model with its first weights, with which every implementation begins."""
    import keras

    keras.utils.set_random_seed(0)
    model.build(keras).save(file)


def prepare(worker, task: Task, progress=None) -> dict:
    """Make the model ready, and choose how many steps a timed call has.

    Returns:
        Seconds of the first call, in which a framework compiles; how many threads compute, None
        for one a core; the bytes of the samples.
    """
    found = subject(worker, task)
    start = time.perf_counter()
    found.measure()
    first = time.perf_counter() - start
    found.choose_steps()
    return {"first_call": first, "threads": found.threads(), "data_bytes": found.x.nbytes}


def measure(worker, task: Task, progress=None) -> dict:
    """Seconds of a step, a predicted batch or an epoch; and the peak memory of the process so far.

    The framework and the samples are counted in.
    """
    return {"seconds": subject(worker, task).measure(), "peak": memory.peak_bytes()}


def try_setting(worker, task: Task, progress=None) -> dict:
    """The seconds of a step, a median, and of the first call; the model is forgotten then."""
    import keras

    try:
        found = prepare(worker, task)
        seconds = [measure(worker, task)["seconds"] for _ in range(TRIES)]
    finally:
        subject.cache_clear()
        keras.utils.clear_session()
    return {"seconds": statistics.median(seconds), "first_call": found["first_call"]}


@cache
def subject(worker, task: Task) -> "Subject":
    """The model of the task, the same one each time."""
    return (Plain if task.implementation == TEXTBOOK else Library)(task, worker.backend)


class Subject:
    """A model, and random samples for it.

    A call of `measure` is a whole `fit` or `predict`. Of a `fit` over two epochs the second is
    timed, so that its start, which is paid once in a training run, is left out.
    """

    def __init__(self, task: Task, backend):
        self.task, self.batch_size = task, task.model.batch_size
        self.backend = backend
        self.kept = slice(VALIDATION_STEPS * self.batch_size)  # for the validation
        self.at_once = task.setting.steps_per_execution or 1
        self.model, self.shape = self.load()
        self.draw(EPOCH_STEPS if task.phase == EPOCH else self.at_once)

    def draw(self, steps: int) -> None:
        """Samples for so many steps."""
        generator, self.steps = np.random.default_rng(0), steps
        count = steps * self.batch_size
        self.x = generator.random((count, *self.shape), "float32")
        self.y = generator.integers(0, 10, count)

    def choose_steps(self) -> None:
        """As many as the wanted seconds take: a multiple of what is executed at once."""
        if self.task.phase == EPOCH:
            return
        self.draw(max(self.at_once, TRIED_STEPS))
        most = min(MOST_STEPS, MOST_BYTES // (self.x.nbytes // self.steps))
        # A `fit` has two epochs; and a `predict` that is longer is less its start, which is timed.
        seconds = self.task.seconds * (2 if self.task.phase == PREDICT else 1)
        for _ in range(ROUNDS):  # since the start of an epoch counts the more, the fewer they are
            steps = min(int(seconds / min(self.measure() for _ in range(TRIES))), most)
            self.draw(max(FEWEST_STEPS, self.at_once, steps // self.at_once * self.at_once))

    def measure(self) -> float:
        """Seconds of a step, a predicted batch or an epoch with its validation."""
        start = time.perf_counter()
        if self.task.phase == PREDICT:
            self.predict(self.x)
            return (time.perf_counter() - start) / self.steps
        if self.task.phase == EPOCH:
            self.train(1, lambda: None)
            return time.perf_counter() - start
        ends = []
        self.train(2, lambda: ends.append(time.perf_counter()))
        return (ends[1] - ends[0]) / self.steps


class Library(Subject):
    """A model of Keras or of the NumPy half, whose names are the same."""

    def load(self) -> tuple[object, tuple[int, ...]]:
        """The model, compiled, and the shape of a sample."""
        if self.backend:
            import keras as half
        else:
            import reference_numpy as half
        self.half, setting = half, self.task.setting
        model = half.models.load_model(self.task.file, compile=False)
        names = ("jit_compile", "steps_per_execution")
        chosen = {n: getattr(setting, n) for n in names if getattr(setting, n) is not None}
        model.compile(self.task.model.optimizer, LOSS, metrics=["accuracy"], **chosen)
        return model, model.input_shape[1:]

    def draw(self, steps: int) -> None:
        """Samples for so many steps, in the form that suits the backend best."""
        super().draw(steps)
        kept = self.x[self.kept], self.y[self.kept]
        if self.backend:
            self.data = self.backend.batches(self.x, self.y, self.batch_size, 0)
            validation = self.backend.validation(*kept, self.batch_size)
        else:
            self.data = {"x": self.x, "y": self.y, "batch_size": self.batch_size}
            validation = {"validation_data": kept, "validation_batch_size": self.batch_size}
        if self.task.phase == EPOCH:
            self.data |= validation

    def train(self, epochs: int, ended: Callable[[], None]) -> None:
        """A `fit`; `ended` is called after each epoch."""

        def end(epoch, logs):
            if self.backend:
                self.backend.synchronize()
            ended()

        callback = self.half.callbacks.LambdaCallback(on_epoch_end=end)
        self.model.fit(**self.data, epochs=epochs, callbacks=[callback], verbose=0)

    def predict(self, x) -> None:
        """A `predict`, which gives an array: the device has finished."""
        self.model.predict(x, batch_size=self.batch_size, verbose=0)

    def threads(self) -> int | None:
        """How many compute. NumPy's parts of a batch have a core each."""
        return self.backend.threads() if self.backend else None


class Plain(Subject):
    """A model composed of the concepts' plain functions."""

    def load(self) -> tuple[object, tuple[int, ...]]:
        """The model, and the shape of a sample."""
        import reference_numpy as rn
        from comparisons.harness.bench.textbook import Textbook

        library = rn.models.load_model(self.task.file, compile=False)
        return Textbook(library, self.task.model.optimizer), library.input_shape[1:]

    def train(self, epochs: int, ended: Callable[[], None]) -> None:
        """The textbook's loop; `ended` is called after each epoch."""
        for _ in range(epochs):
            self.model.fit(self.x, self.y, self.batch_size)
            if self.task.phase == EPOCH:
                self.predict(self.x[self.kept])
            ended()

    def predict(self, x) -> None:
        """The probabilities."""
        self.model.predict(x, self.batch_size)

    def threads(self) -> int:
        """How many compute."""
        return BLAS_THREADS
