"""The long short-term memory over a sequence."""

from typing import Any

import numpy as np

from reference_numpy.activations import Sigmoid, Tanh
from reference_numpy.activations.sigmoids import logistic
from reference_numpy.annotations import Named
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.rnn.fused_layer import FusedLayer, check_use_cudnn, refuse_cudnn
from reference_numpy.layers.rnn.lstm_cell import LSTMCell

NEARLY_SHUT = -7.0  # z of a gate
SIGMOIDS_FIRST = [0, 1, 3, 2]  # i, f, o, g of Keras's i, f, g, o, and the other way round


class LSTM(FusedLayer):
    """`RNN` over an `LSTMCell`; equations and shapes of the weights stand there.

    The fast path (tanh and sigmoid) writes σ(z) = ½ tanh(z / 2) + ½, so that one tanh serves all
    four gates. Where a gate is nearly shut, z < −7, that would leave too few digits of σ(z): there
    it is computed by e⁻ᶻ.

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
        """With tanh and sigmoid, and one dropout mask at most."""
        refuse_cudnn(self)
        usual = type(cell.activation) is Tanh and type(cell.recurrent_activation) is Sigmoid
        return usual and super().fits(cell, dropout_masks)

    def join(self, cell):
        """K with the sigmoids' gates beside one another: i, f, o, g."""
        kernel = super().join(cell)
        return kernel.reshape(len(kernel), 4, -1)[:, SIGMOIDS_FIRST].reshape(kernel.shape)

    def split(self, dkernel, inputs):
        """dW, dU and db, whose gates are in Keras's order."""
        rows = dkernel.T.reshape(4, -1, len(dkernel))[SIGMOIDS_FIRST]
        return super().split(rows.reshape(-1, len(dkernel)).T, inputs)

    def scale(self, cell):
        """½ for the gates i, f and o, whose sigmoid is made of a tanh."""
        return np.repeat(np.array([0.5, 0.5, 0.5, 1.0], cell.compute_dtype), cell.units)

    def step(self, cell, z, states, new_states):
        """The step of `LSTMCell`, with one tanh for all gates."""
        _, c = states
        new_h, new_c = new_states
        i, f, o, g = gates = z.reshape(4, *c.shape)
        sigmoids, shut = gates[:3], None
        if sigmoids.min(initial=0.0) < NEARLY_SHUT / 2:
            shut = sigmoids < NEARLY_SHUT / 2
            exact = logistic(2.0 * sigmoids[shut])
        np.tanh(z, out=z)
        sigmoids *= 0.5
        sigmoids += 0.5
        if shut is not None:
            sigmoids[shut] = exact
        np.multiply(f, c, out=new_c)
        new_c += i * g
        np.tanh(new_c, out=new_h)
        new_h *= o

    def step_backward(self, cell, z, cache, states, new_states, dstates, dz):
        """The backward step of `LSTMCell`; σ′ = σ (1 − σ) and tanh′ = 1 − tanh²."""
        (_, c), (_, new_c), (dh, dc) = states, new_states, dstates
        i, f, o, g = gates = z.reshape(4, *c.shape)
        tanh_c = np.tanh(new_c)
        dh_o = dh * o
        slope = tanh_c * tanh_c
        np.subtract(1.0, slope, out=slope)
        slope *= dh_o
        dc += slope
        dc_i = np.multiply(dc, i, out=slope)
        dc *= f  # the gradient of c_{t−1} from here on
        slopes = 1.0 - gates[:3]
        for dz_gate, slope, content, gradient in zip(
            dz[:3], slopes, (g, c, tanh_c), (dc_i, dc, dh_o), strict=True
        ):
            slope *= content
            np.multiply(slope, gradient, out=dz_gate)
        slope = np.multiply(g, g, out=slopes[0])
        np.subtract(1.0, slope, out=slope)
        np.multiply(slope, dc_i, out=dz[3])
