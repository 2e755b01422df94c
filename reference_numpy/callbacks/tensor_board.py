"""The logs of every epoch for TensorBoard."""

import os
from pathlib import Path

from reference_numpy.callbacks.callback import Callback
from reference_numpy.callbacks.event_file import EventFile
from reference_numpy.callbacks.learning_rates import log_learning_rates


class TensorBoard(Callback):
    """Writes what `tensorboard --logdir logs` draws: losses, metrics and learning rate by epoch.

    Folders and names are Keras's: `train` and `validation`, `epoch_loss`, `epoch_accuracy`. What
    only Keras's callback writes (histograms, the graph, profiles) is left out.

    Args:
        log_dir: folder of the event files.
    """

    def __init__(self, log_dir: str | os.PathLike[str] = "logs"):
        self.log_dir = Path(log_dir)
        self.files: dict[str, EventFile] = {}

    def on_epoch_end(self, epoch, logs=None):
        """Write the epoch's logs, those of validation to a file of their own."""
        logs = dict(logs or {})
        validation = {name[4:]: logs.pop(name) for name in list(logs) if name.startswith("val_")}
        log_learning_rates(self.model, logs)
        for part, values in (("train", logs), ("validation", validation)):
            if values:
                if part not in self.files:
                    self.files[part] = EventFile(self.log_dir / part)
                self.files[part].write(epoch, {f"epoch_{n}": v for n, v in values.items()})

    def on_train_end(self, logs=None):
        """Close the files."""
        for file in self.files.values():
            file.close()
        self.files: dict[str, EventFile] = {}
