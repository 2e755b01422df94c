"""Go on where training was interrupted."""

import json
import os
import shutil

from reference_numpy.callbacks.callback import Callback
from reference_numpy.callbacks.save_frequency import SaveFrequency


class BackupAndRestore(Callback):
    """Saves weights, optimizer state and epoch, and begins there when `fit` is called again.

    The model must be built. The files are `latest.weights.h5` and `training_metadata.json`, each
    with a copy `.bkp` of the one before with `double_checkpoint`, which is used when the latest
    cannot be read. A run that was interrupted inside an epoch repeats that epoch.

    Args:
        backup_dir: folder for the files.
        save_freq: `"epoch"`, or after how many batches to save.
        double_checkpoint: whether the backup before the latest is kept too.
        delete_checkpoint: whether the backup is deleted when training ends well.

    Raises:
        ValueError: for an empty `backup_dir`, another `save_freq`, or a model that is not built.
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ):
        if not backup_dir:
            raise ValueError("Empty `backup_dir` argument passed")
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq, self.frequency = save_freq, SaveFrequency(save_freq)
        self.double_checkpoint, self.delete_checkpoint = double_checkpoint, delete_checkpoint
        self.weights_path = os.path.join(self.backup_dir, "latest.weights.h5")
        self.metadata_path = os.path.join(self.backup_dir, "training_metadata.json")
        self.epoch = 0

    def on_train_begin(self, logs=None):
        """Load the backup, if there is one."""
        if not self.model.built:
            raise ValueError(
                "To use the BackupAndRestore callback, your model must be built before you call "
                "`fit()`. Build it by calling it on a batch of data."
            )
        try:
            self.restore()
        except OSError:
            if not os.path.exists(self.weights_path + ".bkp"):
                raise
            for path in (self.weights_path, self.metadata_path):
                if os.path.exists(path + ".bkp"):
                    shutil.copyfile(path + ".bkp", path)
                elif os.path.exists(path):
                    os.remove(path)
            self.restore()

    def restore(self):
        """Load what is there, and tell `fit` the epoch to begin with."""
        if os.path.exists(self.weights_path):
            self.model.load_weights(self.weights_path)
        if os.path.exists(self.metadata_path):
            with open(self.metadata_path, encoding="utf-8") as file:
                self.epoch = json.load(file)["epoch"]
            self.model.initial_epoch = self.epoch

    def on_epoch_end(self, epoch, logs=None):
        """Save where that is done after every epoch."""
        self.epoch = epoch + 1
        if self.save_freq == "epoch":
            self.save(0)

    def on_train_batch_end(self, batch, logs=None):
        """Save where so many batches are done."""
        if self.frequency.is_due(batch):
            self.save(batch)

    def save(self, batch):
        """Write the files."""
        os.makedirs(self.backup_dir, exist_ok=True)
        if self.double_checkpoint:
            for path in (self.weights_path, self.metadata_path):
                if os.path.exists(path):
                    shutil.copyfile(path, path + ".bkp")
        self.model.save_weights(self.weights_path, overwrite=True)
        with open(self.metadata_path, "w", encoding="utf-8") as file:
            json.dump({"epoch": self.epoch, "batch": batch}, file)

    def on_train_end(self, logs=None):
        """Delete the backup, and the folder unless it holds something else."""
        if not self.delete_checkpoint or not os.path.exists(self.backup_dir):
            return
        for path in (self.weights_path, self.metadata_path):
            for file in (path, path + ".bkp"):
                if os.path.exists(file):
                    os.remove(file)
        if not os.listdir(self.backup_dir):
            os.rmdir(self.backup_dir)
