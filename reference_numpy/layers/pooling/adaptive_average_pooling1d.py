"""Average pooling of one spatial axis to a given size."""

from reference_numpy.layers.pooling.base_adaptive_pooling import BaseAdaptiveAveragePooling


class AdaptiveAveragePooling1D(BaseAdaptiveAveragePooling):
    """Average pooling of sequences to a given size, as `BaseAdaptiveAveragePooling`.

    Shapes (`channels_last`):
        x: (batch, steps, channels)
        y: (batch, output_size, channels)
    """

    rank = 1
