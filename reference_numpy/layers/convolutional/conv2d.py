"""Convolution over two spatial axes."""

from reference_numpy.layers.convolutional.base_conv import BaseConv


class Conv2D(BaseConv):
    """Convolution over images: equations, arguments and errors are `BaseConv`'s.

    Shapes (`channels_last`):
        x: (batch, height, width, inputs)     `kernel`: (rows, columns, inputs / groups, filters)
        `bias`: (filters,)                    y: (batch, output height, output width, filters)
    """

    rank = 2
