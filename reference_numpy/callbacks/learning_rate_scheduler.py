"""A learning rate that a function sets."""

import inspect
from collections.abc import Callable

import numpy as np

from reference_numpy.callbacks.callback import Callback
from reference_numpy.callbacks.learning_rates import log_learning_rates, optimizers_by_key, told


class LearningRateScheduler(Callback):
    """Sets the learning rate before every epoch and logs it after.

    Args:
        schedule: function of `(epoch, learning_rate)`, or of `(epoch)`, that gives a float.
        verbose: 1 prints the learning rate.

    Raises:
        ValueError: if `schedule` gives anything but a float.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int | str = 0):
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch, logs=None):
        """Set the learning rate."""
        for key, optimizer in optimizers_by_key(self.model).items():
            optimizer.learning_rate = new = self.scheduled(epoch, optimizer.learning_rate)
            if self.verbose > 0:
                rate = f"{told(key)} to {new}"
                print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting {rate}.")

    def on_epoch_end(self, epoch, logs=None):
        """Log the learning rate."""
        log_learning_rates(self.model, {} if logs is None else logs)

    def scheduled(self, epoch, learning_rate):
        """What the function says."""
        takes_both = len(inspect.signature(self.schedule).parameters) > 1
        value = self.schedule(epoch, learning_rate) if takes_both else self.schedule(epoch)
        if not isinstance(value, (float, np.floating)):
            raise ValueError(
                f"The output of the `schedule` function should be a float. Got: {value!r}"
            )
        return float(value)
