"""Numbers as the bins they fall into."""

from collections.abc import Sequence

import numpy as np

from reference_numpy.annotations import DType
from reference_numpy.layers.preprocessing.categorical_layer import CategoricalLayer
from reference_numpy.layers.preprocessing.quantile_summary import (
    compress_summary,
    merge_summaries,
    summarize,
)


class Discretization(CategoricalLayer):
    """The index of the bin: bin i holds the numbers with boundary i − 1 ≤ x < boundary i.

    With b boundaries there are b + 1 bins; the first has no lower and the last no upper bound.
    The boundaries are given, or learned by `adapt` as approximate quantiles, so that the bins hold
    about equally many of the data.

    Args:
        bin_boundaries: the boundaries in ascending order.
        num_bins: number of bins to learn; one of the two must be given.
        epsilon: the share of the data by which a learned quantile may be off.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"` or `"count"` (see `CategoricalLayer`).
        sparse: not supported.

    Raises:
        ValueError: for both or neither of `bin_boundaries` and `num_bins`, boundaries that do not
            rise, `num_bins` below 0, another output mode, `adapt` on given boundaries, or a call
            before there are any.
        NotImplementedError: for `sparse=True`.
    """

    def __init__(
        self,
        bin_boundaries: Sequence[float] | None = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: DType = None,
        name: str | None = None,
    ):
        super().__init__(name=name, dtype=dtype)
        self.output_mode = self.check_output_mode(output_mode)
        self.refuse_sparse(sparse)
        if (num_bins is None) == (bin_boundaries is None) or (num_bins or 0) < 0:
            raise ValueError(
                f"Layer '{self.name}': either `bin_boundaries` or `num_bins` (0 or more) must be "
                f"given. Received: bin_boundaries={bin_boundaries}, num_bins={num_bins}"
            )
        if bin_boundaries is not None and sorted(bin_boundaries) != list(bin_boundaries):
            raise ValueError(
                f"Layer '{self.name}': `bin_boundaries` must be in rising order. "
                f"Received: bin_boundaries={bin_boundaries}"
            )
        self.bin_boundaries = bin_boundaries
        self.num_bins = num_bins
        self.epsilon = epsilon
        self.sparse = sparse
        self.built = True

    @property
    def output_dtype(self):
        """int32 for indices, else the compute dtype."""
        return "int32" if self.output_mode == "int" else self.compute_dtype

    def adapt(self, data, steps=None):
        """Learn the boundaries from an array, or from an iterable of batches (at most `steps`)."""
        if self.num_bins is None:
            raise ValueError(
                f"Layer '{self.name}' has its `bin_boundaries` given and cannot be adapted; use "
                "`num_bins` instead."
            )
        summary = np.zeros((2, 0), "float32")
        batches = [data] if isinstance(data, np.ndarray) else data
        for number, batch in enumerate(batches):
            if steps is not None and number >= steps:
                break
            summary = merge_summaries(summarize(batch, self.epsilon), summary, self.epsilon)
        boundaries = compress_summary(summary, 1.0 / self.num_bins)[0, :-1]
        self.bin_boundaries = boundaries.tolist()

    def forward(self, inputs, training=False):
        """The bins, and the input."""
        if self.bin_boundaries is None:
            raise ValueError(
                f"Layer '{self.name}' has no bin boundaries yet: call `adapt` or pass "
                "`bin_boundaries`."
            )
        # In float32, as Keras has it: 0.1 is then on the boundary 0.1 in every precision.
        bins = np.digitize(inputs.astype("float32"), np.asarray(self.bin_boundaries, "float32"))
        depth = len(self.bin_boundaries) + 1
        return self.encode(bins, self.output_mode, depth, self.output_dtype), inputs

    def compute_output_shape(self, input_shape):
        """The shape of the encoded bins."""
        known = self.bin_boundaries is not None
        depth = len(self.bin_boundaries) + 1 if known else self.num_bins
        return self.encoded_shape(input_shape, self.output_mode, depth)

    def get_config(self):
        """Keras's keys: the dtype by its name, and no `trainable`."""
        config = {**super().get_config(), "dtype": self.variable_dtype}
        del config["trainable"]
        return config

    @classmethod
    def from_config(cls, config):
        """The layer from its config; one that was adapted has both boundaries and `num_bins`."""
        boundaries = config.get("bin_boundaries") if config.get("num_bins") is not None else None
        if boundaries is None:
            return super().from_config(config)
        layer = super().from_config({**config, "bin_boundaries": None})
        layer.bin_boundaries = boundaries
        return layer
