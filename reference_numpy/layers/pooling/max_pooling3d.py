"""Max pooling over three spatial axes."""

from reference_numpy.layers.pooling.base_pooling import BaseMaxPooling


class MaxPooling3D(BaseMaxPooling):
    """Max pooling over volumes or films: the equations of `BaseMaxPooling`.

    Shapes (`channels_last`):
        x: (batch, size 1, size 2, size 3, channels)
        y: (batch, *output sizes, channels)
    """

    rank = 3
