"""Average pooling of three spatial axes to a given size."""

from reference_numpy.layers.pooling.base_adaptive_pooling import BaseAdaptiveAveragePooling


class AdaptiveAveragePooling3D(BaseAdaptiveAveragePooling):
    """Average pooling of volumes or films to a given size, as `BaseAdaptiveAveragePooling`.

    Shapes (`channels_last`):
        x: (batch, size 1, size 2, size 3, channels)
        y: (batch, *output_size, channels)
    """

    rank = 3
