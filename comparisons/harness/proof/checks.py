"""The ladder of proof: what is compared, how far apart it may be, and the record of it.

Every quantity of a computation (outputs, gradients of inputs and weights, state after the call)
has a name; two computations are compared name by name. How far apart two correct computations of
the same thing may be is not a constant but follows from the computation's condition: a quantity's
*scale* is its largest magnitude or, where it is ill-conditioned, the size at which one rounding of
the inputs and weights moves it (measured in float64, `jitter`). The tolerance is

    tolerance = FACTOR · u · scale,   u = unit roundoff of the precision (2⁻⁵³, 2⁻²⁴ or 2⁻¹¹)

A long computation meets kinks (ReLU at 0), where a rounding turns a small difference into a large
one. Whether one rounding reaches such a kink is luck, so there the jitter is several roundings.

and a record says the factor that would have been *needed*, so that a tolerance that is too wide
shows itself.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from comparisons.harness import backends

UNIT_ROUNDOFF = {"float64": 2.0**-53, "float32": 2.0**-24, "float16": 2.0**-11}
UNIT_ROUNDOFF["mixed_float16"] = UNIT_ROUNDOFF["float16"]
FACTOR = 64.0
# Two correct computations in one precision differ in the order of their sums: so many times the
# error of the one the other's may be.
TWINS = 16.0
CALCULUS_TOLERANCE = 1e-7
DIRECTIONS = 2**31  # names the stream of random numbers that directions are drawn from


@dataclass
class Record:
    """One comparison of one quantity.

    Args:
        what: the rung and the subject, `"outputs and gradients: Conv2D"`.
        where: the quantity, `"gradient of kernel"`, and the index of the worst element.
        against: what it was compared with, `"keras-tensorflow"` or `"calculus"`.
        dtype: precision of the computation under test.
        error: largest absolute difference.
        tolerance: largest absolute difference allowed.
        needed: the share of the tolerance that was needed (1 is just within).
        passed: whether the error is within the tolerance.
        reason: why the tolerance is not the ordinary one, or what is known of the difference.
        ran: False where this machine cannot run it, which says nothing against it; see `reason`.
    """

    what: str
    where: str
    against: str
    dtype: str
    error: float
    tolerance: float
    needed: float
    passed: bool
    reason: str = ""
    ran: bool = True

    def as_dict(self):
        """The record as plain values."""
        return asdict(self)

    def __str__(self):
        verdict = ("holds" if self.passed else "FAILS") if self.ran else "was not compared"
        return (
            f"{self.what}, {self.where} against {self.against} in {self.dtype} {verdict}: "
            f"error {self.error:.3g}, tolerance {self.tolerance:.3g}"
            + (f" ({self.reason})" if self.reason else "")
        )


def compare(what, where, against, dtype, ours, theirs, tolerance, reason=""):
    """The record of comparing two arrays within an absolute tolerance.

    Differing shapes, and NaN or infinities on one side only, fail with an infinite error.
    """
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    if ours.shape != theirs.shape:
        reason = f"shapes differ: {ours.shape} and {theirs.shape}"
        return Record(what, where, against, dtype, np.inf, tolerance, np.inf, False, reason)
    if ours.dtype.kind not in "fiub" or theirs.dtype.kind not in "fiub":
        error = 0.0 if np.array_equal(ours, theirs) else np.inf
    else:
        with np.errstate(invalid="ignore"):
            difference = np.abs(ours.astype("float64") - theirs.astype("float64"))
        same = (ours == theirs) | ((ours != ours) & (theirs != theirs))
        difference = np.where(same, 0.0, np.where(np.isnan(difference), np.inf, difference))
        error = float(difference.max(initial=0.0))
        if difference.size > 1:
            worst = np.unravel_index(difference.argmax(), difference.shape)
            where = f"{where}[{', '.join(map(str, worst))}]"
    needed = 0.0 if error == 0 else error / tolerance if tolerance else np.inf
    return Record(what, where, against, dtype, error, tolerance, needed, needed <= 1, reason)


def direction(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """A random direction for a derivative.

    Its stream is its own: of an array that was drawn with the same seed the direction would be the
    array itself, along which some errors of a gradient are not seen.
    """
    return np.random.default_rng((DIRECTIONS, seed)).standard_normal(shape)


def jittering(seed: int, step: float) -> Callable[[np.ndarray], np.ndarray]:
    """A function that moves every number of an array by this share of it, up or down by chance.

    What holds no floats stays as it is. Of one seed, the same arrays are moved alike.
    """
    generator = np.random.default_rng(seed)

    def jitter(array):
        if array.dtype.kind != "f":
            return array
        moved = array * (1.0 + step * generator.choice([-1.0, 1.0], array.shape))
        return moved.astype(array.dtype, copy=False)

    return jitter


def scales(evaluate, quantities, draws=3, roundings=1.0, dtype="float32"):
    """Scale of every quantity: its magnitude, or its sensitivity to rounding where that is more.

    A gradient that vanishes beside the largest one has that one's scale.

    Args:
        evaluate: function of a `jitter` (a function of one array) that repeats the computation in
            float64 with every input and weight passed through it.
        quantities: the computation's result without jitter.
        draws: how many jittered repetitions; the largest movement counts.
        roundings: by how many roundings of `dtype` a number is jittered.
    """
    unit = UNIT_ROUNDOFF[dtype]
    step = roundings * unit
    found = {name: _largest(value) for name, value in quantities.items()}
    for seed in range(draws):
        for name, value in evaluate(jittering(seed, step)).items():
            if value.dtype.kind != "f":
                continue
            with np.errstate(invalid="ignore"):  # of infinity less infinity
                moved = _largest(value - quantities[name]) / step
            found[name] = max(found[name], moved)
    # A gradient that is zero whatever the inputs (that of a bias which softmax does not see) is
    # nothing but the rounding of the others.
    largest = max((s for name, s in found.items() if name.startswith("gradient")), default=0.0)
    for name, scale in found.items():
        if name.startswith("gradient") and scale < unit * largest:
            found[name] = largest
    return found


def _largest(value: np.ndarray) -> float:
    """The largest magnitude; NaN is none."""
    return float(np.fmax.reduce(np.abs(value), axis=None, initial=0.0))


def compare_all(what, against, dtype, ours, theirs, scale, exceptions=None):
    """Records for every quantity of two results; one that is missing on a side fails.

    Args:
        ours, theirs: dictionaries of named arrays.
        scale: dictionary of the quantities' scales.
        exceptions: `{name: (factor, reason)}` for tolerances wider than the ordinary one.
    """
    records = []
    for name in dict.fromkeys([*ours, *theirs]):
        if name not in ours or name not in theirs:
            side = "the reference" if name not in ours else against
            reason = f"{side} does not give it"
            records.append(Record(what, name, against, dtype, np.inf, 0.0, np.inf, False, reason))
            continue
        factor, reason = (exceptions or {}).get(name, (FACTOR, ""))
        tolerance = factor * UNIT_ROUNDOFF[dtype] * scale[name]
        records.append(
            compare(what, name, against, dtype, ours[name], theirs[name], tolerance, reason)
        )
    if not records:
        records.append(
            Record(what, "", against, dtype, np.inf, 0.0, np.inf, False, "nothing compared")
        )
    return records


def compare_run(what, against, dtype, ours, run, scale, exceptions=None):
    """`compare_all` with what `run` returns, or one record that this machine cannot run it."""
    try:
        theirs = run()
    except Exception as error:
        if reason := backends.no_kernel(error):
            return [Record(what, "", against, dtype, 0.0, 0.0, 0.0, True, reason, ran=False)]
        raise
    return compare_all(what, against, dtype, ours, theirs, scale, exceptions)
