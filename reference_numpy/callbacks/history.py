"""What happened, epoch by epoch."""

from reference_numpy.callbacks.callback import Callback


class History(Callback):
    """The logs of every epoch: `history.history["val_loss"]` is a list, `history.epoch` goes along.

    `fit` adds one and returns it. Used in another `fit` it goes on where it was, but `epoch` begins
    anew.
    """

    def __init__(self):
        self.history = {}
        self.epoch = []

    def on_train_begin(self, logs=None):
        """Count the epochs anew."""
        self.epoch = []

    def on_epoch_end(self, epoch, logs=None):
        """Keep the epoch's logs."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        self.model.history = self
