"""The gated recurrent unit over a sequence."""

from typing import Any

import numpy as np

from reference_numpy.activations import Sigmoid, Tanh
from reference_numpy.annotations import Named
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.rnn.fused_layer import FusedLayer, check_use_cudnn, refuse_cudnn
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
        units: int,
        activation: Named = "tanh",
        recurrent_activation: Named = "sigmoid",
        use_bias: bool = True,
        *,
        use_cudnn: bool | str = "auto",
        **kwargs: Any,
    ):
        super().__init__(units, activation, recurrent_activation, use_bias, **kwargs)
        self.input_spec = InputSpec(ndim=3)
        self.use_cudnn = check_use_cudnn(use_cudnn)

    def fits(self, cell, dropout_masks):
        """With tanh and sigmoid, reset after the product, and one dropout mask at most."""
        refuse_cudnn(self)
        usual = type(cell.activation) is Tanh and type(cell.recurrent_activation) is Sigmoid
        return usual and cell.reset_after and super().fits(cell, dropout_masks)

    def join(self, cell):
        """K with four blocks of columns: u, r, x_t W_v + b_v, and h U_v + b′_v.

        r multiplies the last alone, so its parts of x and of h stand in columns of their own,
        with zeros where the other one's are.
        """
        inputs, two = len(cell.kernel), 2 * cell.units
        bias = cell.bias if cell.use_bias else np.zeros((2, 3 * cell.units), cell.kernel.dtype)
        kernel = np.zeros((inputs + cell.units + 1, 4 * cell.units), cell.kernel.dtype)
        kernel[:inputs, : 3 * cell.units] = cell.kernel
        kernel[inputs:-1, :two] = cell.recurrent_kernel[:, :two]
        kernel[inputs:-1, 3 * cell.units :] = cell.recurrent_kernel[:, two:]
        kernel[-1, :two] = bias[:, :two].sum(axis=0)
        kernel[-1, two:] = bias[:, two:].ravel()
        return kernel

    def split(self, dkernel, inputs):
        """dW, dU and the two rows of db from the gradient of K."""
        u_and_r, x_part, h_part = np.split(dkernel, [dkernel.shape[1] // 2, -self.units], axis=1)
        of_x = np.concatenate([u_and_r, x_part], axis=1)
        of_h = np.concatenate([u_and_r, h_part], axis=1)
        return [of_x[:inputs], of_h[inputs:-1], np.stack([of_x[-1], of_h[-1]])]

    def scale(self, cell):
        """½ for the gates u and r, whose sigmoid is made of a tanh."""
        return np.repeat(np.array([0.5, 0.5, 1.0, 1.0], cell.compute_dtype), cell.units)

    def step(self, cell, z, states, new_states):
        """The step of `GRUCell`; z becomes u, r, v and h U_v + b′_v."""
        (h,), (new_h,) = states, new_states
        u, r, v, content = gates = z.reshape(4, *h.shape)
        np.tanh(gates[:2], out=gates[:2])
        gates[:2] *= 0.5
        gates[:2] += 0.5
        v += r * content
        np.tanh(v, out=v)
        # u h + (1 − u) v = v + u (h − v)
        np.subtract(h, v, out=new_h)
        new_h *= u
        new_h += v

    def step_backward(self, cell, z, cache, states, new_states, dstates, dz):
        """The backward step of `GRUCell`; dh_t ⊙ u goes straight to dh_{t−1}."""
        (h,), (dh,) = states, dstates
        u, r, v, content = gates = z.reshape(4, *h.shape)
        direct = dh * u
        dz_v = dh - direct
        slope = v * v
        np.subtract(1.0, slope, out=slope)
        dz_v *= slope
        # σ′ = σ (1 − σ) for u and r
        local = 1.0 - gates[:2]
        local *= gates[:2]
        np.subtract(h, v, out=slope)
        slope *= dh
        np.multiply(local[0], slope, out=dz[0])
        np.multiply(dz_v, content, out=slope)
        np.multiply(local[1], slope, out=dz[1])
        dz[2] = dz_v
        np.multiply(dz_v, r, out=dz[3])
        return direct
