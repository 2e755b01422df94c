"""Max pooling over one spatial axis."""

from reference_numpy.layers.pooling.base_pooling import BaseMaxPooling


class MaxPooling1D(BaseMaxPooling):
    """Max pooling over time: the equations of `BaseMaxPooling`.

    Shapes (`channels_last`):
        x: (batch, steps, channels)
        y: (batch, output steps, channels)
    """

    rank = 1
