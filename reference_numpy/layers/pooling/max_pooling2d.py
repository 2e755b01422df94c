"""Max pooling over two spatial axes."""

from reference_numpy.layers.pooling.base_pooling import BaseMaxPooling


class MaxPooling2D(BaseMaxPooling):
    """Max pooling over images: the equations of `BaseMaxPooling`.

    Shapes (`channels_last`):
        x: (batch, height, width, channels)
        y: (batch, output height, output width, channels)
    """

    rank = 2
