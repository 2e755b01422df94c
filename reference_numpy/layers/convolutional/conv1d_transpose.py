"""Transposed convolution over one spatial axis."""

from reference_numpy.layers.convolutional.base_conv_transpose import BaseConvTranspose


class Conv1DTranspose(BaseConvTranspose):
    """Transposed convolution over time: the equations of `BaseConvTranspose`.

    Shapes (`channels_last`):
        x: (batch, steps, inputs)
        `kernel`: (kernel_size, filters, inputs)      `bias`: (filters,)
        y: (batch, output steps, filters)
    """

    rank = 1
