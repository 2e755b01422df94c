"""Depthwise convolution over one spatial axis."""

from reference_numpy.layers.convolutional.base_depthwise_conv import BaseDepthwiseConv


class DepthwiseConv1D(BaseDepthwiseConv):
    """Depthwise convolution over time: the equations of `BaseDepthwiseConv`.

    Shapes (`channels_last`), C = channels · depth_multiplier:
        x: (batch, steps, channels)
        `kernel`: (kernel_size, channels, depth_multiplier)      `bias`: (C,)
        y: (batch, output steps, C)
    """

    rank = 1
