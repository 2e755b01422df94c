"""Average pooling over all of two spatial axes."""

from reference_numpy.layers.pooling.base_global_pooling import BaseGlobalAveragePooling


class GlobalAveragePooling2D(BaseGlobalAveragePooling):
    """Average pooling over whole images: the equations of `BaseGlobalAveragePooling`.

    Shapes (`channels_last`):
        x: (batch, height, width, channels)
        y: (batch, channels), with `keepdims` (batch, 1, 1, channels)
    """

    rank = 2
