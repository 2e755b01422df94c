"""Findings: where a backend and the oracle are further apart than rounding, and what that is."""

import re
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase

import numpy as np

from comparisons.harness.check.known import of_layer
from comparisons.harness.check.questions import LOCAL, Asked, Place, nearby
from comparisons.harness.proof import checks
from comparisons.harness.proof.calls import parts_of
from comparisons.harness.proof.precision import computed_in, twin_precision
from comparisons.harness.proof.training_checks import ROUNDINGS
from reference_numpy import tree
from reference_numpy.layers.layer import Layer

# Layers and operations that take squares, which backends do in the precision of the numbers.
SQUARING = ("*Normaliz*", "Dot", "Moments", "Norm", "Std", "Var")


@dataclass
class Finding:
    """One difference that rounding does not explain.

    Args:
        layer: the layer's name, or the model's, or a metric's.
        backend: `"tensorflow"`, `"jax"` or `"torch"`.
        quantity: what differs, in which mode and on which inputs.
        kind: `"local"` (the layer fed with the oracle's input) or `"propagated"`.
        error, tolerance: largest difference, and the largest that rounding explains.
        needed: the error in units of the tolerance.
        convention: whether the function has a kink, a tie or a jump there, and what the backend
            gives lies between what it is on the two sides.
        known: where a known divergence is told of, or None.
        reproduction: a script that needs Keras alone, or None.
        unshown: why there is none where one was looked for.
    """

    layer: str
    backend: str
    quantity: str
    kind: str
    error: float
    tolerance: float
    needed: float
    convention: bool = False
    known: str | None = None
    reproduction: str | None = None
    unshown: str = ""

    @property
    def is_of_metric(self) -> bool:
        """Whether `layer` is a metric's name."""
        return self.quantity.startswith("metric, ")

    def as_dict(self) -> dict:
        """The finding as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Judged:
    """One compared quantity of one backend.

    Args:
        asked: the question that it answers.
        name: the quantity's name there.
        place: the layer that it is of.
        quantity: what it is there.
        record: how far apart the two are.
        theirs: what the backend gave.
    """

    asked: Asked
    name: str
    place: Place
    quantity: str
    record: checks.Record
    theirs: np.ndarray | None


def judge(asked: Asked, theirs: dict, backend: str, dtype: str) -> list[Judged]:
    """Every quantity of an answer compared with the oracle's.

    Where the oracle has no number, as the mean of nothing, none is asked of the backend.
    """
    theirs = {name: _where_defined(y, asked.quantities.get(name)) for name, y in theirs.items()}
    records = checks.compare_all(
        str(asked.place), backend, dtype, asked.quantities, theirs, asked.scale
    )
    judged = []
    for name, record in zip({**asked.quantities, **theirs}, records, strict=True):
        record = _allowing(record, asked, name, dtype)
        judged.append(Judged(asked, name, *asked.where(name), record, theirs.get(name)))
    return judged


def _where_defined(theirs: np.ndarray, exact: np.ndarray | None) -> np.ndarray:
    """The backend's numbers, and NaN where the oracle has none."""
    if exact is None or exact.dtype.kind != "f" or exact.shape != np.shape(theirs):
        return theirs
    undefined = np.isnan(exact)
    return np.where(undefined, np.nan, theirs) if undefined.any() else theirs


def _allowing(record: checks.Record, asked: Asked, name: str, dtype: str) -> checks.Record:
    """The record with a wider tolerance where NumPy in as few digits is far off too."""
    if record.passed or name not in asked.quantities:
        return record
    own = checks.compare("", "", "", "", asked.quantities[name], asked.by_twin[name], 1.0)
    unit = checks.UNIT_ROUNDOFF
    tolerance = checks.TWINS * own.error * unit[dtype] / unit[twin_precision(dtype)]
    if not record.tolerance < tolerance < np.inf:
        return record
    needed = record.error / tolerance
    return replace(record, tolerance=tolerance, needed=needed, passed=needed <= 1)


def is_beyond(asked: Asked, theirs: dict, dtype: str) -> bool:
    """Whether a call cannot be judged in a precision, for it has no numbers so large.

    In float16 that is where the oracle's are larger, or where the backend's are infinite or none,
    and so are the twin's, or squares of the oracle's would be that the layer takes; in float32
    where the backend's are infinite or none and the oracle's finite numbers are larger.
    """
    kind = computed_in(dtype)
    lost = [name for name, y in theirs.items() if _is_lost(y, asked.quantities.get(name))]
    if kind == "float64" or (kind == "float32" and not lost):
        return False
    largest = float(np.finfo(kind).max)
    given = [x for x in tree.flatten(asked.question.inputs) if x.dtype.kind == "f"]
    exact = [y for y in asked.quantities.values() if y.dtype.kind == "f"]
    counted = [x[np.isfinite(x)] if kind == "float32" else x for x in [*given, *exact]]
    sizes = [float(np.fmax.reduce(np.abs(x), axis=None, initial=0.0)) for x in counted]
    size = max(sizes, default=0.0)
    if size > largest or kind == "float32":
        return size > largest
    return bool(lost) and (
        (size**2 > largest and _takes_squares(asked.reference.layer))
        or any(_is_lost(asked.by_twin[n], asked.quantities[n]) for n in lost)
    )


