"""The long short-term memory over a sequence."""

import numpy as np

from reference_numpy.activations import Sigmoid, Tanh
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.rnn.fused_layer import (
    FusedLayer,
    add_held,
    check_use_cudnn,
    hold,
    refuse_cudnn,
    split_held,
)
from reference_numpy.layers.rnn.lstm_cell import LSTMCell


class LSTM(FusedLayer):
    """`RNN` over an `LSTMCell`; equations and shapes of the weights stand there.

    The fast path (tanh and sigmoid) writes σ(z) = ½ tanh(z / 2) + ½, so that one tanh serves all
    four gates. In a gate that is nearly shut, σ(z) below the dtype's precision, this keeps the
    absolute accuracy but not the relative one.

    Shapes:
        sequences: (batch, T, inputs)   mask: (batch, T)   initial_state: [h, c], (batch, units)
        y: (batch, units), or (batch, T, units) with `return_sequences`; states [h, c]

    Args:
        units, activation, recurrent_activation, use_bias and the others: those of `LSTMCell`
            and of `RNN`.
        use_cudnn: "auto" or False; True is refused at the call, as Keras does on a CPU.

    Raises:
        ValueError: as `LSTMCell` and `RNN`; for another `use_cudnn`; for sequences that have not
            three axes.
    """

    not_in_config = (*FusedLayer.not_in_config, "use_cudnn")
    cell_class = LSTMCell
    cell_name = "lstm_cell"

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        *,
        use_cudnn="auto",
        **kwargs,
    ):
        super().__init__(units, activation, recurrent_activation, use_bias, **kwargs)
        self.input_spec = InputSpec(ndim=3)
        self.use_cudnn = check_use_cudnn(use_cudnn)

    def fits(self, cell, dropout_masks):
        """With tanh and sigmoid, and one dropout mask at most."""
        refuse_cudnn(self)
        usual = type(cell.activation) is Tanh and type(cell.recurrent_activation) is Sigmoid
        return usual and super().fits(cell, dropout_masks)

    def scale(self, cell):
        """½ for the gates i, f and o, whose sigmoid is made of a tanh."""
        return np.repeat(np.array([0.5, 0.5, 1.0, 0.5], cell.compute_dtype), cell.units)

    def sweep(self, cell, z, states, keep):
        """The steps of `LSTMCell`, with one tanh for all gates."""
        (units, batch), length = states[0].shape, z.shape[1]
        recurrent = (cell.recurrent_kernel * self.scale(cell)).T
        gates = np.empty((length, 4, units, batch), z.dtype)
        h, c = np.empty((2, length + 1, units, batch), z.dtype)
        tanh_c = np.empty_like(h[1:])
        h[0], c[0] = states
        for t in range(length):
            arguments = gates[t].reshape(4 * units, batch)
            np.matmul(recurrent, h[t], out=arguments)
            arguments += z[:, t]
            np.tanh(arguments, out=arguments)
            for sigmoids in (gates[t, :2], gates[t, 3]):
                sigmoids *= 0.5
                sigmoids += 0.5
            i, f, g, o = gates[t]
            np.multiply(f, c[t], out=c[t + 1])
            c[t + 1] += i * g
            np.tanh(c[t + 1], out=tanh_c[t])
            np.multiply(o, tanh_c[t], out=h[t + 1])
            if keep is not None:
                hold(keep[t], h[t + 1], h[t])
                hold(keep[t], c[t + 1], c[t])
        return h, [h[-1], c[-1]], (gates, c, tanh_c)

    def sweep_backward(self, cell, dy, dstates, keep, cache):
        """The backward steps of `LSTMCell`."""
        gates, c, tanh_c = cache
        length, _, units, batch = gates.shape
        dh, dc = dstates
        dz = np.empty((4, units, length, batch), gates.dtype)
        columns = dz.reshape(4 * units, length, batch)
        local, local_c = np.empty_like(gates[0]), np.empty_like(dc)
        for t in reversed(range(length)):
            if dy is not None:
                dh += dy[t]
            held = None if keep is None else split_held(keep[t], (dh, dc))
            i, f, g, o = gates[t]
            # dc += dh o (1 − tanh² c)
            np.multiply(tanh_c[t], tanh_c[t], out=local_c)
            np.subtract(1.0, local_c, out=local_c)
            local_c *= o
            local_c *= dh
            dc += local_c
            # The local derivatives: σ′ = σ (1 − σ) for i, f, o and 1 − g² for g, times the
            # factor that the gate has in c_t or h_t.
            np.subtract(1.0, gates[t], out=local)
            local *= gates[t]
            np.multiply(g, g, out=local[2])
            np.subtract(1.0, local[2], out=local[2])
            for gate, factor in zip(local, (g, c[t], i, tanh_c[t]), strict=True):
                gate *= factor
            np.multiply(local[:3], dc, out=dz[:3, :, t])
            np.multiply(local[3], dh, out=dz[3, :, t])
            np.matmul(cell.recurrent_kernel, columns[:, t], out=dh)
            dc *= f
            if held:
                add_held((dh, dc), held)
        return columns, columns, [dh, dc]
