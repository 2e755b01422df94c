"""Average pooling over one spatial axis."""

from reference_numpy.layers.pooling.base_pooling import BaseAveragePooling


class AveragePooling1D(BaseAveragePooling):
    """Average pooling over time: the equations of `BaseAveragePooling`.

    Shapes (`channels_last`):
        x: (batch, steps, channels)
        y: (batch, output steps, channels)
    """

    rank = 1
