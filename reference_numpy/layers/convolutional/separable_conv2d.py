"""Separable convolution over two spatial axes."""

from reference_numpy.layers.convolutional.base_separable_conv import BaseSeparableConv


class SeparableConv2D(BaseSeparableConv):
    """Separable convolution over images: the equations of `BaseSeparableConv`.

    Shapes (`channels_last`):
        x: (batch, height, width, channels)
        `depthwise_kernel`: (rows, columns, channels, depth_multiplier)
        `pointwise_kernel`: (1, 1, channels · depth_multiplier, filters)      `bias`: (filters,)
        y: (batch, output height, output width, filters)
    """

    rank = 2
