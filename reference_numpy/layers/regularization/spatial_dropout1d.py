"""Dropout of whole channels of sequences."""

from reference_numpy.annotations import DType
from reference_numpy.layers.regularization.base_spatial_dropout import BaseSpatialDropout


class SpatialDropout1D(BaseSpatialDropout):
    """In training y = x ⊙ m, dx = dy ⊙ m, where m keeps or drops a channel at all steps together.

    Neighbouring steps resemble each other, so dropping single ones would take little away.

    Shapes:
        x, y: (batch, steps, channels)   m: (batch, 1, channels)

    Args:
        rate: share of the channels set to 0, between 0 and 1.
        seed: an integer for masks that repeat from run to run, or None.

    Raises:
        ValueError: for a rate outside [0, 1], or an input that has not 3 axes.

    Source: Tompson, Goroshin, Jain, LeCun and Bregler, Efficient Object Localization Using
    Convolutional Networks (2015); `keras.layers.SpatialDropout1D`.
    """

    rank = 1

    def __init__(
        self, rate: float, seed: int | None = None, name: str | None = None, dtype: DType = None
    ):
        super().__init__(rate, seed=seed, name=name, dtype=dtype)

    def get_config(self):
        """Keras's keys; sequences have their channels last."""
        config = super().get_config()
        del config["data_format"]
        return config
