"""Convolution over one spatial axis."""

from reference_numpy.layers.convolutional.base_conv import BaseConv


class Conv1D(BaseConv):
    """Convolution over time: equations, arguments and errors are `BaseConv`'s.

    Shapes (`channels_last`):
        x: (batch, steps, inputs)       `kernel`: (kernel_size, inputs / groups, filters)
        `bias`: (filters,)              y: (batch, output steps, filters)

    `padding="causal"` makes the output at a step depend on no later step.
    """

    rank = 1
    allows_causal = True
