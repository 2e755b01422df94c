"""Transposed convolution over three spatial axes."""

from reference_numpy.layers.convolutional.base_conv_transpose import BaseConvTranspose


class Conv3DTranspose(BaseConvTranspose):
    """Transposed convolution over volumes or films: the equations of `BaseConvTranspose`.

    Shapes (`channels_last`):
        x: (batch, size 1, size 2, size 3, inputs)
        `kernel`: (*kernel_size, filters, inputs)      `bias`: (filters,)
        y: (batch, *output sizes, filters)
    """

    rank = 3
