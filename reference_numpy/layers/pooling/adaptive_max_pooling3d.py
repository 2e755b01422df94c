"""Max pooling of three spatial axes to a given size."""

from reference_numpy.layers.pooling.base_adaptive_pooling import BaseAdaptiveMaxPooling


class AdaptiveMaxPooling3D(BaseAdaptiveMaxPooling):
    """Max pooling of volumes or films to a given size, as `BaseAdaptiveMaxPooling`.

    Shapes (`channels_last`):
        x: (batch, size 1, size 2, size 3, channels)
        y: (batch, *output_size, channels)
    """

    rank = 3
