"""Recurrent layers that make their own cell."""

import functools
from collections.abc import Callable
from typing import Any

from reference_numpy.layers.layer import Layer
from reference_numpy.layers.rnn.rnn import RNN


class CellLayer(RNN):
    """An `RNN` over a cell that it makes itself; it takes the cell's arguments and `RNN`'s.

    The cell's arguments are attributes of the layer too.
    """

    not_in_config: tuple[str, ...] = ("autocast", "cell")
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
        names = [*cls.cell_class.argument_names(), *cls.cell_class.not_in_config]
        shared = ("name", "dtype", "trainable", "autocast", "activity_regularizer")
        return [name for name in names if name not in shared]

    @classmethod
    def argument_names(cls):
        """The cell's arguments and the layer's own."""
        names = [*cls.cell_class.argument_names(), *super().argument_names()]
        return [name for name in dict.fromkeys(names) if name not in cls.not_in_config]

    @classmethod
    @functools.cache
    def argument_hints(cls):
        """Those of the cell's arguments and of the layer's own."""
        cell, _ = cls.cell_class.argument_hints()
        own, needed = super().argument_hints()
        return cell | own, needed

    def __getattr__(self, name):
        if name != "cell" and name in type(self).cell_argument_names():
            return getattr(self.cell, name)
        return self.__getattribute__(name)  # raises what it raised before
