"""Recurrent layers that make their own cell."""

import functools
from collections.abc import Callable
from typing import Any

from reference_numpy.layers.layer import Layer
from reference_numpy.layers.rnn.rnn import RNN
from reference_numpy.serialization import optional


class CellLayer(RNN):
    """An `RNN` over a cell that it makes itself; it takes the cell's arguments and `RNN`'s.

    The cell's arguments are attributes of the layer too.
    """

    not_in_config: tuple[str, ...] = ("autocast", "cell", "implementation")
    #: class and name of the cell
    cell_class: Callable[..., Layer]
    cell_name: str

    def __init__(self, *cell_arguments: Any, **kwargs: Any):
        named = {name: kwargs.pop(name) for name in self.cell_argument_names() if name in kwargs}
        cell = self.cell_class(
            *cell_arguments,
            **named,
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name=self.cell_name,
        )
        super().__init__(cell, **kwargs)

    @classmethod
    @functools.cache
    def cell_argument_names(cls):
        """Names of the arguments that go to the cell."""
        shared = ("name", "dtype", "trainable", "autocast", "activity_regularizer")
        return [name for name in cls.cell_class.constructor_arguments() if name not in shared]

    @classmethod
    @functools.cache
    def constructor_arguments(cls):
        """The layer's own arguments and the cell's, which the layer itself may give."""
        cell = cls.cell_class.constructor_arguments()
        return {name: optional(argument) for name, argument in cell.items()} | (
            super().constructor_arguments()
        )

    def __getattr__(self, name):
        if name != "cell" and name in type(self).cell_argument_names():
            return getattr(self.cell, name)
        return self.__getattribute__(name)  # raises what it raised before
