"""What a concept script declares: titles, equations, terms, what is proven, trained and claimed.

A concept has the same file name in three trees. The comparison script holds `CONCEPT`, which names
functions that the two halves (`reference_numpy/concepts/NAME.py`, `keras_models/NAME.py`) both
define; the harness finds and runs them. The script itself imports neither half.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import comparisons
from comparisons.harness.datasets import Dataset
from comparisons.harness.statistics import paired_effect


@dataclass(frozen=True)
class Settings:
    """What the person who runs a comparison may choose.

    Args:
        preset: `"default"` (minutes for all concepts) or `"full"`.
        seeds: number of seeds; None for the concept's own.
        epochs: number of epochs; None for the preset's.
        device: `"auto"`, `"cpu"` or `"gpu"`, for the Keras columns.
        csv: a file of the person's own in place of the concept's data, or None.
    """

    preset: str = "default"
    seeds: int | None = None
    epochs: int | None = None
    device: str = "auto"
    csv: str | None = None


@dataclass(frozen=True)
class Demonstration:
    """A computation that both halves define as a function of the same name and arguments.

    The function takes the arguments by name (arrays and plain values) and returns a dictionary of
    named arrays, the same names in both halves. The halves' results are proven equal, quantity by
    quantity, in float64 and float32, and are kept for the concept's figures and claims.

    Args:
        function: its name in both halves.
        arguments: function of a seed that gives the arguments.
        seeds: how many seeds to run; 1 where nothing is drawn.
        differentiates: whether the Keras half's function needs its backend's derivatives. It is
            then given `gradient_of(function, inputs, dy)`, which returns the function's value and
            its gradients for the list of inputs.
        subject: function of a quantity's name that gives the class name and arguments by which
            `divergences` knows what computes it; None where that is nothing in particular.
    """

    function: str
    arguments: Callable[[int], dict] = lambda seed: {}
    seeds: int = 1
    differentiates: bool = False
    subject: Callable[[str], tuple[str, dict]] | None = None

    def run_reference(self, name: str, arguments: dict) -> dict:
        """The NumPy half's named arrays."""
        return getattr(reference_half(name), self.function)(**arguments)

    def run_keras(self, name: str, arguments: dict, backend: ModuleType) -> dict:
        """The Keras half's named arrays."""
        function = getattr(keras_half(name), self.function)
        if not self.differentiates:
            return function(**arguments)

        def gradient_of(inner, inputs, dy):
            outputs, slopes, _ = backend.outputs_and_gradients(
                lambda tensors: inner(*tensors), list(inputs), [], [dy]
            )
            return outputs[0], slopes

        return function(**arguments, gradient_of=gradient_of)


@dataclass(frozen=True)
class Preset:
    """The size of a training run."""

    epochs: int
    batch_size: int


@dataclass(frozen=True)
class Task:
    """A model that both halves build, train and are measured on, from the same initial weights.

    Both halves define `build_model(**arguments)` (or another name), which returns a compiled model.

    Args:
        data: function of the settings and a seed that gives one `Dataset`, or several (folds).
        presets: epochs and batch size by preset name.
        variants: builder arguments by variant name, for a concept that compares several.
        kind: `"classes"` for integer labels of several classes, `"binary"` for labels 0 and 1.
        build: name of the builder.
        seeds: number of seeds where the person names none.
        test_over_train: size of a test fold over that of its training folds where the runs are
            repeated cross-validation, else 0: their intervals are corrected for the overlap.
        baselines: function of the settings that gives scikit-learn's records, or None.
    """

    data: Callable[[Settings, int], Dataset | list[Dataset]]
    presets: dict[str, Preset]
    variants: dict[str, dict] = field(default_factory=lambda: {"model": {}})
    kind: str = "classes"
    build: str = "build_model"
    seeds: int = 3
    test_over_train: float = 0.0
    baselines: Callable[[Settings], list[dict]] | None = None

    def preset(self, settings: Settings) -> Preset:
        """The preset's size, with the epochs that the person asked for."""
        preset = self.presets[settings.preset]
        return Preset(settings.epochs or preset.epochs, preset.batch_size)


