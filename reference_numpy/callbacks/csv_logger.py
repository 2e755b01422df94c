"""The logs of every epoch in a file."""

import csv
import os
from collections.abc import Iterable

import numpy as np

from reference_numpy.callbacks.callback import Callback


class CSVLogger(Callback):
    """Writes one line of comma-separated values an epoch.

    The columns are `epoch` and the names in the first epoch's logs; where those hold no validation
    there are empty columns (`NA`) for it, since it may come in a later epoch.

    Args:
        filename: path of the file.
        separator: what stands between the values.
        append: whether the lines go to the end of a file that is there.
    """

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ):
        self.filename, self.separator, self.append = os.fspath(filename), separator, append
        self.file = None

    def on_train_begin(self, logs=None):
        """Open the file."""
        self.close()
        has_header = self.append and os.path.exists(self.filename)
        has_header = has_header and os.path.getsize(self.filename) > 0
        mode = "a" if self.append else "w"
        self.file = open(self.filename, mode, encoding="utf-8", newline="")  # noqa: SIM115
        self.writer, self.needs_header = None, not has_header

    def on_epoch_end(self, epoch, logs=None):
        """Write a line."""
        logs = logs or {}
        if self.writer is None:
            names = sorted(logs)
            if not any(name.startswith("val_") for name in names):
                names += [f"val_{name}" for name in names]
            self.writer = csv.DictWriter(
                self.file,
                ["epoch", *names],
                restval="NA",
                extrasaction="ignore",
                delimiter=self.separator,
            )
            if self.needs_header:
                self.writer.writeheader()
        self.writer.writerow({"epoch": epoch, **{k: as_cell(v) for k, v in logs.items()}})
        self.file.flush()

    def on_train_end(self, logs=None):
        """Close the file."""
        self.close()

    def close(self):
        """Close the file, if one is open."""
        if self.file is not None:
            self.file.close()
            self.file = None


def as_cell(value):
    """A value as it is written: a list in brackets, everything else as it is."""
    if isinstance(value, str) or not isinstance(value, Iterable) or np.ndim(value) == 0:
        return value
    return f'"[{", ".join(map(str, value))}]"'
