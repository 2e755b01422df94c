"""Dropout of whole channels of images."""

from reference_numpy.layers.regularization.base_spatial_dropout import BaseSpatialDropout


class SpatialDropout2D(BaseSpatialDropout):
    """In training y = x ⊙ m, dx = dy ⊙ m, where m keeps or drops a whole feature map.

    Neighbouring pixels resemble each other, so dropping single ones would take little away.

    Shapes:
        x, y: (batch, rows, columns, channels)   m: (batch, 1, 1, channels), or with
        channels_first (batch, channels, rows, columns) and (batch, channels, 1, 1)

    Args:
        rate: share of the feature maps set to 0, between 0 and 1.
        data_format: `"channels_last"` (the default for None) or `"channels_first"`.
        seed: an integer for masks that repeat from run to run, or None.

    Raises:
        ValueError: for a rate outside [0, 1], another data format, or an input that has not 4 axes.

    Source: Tompson, Goroshin, Jain, LeCun and Bregler, Efficient Object Localization Using
    Convolutional Networks (2015); `keras.layers.SpatialDropout2D`.
    """

    rank = 2
