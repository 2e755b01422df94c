"""The logs of every epoch for MLflow."""

from typing import Any

from reference_numpy.callbacks.callback import Callback


class MlflowCallback(Callback):
    """Tells MLflow the optimizer's settings, the size of the run, and the logs of every epoch.

    >>> import mlflow
    >>> with mlflow.start_run():
    ...     model.fit(x, y, callbacks=[rn.callbacks.MlflowCallback(mlflow)])

    Args:
        mlflow: the module `mlflow`, or anything else with its `log_params` and `log_metrics`.
    """

    def __init__(self, mlflow: Any):
        self.mlflow = mlflow

    def on_train_begin(self, logs=None):
        """Log how the model is trained."""
        config = {f"optimizer_{k}": v for k, v in self.model.optimizer.get_config().items()}
        sizes = {name: self.params[name] for name in ("epochs", "steps")}
        count = self.model.count_params()
        self.mlflow.log_params({**config, **sizes, "parameters": count})

    def on_epoch_end(self, epoch, logs=None):
        """Log the epoch's losses and metrics."""
        self.mlflow.log_metrics(dict(logs or {}), step=epoch)
