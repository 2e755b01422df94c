"""Transposed convolution over two spatial axes."""

from reference_numpy.layers.convolutional.base_conv_transpose import BaseConvTranspose


class Conv2DTranspose(BaseConvTranspose):
    """Transposed convolution over images: the equations of `BaseConvTranspose`.

    Shapes (`channels_last`):
        x: (batch, height, width, inputs)
        `kernel`: (rows, columns, filters, inputs)      `bias`: (filters,)
        y: (batch, output height, output width, filters)
    """

    rank = 2
