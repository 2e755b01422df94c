"""The gated recurrent unit over a sequence."""

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
from reference_numpy.layers.rnn.gru_cell import GRUCell


class GRU(FusedLayer):
    """`RNN` over a `GRUCell`; equations and shapes of the weights stand there.

    The fast path (tanh and sigmoid, reset after the product) writes σ(z) = ½ tanh(z / 2) + ½, as
    `LSTM` does.

    Shapes:
        sequences: (batch, T, inputs)   mask: (batch, T)   initial_state: [h], (batch, units)
        y: (batch, units), or (batch, T, units) with `return_sequences`; states [h]

    Args:
        units, activation, recurrent_activation, use_bias, reset_after and the others: those of
            `GRUCell` and of `RNN`.
        use_cudnn: "auto" or False; True is refused at the call, as Keras does on a CPU.

    Raises:
        ValueError: as `GRUCell` and `RNN`; for another `use_cudnn`; for sequences that have not
            three axes.
    """

    not_in_config = (*FusedLayer.not_in_config, "use_cudnn")
    cell_class = GRUCell
    cell_name = "gru_cell"

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
        """With tanh and sigmoid, reset after the product, and one dropout mask at most."""
        refuse_cudnn(self)
        usual = type(cell.activation) is Tanh and type(cell.recurrent_activation) is Sigmoid
        return usual and cell.reset_after and super().fits(cell, dropout_masks)

    def scale(self, cell):
        """½ for the gates u and r, whose sigmoid is made of a tanh."""
        return np.repeat(np.array([0.5, 0.5, 1.0], cell.compute_dtype), cell.units)

    def sweep(self, cell, z, states, keep):
        """The steps of `GRUCell`; the cache holds u, r and v, and h U_v + b′_v."""
        (units, batch), length = states[0].shape, z.shape[1]
        scale = self.scale(cell)
        recurrent = (cell.recurrent_kernel * scale).T
        bias = (cell.bias[1] * scale)[:, None] if self.use_bias else 0.0
        gates = np.empty((length, 3, units, batch), z.dtype)
        contents = np.empty((length, units, batch), z.dtype)
        h = np.empty((length + 1, units, batch), z.dtype)
        h[0] = states[0]
        for t in range(length):
            u_and_r, v = gates[t, :2].reshape(2 * units, batch), gates[t, 2]
            product = recurrent @ h[t]
            product += bias
            contents[t] = product[2 * units :]
            np.add(product[: 2 * units], z[: 2 * units, t], out=u_and_r)
            np.tanh(u_and_r, out=u_and_r)
            u_and_r *= 0.5
            u_and_r += 0.5
            np.multiply(gates[t, 1], contents[t], out=v)
            v += z[2 * units :, t]
            np.tanh(v, out=v)
            # h_t = u h + (1 − u) v = v + u (h − v)
            np.subtract(h[t], v, out=h[t + 1])
            h[t + 1] *= gates[t, 0]
            h[t + 1] += v
            if keep is not None:
                hold(keep[t], h[t + 1], h[t])
        return h, [h[-1]], (gates, contents, h)

    def sweep_backward(self, cell, dy, dstates, keep, cache):
        """The backward steps of `GRUCell`."""
        gates, contents, h = cache
        length, _, units, batch = gates.shape
        (dh,) = dstates
        dz = np.empty((3, units, length, batch), gates.dtype)
        drecurrent = np.empty_like(dz)
        columns = drecurrent.reshape(3 * units, length, batch)
        for t in reversed(range(length)):
            if dy is not None:
                dh += dy[t]
            held = None if keep is None else split_held(keep[t], (dh,))
            u, r, v = gates[t]
            dv = (1.0 - u) * dh
            dv *= 1.0 - v * v
            dz[0, :, t] = (h[t] - v) * u * (1.0 - u) * dh
            dz[1, :, t] = dv * contents[t] * r * (1.0 - r)
            dz[2, :, t] = dv
            drecurrent[:2, :, t] = dz[:2, :, t]
            drecurrent[2, :, t] = dv * r
            dh *= u
            dh += cell.recurrent_kernel @ columns[:, t]
            if held:
                add_held((dh,), held)
        return dz.reshape(columns.shape), columns, [dh]
