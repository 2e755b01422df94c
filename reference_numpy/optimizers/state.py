"""The arrays that an optimizer keeps from step to step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reference_numpy.annotations import Array
from reference_numpy.serialization import Configurable


@dataclass(eq=False)
class Variable:
    """One array of an optimizer's state under Keras's name for it."""

    name: str
    value: np.ndarray


class OptimizerState(Configurable):
    """The state of an optimizer: a list of `Variable`s in the order of Keras's files.

    `slots[i]` holds what `update` needs of the state of weight i, by name.
    """

    def add_variable(self, name, value):
        """Record one array of state, in the order of Keras's files."""
        self.own_variables.append(Variable(name, value))
        return value

    def add_variables(self, name):
        """An array of zeros for every weight."""
        return [
            self.add_variable(self.variable_name(index, name), np.zeros_like(weight))
            for index, weight in enumerate(self.weights)
        ]

    def add_slots(self, *names, initial_values=0.0):
        """State for every weight; of several names those of one weight follow each other."""
        initial_values = np.broadcast_to(initial_values, len(names))
        for index, weight in enumerate(self.weights):
            for name, initial_value in zip(names, initial_values, strict=True):
                self.add_slot(index, name, np.full_like(weight, initial_value))

    def add_slot(self, index, name, value):
        """State of one weight, which `update` receives as the argument called `name`."""
        self.slots[index][name] = self.add_variable(self.variable_name(index, name), value)

    def variable_name(self, index, name):
        """Keras's name for the state `name` of a weight, `"dense_kernel_momentum"`."""
        return f"{self.paths[index].replace('/', '_')}_{name}"

    @property
    def variables(self):
        """The whole state as `Variable`s in Keras's order: name and array."""
        return list(self.own_variables)

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Set the whole state from arrays in the order of `variables`.

        Raises:
            ValueError: before the optimizer is built, or if their number or a shape does not fit;
                then nothing is changed.
        """
        if not self.built:
            raise ValueError(
                f"You are calling `set_weights()` on the optimizer '{self.name}', which has not "
                "been built. Call `optimizer.build(weights)` first."
            )
        values = [np.asarray(value) for value in weights]
        if len(values) != len(self.variables):
            raise ValueError(
                f"The optimizer '{self.name}' has {len(self.variables)} variables. "
                f"Received: {len(values)} arrays"
            )
        for variable, value in zip(self.variables, values, strict=True):
            if variable.value.shape != value.shape:
                raise ValueError(
                    f"The variable '{variable.name}' of the optimizer '{self.name}' has the shape "
                    f"{variable.value.shape}. Received an array of shape {value.shape}"
                )
        for variable, value in zip(self.variables, values, strict=True):
            variable.value[...] = value


def flush_denormals(slots):
    """Set entries that are too small for the ordinary floating format to 0.

    The moments of a weight whose gradient has become 0 decay to such numbers and stay there, and
    arithmetic with them is some ten times slower. No epsilon is so small as to see them.
    """
    for value in slots.values():
        value[np.abs(value) < np.finfo(value.dtype).smallest_normal] = 0
