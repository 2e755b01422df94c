"""Schedules that decay: exponentially, as 1 / t, as a polynomial, in steps."""

import bisect
import math
from collections.abc import Sequence

from reference_numpy.optimizers.schedules.schedule import LearningRateSchedule, check_decay_steps


class RateDecay(LearningRateSchedule):
    """A decay at a rate r in p = step / decay_steps.

    Args:
        initial_learning_rate: η₀.
        decay_steps: the steps in which p grows by 1.
        decay_rate: r.
        staircase: whether p is rounded down, so that η falls in jumps.
        name: kept for the config; None for the class's name.

    Raises:
        ValueError: for `decay_steps` of 0 or less.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = None,
    ):
        check_decay_steps("decay_steps", decay_steps)
        self.initial_learning_rate, self.decay_rate = initial_learning_rate, decay_rate
        self.decay_steps, self.staircase = decay_steps, staircase
        self.name = name or type(self).__name__

    def progress(self, step):
        """p."""
        p = step / self.decay_steps
        return math.floor(p) if self.staircase else p


class ExponentialDecay(RateDecay):
    """η = η₀ rᵖ: times r every `decay_steps` steps. The arguments are those of `RateDecay`."""

    def __call__(self, step):
        """The learning rate of the step."""
        return self.initial_learning_rate * self.decay_rate ** self.progress(step)


class InverseTimeDecay(RateDecay):
    """η = η₀ / (1 + r p). The arguments are those of `RateDecay`."""

    def __call__(self, step):
        """The learning rate of the step."""
        return self.initial_learning_rate / (1 + self.decay_rate * self.progress(step))


class PolynomialDecay(LearningRateSchedule):
    """η = (η₀ − η₁) (1 − step / n)ᵖ + η₁: from η₀ down to η₁ in n steps.

    After n = `decay_steps` steps η stays at η₁ or, with `cycle`, n is the next multiple of
    `decay_steps`, so that η jumps up and falls again.

    Args:
        initial_learning_rate, end_learning_rate: η₀ and η₁.
        decay_steps: n.
        power: p; 1 is a straight line.
        cycle: whether to begin again.
        name: kept for the config.

    Raises:
        ValueError: for `decay_steps` of 0 or less.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str | None = "PolynomialDecay",
    ):
        check_decay_steps("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.end_learning_rate = end_learning_rate
        self.decay_steps, self.power = decay_steps, power
        self.cycle, self.name = cycle, name

    def __call__(self, step):
        """The learning rate of the step."""
        if self.cycle:
            total = self.decay_steps * max(1, math.ceil(step / self.decay_steps))
        else:
            total = self.decay_steps
            step = min(step, total)
        height = self.initial_learning_rate - self.end_learning_rate
        return height * (1 - step / total) ** self.power + self.end_learning_rate


class PiecewiseConstantDecay(LearningRateSchedule):
    """The learning rate `values[i]` for boundaries[i − 1] < step ≤ boundaries[i].

    Args:
        boundaries: steps, in increasing order.
        values: learning rates, one more than there are boundaries.
        name: kept for the config.

    Raises:
        ValueError: if there is not one value more than there are boundaries.
    """

    def __init__(
        self,
        boundaries: Sequence[float],
        values: Sequence[float],
        name: str | None = "PiecewiseConstant",
    ):
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "The length of boundaries should be 1 less than the length of values. Received: "
                f"boundaries={boundaries} of length {len(boundaries)}, and values={values} of "
                f"length {len(values)}"
            )
        self.boundaries, self.values, self.name = boundaries, values, name

    def __call__(self, step):
        """The learning rate of the step."""
        return self.values[bisect.bisect_left(self.boundaries, step)]
