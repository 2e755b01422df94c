"""What the spatial dropouts share."""

from reference_numpy.annotations import DType
from reference_numpy.layers.argument_validation import standardize_data_format
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.regularization.dropout import Dropout


class BaseSpatialDropout(Dropout):
    """Dropout that keeps or drops whole channels: m is the same along all spatial axes.

    A subclass sets `rank`, the number of spatial axes.

    Args:
        rate, seed: as for `Dropout`.
        data_format: `"channels_last"` (the default for None) or `"channels_first"`.
    """

    rank: int

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        name: str | None = None,
        dtype: DType = None,
    ):
        super().__init__(rate, seed=seed, name=name, dtype=dtype)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def mask_shape(self, shape):
        """1 for every spatial axis."""
        ones = (1,) * self.rank
        if self.data_format == "channels_first":
            return (*shape[:2], *ones)
        return (shape[0], *ones, shape[-1])

    def get_config(self):
        """Keras's keys: fewer than other layers have, and the dtype by its name."""
        return {
            "rate": self.rate,
            "seed": self.seed,
            "name": self.name,
            "dtype": self.variable_dtype,
            "data_format": self.data_format,
        }
