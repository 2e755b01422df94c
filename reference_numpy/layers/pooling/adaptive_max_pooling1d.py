"""Max pooling of one spatial axis to a given size."""

from reference_numpy.layers.pooling.base_adaptive_pooling import BaseAdaptiveMaxPooling


class AdaptiveMaxPooling1D(BaseAdaptiveMaxPooling):
    """Max pooling of sequences to a given size, as `BaseAdaptiveMaxPooling`.

    Shapes (`channels_last`):
        x: (batch, steps, channels)
        y: (batch, output_size, channels)
    """

    rank = 1
