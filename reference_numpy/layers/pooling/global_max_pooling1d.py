"""Max pooling over all of one spatial axis."""

from reference_numpy.layers.pooling.base_global_pooling import BaseGlobalMaxPooling


class GlobalMaxPooling1D(BaseGlobalMaxPooling):
    """Max pooling over whole sequences: the equations of `BaseGlobalMaxPooling`.

    Shapes (`channels_last`):
        x: (batch, steps, channels)
        y: (batch, channels), with `keepdims` (batch, 1, channels)
    """

    rank = 1
