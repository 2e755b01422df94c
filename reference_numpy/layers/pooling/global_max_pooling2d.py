"""Max pooling over all of two spatial axes."""

from reference_numpy.layers.pooling.base_global_pooling import BaseGlobalMaxPooling


class GlobalMaxPooling2D(BaseGlobalMaxPooling):
    """Max pooling over whole images: the equations of `BaseGlobalMaxPooling`.

    Shapes (`channels_last`):
        x: (batch, height, width, channels)
        y: (batch, channels), with `keepdims` (batch, 1, 1, channels)
    """

    rank = 2
