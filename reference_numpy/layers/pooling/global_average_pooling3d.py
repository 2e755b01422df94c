"""Average pooling over all of three spatial axes."""

from reference_numpy.layers.pooling.base_global_pooling import BaseGlobalAveragePooling


class GlobalAveragePooling3D(BaseGlobalAveragePooling):
    """Average pooling over whole volumes or films: the equations of `BaseGlobalAveragePooling`.

    Shapes (`channels_last`):
        x: (batch, size 1, size 2, size 3, channels)
        y: (batch, channels), with `keepdims` (batch, 1, 1, 1, channels)
    """

    rank = 3