@dataclass(frozen=True)
class Claim:
    """A sentence of the field as an experiment; the verdict comes from the run.

    Args:
        claim, claim_ja: the sentence.
        source: where it is commonly stated.
        experiment: what is run, in a sentence.
        metric: the name and unit of what is measured.
        measure: function of the `Result` that gives `(expected larger, expected smaller)`: one
            value a seed in each.
        margin: the smallest difference that matters; a smaller one is no confirmation.
    """

    claim: str
    claim_ja: str
    source: str
    experiment: str
    metric: str
    measure: Callable[[object], tuple[list[float], list[float]]]
    margin: float = 0.0

    def verdict(self, result) -> dict:
        """The record of the claim: verdict, effect, interval.

        Confirmed where the whole 95 % interval of the paired difference lies above the margin,
        refuted where it lies wholly below it, else undecided.
        """
        larger, smaller = self.measure(result)
        effect = paired_effect(larger, smaller)
        low, high = effect["low"], effect["high"]
        verdict = "undecided"
        if low is not None and low > self.margin:
            verdict = "confirmed"
        elif high is not None and high < self.margin:
            verdict = "refuted"
        return {
            "claim": self.claim,
            "claim_ja": self.claim_ja,
            "source": self.source,
            "experiment": self.experiment,
            "metric": self.metric,
            "margin": self.margin,
            "verdict": verdict,
            "effect": effect["effect"],
            "interval": None if low is None else [low, high],
            "seeds": len(effect["values"]),
        }


@dataclass(frozen=True)
class Figure:
    """A picture of the page: a title in both languages and an altair chart."""

    title: str
    title_ja: str
    chart: object
    caption: str = ""


@dataclass(frozen=True)
class Concept:
    """A concept: what is particular to it, and nothing else.

    Args:
        title, title_ja: one line each.
        chapter: number and title of the textbook's chapter, `"2 Perceptron"`.
        summary: what a reader is to take away, two or three sentences.
        equations: `(LaTeX, what it says)` pairs.
        terms: `(English, Japanese)` pairs of the textbooks' words.
        demonstrations: computations proven equal and drawn.
        task: the model to train, or None.
        claims: sentences to be put to the test.
        figures: function of the `Result` that gives the concept's own figures.
        takes_csv: whether `--csv` can replace the data.
    """

    title: str
    title_ja: str
    chapter: str
    summary: str
    equations: tuple[tuple[str, str], ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    demonstrations: tuple[Demonstration, ...] = ()
    task: Task | None = None
    claims: tuple[Claim, ...] = ()
    figures: Callable[[object], list[Figure]] = lambda result: []
    takes_csv: bool = False


def names() -> list[str]:
    """Names of all concepts: the scripts that stand in `comparisons/`, in the order of chapters."""

    def place(name):
        number, _, _ = load(name).chapter.partition(" ")
        return float(number), name

    return sorted(_scripts(), key=place)


def _scripts() -> list[str]:
    return sorted(m.name for m in pkgutil.iter_modules(comparisons.__path__) if not m.ispkg)


def load(name: str) -> Concept:
    """The concept called `name`. Raises ValueError for an unknown name."""
    if name not in _scripts():
        raise ValueError(f"Unknown concept '{name}'. Expected one of {', '.join(_scripts())}.")
    return importlib.import_module(f"comparisons.{name}").CONCEPT


def reference_half(name: str) -> ModuleType:
    """The module of the concept's NumPy half."""
    return importlib.import_module(f"reference_numpy.concepts.{name}")


def keras_half(name: str) -> ModuleType:
    """The module of the concept's Keras half."""
    return importlib.import_module(f"keras_models.{name}")


def sources(name: str) -> dict[str, Path]:
    """The files of the concept's two halves, found without importing them."""
    package = Path(comparisons.__file__).parent.parent
    return {
        "numpy": package / "reference_numpy" / "concepts" / f"{name}.py",
        "keras": package / "keras_models" / f"{name}.py",
    }
