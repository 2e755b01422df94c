"""Convolution over three spatial axes."""

from reference_numpy.layers.convolutional.base_conv import BaseConv


class Conv3D(BaseConv):
    """Convolution over volumes or films: equations, arguments and errors are `BaseConv`'s.

    Shapes (`channels_last`):
        x: (batch, size 1, size 2, size 3, inputs)      y: (batch, *output sizes, filters)
        `kernel`: (*kernel_size, inputs / groups, filters)      `bias`: (filters,)
    """

    rank = 3
