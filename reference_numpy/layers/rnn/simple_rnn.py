"""The simple recurrent layer over a sequence."""

import numpy as np

from reference_numpy.activations import Linear, Relu, Sigmoid, Tanh
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.rnn.fused_layer import FusedLayer, add_held, hold, split_held
from reference_numpy.layers.rnn.simple_rnn_cell import SimpleRNNCell


class SimpleRNN(FusedLayer):
    """`RNN` over a `SimpleRNNCell`; equations and shapes of the weights stand there.

    Shapes:
        sequences: (batch, T, inputs)   mask: (batch, T)   initial_state: [h], (batch, units)
        y: (batch, units), or (batch, T, units) with `return_sequences`; states [h]

    Args:
        units, activation, use_bias and the others: those of `SimpleRNNCell` and of `RNN`. The
            config lacks `seed`, as Keras's does.

    Raises:
        ValueError: as `SimpleRNNCell` and `RNN`; for sequences that have not three axes.
    """

    not_in_config = (*FusedLayer.not_in_config, "seed")
    cell_class = SimpleRNNCell
    cell_name = "simple_rnn_cell"

    def __init__(self, units, activation="tanh", use_bias=True, **kwargs):
        super().__init__(units, activation, use_bias, **kwargs)
        self.input_spec = InputSpec(ndim=3)

    def fits(self, cell, dropout_masks):
        """With an activation that works on each number by itself."""
        elementwise = type(cell.activation) in (Linear, Relu, Sigmoid, Tanh)
        return elementwise and super().fits(cell, dropout_masks)

    def sweep(self, cell, z, states, keep):
        """The steps of `SimpleRNNCell`."""
        (units, batch), length = states[0].shape, z.shape[1]
        recurrent = cell.recurrent_kernel.T
        h = np.empty((length + 1, units, batch), z.dtype)
        h[0], caches = states[0], []
        for t in range(length):
            h[t + 1], cache = cell.activation.forward(recurrent @ h[t] + z[:, t])
            caches.append(cache)
            if keep is not None:
                hold(keep[t], h[t + 1], h[t])
        return h, [h[-1]], caches

    def sweep_backward(self, cell, dy, dstates, keep, cache):
        """The backward steps of `SimpleRNNCell`."""
        (dh,), length = dstates, len(cache)
        units, batch = dh.shape
        dz = np.empty((units, length, batch), dh.dtype)
        for t in reversed(range(length)):
            if dy is not None:
                dh += dy[t]
            held = None if keep is None else split_held(keep[t], (dh,))
            dz[:, t] = cell.activation.backward(dh, cache[t])
            np.matmul(cell.recurrent_kernel, dz[:, t], out=dh)
            if held:
                add_held((dh,), held)
        return dz, dz, [dh]
