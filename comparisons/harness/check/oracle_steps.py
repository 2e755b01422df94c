"""The oracle's training steps, and how far a correct backend's may be from them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from comparisons.harness.proof import checks
from comparisons.harness.proof.training_checks import allow_for_whole_steps, ways_of

# Where rounding decides which way a step goes, half of the repetitions go the other way: so many
# miss it once in 65,000. They are made only where a backend's step differs.
RUNS = 16


@dataclass(frozen=True)
class Run:
    """The oracle's steps.

    Args:
        errors: those of the `IMITATED` by which it errs.
        exact: losses and weights after each of `STEPS` up to the last that can be compared.
        start: the weights before the first.
        oracle: these losses and weights, and their ways, see `ways_of`.
        scale: how large the rounding of each may be.
        last: that step.
        dtype: in which the backends compute.
        repeat: the steps with each number passed through a function, in a precision.
    """

    errors: tuple[str, ...]
    exact: dict
    start: dict
    oracle: dict
    scale: dict
    last: int
    dtype: str
    repeat: Callable

    @cached_property
    def wider(self) -> dict:
        """The scale where the oracle's roundings count: a single entry may be all rounding."""

        def repeat(jitter, **how):
            return up_to(self.last, self.repeat(jitter, **how))

        scale = dict(self.scale)
        allow_for_whole_steps(scale, repeat, self.oracle, self.dtype, RUNS)
        return scale

    def with_ways(self, found: dict) -> dict:
        """Losses and weights of other steps, as far as these go, with the ways that they are."""
        found = up_to(self.last, found)
        return {**found, **ways_of(found, self.exact, self.start)}

    def wrong(self, theirs: dict, backend: str) -> dict[str, checks.Record]:
        """What a backend's steps give otherwise."""
        found = self.with_ways(theirs)

        def beyond(scale):
            records = checks.compare_all("training", backend, self.dtype, self.oracle, found, scale)
            named = zip({**self.oracle, **found}, records, strict=True)
            return {name: record for name, record in named if not record.passed}

        return beyond(self.scale) and beyond(self.wider)


def up_to(last: int, quantities: dict) -> dict:
    """Those after steps that are no later."""
    return {name: value for name, value in quantities.items() if step_of(name) <= last}


def step_of(name: str) -> int:
    """The number of the step after which a quantity stands."""
    return int(name.rpartition(" ")[2])
