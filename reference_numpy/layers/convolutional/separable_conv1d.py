"""Separable convolution over one spatial axis."""

from reference_numpy.layers.convolutional.base_separable_conv import BaseSeparableConv


class SeparableConv1D(BaseSeparableConv):
    """Separable convolution over time: the equations of `BaseSeparableConv`.

    Shapes (`channels_last`):
        x: (batch, steps, channels)
        `depthwise_kernel`: (kernel_size, channels, depth_multiplier)
        `pointwise_kernel`: (1, channels · depth_multiplier, filters)      `bias`: (filters,)
        y: (batch, output steps, filters)
    """

    rank = 1
