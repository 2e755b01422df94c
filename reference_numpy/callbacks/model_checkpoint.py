"""The model in a file, as training goes on."""

import os
import warnings

import numpy as np

from reference_numpy.callbacks.monitor_callback import MonitorCallback
from reference_numpy.callbacks.save_frequency import SaveFrequency
from reference_numpy.console import say


class ModelCheckpoint(MonitorCallback):
    """Saves the model after every epoch, after so many batches, or whenever it got better.

    Args:
        filepath: path that ends in `.keras`, or in `.weights.h5` with `save_weights_only`. It may
            hold names in braces: `epoch` and `batch`, which count from 1, and those of the logs,
            as in `"model-{epoch:02d}-{val_loss:.2f}.keras"`.
        monitor, mode: the number and which way is better, for `save_best_only`.
        verbose: 1 prints what is saved.
        save_best_only: whether only a model that got better is saved.
        save_weights_only: whether the weights are saved instead of the whole model.
        save_freq: `"epoch"`, or after how many batches.
        initial_value_threshold: a number that the first model must beat.

    Raises:
        ValueError: for a path of another ending or another `save_freq`.
        KeyError: for a name in braces that the logs do not hold.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int | str = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ):
        super().__init__(monitor, mode, initial_value_threshold)
        self.filepath, self.verbose = os.fspath(filepath), verbose
        self.save_best_only, self.save_weights_only = save_best_only, save_weights_only
        self.save_freq, self.frequency = save_freq, SaveFrequency(save_freq)
        self.epoch = 0
        ending = ".weights.h5" if save_weights_only else ".keras"
        if not self.filepath.endswith(ending):
            raise ValueError(
                f"The filepath of ModelCheckpoint must end in `{ending}` when "
                f"`save_weights_only={save_weights_only}`. Received: filepath={self.filepath}"
            )

    def on_epoch_begin(self, epoch, logs=None):
        """Remember the epoch for its batches."""
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        """Save where so many batches are done."""
        if self.frequency.is_due(batch):
            self.save({"epoch": self.epoch + 1, "batch": batch + 1}, logs or {})

    def on_epoch_end(self, epoch, logs=None):
        """Save where that is done after every epoch."""
        if self.save_freq == "epoch":
            self.save({"epoch": epoch + 1}, logs or {})

    def save(self, numbers, logs):
        """Save the model if that is wanted, under the path with its names filled in."""
        try:
            path = self.filepath.format(**{**numbers, **logs})
        except KeyError as missing:
            raise KeyError(
                f'Failed to format this callback filepath: "{self.filepath}". Reason: {missing}'
            ) from None
        if not self.is_wanted(numbers["epoch"], logs, path):
            return
        if os.path.isdir(path):
            raise OSError(
                "Please specify a non-directory filepath for ModelCheckpoint. Filepath used is an "
                f"existing directory: {path}"
            )
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)
        self.tell(numbers["epoch"], f"finished saving model to {path}")

    def is_wanted(self, epoch, logs, path):
        """Whether this model is to be saved; it becomes the one to beat."""
        if not self.save_best_only:
            self.tell(epoch, f"saving model to {path}")
            return True
        current = logs.get(self.monitor)
        if current is None or np.ndim(current) > 0:
            warnings.warn(
                f"Can save best model only with {self.monitor} available as a scalar. "
                f"Received: {current}",
                stacklevel=4,
            )
            return True
        best = "None" if self.best is None else f"{self.best:.5f}"
        if not self.is_improvement(current, self.best):
            self.tell(epoch, f"{self.monitor} did not improve from {best}")
            return False
        change = f"improved from {best} to {current:.5f}"
        self.tell(epoch, f"{self.monitor} {change}, saving model to {path}")
        self.best = current
        return True

    def tell(self, epoch, message):
        """Print a line."""
        if self.verbose > 0:
            say(f"\nEpoch {epoch}: {message}")
