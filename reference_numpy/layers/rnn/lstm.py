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

    def scale(self, cell):
        """½ for the gates i, f and o, whose sigmoid is made of a tanh."""
        return np.repeat(np.array([0.5, 0.5, 1.0, 0.5], cell.compute_dtype), cell.units)

    def step(self, cell, z, states, new_states):
        """The step of `LSTMCell`, with one tanh for all gates."""
        _, c = states
        new_h, new_c = new_states
        gates = z.reshape(4, *c.shape)
        sigmoids = gates[:2], gates[3]
        shut = []
        if z.min(initial=0.0) < NEARLY_SHUT / 2:
            lows = [(part, part < NEARLY_SHUT / 2) for part in sigmoids]
            shut = [(part, low, logistic(2.0 * part[low])) for part, low in lows]
        np.tanh(z, out=z)
        for part in sigmoids:
            part *= 0.5
            part += 0.5
        for part, low, exact in shut:
            part[low] = exact
        i, f, g, o = gates
        np.multiply(f, c, out=new_c)
        new_c += i * g
        np.tanh(new_c, out=new_h)
        new_h *= o

    def step_backward(self, cell, z, cache, states, dstates, dz):
        """The backward step of `LSTMCell`; the new c and its tanh are computed again."""
        _, c = states
        dh, dc = dstates
        gates = z.reshape(4, *c.shape)
        i, f, g, o = gates
        tanh_c = f * c
        tanh_c += i * g
        np.tanh(tanh_c, out=tanh_c)
        # dc += dh o (1 − tanh² c)
        slope = tanh_c * tanh_c
        np.subtract(1.0, slope, out=slope)
        slope *= o
        slope *= dh
        dc += slope
        # σ′ = σ (1 − σ) for i, f and o, 1 − g² for g, times the gate's factor in c_t or h_t.
        local = 1.0 - gates
        local *= gates
        np.multiply(g, g, out=local[2])
        np.subtract(1.0, local[2], out=local[2])
        for gate, factor in zip(local, (g, c, i, tanh_c), strict=True):
            gate *= factor
        np.multiply(local[:3], dc, out=dz[:3])
        np.multiply(local[3], dh, out=dz[3])
        dc *= f
