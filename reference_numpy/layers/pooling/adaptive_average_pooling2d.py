"""Average pooling of two spatial axes to a given size."""

from reference_numpy.layers.pooling.base_adaptive_pooling import BaseAdaptiveAveragePooling


class AdaptiveAveragePooling2D(BaseAdaptiveAveragePooling):
    """Average pooling of images to a given size, as `BaseAdaptiveAveragePooling`.

    Shapes (`channels_last`):
        x: (batch, height, width, channels)
        y: (batch, output height, output width, channels)
    """

    rank = 2
