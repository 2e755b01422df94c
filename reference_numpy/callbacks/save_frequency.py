"""How often something is saved: after every epoch or every so many batches."""


class SaveFrequency:
    """Counts the batches since the last save.

    Args:
        save_freq: `"epoch"` or a number of batches.

    Raises:
        ValueError: for anything else.
    """

    def __init__(self, save_freq: str | int):
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(
                f"Unrecognized save_freq: {save_freq!r}. Expected save_freq are 'epoch' or integer "
                "values"
            )
        self.save_freq = save_freq
        self.batches_since = 0
        self.last_batch = None

    def is_due(self, batch):
        """Whether to save after the training batch `batch`, which counts from 0 in every epoch."""
        if self.save_freq == "epoch":
            return False
        new_epoch = self.last_batch is None or batch <= self.last_batch
        self.batches_since += batch + 1 if new_epoch else batch - self.last_batch
        self.last_batch = batch
        if self.batches_since < self.save_freq:
            return False
        self.batches_since = 0
        return True
