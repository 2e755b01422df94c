"""The base of every learning rate schedule."""

from typing import Any

from reference_numpy.serialization import Configurable


class LearningRateSchedule(Configurable):
    """A learning rate that depends on the step: `schedule(step)`, a float.

    Steps count from 0 and include those that only accumulate gradients. A subclass defines
    `__call__(step)` and keeps its constructor's arguments in attributes of the same names.
    """

    def __call__(self, step: Any) -> Any:
        """The learning rate of the step."""
        raise NotImplementedError(f"{type(self).__name__} does not say what the learning rate is.")


def check_decay_steps(name, value):
    """Raise ValueError unless the number of steps is positive."""
    if value <= 0:
        raise ValueError(f"Argument `{name}` must be > 0. Received: {name}={value}")
