"""Some training steps of the whole model on every backend, from the same start, batch and masks."""

import copy
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from comparisons.harness.check.answers import reason
from comparisons.harness.check.findings import Finding
from comparisons.harness.check.imitated_trainings import IMITATED, erring_by
from comparisons.harness.check.known import THE_LOSS, of_training
from comparisons.harness.check.oracle_steps import Run, step_of, up_to
from comparisons.harness.check.own_parts import keras_parts
from comparisons.harness.check.questions import PROPAGATED, Place, names_of
from comparisons.harness.check.scales import moved_within, sums_one_by_one
from comparisons.harness.check.script import Sketch
from comparisons.harness.check.smaller_trainings import Smaller
from comparisons.harness.check.stand_ins import Borrowed
from comparisons.harness.check.subject import Subject
from comparisons.harness.check.targets import losses_of, targets_of
from comparisons.harness.proof import checks
from comparisons.harness.proof.calls import leaf_layers, parts_of
from comparisons.harness.proof.draws import numpy_draws, reseed, reset_states
from comparisons.harness.proof.layer_checks import DRAWS_SEED
from comparisons.harness.proof.precision import computing_in, reference_precision
from comparisons.harness.proof.training_checks import (
    STEPS,
    comparable,
    follow,
    round_constants,
    scales,
    ways_of,
    weight_name,
)
from reference_numpy import tree
from reference_numpy.models.model import Model
from reference_numpy.registration import class_name

# What a model is compiled with that is not compiled itself.
OPTIMIZER, LOSS = "sgd", "mse"
WHOLE = ""  # the model's name among those of a task: there is but one
# Why a backend's steps are not compared, by whether what differs there does by convention alone.
DIFFERING = {
    False: "; not compared on {}, where a call of the model in training differs already",
    True: "; not compared on {}, where a call of the model in training differs by convention alone",
}
FIRST_LOSS = "loss after step 1"  # of the weights as they were


@dataclass(frozen=True)
class Course:
    """What the backends are asked to do.

    Args:
        path: the model's file in their precision.
        own: the file of classes and functions of somebody's own that it needs.
        compiled: whether the file says how it is compiled.
        x, y: the batch, the same at every step.
        last: number of steps.
    """

    path: Path
    own: Path | None
    compiled: bool
    x: object
    y: object
    last: int

    def steps(self, model) -> Iterator[dict]:
        """The loss of one step after another, without end."""
        while True:
            logs = model.train_on_batch(self.x, self.y)
            yield {"loss": logs[0] if isinstance(logs, (list, tuple)) else logs}


def take(worker, dtype: str, course: Course, progress) -> dict | str:
    """The losses and weights of a backend's steps, or one line that says why there are none."""
    import keras

    with computing_in(worker.backend, dtype), worker.backend.on_device(worker.device):
        try:
            model = keras.saving.load_model(course.path, custom_objects=keras_parts(course.own))
            if not course.compiled:
                model.compile(OPTIMIZER, LOSS)
            round_constants(model)
            backend = keras.backend.backend()
            model.run_eagerly = backend != "jax" or course.own is not None or _draws(model)
            if backend != "tensorflow":
                _complete(model, course)
            with numpy_draws(DRAWS_SEED):
                return follow(model, course.steps(model), last=course.last)
        except Exception as error:
            return reason(error)


def _draws(model) -> bool:
    """Whether a layer of Keras's draws; a compiled function would draw once and for all.

    Else it is the faster on JAX, which compiles each operation alone where there is none.
    """
    return any(hasattr(layer, "seed_generator") for layer in model._flatten_layers())


def _complete(model, course: Course) -> None:
    """Let Keras build loss and metrics now, since JAX and PyTorch call the model for that.

    A recurrent layer draws its dropout masks in that call too.
    """
    model._symbolic_build(data_batch=(course.x, course.y, None))
    reset_states(model)


def without_steps(differing: dict[str, bool]) -> str:
    """On which backends no steps are compared, since they differ as the call in them does.

    Args:
        differing: whether they do so by convention alone, by backend.
    """
    told = ""
    for alone, why in DIFFERING.items():
        if where := sorted(backend for backend, found in differing.items() if found is alone):
            told += why.format(", ".join(where))
    return told


