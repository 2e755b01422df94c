"""Several cells on top of one another, as one cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy import tree
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.rnn.options import options_of_cell


class StackedRNNCells(Layer):
    """A cell whose step is the steps of its cells, each fed with the output of the one below.

        y⁽⁰⁾ = x_t    (y⁽ˡ⁾, s⁽ˡ⁾_t) = cell⁽ˡ⁾(y⁽ˡ⁻¹⁾, s⁽ˡ⁾_{t−1})    y_t = y⁽ᴸ⁾

    Backward runs from the top cell to the lowest, dy⁽ˡ⁻¹⁾ being cell l's dx.

    Shapes:
        x: (batch, inputs)    y: (batch, outputs of the top cell)
        states: a list with one entry a cell, the cell's own states

    Args:
        cells: list of cells.

    Raises:
        ValueError: for a cell that is no layer or has no `state_size`.
    """

    def __init__(self, cells: Sequence[Layer], **kwargs: Any):
        super().__init__(**kwargs)
        for cell in cells:
            check_cell(cell, "All cells")
        self.cells = [self.track(cell) for cell in cells]

    @property
    def state_size(self):
        """One entry a cell."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self):
        """Outputs of the top cell."""
        return output_size(self.cells[-1])

    def get_initial_state(self, batch_size=None):
        """Zeros for every state of every cell."""
        return [initial_state(cell, batch_size) for cell in self.cells]

    def build(self, input_shape):
        """Build each cell for the outputs of the one below."""
        for cell in self.cells:
            if not cell.built:
                cell.build(input_shape)
            input_shape = (input_shape[0], output_size(cell))

    def draw_dropout_masks(self, input_shape, states):
        """A list of each cell's masks, drawn from the lowest cell up."""
        masks = []
        for cell, state in zip(self.cells, states, strict=True):
            draw = getattr(cell, "draw_dropout_masks", None)
            masks.append(draw(input_shape, state) if draw else None)
            input_shape = (input_shape[0], output_size(cell))
        return masks

    def forward(self, inputs, states, training=False, dropout_masks=None):
        """(y, new states), and the cells' caches."""
        new_states, caches = [], []
        masks = dropout_masks or [None] * len(self.cells)
        for cell, state, mask in zip(self.cells, states, masks, strict=True):
            options = options_of_cell(cell, training, mask)
            (inputs, state), cache = cell.forward(inputs, state, **options)
            new_states.append(state)
            caches.append(cache)
        return (inputs, new_states), caches

    def backward(self, dy, cache):
        """{dx, d states} and the cells' gradients, summed where a cell stands in several places."""
        dh, dstates = dy[0], list(dy[1])
        grads = {}
        for index, cell in reversed(list(enumerate(self.cells))):
            dx, own = cell.backward((dh, dstates[index]), cache[index])
            dh, dstates[index] = dx.values()
            for record, grad in zip(cell.trainable_records, own, strict=True):
                grads[record] = grads[record] + grad if record in grads else grad
        return {"inputs": dh, "states": dstates}, [grads[r] for r in self.trainable_records]

    def compute_output_shape(self, inputs_shape, states_shape=None):
        """The top cell's output, and every cell's states."""
        batch = inputs_shape[0]
        states = [map_sizes(lambda size: (batch, size), cell.state_size) for cell in self.cells]
        return (batch, self.output_size), states


def check_cell(cell, subject):
    """Raise ValueError where `cell` cannot be a cell: it needs `forward` and `state_size`."""
    for attribute, what in (("forward", "method"), ("state_size", "attribute")):
        if not hasattr(cell, attribute):
            raise ValueError(
                f"{subject} must have a `{attribute}` {what} (a cell is a layer with "
                f"`state_size`). Received: {cell!r}"
            )


def output_size(cell):
    """Number of outputs of `cell`: its `output_size`, else the size of its first state."""
    size = getattr(cell, "output_size", None)
    if size is not None:
        return size
    return cell.state_size[0] if isinstance(cell.state_size, (list, tuple)) else cell.state_size


def map_sizes(function, sizes):
    """`function` of every number in nested state sizes."""
    return tree.map_structure(function, sizes)


def initial_state(cell, batch_size):
    """The states that `cell` begins with: its own, or zeros of `state_size`."""
    if hasattr(cell, "get_initial_state"):
        return cell.get_initial_state(batch_size=batch_size)
    return map_sizes(lambda size: np.zeros((batch_size, size), cell.compute_dtype), cell.state_size)
