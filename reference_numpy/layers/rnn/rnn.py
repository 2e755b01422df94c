"""The recurrent layer over any cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy import tree
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.rnn import step_loop
from reference_numpy.layers.rnn.stacked_rnn_cells import (
    StackedRNNCells,
    check_cell,
    initial_state,
    output_size,
)


class RNN(Layer):
    """The steps of a cell, one after another over a sequence.

        (o_t, s_t) = cell(x_t, s_{t−1})    y_t = o_t    for t = 1 … T

    Backward is backpropagation through time: from t = T to 1,

        dx_t, ds_{t−1} = cell's backward of (dy_t, ds_t)    dW = Σ_t dW_t

    A mask marks the steps that count. At a step that does not, the state stays, s_t = s_{t−1},
    and the last output is repeated, y_t = y_{t−1} with y_0 = 0 (or, with `zero_output_for_mask`,
    y_t = 0); gradients pass the step by in the same way.

    `forward(sequences, initial_state=None, mask=None, training=False)` gives y, or with
    `return_state` the tuple (y, *states). `backward(dy, cache)` takes a `dy` of that structure,
    in which None stands for an output whose gradient is zero. Where `initial_state` was given dx
    is {"sequences": …, "initial_state": …}, else the gradient of the sequences alone.

    Dropout masks of the cell are drawn once a call and serve all its steps; as in Keras they are
    drawn at inference too, where they are not used.

    Shapes:
        sequences: (batch, T, …)    mask: (batch, T), true where the step counts
        y: (batch, …), the last output, or (batch, T, …) with `return_sequences`

    Args:
        cell: a cell, or a list of cells, which are stacked.
        return_sequences: whether all outputs are returned or the last alone.
        return_state: whether the last states are returned too.
        go_backwards: whether the steps run from the sequence's end to its start; the outputs are
            then in the order of the steps, and so is the mask that goes with them.
        stateful: whether a call begins with the states that the last call ended with. They are
            in `states`, not among the weights; `reset_state()` makes them zeros.
        unroll: how Keras runs the loop; no difference here.
        zero_output_for_mask: see above.

    Raises:
        ValueError: for a cell without `forward` or `state_size`; sequences without a step; a
            mask or states that do not fit; another batch size where stateful.

    Source: Werbos 1990, "Backpropagation through time"; Saito, Deep Learning from Scratch 2,
    sections 5.2 and 5.3.
    """

    def __init__(
        self,
        cell: Layer | Sequence[Layer],
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ):
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        check_cell(cell, "Argument `cell`")
        super().__init__(**kwargs)
        self.cell = self.track(cell)
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.states = None
        self.supports_masking = True

    @property
    def state_size(self):
        """Sizes of the cell's states, in a list."""
        size = self.cell.state_size
        return [size] if isinstance(size, int) else list(size)

    def build(self, sequences_shape, initial_state_shape=None):
        """Build the cell for one step and, where stateful, create the states."""
        batch_size, step_shape = sequences_shape[0], sequences_shape[2:]
        if not self.cell.built:
            self.cell.build((batch_size, *step_shape))
        if self.stateful:
            if batch_size is None:
                raise ValueError(
                    f"Layer '{self.name}' is stateful, so the batch size must be known. "
                    f"Received: sequences_shape={sequences_shape}"
                )
            self.states = tree.map_structure(
                lambda state: state.astype(self.variable_dtype), self.get_initial_state(batch_size)
            )

    def get_initial_state(self, batch_size):
        """The states before the first step, in a list."""
        return _as_list(initial_state(self.cell, batch_size))

    def reset_state(self):
        """Make the kept states of a stateful layer zeros."""
        for state in tree.flatten(self.states or []):
            state[...] = 0

    reset_states = reset_state

    def forward(self, sequences, initial_state=None, mask=None, training=False):
        """y or (y, *states), and what backward needs."""
        states = self._first_states(sequences, initial_state)
        steps = np.swapaxes(sequences.astype(self.compute_dtype, copy=False), 0, 1)
        keep = step_loop.steps_of_mask(mask, sequences.shape, self.name)
        if self.go_backwards:
            steps, keep = steps[::-1], None if keep is None else keep[::-1]
        draw = getattr(self.cell, "draw_dropout_masks", None)
        masks = draw(steps.shape[1:], states) if draw else None
        y, last_states, cache = self.inner_loop(
            steps, states, keep, training, masks if training else None
        )
        if self.return_sequences:
            y = np.ascontiguousarray(np.swapaxes(y, 0, 1))
        y, last_states = self.cast(y), tree.map_structure(self.cast, last_states)
        if self.stateful:
            pairs = zip(tree.flatten(self.states), tree.flatten(last_states), strict=True)
            for state, last in pairs:
                state[...] = last
        outputs = (y, *last_states) if self.return_state else y
        return outputs, (cache, sequences.dtype.kind, initial_state, last_states)

    def backward(self, dy, cache, input_gradient=True):
        """dx, or {"sequences": dx, "initial_state": …}, and the cell's gradients."""
        cache, kind, initial, last_states = cache
        dy, *dstates = dy if self.return_state else (dy,)
        dstates = tree.map_structure(
            lambda gradient, state: np.zeros_like(state) if gradient is None else gradient,
            _with_nones(dstates or [None] * len(last_states), last_states),
            last_states,
        )
        if dy is not None and self.return_sequences:
            dy = np.swapaxes(dy, 0, 1)
        dx, dstates, grads = self.inner_loop_backward(dy, dstates, cache, input_gradient)
        if dx is not None:
            dx = dx[::-1] if self.go_backwards else dx
            dx = self.cast(np.ascontiguousarray(np.swapaxes(dx, 0, 1))) if kind == "f" else None
        if initial is None:
            return dx, grads
        dstates = tree.map_structure(self.cast, dstates)
        as_given = dstates if isinstance(initial, (list, tuple)) else dstates[0]
        return {"sequences": dx, "initial_state": as_given}, grads

    def inner_loop(self, steps, states, keep, training, dropout_masks):
        """`(y, last states, cache)` of all steps, time first; y is all outputs or the last one."""
        return step_loop.forward(self, steps, states, keep, training, dropout_masks)

    def inner_loop_backward(self, dy, dstates, cache, input_gradient):
        """`(dx, d first states, grads)`, time first."""
        return step_loop.backward(self, dy, dstates, cache)

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        """The shape of y, or of (y, *states)."""
        batch_size, length = sequences_shape[:2]
        steps = (length,) if self.return_sequences else ()
        shape = (batch_size, *steps, output_size(self.cell))
        if not self.return_state:
            return shape
        return (shape, *tree.map_structure(lambda size: (batch_size, size), self.state_size))

    def compute_mask(self, inputs, previous_mask=None):
        """The mask of y where there is one of all steps; states have none."""
        mask = tree.flatten(previous_mask)[0] if self.return_sequences else None
        if mask is not None and self.go_backwards:
            mask = np.asarray(mask)[:, ::-1]
        return [mask] + [None] * len(self.state_size) if self.return_state else mask

    def _first_states(self, sequences, initial_state):
        """The states before the first step in the cell's dtype, checked."""
        batch_size, length = sequences.shape[:2]
        if length == 0:
            raise ValueError(
                f"Layer '{self.name}' needs at least one time step. "
                f"Received: sequences.shape={sequences.shape}"
            )
        if self.stateful and len(tree.flatten(self.states)[0]) != batch_size:
            raise ValueError(
                f"Layer '{self.name}' is stateful, so the batch size must stay the same. "
                f"Expected: {len(tree.flatten(self.states)[0])}. Received: {batch_size}"
            )
        fresh = self.get_initial_state(batch_size)
        if initial_state is None:
            initial_state = self.states if self.stateful else fresh
        states = _as_list(initial_state)
        found = [np.shape(state) for state in tree.flatten(states)]
        wanted = [state.shape for state in tree.flatten(fresh)]
        if found != wanted:
            raise ValueError(
                f"Layer '{self.name}': `initial_state` does not fit. Expected states of the "
                f"shapes {wanted}. Received: {found}"
            )
        # Copies in the structure of the cell's own states: kept states change under the cache.
        return tree.pack_like(
            fresh, [np.array(s, self.cell.compute_dtype) for s in tree.flatten(states)]
        )


def _as_list(states):
    return list(states) if isinstance(states, (list, tuple)) else [states]


def _with_nones(gradients, states):
    """`gradients` in the full structure of `states`.

    One None may stand for a whole part, and, as in `compute_output_shape`, the only state of a cell
    for the list that holds it.
    """
    if gradients is None:
        return tree.map_structure(lambda state: None, states)
    if isinstance(states, (list, tuple)):
        gradients = _as_list(gradients)
        return [_with_nones(s, part) for s, part in zip(gradients, states, strict=True)]
    return gradients