class Training:
    """The oracle's steps, and what they say of a backend's.

    Args:
        subject: the model's file.
        inputs: the batch that it is fed with.
        dtype: in which Keras computes.
        steps: how many there are at most.
        seed: of the targets.

    Raises:
        ValueError: the model cannot be trained here; one line says why.
    """

    def __init__(self, subject: Subject, inputs, dtype: str, steps: int, seed: int):
        self.subject, self.dtype = subject, dtype
        model = subject.oracle(dtype, compile=True)
        compiled = model.compiled
        self.stateful = any(getattr(part, "stateful", False) for _, part in leaf_layers(model))
        self.optimizer = type(self._compiled(model).optimizer).__name__
        targets = targets_of(model, inputs, seed)
        for part in parts_of(model):
            if isinstance(part, Borrowed) and part.adds_losses:
                raise ValueError(f"{part.name} adds a loss of its own, which has no NumPy half")
        self.log_cosh = "logcosh" in losses_of(model, len(tree.flatten(targets)))
        for name, weight in zip(model.weight_paths(model.weight_records), model.weights):
            if weight.dtype.kind == "f" and not np.isfinite(weight).all():
                raise ValueError(f"the weight {name} holds NaN or infinity")
        self.start = {WHOLE: model.get_weights()}
        self._kept: dict[tuple, tuple[Model, object]] = {}
        last = max(step for step in STEPS if step <= steps)
        self.course = Course(
            subject.in_precision("float64"), subject.own.path, compiled, inputs, targets, last
        )
        self.right = self._run()
        self.course = replace(self.course, last=self.right.last)
        steps_done = [step for step in STEPS if step <= self.course.last]
        self.places = dict(_places(model, steps_done))
        self.weights = {
            weight_name(WHOLE, index, step): index
            for index in range(len(model.weights))
            for step in steps_done
        }

    @property
    def told(self) -> str:
        """What was compared, in words."""
        count, default = self.course.last, "" if self.course.compiled else " and MSE, the default"
        return f"{count} step{'s' * (count > 1)} with {self.optimizer}{default}"

    def question(self) -> Course:
        """What a backend is asked."""
        x, y = (tree.map_structure(self._cast, part) for part in (self.course.x, self.course.y))
        return replace(self.course, path=self.subject.in_precision(self.dtype), x=x, y=y)

    def findings(self, theirs: dict, backend: str) -> list[tuple[Finding, Iterator[Sketch]]]:
        """The first step after which something differs, by the layer that differs most.

        What is left where the oracle errs as is known to explain it, is a finding of its own. With
        each come smaller computations that may show it, for a script.
        """
        run, found = self.right, []
        while wrong := run.wrong(theirs, backend):
            name, record = min(wrong.items(), key=_first_cause)
            erring = self._explaining(run, name, theirs, backend)
            found.append(self._finding(run, erring, name, record, backend))
            if erring is None:
                break
            run = erring
        return found

    def _explaining(self, run: "Run", name: str, theirs: dict, backend: str) -> "Run | None":
        """The oracle's steps by one error more, if they give what a backend gave."""
        for error in IMITATED:
            errors = (*run.errors, error)
            exact = self._follow(lambda array: array, errors=errors)
            same = (np.array_equal(exact[k], x, equal_nan=True) for k, x in run.exact.items())
            if all(same):
                continue  # the model does not meet it
            other = self._run(errors)
            if name in other.oracle and name not in other.wrong(theirs, backend):
                return other
        return None

    def _finding(
        self, run: "Run", erring: "Run | None", name: str, record: checks.Record, backend: str
    ) -> tuple[Finding, Iterator[Sketch]]:
        whole = Place(self.subject.name, "", ())
        place, quantity = self.places.get(name, (whole, name))
        causes = {
            "stateful": self.stateful,
            "cut_off": self._is_cut_off(run, name, record),
            "log_cosh": self.log_cosh,
            **dict.fromkeys(erring.errors[-1:] if erring else (), True),
        }
        of = THE_LOSS if name == FIRST_LOSS else place.class_name
        known = of_training(self.optimizer, of, causes, backend, self.dtype, record.needed)
        finding = Finding(
            str(place),
            backend,
            f"{quantity}, training with {self.optimizer}",
            PROPAGATED,
            record.error,
            record.tolerance,
            record.needed,
            known=known and known.link,
        )
        smaller = Smaller(
            self._started(),
            self.course.x,
            self.course.y,
            step_of(name),
            self._weight_behind(name),
            backend,
            self.dtype,
        )
        return finding, smaller.sketches()

    def _is_cut_off(self, run: "Run", name: str, record: checks.Record) -> bool:
        """Whether a loss that cuts probabilities off near 0 and 1 is as far from what is right."""
        if name not in run.oracle:
            return False
        tolerance = checks.FACTOR * checks.UNIT_ROUNDOFF["float32"] * run.scale[name]
        cut_off = self._follow(lambda array: array, losses="float32", errors=run.errors)
        off = float(np.abs(run.with_ways(cut_off)[name] - run.oracle[name]).max(initial=0.0))
        return off > tolerance and record.error <= off + tolerance

    def _weight_behind(self, name: str) -> int | None:
        """The number of the weight that differs, of a way that of the one that moved most."""
        if not name.startswith("way"):
            return self.weights.get(name)
        moved = [
            np.abs(self.right.exact[weight_name(WHOLE, index, step_of(name))] - start).max(
                initial=0.0
            )
            for index, start in enumerate(self.start[WHOLE])
        ]
        return int(np.argmax(moved))

    def _started(self, precision: str = "float64") -> Model:
        """The oracle's model, compiled, before its first step."""
        model = self._compiled(self.subject.oracle(self.dtype, precision, compile=True))
        round_constants(model)
        return self._reset(model, precision)

    def _reset(self, model: Model, precision: str) -> Model:
        """The model with the weights, states and draws that it starts with."""
        start = [w.astype(precision) if w.dtype.kind == "f" else w for w in self.start[WHOLE]]
        model.set_weights(start)
        reseed(model, DRAWS_SEED)
        return model

    def _restarted(self, precision: str, losses: str) -> Model:
        """The same, of a model that is read from its file once.

        In the losses' precision it finds out once and for all what they are given.
        """
        key = precision, losses
        if key not in self._kept:
            with warnings.catch_warnings(action="ignore"):  # the first reading told of the same
                model = self._started(precision)
            self._kept[key] = model, _copied(model.optimizer, model)
        model, optimizer = self._kept[key]
        model.optimizer = _copied(optimizer, model)
        return self._reset(model, precision)

    def _compiled(self, model: Model) -> Model:
        if not model.compiled:
            model.compile(OPTIMIZER, LOSS)
        return model

    def _follow(
        self,
        jitter,
        dtype: str = "float64",
        last: int | None = None,
        losses: str | None = None,
        errors: tuple[str, ...] = (),
    ) -> dict:
        """The oracle's steps, each number passed through `jitter`.

        Args:
            dtype, losses: in which it, and its losses compute.
            last: the last step.
            errors: those of the `IMITATED` by which it errs.
        """
        losses = losses or dtype
        model = self._restarted(dtype, losses)
        model.set_weights([jitter(w) for w in model.get_weights()])
        course = replace(self.course, x=tree.map_structure(jitter, self.course.x))
        # Losses compute in the default precision, and from logits where the outputs have it too:
        # else from probabilities, which are cut off.
        precision = reference_precision(losses)
        errs, rounds = erring_by(errors, model), nullcontext()
        if dtype != "float64":
            rounds = sums_one_by_one([layer for _, layer in leaf_layers(model)])
        quiet = warnings.catch_warnings(action="ignore")  # the targets are drawn
        with precision, moved_within(model, jitter), errs, rounds, quiet, np.errstate(all="ignore"):
            return follow(model, course.steps(model), jitter, last or course.last)

    def _run(self, errors: tuple[str, ...] = ()) -> "Run":
        """The steps that can be compared, and the scale of each quantity."""
        exact = self._follow(lambda array: array, errors=errors)

        def repeat(jitter, **how):
            run = self._follow(jitter, errors=errors, **how)
            return {**run, **ways_of(run, exact, self.start)}

        oracle = {**exact, **ways_of(exact, exact, self.start)}
        scale = scales(repeat, oracle, exact, self.start)[self.dtype]
        last = comparable(exact, scale)
        exact, oracle, scale = (up_to(last, found) for found in (exact, oracle, scale))
        return Run(errors, exact, self.start, oracle, scale, last, self.dtype, repeat)

    def _cast(self, array: np.ndarray) -> np.ndarray:
        return array.astype(self.dtype) if array.dtype.kind == "f" else array


def _copied(optimizer, model: Model):
    """An optimizer of the same weights."""
    return copy.deepcopy(optimizer, {id(weight): weight for weight in model.weights})


def _first_cause(one: tuple[str, checks.Record]) -> tuple:
    """Where what differs comes among all that does: a way after the weights that go it."""
    name, record = one
    return step_of(name), name != FIRST_LOSS, name.startswith("way"), -record.needed


def _places(model: Model, steps: list[int]) -> Iterator[tuple[str, tuple[Place, str]]]:
    """For each weight after each step its layer, and what it is there."""
    owners = {
        id(record): Place(names_of(model, path), class_name(type(layer)), path)
        for path, layer in leaf_layers(model)
        for record in layer.weight_records
    }
    for index, record in enumerate(model.weight_records):
        for step in steps:
            told = owners[id(record)], f"{record.name} after step {step}"
            yield weight_name(WHOLE, index, step), told
