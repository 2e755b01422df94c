"""Average pooling over two spatial axes."""

from reference_numpy.layers.pooling.base_pooling import BaseAveragePooling


class AveragePooling2D(BaseAveragePooling):
    """Average pooling over images: the equations of `BaseAveragePooling`.

    Shapes (`channels_last`):
        x: (batch, height, width, channels)
        y: (batch, output height, output width, channels)
    """

    rank = 2
