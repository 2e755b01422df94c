"""Depthwise convolution over two spatial axes."""

from reference_numpy.layers.convolutional.base_depthwise_conv import BaseDepthwiseConv


class DepthwiseConv2D(BaseDepthwiseConv):
    """Depthwise convolution over images: the equations of `BaseDepthwiseConv`.

    Shapes (`channels_last`), C = channels · depth_multiplier:
        x: (batch, height, width, channels)
        `kernel`: (rows, columns, channels, depth_multiplier)      `bias`: (C,)
        y: (batch, output height, output width, C)
    """

    rank = 2
