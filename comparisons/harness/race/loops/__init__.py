"""Training loops without `fit`: the data stay on the device, and so do the batches' orders.

Each backend is a module here with a class `Loop`, which does an epoch by Keras's own `train_step`.
"""

import contextlib
import importlib
from collections.abc import Callable
from types import ModuleType

import keras
import numpy as np


class DeviceLoop:
    """A model with its optimizer, trained by rows of arrays that are on the device.

    Rows are chosen by an `order`: integers of shape (steps, batch_size) on the device.

    Args:
        build: makes the model, compiled.
        devices: how many share each batch.

    Raises:
        ValueError: more devices than there are, or than the loop can use.
    """

    def __init__(self, build: Callable[[], keras.Model], devices: int = 1):
        with self.on(devices):
            self.model = build()
            self.model.optimizer.build(self.model.trainable_variables)
        copies = map(keras.ops.copy, self.model.optimizer.variables)
        self.at_first = [keras.ops.convert_to_numpy(value) for value in copies]

    def on(self, devices: int) -> contextlib.AbstractContextManager:
        """A context in which the model is made for so many devices."""
        if devices > 1:
            raise ValueError("only JAX trains on several devices here")
        return contextlib.nullcontext()

    def start(self, weights: list[np.ndarray]) -> None:
        """Begin anew: these weights, and an optimizer that has seen nothing."""
        self.model.set_weights(weights)
        self.model.reset_metrics()
        for variable, value in zip(self.model.optimizer.variables, self.at_first, strict=True):
            variable.assign(value)

    def place(self, array):
        """The array on the device; on each of several."""
        return keras.ops.convert_to_tensor(array)

    def share(self, order):
        """An order on the device; of several each has its part of every batch."""
        return order

    def epoch(self, x, y, order) -> None:
        """Train with the rows of the order, a step a batch."""
        raise NotImplementedError

    def correct(self, x, y, order) -> int:
        """How many rows of the order are told right; `y` are labels. Waits for the device."""
        raise NotImplementedError

    def weights(self) -> list[np.ndarray]:
        """The model's weights as they are now."""
        return self.model.get_weights()


def loop(backend: ModuleType) -> type[DeviceLoop]:
    """The loop of one of the harness's backends."""
    return importlib.import_module(f"{__name__}.{backend.__name__.rpartition('.')[2]}").Loop
