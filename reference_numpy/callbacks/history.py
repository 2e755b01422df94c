"""What happened, epoch by epoch."""

from html import escape

import numpy as np

from reference_numpy.callbacks.callback import Callback
from reference_numpy.callbacks.progbar_logger import as_number

SHOWN = 20  # epochs in a notebook's table; of more than that, as many with even gaps


class History(Callback):
    """The logs of every epoch: `history.history["val_loss"]` is a list, `history.epoch` goes along.

    `fit` adds one and returns it, and a notebook shows it as a table. Used in another `fit` it goes
    on where it was, but `epoch` begins anew.
    """

    def __init__(self):
        self.history = {}
        self.epoch = []
        self._rows = []

    def on_train_begin(self, logs=None):
        """Count the epochs anew."""
        self.epoch = []

    def on_epoch_end(self, epoch, logs=None):
        """Keep the epoch's logs."""
        self.epoch.append(epoch)
        self._rows.append((epoch, logs or {}))
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        self.model.history = self

    def __repr__(self) -> str:
        last = "".join(f", {n} {_text(v)}" for _, logs in self._rows[-1:] for n, v in logs.items())
        return f"<History: {len(self._rows)} epochs{last}>"

    def _repr_html_(self) -> str:
        number = len(self._rows)
        shown = np.linspace(0, number - 1, min(number, SHOWN)).round().astype(int).tolist()
        head = "".join(f"<th>{escape(name)}</th>" for name in ("epoch", *self.history))
        lines = [head]
        for epoch, logs in (self._rows[place] for place in shown):
            texts = [str(epoch + 1), *(_text(logs.get(name, "")) for name in self.history)]
            lines.append("".join(f"<td>{escape(text)}</td>" for text in texts))
        return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _text(value):
    """A number in short; anything else, such as a list of a score by class, as it is."""
    return as_number(value) if isinstance(value, (int, float)) else str(value)
