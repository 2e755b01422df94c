"""The callbacks of one `fit`, `evaluate` or `predict`, called one after another."""

from reference_numpy.callbacks import Callback, History

BATCH_ENDS = ("on_train_batch_end", "on_test_batch_end", "on_predict_batch_end", "on_batch_end")


class CallbackList:
    """Calls the same method of every callback.

    Args:
        callbacks: a callback, a list of them, or None.
        model: the model they are to watch.
        params: what they may want to know: `epochs`, `steps`, `verbose`.
        add_history: whether a History is added if there is none; it becomes `model.history`.
    """

    def __init__(self, callbacks, model, params, add_history=False):
        given = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
        self.callbacks = [callback for callback in given if callback is not None]
        if add_history:
            histories = [c for c in self.callbacks if isinstance(c, History)]
            if not histories:
                histories = [History()]
                self.callbacks += histories
            model.history = histories[-1]
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params)
        #: whether any callback looks at batches, so that their logs must be computed
        self.watch_batches = any(
            getattr(type(callback), method, None) is not getattr(Callback, method)
            for callback in self.callbacks
            for method in BATCH_ENDS
        )

    def call(self, method, *args):
        """Call `method` of every callback."""
        for callback in self.callbacks:
            getattr(callback, method)(*args)


def plain_logs(logs):
    """The log with its names sorted and its values as Python numbers, as Keras gives it."""
    found = {}
    for name in sorted(logs):
        value = logs[name]
        found[name] = float(value) if getattr(value, "ndim", 0) == 0 else value
    return found
