"""Poolings, each what the layer of its name does."""

from collections.abc import Sequence

from reference_numpy import layers
from reference_numpy.operations.layer_operation import LayerOperation


class MaxPool(LayerOperation, keras="ops.nn"):
    """y[o] = max of x over the window o; dx: dy[o] goes to the first of the largest.

    Args:
        pool_size: size of the windows, one integer or one for each spatial axis.
        strides: distance between them; None for `pool_size`.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` (the default for None) or `"channels_first"`.

    Raises:
        ValueError: for sizes below 1, and inputs smaller than the window or of another rank.
    """

    by_rank = {
        3: layers.MaxPooling1D,
        4: layers.MaxPooling2D,
        5: layers.MaxPooling3D,
    }

    def __init__(
        self,
        pool_size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
    ):
        super().__init__(name)
        self.pool_size, self.strides = pool_size, strides
        self.padding, self.data_format = padding, data_format

    def arguments(self):
        """Those of the operation."""
        names = ("pool_size", "strides", "padding", "data_format")
        return {name: getattr(self, name) for name in names}


class AveragePool(MaxPool, keras="ops.nn"):
    """y[o] = the mean of x over the window o, padding left out; dx: dy[o] is shared out evenly."""

    by_rank = {3: layers.AveragePooling1D, 4: layers.AveragePooling2D, 5: layers.AveragePooling3D}


class AdaptiveMaxPool(LayerOperation, keras="ops.nn"):
    """y[o] = max of x over each of `output_size` windows that cover x; dy[o] goes to the largest.

    Keras cannot read a file with it back, since it adds the list in the file to a tuple.

    Args:
        output_size: number of windows, one for each spatial axis.
        data_format: `"channels_last"` (the default for None) or `"channels_first"`.
    """

    by_rank = {
        3: layers.AdaptiveMaxPooling1D,
        4: layers.AdaptiveMaxPooling2D,
        5: layers.AdaptiveMaxPooling3D,
    }

    def __init__(
        self,
        output_size: int | Sequence[int],
        data_format: str | None = None,
        name: str | None = None,
    ):
        super().__init__(name)
        self.output_size, self.data_format = output_size, data_format

    def arguments(self):
        """Those of the operation."""
        return {"output_size": self.output_size, "data_format": self.data_format}


class AdaptiveAveragePool(AdaptiveMaxPool, keras="ops.nn"):
    """y[o] = the mean of x over each of `output_size` windows that cover x; dx shares dy[o] out."""

    by_rank = {
        3: layers.AdaptiveAveragePooling1D,
        4: layers.AdaptiveAveragePooling2D,
        5: layers.AdaptiveAveragePooling3D,
    }