def _takes_squares(layer: Layer) -> bool:
    """Whether a layer, or a part of it, takes squares."""
    names = [type(part).__name__ for part in parts_of(layer)]
    return any(fnmatchcase(name, kind) for name in names for kind in SQUARING)


def _is_lost(y: np.ndarray, exact: np.ndarray | None) -> bool:
    """Whether numbers are infinite or none that the oracle has."""
    if exact is None or exact.dtype.kind != "f" or exact.shape != np.shape(y):
        return False
    return not np.isfinite(y[np.isfinite(exact)]).all()


def findings(
    judged: list[Judged], backend: str, dtype: str, mode: str
) -> list[tuple[Finding, Judged]]:
    """What one pass over one backend found, with the comparison that it is of.

    A propagated difference that a local one of the same pass explains is no finding of its own; of
    the others the one that is nearest to its cause is.
    """
    wrong = [one for one in judged if not one.record.passed]
    found = [one for one in wrong if one.asked.kind == LOCAL] or _first_cause(wrong)
    return [(finding_of(one, backend, dtype, mode), one) for one in found]


def _first_cause(wrong: list[Judged]) -> list[Judged]:
    """The first output that differs, else the last gradient or state, by the layers' order."""
    outputs = [one for one in wrong if one.quantity.startswith("output")]
    inside = [one for one in outputs if one.place.path]
    return (inside or outputs)[:1] or sorted(wrong, key=lambda one: one.place.path)[-1:]


def finding_of(one: Judged, backend: str, dtype: str, mode: str) -> Finding:
    """The finding of a comparison that does not hold."""
    record = one.record
    convention = is_convention(one, dtype)
    known = None if convention else of_layer(one.asked.reference.layer, one, backend, dtype)
    return Finding(
        str(one.place),
        backend,
        f"{plain(one.quantity)}, {mode}",
        one.asked.kind,
        record.error,
        record.tolerance,
        record.needed,
        convention,
        known and known.link,
    )


def is_convention(one: Judged, dtype: str) -> bool:
    """Whether it is between what the oracle gives for inputs within some roundings."""
    return are_conventions([one], dtype)[0]


def are_conventions(judged: list[Judged], dtype: str) -> list[bool]:
    """The same for each of several comparisons of one question, for which inputs are moved once."""
    ranges = [(one.name, Range.of(one)) for one in judged]
    for every in (True, False):
        outside = [(name, its) for name, its in ranges if its is not None and not its.holds]
        if outside:
            for found in nearby(judged[0].asked, dtype, every):
                for name, its in outside:
                    its.widen(found[name])
    return [its is not None and its.holds for _, its in ranges]


class Range:
    """What the oracle gives around one place, and whether a backend's numbers are amid that.

    So must every entry be, and the sum of all: where one of several equal entries is the maximum,
    the gradient may go to this or to that one, but not to each of them.

    Args:
        exact: what the oracle gives at the place itself.
        theirs: what the backend gives.
        tolerance: by how much an entry may be outside.
    """

    def __init__(self, exact: np.ndarray, theirs: np.ndarray, tolerance: float):
        self.theirs, self.tolerance = theirs, tolerance
        self.low = self.high = exact.astype("float64")
        self.low_sum = self.high_sum = self.low.sum()

    @classmethod
    def of(cls, one: Judged) -> "Range | None":
        """That of a comparison; None where shapes differ, or a number is none or infinite."""
        exact, theirs = one.asked.quantities.get(one.name), one.theirs
        if exact is None or theirs is None or exact.shape != np.shape(theirs):
            return None
        if exact.dtype.kind not in "fiub" or not np.isfinite(theirs).all():
            return None
        # Where there is no kink, the roundings and this margin together stay within the tolerance.
        return cls(exact, theirs, one.record.tolerance * ROUNDINGS / checks.FACTOR)

    def widen(self, found: np.ndarray) -> None:
        """Take in what the oracle gives nearby."""
        found = found.astype("float64")
        total = found.sum()
        self.low, self.high = np.minimum(self.low, found), np.maximum(self.high, found)
        self.low_sum = np.minimum(self.low_sum, total)
        self.high_sum = np.maximum(self.high_sum, total)

    @property
    def holds(self) -> bool:
        """Whether all entries are within, and so is their sum."""
        entries = (self.low - self.tolerance <= self.theirs) & (
            self.theirs <= self.high + self.tolerance
        )
        total = np.sum(self.theirs, dtype="float64")
        # A few samples do not reach the ends of where a sum of many may be.
        margin = self.theirs.size * self.tolerance + (self.high_sum - self.low_sum)
        sums = self.low_sum - margin <= total <= self.high_sum + margin
        return bool(entries.all() and sums)


def plain(quantity: str) -> str:
    """A quantity's name without numbers that say nothing: "gradient of weight 0 (kernel)"."""
    quantity = re.sub(r"weight \d+ \((.+)\)", r"\1", quantity)
    return re.sub(r"^(output|gradient of input) 0$", r"\1", quantity)
