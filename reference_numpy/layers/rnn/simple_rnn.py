"""The simple recurrent layer over a sequence."""

from typing import Any

from reference_numpy.activations import Linear, Relu, Sigmoid, Tanh
from reference_numpy.annotations import Named
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.rnn.fused_layer import FusedLayer
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

    def __init__(
        self, units: int, activation: Named = "tanh", use_bias: bool = True, **kwargs: Any
    ):
        super().__init__(units, activation, use_bias, **kwargs)
        self.input_spec = InputSpec(ndim=3)

    def fits(self, cell, dropout_masks):
        """With an activation that works on each number by itself."""
        elementwise = type(cell.activation) in (Linear, Relu, Sigmoid, Tanh)
        return elementwise and super().fits(cell, dropout_masks)

    def step(self, cell, z, states, new_states):
        """The step of `SimpleRNNCell`."""
        new_states[0][...], cache = cell.activation.forward(z)
        return cache

    def step_backward(self, cell, z, cache, states, new_states, dstates, dz):
        """The backward step of `SimpleRNNCell`."""
        dz[0] = cell.activation.backward(dstates[0], cache)
