"""The base of every callback."""

from typing import Any


class Callback:
    """What wants to be told how training goes: methods that `fit` and its kin call.

    A subclass overrides those it needs. `logs` is a dictionary of numbers: losses and metrics so
    far in the methods that end a batch or an epoch, else empty. `self.model` is the model,
    `self.params` what `fit` was called with (`epochs`, `steps`, `verbose`). Setting
    `self.model.stop_training` to True ends training after the batch.
    """

    model = None
    params = None

    def set_params(self, params: dict[str, Any]) -> None:
        """Keep what `fit` was called with."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Keep the model."""
        self.model = model

    def on_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before a training batch, the older name."""

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After a training batch, the older name."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Before an epoch; epochs count from 0."""

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """After an epoch and its validation, whose results in `logs` begin with `val_`."""

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before a training batch; batches count from 0 in every epoch."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After a training batch."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before a batch of `evaluate` or of validation."""

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After a batch of `evaluate` or of validation."""

    def on_predict_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before a batch of `predict`."""

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After a batch of `predict`."""

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """After the last epoch."""

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Before `evaluate` or validation."""

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """After `evaluate` or validation."""

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Before `predict`."""

    def on_predict_end(self, logs: dict[str, Any] | None = None) -> None:
        """After `predict`."""
