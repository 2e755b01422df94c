"""Integers as rows of zeros and ones."""

from typing import Any

import numpy as np

from reference_numpy.layers.preprocessing.categorical_layer import OUTPUT_MODES, CategoricalLayer


class CategoryEncoding(CategoricalLayer):
    """Integers 0 … num_tokens − 1 as one_hot, multi_hot or count rows (see `CategoricalLayer`).

    Args:
        num_tokens: number of categories, 1 or more.
        output_mode: `"multi_hot"`, `"one_hot"` or `"count"`.
        sparse: not supported.

    Raises:
        ValueError: for another output mode, `num_tokens` missing or below 1, negative integers
            (except in one_hot, where they give a row of zeros), or `count_weights` outside of the
            mode count.
        NotImplementedError: for `sparse=True`.
    """

    not_in_config = (*CategoricalLayer.not_in_config, "sparse")

    def __init__(
        self,
        num_tokens: int | None = None,
        output_mode: str = "multi_hot",
        sparse: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        output_mode = "multi_hot" if output_mode == "binary" else output_mode
        self.output_mode = self.check_output_mode(output_mode, OUTPUT_MODES[1:])
        self.refuse_sparse(sparse)
        if num_tokens is None or num_tokens < 1:
            raise ValueError(
                f"Layer '{self.name}': `num_tokens` must be 1 or more. "
                f"Received: num_tokens={num_tokens}"
            )
        self.num_tokens = num_tokens
        self.built = True

    @property
    def output_dtype(self):
        """Name of the output's dtype; under mixed precision that of weights, to count on."""
        return self.variable_dtype

    def forward(self, inputs, count_weights=None, training=False):
        """The rows; in the mode count an occurrence may count by `count_weights`."""
        if count_weights is not None and self.output_mode != "count":
            raise ValueError(
                f"Layer '{self.name}': `count_weights` is used in the output mode 'count' alone. "
                f"Received: output_mode={self.output_mode!r}"
            )
        inputs = np.asarray(inputs)
        y = self.encode(
            inputs.astype("int64", copy=False),
            self.output_mode,
            self.num_tokens,
            self.output_dtype,
            count_weights,
        )
        return y, inputs

    def compute_output_shape(self, input_shape):
        """The shape of the rows."""
        return self.encoded_shape(input_shape, self.output_mode, self.num_tokens)
