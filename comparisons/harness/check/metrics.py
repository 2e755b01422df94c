"""The metrics that a model is compiled with: each on the oracle's outputs, batch after batch.

Every backend is given the same targets and the same outputs, numbers that float32 holds, so that no
rounding decides on which side of a threshold one lies.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

import reference_numpy as rn
from comparisons.harness.check.answers import reason
from comparisons.harness.check.findings import Finding, Judged, is_convention, judge
from comparisons.harness.check.known import of_metric
from comparisons.harness.check.metric_results import (
    in_precision,
    keras_results,
    named,
    results,
    sizes,
)
from comparisons.harness.check.metric_scripts import kind, sketches
from comparisons.harness.check.questions import LOCAL, Asked, Place
from comparisons.harness.check.report import Row
from comparisons.harness.check.script import Sketch
from comparisons.harness.check.subject import Subject, rounded
from comparisons.harness.check.targets import targets_beside
from comparisons.harness.proof import checks
from comparisons.harness.proof.precision import PRECISIONS, computing_in, reference_precision
from reference_numpy import serialization, tree
from reference_numpy.models.compile_metrics import CompileMetrics
from reference_numpy.models.model import Model

WEIGHTS = 2**31 + 2  # names the stream of random numbers that sample weights are drawn from
NOT_KERAS = "not judged: it is no metric of Keras's own"
BY_SHAPE = ("accuracy", "acc")  # of which the shapes say what is meant
# Beyond these float32 does not hold a square, and whether there is a result would be its doing.
LEAST, LARGEST = (float(np.sqrt(getattr(np.finfo("float32"), end))) for end in ("tiny", "max"))


@dataclass(frozen=True)
class Question:
    """What the backends are asked of one metric.

    Args:
        config: the metric, as Keras's files have it.
        batches: the arguments of each `update_state`.
        masks: those that come with the outputs, as `metric_results` takes them.
    """

    config: dict
    batches: list[tuple]
    masks: list[np.ndarray]


def measure(worker, dtype: str, questions: list[Question], progress) -> list:
    """For each question the results by name, or one line that says why there are none."""
    import keras

    found = []
    with computing_in(worker.backend, dtype), worker.backend.on_device(worker.device):
        for number, one in enumerate(questions, 1):
            try:
                metric = keras.metrics.deserialize(one.config)
                found.append(named(keras_results(metric, one.batches, one.masks)))
            except Exception as error:
                found.append(reason(error))
            progress(number, len(questions))
    return found


class Unjudged(rn.metrics.Metric):
    """Stands for a metric that the NumPy half does not have."""


@dataclass(frozen=True)
class Measurement:
    """A metric of the NumPy half on its batches; it stands where a `Reference` of a layer stands.

    Args:
        metric: the metric.
        batches: the arguments of each `update_state`: targets, outputs and, it may be, weights.
        masks: those that come with the outputs, as `metric_results` takes them.
        precision: in which it computes.
    """

    metric: rn.metrics.Metric
    batches: list[tuple]
    masks: list[np.ndarray]
    precision: str

    @property
    def weighted(self) -> bool:
        """Whether it is given weights, or masks, of which it makes some."""
        return len(self.batches[0]) > 2 or bool(self.masks)

    def quantities(self, jitter=lambda array: array) -> dict[str, np.ndarray]:
        """The result after each batch, outputs and weights passed through `jitter`.

        The targets are not: a yes is no more or less than 1.
        """
        batches = [
            (t, *map(jitter, moved)) for t, *moved in in_precision(self.precision, self.batches)
        ]
        self.metric.reset_state()
        with (
            reference_precision(self.precision),
            np.errstate(all="ignore"),
            warnings.catch_warnings(action="ignore"),
        ):
            return named(results(self.metric, batches, self.masks))

    def scale(self, exact: dict[str, np.ndarray]) -> dict[str, float]:
        """The scale of each result: its size, or how far roundings of what it is given move it."""
        moved = checks.scales(self.quantities, exact)
        return {name: max(size, moved[name]) for name, size in sizes(exact).items()}

    def restore(self) -> None:
        """Nothing was changed."""


class Measured(Asked):
    """A metric that is asked for; `twin` is a `Measurement` in float32."""

    @cached_property
    def by_twin(self) -> dict[str, np.ndarray]:
        """The same results by the NumPy half in float32."""
        return self.twin.quantities()


@dataclass(frozen=True)
class Compiled:
    """A metric that a model is compiled with.

    Args:
        name: the output's, where there are several, and the metric's in the log.
        metric: the metric.
        output: the number of the output.
        weighted: whether it takes sample weights.
    """

    name: str
    metric: rn.metrics.Metric
    output: int
    weighted: bool


class Metrics:
    """The metrics of a model that are judged.

    Args:
        subject: the model's file.
        inputs: what its outputs are of.
        dtype: in which Keras computes.
        seed: of targets and weights.

    Raises:
        ValueError: none of them can be judged here; one line says why.
    """

    def __init__(self, subject: Subject, inputs, dtype: str, seed: int):
        if dtype not in PRECISIONS:
            raise ValueError(f"metrics are not judged in {dtype}")
        self.dtype = dtype
        model = subject.oracle(dtype, compile=True)
        outputs, cache = model.forward(inputs)
        outputs = tree.map_structure(_held, outputs)
        # After one batch comes a smaller one with other targets.
        targets = [targets_beside(model, outputs, seed + number) for number in range(2)]
        if any(np.isnan(y).any() for y in tree.flatten(outputs)):
            raise ValueError("outputs are NaN")
        if not all((np.abs(y) < LARGEST).all() for y in tree.flatten(outputs)):
            raise ValueError("float32 does not hold the squares of all outputs")
        self.batches = _batches(outputs, targets, cache.output_masks, seed)
        self.masks = [_masks(mask) for mask in cache.output_masks]
        self.asked: list[Measured] = []
        self.told: dict[str, str] = {}
        wide, narrow = (
            _compiled(model, subject.metrics(precision), precision, outputs, targets[0])
            for precision in ("float64", "float32")
        )
        for pair in zip(wide, narrow, strict=True):
            if isinstance(pair[0].metric, Unjudged):
                self.told[pair[0].metric.name] = NOT_KERAS
                continue
            try:
                self.asked.append(self._ask(*pair))
            except (ValueError, TypeError, IndexError) as error:
                self.told[pair[0].name] = f"not judged: {reason(error)}"
        self.rows = [Row(str(one.place), one.place.class_name) for one in self.asked]

    @property
    def questions(self) -> list[Question]:
        """What a backend is asked."""
        return [one.question for one in self.asked]

    def findings(self, answers: list, backend: str) -> Iterator[tuple[Finding, Iterator[Sketch]]]:
        """What a backend computes otherwise, each with smaller computations that may show it."""
        for one, row, theirs in zip(self.asked, self.rows, answers, strict=True):
            if isinstance(theirs, str):
                row.refused[backend] = theirs
                continue
            for judged in judge(one, theirs, backend, self.dtype):
                row.take(backend, LOCAL, judged.record, judged.name)
                if not judged.record.passed:
                    shown_by = sketches(one.reference, backend, self.dtype)
                    yield self._finding(judged, backend), shown_by

    def _ask(self, wide: Compiled, narrow: Compiled) -> Measured:
        batches = [b if wide.weighted else b[:2] for b in self.batches[wide.output]]
        masks = self.masks[wide.output]
        reference, twin = (
            Measurement(one.metric, batches, masks, precision)
            for one, precision in ((wide, "float64"), (narrow, "float32"))
        )
        exact = reference.quantities()
        metric = wide.metric if self.dtype == "float64" else narrow.metric
        given = in_precision(self.dtype, batches), masks
        question = Question(serialization.serialize(metric), *given)
        place = Place(wide.name, kind(metric), ())
        return Measured(LOCAL, question, reference, twin, place, {}, exact, reference.scale(exact))

    def _finding(self, judged: Judged, backend: str) -> Finding:
        record = judged.record
        convention = is_convention(judged, self.dtype)
        known = None if convention else of_metric(judged, backend, self.dtype)
        return Finding(
            str(judged.place),
            backend,
            f"metric, {judged.name}",
            LOCAL,
            record.error,
            record.tolerance,
            record.needed,
            convention,
            known and known.link,
        )


def _held(y: np.ndarray) -> np.ndarray:
    """An output as float32 holds it, and zero where its square is none."""
    y = rounded(y, "float32")
    return np.where(np.abs(y) < LEAST, 0.0, y) if y.dtype.kind == "f" else y


def _batches(outputs, targets: list, masks: list, seed: int) -> list[list[tuple]]:
    """For each output a batch of targets, outputs and weights in float32, and one half as large.

    Beside a mask the weights have its shape, since Keras takes no others there.
    """
    given = [tree.flatten(each) for each in targets]
    generator = np.random.default_rng((WEIGHTS, seed))
    found = []
    for output, (y, mask) in enumerate(zip(tree.flatten(outputs), masks, strict=True)):
        weights = generator.uniform(0.2, 2.0, len(y) if mask is None else mask.shape)
        batches = [
            (t[output][:n], y[:n], weights[:n]) for t, n in zip(given, _lengths(y), strict=True)
        ]
        found.append(in_precision("float32", batches))
    return found


def _masks(mask: np.ndarray | None) -> list[np.ndarray]:
    """The mask of each batch; none where there is no mask."""
    return [] if mask is None else [mask[:n] for n in _lengths(mask)]


def _lengths(array: np.ndarray) -> tuple[int, int]:
    """Of both batches."""
    return len(array), (len(array) + 1) // 2


def _compiled(model: Model, declared: dict, precision: str, outputs, targets) -> Iterator[Compiled]:
    """The metrics of a model in their order, those for all alike before those with weights."""
    with reference_precision(precision), warnings.catch_warnings(action="ignore"):
        matched = CompileMetrics(*map(_made, declared.values()), model.output_names)
        leaves = tree.flatten(outputs)
        places = tree.pack_like(outputs, range(len(leaves)))
        matched.build(places, tree.flatten(targets), leaves)
    names = iter([name for _, name in matched.keys])
    for weighted, groups in enumerate((matched.plain, matched.weighted)):
        for output, group in enumerate(groups):
            for metric in group or ():
                name = next(names)
                if matched.prefixes:
                    of = matched.prefixes[output]
                    name = f"{of}/{name.removeprefix(f'{of}_')}"
                yield Compiled(name, metric, output, bool(weighted))


def _made(declared):
    """Metrics of a structure of names and configs, as `compile` takes them.

    Those that are not Keras's own are `Unjudged`.
    """
    if isinstance(declared, list):
        return [_made(one) for one in declared]
    if declared is None:
        return None
    if isinstance(declared, str):
        known = declared.lower() in BY_SHAPE or declared in rn.metrics.family
        return declared if known else Unjudged(declared)
    if "class_name" not in declared:
        return {output: _made(one) for output, one in declared.items()}
    is_function = declared["class_name"] == "function"
    name = declared["config"] if is_function else declared["class_name"]
    if serialization.find_own(declared):
        return Unjudged(name)
    try:
        return (rn.metrics if is_function else serialization).deserialize(declared)
    except (ValueError, TypeError, NotImplementedError):
        return Unjudged(name)
