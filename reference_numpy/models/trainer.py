"""Training: compile, fit, evaluate, predict."""

import numpy as np

from reference_numpy import tree
from reference_numpy.models.callback_list import CallbackList, plain_logs
from reference_numpy.models.data import Batches, as_arrays, class_weight_to_sample_weights, unpack
from reference_numpy.models.data import split as split_data
from reference_numpy.models.progress import ProgressBar
from reference_numpy.models.steps import Steps


class Trainer(Steps):
    """What a model does with data. The single step is in `Steps`."""

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        initial_epoch=0,
        steps_per_epoch=None,
        validation_steps=None,
        validation_batch_size=None,
        validation_freq=1,
    ):
        """Train the model for some epochs.

        Args:
            x, y: inputs and targets: arrays, or lists or dictionaries of arrays.
            batch_size: samples a step; None for 32.
            epochs: the epoch to stop at; each sees every sample once.
            verbose: 0 for silence, 1 or "auto" for a progress bar, 2 for a line an epoch.
            callbacks: a callback or a list of them.
            validation_split: share of the samples, the last ones, to validate with.
            validation_data: `(x, y)` or `(x, y, sample_weight)` to validate with instead.
            shuffle: see `Batches`. For the order of a Keras run give both halves `shuffle=False`
                and data in that order; on JAX Keras draws each epoch's order from
                `numpy.random.permutation`, so a `numpy.random.RandomState` repeats it.
            class_weight: `{class: weight}`. sample_weight: a weight for each sample.
            initial_epoch: the epoch to begin with.
            steps_per_epoch: batches an epoch; None for all samples.
            validation_steps, validation_batch_size: the same for validation.
            validation_freq: validate every so many epochs, or after the listed ones.

        Returns:
            A History: `history.history` has a list for each name of the log.

        Raises:
            ValueError: for a model not compiled, and for data that do not fit it.
        """
        self._check_compiled("fit")
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = split_data(
                x, y, sample_weight, validation_split
            )
        batches = Batches(x, y, sample_weight, batch_size, steps_per_epoch, shuffle, class_weight)
        validation = None
        if validation_data is not None:
            size = validation_batch_size or batch_size
            validation = Batches(*unpack(validation_data), size, validation_steps)
        params = {"verbose": verbose, "epochs": epochs, "steps": batches.steps_per_epoch}
        callbacks = CallbackList(callbacks, self, params, add_history=True)
        self.stop_training = False
        self._initial_epoch = None
        callbacks.call("on_train_begin")
        logs = None
        for epoch in range(self._initial_epoch or initial_epoch, epochs):
            bar = ProgressBar(batches.steps_per_epoch, verbose)
            if bar.verbose and epochs > 1:
                print(f"Epoch {epoch + 1}/{epochs}")
            callbacks.call("on_epoch_begin", epoch)
            steps = self._run_epoch(batches, self.train_step, "train", callbacks, bar)
            logs = self.get_metrics_result()
            if validation is not None and _is_due(epoch, validation_freq):
                found = self._evaluate(validation, callbacks, ProgressBar(1, 0))
                logs.update({f"val_{name}": value for name, value in found.items()})
            logs = plain_logs(logs)
            bar.finish(steps, logs)
            callbacks.call("on_epoch_end", epoch, logs)
            if self.stop_training:
                break
        if epochs > 0 and self.optimizer.built:
            self.optimizer.finalize_variable_values(self.trainable_weights)
        callbacks.call("on_train_end", logs)
        return self.history

    def _run_epoch(self, batches, step_function, kind, callbacks, bar):
        """Run a step for every batch; returns how many there were."""
        self.reset_metrics()
        step = 0
        for step, batch in enumerate(batches.epoch(), start=1):
            callbacks.call(f"on_{kind}_batch_begin", step - 1)
            step_function(*batch)
            if callbacks.watch_batches:
                logs = plain_logs(self.get_metrics_result())
                callbacks.call(f"on_{kind}_batch_end", step - 1, logs)
            bar.update(step, lambda: plain_logs(self.get_metrics_result()))
            if self.stop_training and kind == "train" or self.stop_evaluating and kind == "test":
                break
        return step

    def evaluate(
        self,
        x=None,
        y=None,
        batch_size=None,
        verbose="auto",
        sample_weight=None,
        steps=None,
        callbacks=None,
        return_dict=False,
    ):
        """Loss and metrics in inference mode; arguments as in `fit`.

        Returns:
            The loss, or a list of the loss and the metrics, or with `return_dict` a dictionary.
        """
        self._check_compiled("evaluate")
        batches = Batches(x, y, sample_weight, batch_size, steps)
        bar = ProgressBar(batches.steps_per_epoch, verbose)
        params = {"verbose": verbose, "epochs": 1, "steps": batches.steps_per_epoch}
        logs = self._evaluate(batches, CallbackList(callbacks, self, params), bar)
        return logs if return_dict else self._in_order(logs)

    def _evaluate(self, batches, callbacks, bar):
        self.stop_evaluating = False
        callbacks.call("on_test_begin")
        steps = self._run_epoch(batches, self.test_step, "test", callbacks, bar)
        logs = plain_logs(self.get_metrics_result())
        callbacks.call("on_test_end", logs)
        bar.finish(steps, logs)
        return logs

    def predict(self, x, batch_size=None, verbose="auto", steps=None, callbacks=None):
        """The outputs for all of `x`, computed batch by batch in inference mode."""
        batches = Batches(x, batch_size=batch_size, steps=steps)
        params = {"verbose": verbose, "epochs": 1, "steps": batches.steps_per_epoch}
        callbacks = CallbackList(callbacks, self, params)
        bar = ProgressBar(batches.steps_per_epoch, verbose)
        self.stop_predicting = False
        callbacks.call("on_predict_begin")
        found, step = [], 0
        for step, (inputs, _, _) in enumerate(batches.epoch(), start=1):
            callbacks.call("on_predict_batch_begin", step - 1)
            outputs = self.forward(inputs, training=False)[0]
            found.append(outputs)
            callbacks.call("on_predict_batch_end", step - 1, {"outputs": outputs})
            bar.update(step, dict)
            if self.stop_predicting:
                break
        callbacks.call("on_predict_end")
        bar.finish(step, {})
        return tree.map_structure(lambda *parts: np.concatenate(parts), *found)

    def train_on_batch(self, x, y=None, sample_weight=None, class_weight=None, return_dict=False):
        """One step with one batch; returns what `evaluate` returns, before the step."""
        self._check_compiled("train_on_batch")
        if class_weight is not None:
            if sample_weight is not None:
                raise ValueError("You cannot pass `class_weight` and `sample_weight` together.")
            sample_weight = class_weight_to_sample_weights(y, class_weight)
        return self._on_batch(self.train_step, x, y, sample_weight, return_dict)

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False):
        """Loss and metrics of one batch, in inference mode."""
        self._check_compiled("test_on_batch")
        return self._on_batch(self.test_step, x, y, sample_weight, return_dict)

    def _on_batch(self, step_function, x, y, sample_weight, return_dict):
        self.reset_metrics()
        batch = Batches(x, y, sample_weight, batch_size=_length(x))
        step_function(batch.x, batch.y, batch.sample_weight)
        logs = plain_logs(self.get_metrics_result())
        return logs if return_dict else self._in_order(logs)

    def predict_on_batch(self, x):
        """The outputs for one batch."""
        return self.forward(as_arrays(x, "x"), training=False)[0]


def _is_due(epoch, validation_freq):
    """Whether to validate after this epoch (counted from 0)."""
    if isinstance(validation_freq, int):
        return (epoch + 1) % validation_freq == 0
    if isinstance(validation_freq, (list, tuple)):
        return epoch + 1 in validation_freq
    raise ValueError(
        "Expected `validation_freq` to be an integer or a list of epochs. Received: "
        f"validation_freq={validation_freq!r}"
    )


def _length(x):
    """Number of samples of one batch."""
    leaves = [leaf for leaf in tree.flatten(x) if leaf is not None]
    return max(len(leaves[0]), 1) if leaves and np.ndim(leaves[0]) else 1
