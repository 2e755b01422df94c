"""One case put to both halves."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from comparisons.harness.check.findings import Judged
from comparisons.harness.check.script import Numbers, Sketch
from comparisons.harness.divergences import Divergence
from comparisons.harness.proof import checks


class Refused(Exception):
    """A case that a backend cannot be asked; says why."""


class Calculation:
    """A computation of the NumPy half that stands where a `Reference` of a layer stands.

    Args:
        quantities: function of a `jitter` that gives every quantity by name, the numbers that go in
            passed through it.
    """

    def __init__(self, quantities: Callable[[Callable], dict]):
        self._quantities = quantities

    def quantities(self, jitter=lambda array: array) -> dict:
        """Every quantity by name, in float64."""
        return self._quantities(jitter)

    def restore(self) -> None:
        """Nothing was changed."""


def sizes(quantities: dict) -> dict[str, float]:
    """The largest magnitude of each quantity: its scale where nothing cancels."""
    return {name: float(np.abs(value).max(initial=0.0)) for name, value in quantities.items()}


@dataclass(frozen=True)
class Trial:
    """What the mathematics says of a case, and how Keras is asked.

    Args:
        reference: the case in NumPy.
        theirs: function that gives Keras's quantities, under the same names.
        known: function of a difference that gives the divergence that explains it, or None.
        diverges: the name of a divergence by which Keras has no more digits than in float32; empty
            where there is none.
        undecided: what a backend may choose, if there is such a thing.
        scales: function of the quantities that gives the scale of each; None measures them.
        sketches: function of a quantity's name, of what is right of it and of its tolerance, that
            gives computations of Keras's that may show a difference, for a script.
        masked: whether a layer is given masks.
    """

    reference: Calculation
    theirs: Callable[[], dict]
    known: Callable[[Judged], Divergence | None] = lambda one: None
    diverges: str = ""
    undecided: str = ""
    scales: Callable[[dict], dict[str, float]] | None = None
    sketches: Callable[[str, np.ndarray, float], Iterable[Sketch]] = lambda *asked: ()
    masked: bool = False

    @cached_property
    def quantities(self) -> dict[str, np.ndarray]:
        """What is right."""
        return self.reference.quantities()

    @cached_property
    def scale(self) -> dict[str, float]:
        """The scale of each quantity, see `checks.scales`."""
        if self.scales:
            return self.scales(self.quantities)
        return checks.scales(self.reference.quantities, self.quantities)


@dataclass(frozen=True)
class Family:
    """One kind of Keras's objects.

    Args:
        cases: the class, the name and the case of each line of its table.
        trial: function of a case, a module of `comparisons.harness.backends`, the backend's name
            and a precision, that gives the `Trial`; it raises `Refused`.
    """

    cases: Sequence[tuple[str, str, object]]
    trial: Callable[..., Trial]


def made(family, case: tuple[str, dict], **more):
    """The object of a module (`keras.losses`, `rn.losses`) that a class and arguments say."""
    name, arguments = case
    return getattr(family, name)(**arguments, **more)


def title(case: tuple[str, dict]) -> str:
    """The name of a case that is a class and its arguments."""
    name, arguments = case
    given = ",".join(f"{key}={value}" for key, value in arguments.items())
    return f"{name}-{given or 'default'}"[:90]


def written(array, dtype: str) -> str:
    """A number or an array as a script has it, its floats in a precision."""
    if not isinstance(array, np.ndarray):
        return repr(array)
    return str(Numbers(array.astype(dtype) if array.dtype.kind == "f" else array))
