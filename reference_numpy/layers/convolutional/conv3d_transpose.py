"""Transposed convolution over three spatial axes."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.convolutional.base_conv_transpose import BaseConvTranspose


class Conv3DTranspose(BaseConvTranspose):
    """Transposed convolution over volumes or films: the equations of `BaseConvTranspose`.

    Shapes (`channels_last`):
        x: (batch, size 1, size 2, size 3, inputs)
        `kernel`: (*kernel_size, filters, inputs)      `bias`: (filters,)
        y: (batch, *output sizes, filters)

    By position `data_format` comes before `output_padding`, unlike in one and two dimensions; so it
    does in Keras.
    """

    rank = 3

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        output_padding: int | Sequence[int] | None = None,
        *others: Any,
        **kwargs: Any,
    ):
        super().__init__(
            filters, kernel_size, strides, padding, output_padding, data_format, *others, **kwargs
        )
