"""Several callbacks as one."""

from typing import Any

from reference_numpy import tree
from reference_numpy.callbacks.callback import Callback
from reference_numpy.callbacks.history import History
from reference_numpy.callbacks.progbar_logger import ProgbarLogger


class CallbackList(Callback):
    """Tells every callback of a list, in its order, all that it is told itself.

    All callbacks of one call get the same `logs`, a new dictionary with its keys sorted and its
    values as Python numbers: what one callback adds to it (`ReduceLROnPlateau` the learning rate)
    those after it see.

    Args:
        callbacks: a callback or a (nested) list of them.
        add_history: whether a `History` is added at the end if there is none.
        add_progbar: whether a `ProgbarLogger` is added at the end if there is none.
        model: the model; `model.history` becomes the list's `History`.
        params: what `fit` was called with.

    Raises:
        ValueError: for what is no callback, such as a name or a class.
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ):
        self.callbacks = tree.flatten(callbacks) if callbacks else []
        for callback in self.callbacks:
            if isinstance(callback, type) or not hasattr(callback, "set_model"):
                raise ValueError(
                    "Expected `callbacks` to be objects, such as `EarlyStopping()`. Received among "
                    f"them: {callback!r}"
                )
        self.history = self.find_or_add(History, add_history)
        self.find_or_add(ProgbarLogger, add_progbar)
        if model is not None:
            self.set_model(model)
        self.set_params(params)

    def find_or_add(self, kind, add):
        """The list's last callback of a kind, a new one where there is none and `add` says so."""
        found = [callback for callback in self.callbacks if isinstance(callback, kind)]
        if not found and add:
            found = [kind()]
            self.callbacks += found
        return found[-1] if found else None

    def set_params(self, params):
        """Hand on what `fit` was called with."""
        super().set_params(params)
        if params:
            for callback in self.callbacks:
                callback.set_params(params)

    def set_model(self, model):
        """Hand on the model, and give it its history."""
        super().set_model(model)
        if self.history is not None:
            model.history = self.history
        for callback in self.callbacks:
            callback.set_model(model)


def _tell_all(hook):
    """The method that calls the method `hook` of every callback."""

    def tell(self, *args, logs=None):
        logs = as_numbers(logs or {})
        for callback in self.callbacks:
            getattr(callback, hook)(*args, logs=logs)

    def on_batch(self, batch, logs=None):
        tell(self, batch, logs=logs)

    def on_epoch(self, epoch, logs=None):
        tell(self, epoch, logs=logs)

    def on_run(self, logs=None):
        tell(self, logs=logs)

    method = on_batch if "batch" in hook else on_epoch if "epoch" in hook else on_run
    method.__name__, method.__doc__ = hook, getattr(Callback, hook).__doc__
    return method


for _hook in [name for name in vars(Callback) if name.startswith("on_")]:
    setattr(CallbackList, _hook, _tell_all(_hook))


def as_numbers(logs):
    """The logs as one flat dictionary, sorted by name, its numbers as Python floats."""
    flat = {}
    for name, value in sorted(logs.items()):
        if isinstance(value, dict):
            flat.update(as_numbers(value))
            continue
        try:
            flat[name] = float(value)
        except (TypeError, ValueError):
            flat[name] = value
    return flat
