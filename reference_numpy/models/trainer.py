"""Training: compile, fit, evaluate, predict."""

import contextlib
import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from reference_numpy import tree
from reference_numpy.annotations import Structure
from reference_numpy.callbacks import Callback, CallbackList, History
from reference_numpy.callbacks.callback_list import as_numbers
from reference_numpy.kernels.memory import forward_alone
from reference_numpy.kernels.threads import ahead
from reference_numpy.models import parts
from reference_numpy.models.batches import Batches, Replayed, batches_of, is_stream
from reference_numpy.models.data import as_arrays, unpack
from reference_numpy.models.data import split as split_data
from reference_numpy.models.mistakes import tell_of_sorted_classes
from reference_numpy.models.pool_first import pool_first
from reference_numpy.models.runner import Runner
from reference_numpy.models.steps import Steps
from reference_numpy.models.watching import watcher

NO_BATCH = (
    "There is no batch to evaluate or predict. A generator can be gone through only once: give a "
    "new one, or what can be iterated anew."
)


class Trainer(Steps):
    """What a model does with data. The single step is in `Steps`."""

    def fit(
        self,
        x: Structure = None,
        y: Structure = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Structure = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
    ) -> History:
        """Train the model for some epochs.

        Args:
            x, y: inputs and targets: arrays, or lists or dictionaries of arrays. Or x alone, a
                generator or dataset that yields the batches: see `Stream`.
            batch_size: samples a step; None for 32.
            epochs: the epoch to stop at; each sees every sample once.
            verbose: 0 for silence, 1 or "auto" for a progress bar, 2 for a line an epoch.
            callbacks: a callback or a list of them.
            validation_split: share of the samples, the last ones, to validate with.
            validation_data: `(x, y)` or `(x, y, sample_weight)` to validate with instead, or what
                yields batches. Each validation begins at the beginning; the batches of a generator
                are kept for that.
            shuffle: see `Batches`. For the order of a Keras run give both halves `shuffle=False`
                and data in that order; on JAX Keras draws each epoch's order from
                `numpy.random.permutation`, so a `numpy.random.RandomState` repeats it.
            class_weight: `{class: weight}`. sample_weight: a weight for each sample.
            initial_epoch: the epoch to begin with.
            steps_per_epoch: batches an epoch; None for all that there are.
            validation_steps, validation_batch_size: the same for validation.
            validation_freq: validate every so many epochs, or after the listed ones.

        Returns:
            A History: `history.history` has a list for each name of the log.

        Raises:
            ValueError: for a model not compiled, and for data that do not fit it.
        """
        self._check_compiled("fit")
        if not isinstance(epochs, (int, np.integer)) or epochs < 0:
            raise ValueError(
                f"`epochs` must be an integer of 0 or more. Received: epochs={epochs!r}"
            )
        if validation_split and is_stream(x):
            raise ValueError(
                "`validation_split` needs arrays. For what yields batches give `validation_data`. "
                f"Received: x of type {type(x).__name__}"
            )
        if validation_split and validation_data is None:
            targets = as_arrays(y, "y")
            (x, y, sample_weight), validation_data = split_data(
                x, targets, sample_weight, validation_split
            )
            tell_of_sorted_classes(targets)
        batches = batches_of(
            x, y, sample_weight, batch_size, steps_per_epoch, shuffle, class_weight
        )
        validation = None
        _is_due(0, validation_freq)  # says at once if it cannot be understood
        if validation_data is not None:
            size = validation_batch_size or (None if is_stream(validation_data) else batch_size)
            if isinstance(validation_data, Iterator):
                validation_data = Replayed(validation_data)
            held_out = unpack(validation_data)
            if y is not None and held_out[1] is None and not is_stream(validation_data):
                raise ValueError(
                    "`validation_data` must be `(x, y)` or `(x, y, sample_weight)`, since the "
                    "training data have targets. Received no targets."
                )
            validation = batches_of(*held_out, size, validation_steps)
        callbacks = self._callbacks(callbacks, batches, verbose, epochs, add_history=True)
        self.stop_training, self.initial_epoch, self._told_of_nan = False, None, False
        callbacks.on_train_begin()
        logs = {}
        for epoch in range(self.initial_epoch or initial_epoch, epochs):
            callbacks.on_epoch_begin(epoch)
            if not self._run_epoch(batches, self.train_step, "train", callbacks):
                break
            logs = self.get_metrics_result()
            if validation is not None and _is_due(epoch, validation_freq):
                validation.restart()
                found = self._evaluate(validation, callbacks)
                logs.update({f"val_{name}": value for name, value in found.items()})
            callbacks.on_epoch_end(epoch, logs)
            if self.stop_training:
                break
        if epochs > 0 and self.optimizer.built:
            self.optimizer.finalize_variable_values(self.trainable_weights)
        callbacks.on_train_end(logs)
        return self.history

    def _callbacks(self, callbacks, batches, verbose, epochs=1, add_history=False):
        """The callbacks as one, with a progress bar unless `verbose` is 0."""
        if isinstance(callbacks, CallbackList):
            return callbacks
        return CallbackList(
            callbacks,
            add_history=add_history,
            add_progbar=verbose != 0,
            model=self,
            verbose=verbose,
            epochs=epochs,
            steps=batches.steps_per_epoch,
        )

    def _run_epoch(self, batches, step_function, kind, callbacks):
        """Run a step for every batch and return their number.

        Batches nobody listens to are not announced.
        """
        begin, end = f"on_{kind}_batch_begin", f"on_{kind}_batch_end"
        begin = getattr(callbacks, begin) if _listens(callbacks, begin) else None
        end = getattr(callbacks, end) if _listens(callbacks, end) else None
        self.reset_metrics()
        step = -1
        for step, batch in enumerate(batches.epoch()):
            if begin is not None:
                begin(step)
            step_function(*batch)
            if end is not None:
                end(step, self.get_metrics_result())
            if self.stop_training if kind == "train" else self.stop_evaluating:
                break
        return step + 1

    def evaluate(
        self,
        x: Structure = None,
        y: Structure = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Structure = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Loss and metrics in inference mode; arguments as in `fit`.

        Returns:
            The loss, or a list of the loss and the metrics, or with `return_dict` a dictionary.
        """
        self._check_compiled("evaluate")
        batches = batches_of(x, y, sample_weight, batch_size, steps)
        logs = self._evaluate(batches, self._callbacks(callbacks, batches, verbose))
        return logs if return_dict else self._in_order(logs)

    def _evaluate(self, batches, callbacks):
        self.stop_evaluating = False
        callbacks.on_test_begin()
        if not self._run_epoch(batches, self.test_step, "test", callbacks):
            raise ValueError(NO_BATCH)
        logs = as_numbers(self.get_metrics_result())
        callbacks.on_test_end(logs)
        return logs

    def predict(
        self,
        x: Structure,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """The outputs for all of `x`, computed batch by batch in inference mode.

        Without `callbacks`, small batches of arrays are computed together, and batches at once on
        several cores, where no layer looks at several samples.
        """
        batches = batches_of(x, batch_size=batch_size, steps=steps)
        outputs_of = self._prediction()
        together, at_once = (1, False) if callbacks else self._predicts_together(batches)
        callbacks = self._callbacks(callbacks, batches, verbose)
        numbers: Iterator[int] = itertools.count()
        if together > 1:
            numbers = iter(range(batches.size))
            batches = Batches(x, batch_size=together * batches.batch_size)
        self.stop_predicting = False
        callbacks.on_predict_begin()
        found = []
        functions = (
            ahead(outputs_of, batches.epoch())
            if at_once
            else (functools.partial(outputs_of, batch) for batch in batches.epoch())
        )
        # Closed here, since an exception that is kept keeps the batches that wait, too.
        with contextlib.closing(functions):
            for outputs_of_some in functions:
                steps_done = list(itertools.islice(numbers, together))
                callbacks.on_predict_batch_begin(steps_done[0])
                outputs = outputs_of_some()
                found.append(outputs)
                for step in steps_done:
                    callbacks.on_predict_batch_end(step, {"outputs": outputs})
                if self.stop_predicting:
                    break
        if not found:
            raise ValueError(NO_BATCH)
        callbacks.on_predict_end()
        return tree.map_structure(lambda *parts: np.concatenate(parts), *found)

    def _predicts_together(self, batches):
        """How many batches to predict as one, and whether to predict several such at once."""
        if not (isinstance(batches, Batches) and self._is_its_graph()):
            return 1, False
        size, steps = batches.batch_size, batches.steps_per_epoch
        together = 1 if batches.steps else parts.together(self.graph, size, steps)
        return together, parts.are_batches(self.graph, together * size, -(-steps // together))

    def _is_its_graph(self):
        """Whether it is built, and gives what its graph gives."""
        return self.graph is not None and type(self).forward is Runner.forward

    def _prediction(self):
        """The function of `(x, …)` that gives the outputs for x."""
        graph = None
        if self._is_its_graph() and watcher() is None:
            graph, _ = pool_first(self.graph)

        def outputs_of(batch):
            with forward_alone():
                if graph is None:
                    return self.forward(batch[0], training=False)[0]
                return self.pack_outputs(graph.forward(self.flat_inputs(batch[0]), None, False)[0])

        return outputs_of

    def train_on_batch(
        self,
        x: Structure,
        y: Structure = None,
        sample_weight: Structure = None,
        class_weight: dict[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """One step with one batch; returns what `evaluate` returns, before the step."""
        self._check_compiled("train_on_batch")
        return self._on_batch(self.train_step, x, y, sample_weight, return_dict, class_weight)

    def test_on_batch(
        self,
        x: Structure,
        y: Structure = None,
        sample_weight: Structure = None,
        return_dict: bool = False,
    ) -> Any:
        """Loss and metrics of one batch, in inference mode."""
        self._check_compiled("test_on_batch")
        return self._on_batch(self.test_step, x, y, sample_weight, return_dict)

    def _on_batch(self, step_function, x, y, sample_weight, return_dict, class_weight=None):
        self.reset_metrics()
        batch = Batches(x, y, sample_weight, class_weight=class_weight)
        step_function(batch.x, batch.y, batch.sample_weight)
        logs = as_numbers(self.get_metrics_result())
        return logs if return_dict else self._in_order(logs)

    def predict_on_batch(self, x: Structure) -> Any:
        """The outputs for one batch."""
        return self._prediction()((as_arrays(x, "x"),))


def _listens(callbacks, method):
    """Whether any callback has a `method` (or its older name) of its own."""
    names = [method, method.replace("train_batch", "batch")]
    return any(
        getattr(getattr(callback, name), "__func__", None) is not getattr(Callback, name)
        for callback in callbacks.callbacks
        for name in names
        if hasattr(Callback, name)
    )


def _is_due(epoch, validation_freq):
    """Whether to validate after this epoch (counted from 0)."""
    if isinstance(validation_freq, int) and validation_freq > 0:
        return (epoch + 1) % validation_freq == 0
    if isinstance(validation_freq, (list, tuple)):
        return epoch + 1 in validation_freq
    raise ValueError(
        "Expected `validation_freq` to be an integer of 1 or more, or a list of epochs. Received: "
        f"validation_freq={validation_freq!r}"
    )
