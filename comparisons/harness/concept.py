"""What a concept script declares: titles, what it introduces, what is proven, trained and claimed.

A concept has the same file name in three trees. The comparison script holds `CONCEPT`, which names
functions that the two halves (`reference_numpy/concepts/NAME.py`, `keras_models/NAME.py`) define;
the harness finds and runs them. The script itself imports neither half.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from types import ModuleType

import numpy as np

from comparisons.harness.bilingual import Words
from comparisons.harness.chapters import Chapter
from comparisons.harness.datasets import Dataset
from comparisons.harness.execution import Execution
from comparisons.harness.given import named
from comparisons.harness.scores import ACCURACY, LOG_LOSS, Score
from comparisons.harness.statistics import paired_effect
from comparisons.harness.table_files.question import Question
from reference_numpy import optimizers


@dataclass(frozen=True)
class Settings:
    """What the person who runs a comparison may choose.

    Args:
        preset: `"default"` (minutes for all concepts) or `"full"`.
        seeds: number of seeds, of a demonstration its own at most; None for the concept's own.
        epochs: number of epochs; None for the preset's.
        device: `"auto"`, `"cpu"` or `"gpu"`, for the Keras columns.
        execution: how these do their training steps.
        csv: a file of the person's own in place of the concept's data, or None.
        encoding: the encoding of that file, or None to find it.
        table: a question about a table of the person's own, or None.
    """

    preset: str = "default"
    seeds: int | None = None
    epochs: int | None = None
    device: str = "auto"
    execution: Execution = Execution()
    csv: str | None = None
    encoding: str | None = None
    table: Question | None = None

    @classmethod
    def of(cls, content: dict) -> "Settings":
        """The settings that `result.json` holds as `dataclasses.asdict` gave them."""
        how, table = Execution(**content.get("execution", {})), content.get("table")
        return cls(**{**content, "execution": how, "table": table and Question.of(table)})


@dataclass(frozen=True)
class Introduced:
    """Something that the concept introduces: a row of equation, NumPy and the Keras line.

    The NumPy half writes it out as the function (or class) `name`, with numpy, that file and
    what other concepts introduce (and their helpers), imported from the NumPy halves:

    - an operation: `y, cache = NAME(x, weight, …)` with `NAME_backward(dy, cache)`, which gives the
      gradient of each array of floats among the arguments, in their order (as a tuple, or bare
      where there is one); None, or fewer of them at the end, for what is not differentiated
    - a scalar function: `y = NAME(x)` with `NAME_derivative(x)`
    - a loss: `NAME(y_true, y_pred)` with `NAME_gradient(y_true, y_pred)`
    - an update rule: `w, *state = NAME(w, g, *state, …)`
    - an initializer: `w = NAME(shape, …, dtype)`
    - a schedule: `rates = NAME(step, …)`, where `step` is an array
    - anything else: values alone, an array, a number, or several as a tuple

    A function that draws has the argument `generator`, a `numpy.random.Generator`; one that is told
    in which precision to answer has the argument `dtype`. Arguments cannot be written to.

    The Keras half's function of the same name takes those of the arguments that it names, and
    returns what computes the same in Keras: a layer (which is then given the arrays after its
    inputs as weights, in Keras's order), a loss, an optimizer, an initializer, a regularizer, a
    schedule, or a function of the arrays. Where the library has the same class, it is made from the
    Keras object's config and proven too.

    Args:
        name: the function's name in both halves.
        equation: its equation, in LaTeX.
        says: what the equation says.
        arguments: function of a seed that gives the arguments by name, to be computed with: arrays
            and plain values; for an update rule `w`, its initial state by name, and `gradients`,
            one for each step. None where `demonstration` proves it.
        inputs: how many of the arrays are inputs of the Keras layer; those after them are weights.
        training: whether the layer is called in training mode.
        helpers: other functions of the NumPy half that its code calls, to be shown with it, and
            beside them the Keras half's of these names; other concepts may import them.
        demonstration: the name of the demonstration that proves it, for a class or a loop.
        kinks: whether calculus is left out, since the function is constant between jumps.
    """

    name: str
    equation: str
    says: Words
    arguments: Callable[[int], dict] | None = None
    inputs: int = 1
    training: bool = True
    helpers: tuple[str, ...] = ()
    demonstration: str = ""
    kinks: bool = False


@dataclass(frozen=True)
class Demonstration:
    """A computation that both halves define as a function of the same name and arguments.

    The function takes the arguments by name (arrays and plain values) and returns a dictionary of
    named arrays, the same names in both halves. The halves' results are proven equal, quantity by
    quantity, in float64 and float32, and are kept for the concept's figures and claims.

    A function that names `generator` among its parameters is given a `numpy.random.Generator` made
    from the seed, the same draws in both halves. A Keras function that names `gradient_of` is given
    its backend's derivatives: `gradient_of(function, inputs, dy)` returns the function's value and
    its gradients for the list of inputs. One that names `devices` is given functions that make a
    context, by device: `"cpu"`, and `"gpu"` where its backend sees one; else it runs on the CPU.

    Args:
        function: its name in both halves.
        arguments: function of a seed that gives the arguments.
        seeds: how many seeds to run; 1 where nothing is drawn.
        first_seed: the first of them; an experiment settled on some seeds is run on others.
        subject: function of a quantity's name that gives the class name and arguments by which
            `Divergence.meets` knows what computes it; None where that is nothing in particular.
        measured: quantities that are measured and not proven, such as a time or a count of steps.
        proven_with: arguments that the proof gives in place of those, such as fewer steps.
        judged: function of the arguments and the arrays that gives further named arrays, kept with
            these: what a model of scikit-learn says of them, trained here and not by the page.
        timed: whether a quantity of it is a time, so that it is run when nothing else is.
    """

    function: str
    arguments: Callable[[int], dict] = lambda seed: {}
    seeds: int = 1
    first_seed: int = 0
    subject: Callable[[str], tuple[str, dict]] | None = None
    measured: tuple[str, ...] = ()
    proven_with: dict = field(default_factory=dict)
    judged: Callable[[dict, dict], dict] | None = None
    timed: bool = False

    def run(self, half: ModuleType, arguments: dict, seed: int, backend=None) -> dict:
        """The named arrays of one half."""
        function = getattr(half, self.function)
        parameters = inspect.signature(function).parameters
        given = dict(arguments)
        if "generator" in parameters:
            given["generator"] = np.random.default_rng(seed)
        if "gradient_of" in parameters:
            given["gradient_of"] = _gradient_of(backend)
        if "devices" in parameters:
            kinds = ("cpu", "gpu") if backend.devices() else ("cpu",)
            given["devices"] = {kind: partial(backend.on_device, kind) for kind in kinds}
        return named(half, "Demonstration.function", self.function, function(**given))


def _gradient_of(backend: ModuleType) -> Callable:
    def gradient_of(function, inputs, dy):
        outputs, gradients, _ = backend.outputs_and_gradients(
            lambda tensors: function(*tensors), list(inputs), [], [dy]
        )
        return outputs[0], gradients

    return gradient_of


@dataclass(frozen=True)
class Preset:
    """The size of a training run.

    Args:
        epochs: number of epochs.
        batch_size: examples a step.
        steps: steps an epoch, for a loop of one's own; None for as many as the data have batches.
        build: by variant, builder arguments that are others than `Task.variants` has them, where
            larger data want a larger model or a smaller learning rate.
    """

    epochs: int
    batch_size: int
    steps: int | None = None
    build: dict[str, dict] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """A model that both halves build, train and are measured on, from the same initial weights.

    Both halves define `build_model(**arguments)`, which returns a compiled model, or a dictionary
    of models by name where a loop trains several.

    Training is `fit`, unless `train` names a function of both halves: `train(model, data,
    generator, batch_size)`, a Python generator without end that does one step at a time and yields
    its logs, a dictionary of numbers. Batches, noise and actions are drawn from `generator` (a
    `numpy.random.Generator`) alone and in the same order in both halves, in the proof the same.

    Args:
        data: function of the settings and a seed that gives one `Dataset`, or several (folds).
            `x` may be an array, or a list or dictionary of arrays.
        presets: size of a run by preset name, `"default"` and `"full"`.
        scores: how the task is scored, the most telling first.
        variants: builder arguments by variant name, for a concept that compares several; those of
            the default preset, and of the others where their `build` says nothing else.
        variants_ja: Japanese names of the variants, where they differ.
        build: name of the builder.
        train: name of the training loop in both halves; `""` for `fit`.
        predict: name of a function of both halves, `predict(model, x)`, whose result is scored;
            `""` for `model.predict`.
        keep: name of a function of both halves, `keep(model, data)`, which gives named arrays
            (filters, drawn digits, an attention map) of the model for figures; `""` for none.
        keep_at: when `keep` is called, as shares of the epochs: 0 before training, 1 after it.
        seeds: number of seeds where the person names none.
        first_seed: the first of them, as for a demonstration.
        proven_steps: how many training steps the proof follows: 50, or fewer where the steps take
            long or the variants are many.
        test_over_train: size of a test fold over that of its training folds where the runs are
            repeated cross-validation, else 0: their intervals are corrected for the overlap.
        baselines: function of the settings and of `progress`, to be called with the splits done and
            their number, that gives scikit-learn's records; or None.
    """

    data: Callable[[Settings, int], Dataset | list[Dataset]]
    presets: dict[str, Preset]
    scores: tuple[Score, ...] = (ACCURACY, LOG_LOSS)
    variants: dict[str, dict] = field(default_factory=lambda: {"model": {}})
    variants_ja: dict[str, str] = field(default_factory=dict)
    build: str = "build_model"
    train: str = ""
    predict: str = ""
    keep: str = ""
    keep_at: tuple[float, ...] = (1.0,)
    seeds: int = 3
    first_seed: int = 0
    proven_steps: int = 50
    test_over_train: float = 0.0
    baselines: Callable[[Settings, Callable[[int, int], None]], list[dict]] | None = None

    def datasets(self, settings: Settings, seed: int) -> list[Dataset]:
        """What `data` gives, one or several, as a list. Raises TypeError for anything else."""
        found = self.data(settings, seed)
        found = found if isinstance(found, list) else [found]
        if not found or not all(isinstance(one, Dataset) for one in found):
            kinds = " and ".join(sorted({type(one).__name__ for one in found})) or "none"
            raise TypeError(f"Task.data: expected a Dataset, or a list of them, got {kinds}")
        return found

    def preset(self, settings: Settings) -> Preset:
        """The preset's size, with the epochs that the person asked for."""
        preset = self.presets[settings.preset]
        return replace(preset, epochs=settings.epochs or preset.epochs)

    def built_as(self, settings: Settings) -> "Task":
        """The task whose variants are built as the preset wants them."""
        build = self.presets[settings.preset].build
        variants = {name: own | build.get(name, {}) for name, own in self.variants.items()}
        return replace(self, variants=variants)


@dataclass(frozen=True)
class Claim:
    """A sentence of the field as an experiment; the verdict comes from the run.

    Args:
        claim: the sentence, as it is commonly made.
        source: where it is commonly stated; a pair where it is more than a work and a place in it.
        experiment: what is run, in a sentence.
        metric: what is measured.
        measure: function of the `Result` that gives `(expected larger, expected smaller)`: one
            value a seed in each, or a number that is the same for every seed.
        unit: the metric's unit; `"%"` for shares, whose difference is written in points.
        margin: the smallest difference that matters; a smaller one is no confirmation.
        instead: what is true where the claim is refuted, or None.
        test_over_train: as the task's, where the values are of folds that share training data.
        theorem: whether mathematics says it of every run, so that one run alone decides.
    """

    claim: Words
    source: Words | str
    experiment: Words
    metric: Words
    measure: Callable[[object], tuple[list[float] | float, list[float] | float]]
    unit: str = ""
    margin: float = 0.0
    instead: Words | None = None
    test_over_train: float = 0.0
    theorem: bool = False

    def verdict(self, result) -> dict:
        """The record of the claim: verdict, effect, interval.

        Confirmed where the whole 95 % interval of the paired difference lies above the margin,
        refuted where it lies wholly below it, else undecided.
        """
        sides = self.measure(result)
        runs = max(np.size(side) for side in sides)
        larger, smaller = (np.full(runs, s) if np.isscalar(s) else s for s in sides)
        effect = paired_effect(larger, smaller, test_over_train=self.test_over_train)
        low, high = effect["low"], effect["high"]
        interval = None if low is None else [low, high]
        if self.theorem and interval is None:
            low = high = effect["effect"]
        verdict = "undecided"
        if low is not None and low > self.margin:
            verdict = "confirmed"
        elif high is not None and high < self.margin:
            verdict = "refuted"
        return self.record(verdict, effect["effect"], interval, len(effect["values"]))

    def record(self, verdict: str, effect=None, interval=None, seeds: int = 0) -> dict:
        """What `result.json` holds of the claim."""
        return {
            "claim": self.claim[0],
            "claim_ja": self.claim[1],
            "unit": self.unit,
            "margin": self.margin,
            "verdict": verdict,
            "effect": effect,
            "interval": interval,
            "seeds": seeds,
        }


def trained_with(optimizer: str) -> Callable[[str], tuple[str, dict]]:
    """A demonstration's `subject` where whatever it gives is trained with this optimizer.

    Keras rounds an optimizer's constants to float32, and so differs from the mathematics.

    Raises:
        ValueError: there is no such optimizer.
    """
    optimizers.get(optimizer)
    return lambda quantity: ("Optimizer", {"name": optimizer})


def versus(function: str, larger: Callable[[dict], float], smaller: Callable[[dict], float]):
    """A claim's measure: two numbers of a demonstration's arrays, `larger` and `smaller` of them.

    Each is one value a seed, the mean over the columns.
    """
    return lambda result: (result.measured(function, larger), result.measured(function, smaller))


@dataclass(frozen=True)
class Figure:
    """A picture of the page: a title, an altair chart, and what to know for reading it.

    Texts within the chart are written by `bilingual.both`.
    """

    title: Words
    chart: object
    caption: Words | None = None


@dataclass(frozen=True)
class Concept:
    """A concept: what is particular to it, and nothing else.

    Args:
        title: one line.
        chapter: where it stands, `chapters.TECHNIQUES.section(7)` or a `Chapter` of a book.
        summary: what a reader is to take away, two or three sentences.
        introduces: what is new, each thing introduced by one concept alone.
        equations: further `(LaTeX, what it says)` pairs, those of the model.
        terms: the textbooks' words, each with its name in both libraries where it has one, as in
            `("dropout", "ドロップアウト", "layers.Dropout")`; docs/glossary.md is made from them.
        demonstrations: computations proven equal and drawn.
        task: the model to train, or None.
        claims: sentences to be put to the test.
        figures: function of the `Result` that gives the concept's own figures.
        look_over_csv: function of the settings and of `tell`, to be called with what is next; it
            raises ValueError where `--csv`'s file cannot replace the data. None where none can.
        on_table: function of a question about a table that gives this concept for it, or None.
        minutes: about how long the default preset takes with one Keras column on two cores.
    """

    title: Words
    chapter: Chapter
    summary: Words
    introduces: tuple[Introduced, ...] = ()
    equations: tuple[tuple[str, Words], ...] = ()
    terms: tuple[Words | tuple[str, str, str], ...] = ()
    demonstrations: tuple[Demonstration, ...] = ()
    task: Task | None = None
    claims: tuple[Claim, ...] = ()
    figures: Callable[[object], list[Figure]] = lambda result: []
    look_over_csv: Callable[[Settings, Callable[[str], None]], None] | None = None
    on_table: Callable[[Question], "Concept"] | None = None
    minutes: float = 0.5

    def _repr_markdown_(self) -> str:
        rows = [*((t.equation, t.says) for t in self.introduces), *self.equations]
        said = ["\n\n".join((f"$${latex}$$", *says)) for latex, says in rows]
        return "\n\n".join((f"# {' · '.join(self.title)}", *self.summary, *said))
