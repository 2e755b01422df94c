"""Max pooling of two spatial axes to a given size."""

from reference_numpy.layers.pooling.base_adaptive_pooling import BaseAdaptiveMaxPooling


class AdaptiveMaxPooling2D(BaseAdaptiveMaxPooling):
    """Max pooling of images to a given size, as `BaseAdaptiveMaxPooling`.

    Shapes (`channels_last`):
        x: (batch, height, width, channels)
        y: (batch, output height, output width, channels)
    """

    rank = 2
