"""Keras's callbacks, and one for MLflow."""

from reference_numpy.callbacks.backup_and_restore import BackupAndRestore
from reference_numpy.callbacks.callback import Callback
from reference_numpy.callbacks.callback_list import CallbackList
from reference_numpy.callbacks.csv_logger import CSVLogger
from reference_numpy.callbacks.early_stopping import EarlyStopping
from reference_numpy.callbacks.history import History
from reference_numpy.callbacks.lambda_callback import LambdaCallback
from reference_numpy.callbacks.learning_rate_scheduler import LearningRateScheduler
from reference_numpy.callbacks.mlflow_callback import MlflowCallback
from reference_numpy.callbacks.model_checkpoint import ModelCheckpoint
from reference_numpy.callbacks.progbar_logger import ProgbarLogger
from reference_numpy.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from reference_numpy.callbacks.tensor_board import TensorBoard
from reference_numpy.callbacks.terminate_on_nan import TerminateOnNaN
from reference_numpy.serialization import refusing

#: callbacks of Keras that are left out, with the reason for each
refused = {
    "OrbaxCheckpoint": "it writes another library's format; ModelCheckpoint writes Keras's.",
    "RemoteMonitor": "it sends what it hears over the network, which nothing here does.",
    "SwapEMAWeights": "an optimizer with `use_ema` keeps the averages and sets them at the end.",
}
__getattr__ = refusing(__name__, "callback", refused)

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "MlflowCallback",
    "ModelCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "TensorBoard",
    "TerminateOnNaN",
]
