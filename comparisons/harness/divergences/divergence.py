"""What is known of a divergence, and whether it concerns a layer."""

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib.metadata import version

import numpy as np

from comparisons.harness.backends import KERAS_BACKENDS
from comparisons.harness.bilingual import Words

DOCUMENT = "docs/keras-divergences.md"
ACTIVATIONS = ("activation", "recurrent_activation")


@dataclass(frozen=True)
class Place:
    """Which layers a divergence concerns, by class and constructor arguments; all must hold.

    A layer has the arguments `masked` too, whether it is given masks, and `training`, whether it is
    called in training. An optimizer is a layer here, of the class `Optimizer`, with its class as
    its `name`, with the class `of` the layer that it trains or "loss", with `stateful`, whether a
    layer keeps states, with `cut_off`, whether probabilities that the loss cuts off explain as
    much, with `log_cosh`, whether it is a loss, and with the names of
    `check/imitated_trainings.py`, whether steps that err so explain it. A metric is one of the
    class `Metric`, with its class or function as its `name`, with the arguments of the loss that it
    is the mean of beside its `fn`, and with `weighted`, whether it is given weights, or masks, of
    which it makes some.

    Args:
        classes: names of classes, `*` for any part of one; any class where none is given.
        activations: one of them is the layer's.
        arguments: for each of these arguments the values of which it has one.
        unless: for each of these arguments the values of which it has none.
        given: arguments that are not None.
        absent: arguments that are None, or left to their defaults.
        inexact: arguments of which one is a number that float32 cannot hold.
        inexact_root: arguments whose inverse square root float32 cannot hold.
    """

    classes: tuple[str, ...] = ()
    activations: tuple[str, ...] = ()
    arguments: dict = field(default_factory=dict)
    unless: dict = field(default_factory=dict)
    given: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    inexact: tuple[str, ...] = ()
    inexact_root: tuple[str, ...] = ()

    def holds(self, layer: str, arguments: dict) -> bool:
        """Whether it concerns a layer of this class with these arguments."""
        value = arguments.get
        return (
            (not self.classes or any(fnmatchcase(layer, name) for name in self.classes))
            and (not self.activations or any(value(n) in self.activations for n in ACTIVATIONS))
            and all(value(name) in values for name, values in self.arguments.items())
            and not any(value(name) in values for name, values in self.unless.items())
            and all(value(name) is not None for name in self.given)
            and all(value(name) is None for name in self.absent)
            and (not self.inexact or any(_rounded(value(name)) for name in self.inexact))
            and all(_rounded_root(value(name)) for name in self.inexact_root)
        )


def _rounded(value) -> bool:
    """Whether float32 cannot hold the number."""
    return isinstance(value, float) and float(np.float32(value)) != value


def _rounded_root(value) -> bool:
    """Whether float32 cannot hold one over its square root."""
    return isinstance(value, int) and _rounded(value**-0.5)


@dataclass(frozen=True)
class Shows:
    """Where the checks meet a divergence.

    Args:
        reason: why the two differ, in a few words.
        where: the layers, each of these places.
        precisions: those in which it shows; what shows in float32 does in float16 too.
        quantity: how the names of the quantities begin that it shows in; all by default.
        digits: the precision that the quantities are only as good as, whatever they are computed
            in; empty where they are as good as their own.
        factor: how many times that precision's tolerance it needs; None where the proof makes no
            exception for it, so that a check only calls a difference by its name: up to the size
            that `check/imitations.py` finds, if it has how the divergence comes about.
    """

    reason: Words
    where: tuple[Place, ...]
    precisions: tuple[str, ...] = ("float64", "float32")
    quantity: str = ""
    digits: str = ""
    factor: float | None = None

    def __post_init__(self):
        if self.digits and self.factor is None:
            raise ValueError("'digits' says what the factor is of: give 'factor' too")

    def shows_in(self, dtype: str) -> bool:
        """Whether it shows in a precision or policy."""
        if dtype.endswith("float16"):
            return bool({"float16", "float32"} & set(self.precisions))
        return dtype in self.precisions


@dataclass(frozen=True)
class Divergence:
    """One divergence.

    Args:
        name: the file's, and the anchor in the document.
        title: its heading.
        concerns: what of Keras computes otherwise, by its public names.
        seen: the versions of Keras and of each backend that it was seen with.
        text: what is computed, and what should be.
        figure: how large the difference is, and of what.
        reproduction: a script that needs Keras alone and ends in an assertion.
        upstream: where Keras or the backend is told of it, where that is known.
        mended: the version of Keras that was seen to compute it rightly, if one was.
        shows: where the checks meet it, if they do.
    """

    name: str
    title: Words
    concerns: tuple[str, ...]
    seen: dict[str, str]
    text: str
    reproduction: str
    figure: str = ""
    upstream: str = ""
    mended: str = ""
    shows: Shows | None = None

    @property
    def backends(self) -> list[str]:
        """Where it shows."""
        return [name for name in KERAS_BACKENDS if name in self.seen]

    @property
    def link(self) -> str:
        """Where it is told of."""
        return f"{DOCUMENT}#{self.name}"

    @property
    def at_length(self) -> str:
        """The text, and how large the difference is."""
        figure = f"\n\nFigure: {self.figure.strip()}." if self.figure else ""
        return self.text.strip() + figure

    @property
    def told(self) -> Words:
        """Its heading and its reason, as records say them."""
        parts = zip((": ", "："), self.title, self.shows.reason)
        return tuple(f"{title}{colon}{reason}" for colon, title, reason in parts)

    def meets(
        self, backend: str, layer: str, arguments: dict, dtype: str, quantity: str = ""
    ) -> bool:
        """Whether it concerns a quantity of a layer.

        Without a `quantity` those alone do that concern all of them.
        """
        return (
            self.shows is not None
            and backend in self.seen
            and self.shows.shows_in(dtype)
            and quantity.startswith(self.shows.quantity)
            and any(place.holds(layer, arguments) for place in self.shows.where)
            and not self.is_mended
        )

    @property
    def is_mended(self) -> bool:
        """Whether the installed Keras is the one that was seen to compute it rightly, or newer."""
        return bool(self.mended) and _release(version("keras")) >= _release(self.mended)


def _release(text: str) -> tuple[int, ...]:
    """The numbers of a version like 3.15.1."""
    return tuple(map(int, re.findall(r"\d+", text)[:3]))
