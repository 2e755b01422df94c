"""A learning rate that falls when training does not get on."""

import warnings

import numpy as np

from reference_numpy.callbacks.learning_rates import log_learning_rates, optimizers_by_key, told
from reference_numpy.callbacks.monitor_callback import MonitorCallback


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate when a number has not got better for some epochs.

    Args:
        monitor, mode, min_delta: the number, which way is better, and by how much it must be.
        factor: what the learning rate is multiplied by, below 1.
        patience: epochs without progress after which it is.
        verbose: 1 prints the new learning rate.
        cooldown: epochs after that which do not count.
        min_lr: the lowest learning rate.

    Raises:
        ValueError: for a `factor` of 1 or more.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int | str = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ):
        super().__init__(monitor, mode, min_delta=min_delta)
        if factor >= 1.0:
            raise ValueError(
                f"ReduceLROnPlateau does not support a factor >= 1.0. Received: factor={factor}"
            )
        self.factor, self.min_lr = factor, min_lr
        self.patience, self.cooldown, self.verbose = patience, cooldown, verbose
        self.on_train_begin()

    def on_train_begin(self, logs=None):
        """Forget an earlier training."""
        self.best = None
        self.wait = self.cooldown_counter = 0

    def on_epoch_end(self, epoch, logs=None):
        """Log the learning rate, compare with the best epoch so far, and reduce."""
        self.find_direction()
        logs = {} if logs is None else logs
        log_learning_rates(self.model, logs)
        if self.monitor not in logs:
            warnings.warn(
                f"Learning rate reduction is conditioned on metric `{self.monitor}` which is not "
                f"available. Available metrics are: {','.join(logs)}.",
                stacklevel=2,
            )
            return
        current = logs[self.monitor]
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_improvement(current, self.best):
            self.best, self.wait = current, 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and self.reduce(epoch):
                self.cooldown_counter, self.wait = self.cooldown, 0

    def reduce(self, epoch):
        """Reduce the learning rates that are above `min_lr`; whether there was one."""
        reduced = False
        for key, optimizer in optimizers_by_key(self.model).items():
            # Learning rates are kept in float32, in which `min_lr` may be a little more.
            if optimizer.learning_rate <= np.float32(self.min_lr):
                continue
            new = max(optimizer.learning_rate * self.factor, self.min_lr)
            optimizer.learning_rate, reduced = new, True
            if self.verbose > 0:
                rate = f"{told(key)} to {new}"
                print(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing {rate}.")
        return reduced

    def in_cooldown(self):
        """Whether epochs do not count at present."""
        return self.cooldown_counter > 0
