"""One step of the convolutional long short-term memory."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from reference_numpy import activations
from reference_numpy.annotations import Named
from reference_numpy.kernels.convolution import conv, conv_input_gradient, conv_kernel_gradient
from reference_numpy.kernels.windows import Windows, output_length
from reference_numpy.layers.argument_validation import (
    positive_integer,
    standardize_data_format,
    standardize_padding,
    standardize_tuple,
)
from reference_numpy.layers.data_format import (
    from_channels_last,
    join_shape,
    split_shape,
    to_channels_last,
)
from reference_numpy.layers.rnn.gates import (
    forget_bias,
    lstm_gates,
    lstm_gates_backward,
    masked_product,
    masked_product_backward,
    sum_of_gradients,
)
from reference_numpy.layers.rnn.recurrent_cell import RecurrentCell


class ConvLSTMCell(RecurrentCell):
    """An `LSTMCell` whose products are convolutions, so that states are images.

        [z_i, z_f, z_g, z_o] = x_t ∗ W + h_{t−1} ∗ U + b

    and from there on as in `LSTMCell`. The convolution of x has the given strides, padding and
    dilation; that of h always has stride 1 and padding "same", so that states keep their size.
    Backward is `LSTMCell`'s, with the convolutions' gradients in the place of the products'.

    Shapes, with the channels last:
        x: (batch, *sizes, channels)    h, the output and first state, and c: (batch, *sizes′,
            filters), where sizes′ are those of the convolution of x
        W = `kernel`: (*kernel_size, channels, 4 filters)
        U = `recurrent_kernel`: (*kernel_size, filters, 4 filters)    b = `bias`: (4 filters,)

    Args:
        rank: number of spatial axes, 1 to 3.
        filters: number of output channels.
        kernel_size, strides, dilation_rate: one integer for all spatial axes, or one each.
        padding: "valid" or "same".
        data_format: "channels_last" (the default for None) or "channels_first".
        activation, recurrent_activation, unit_forget_bias: see `LSTMCell`.
        use_bias and the others: see `RecurrentCell`; with dropout every gate has its own masks.

    Raises:
        ValueError: for a rank above 3, sizes below 1, another `padding` or `data_format`, strides
            and dilation rates both above 1, inputs of unknown size or smaller than the kernel.

    Source: Shi et al. 2015, "Convolutional LSTM Network" (without its peepholes).
    """

    mask_count = 4

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: Named = "tanh",
        recurrent_activation: Named = "sigmoid",
        use_bias: bool = True,
        *,
        unit_forget_bias: bool = True,
        **kwargs: Any,
    ):
        super().__init__(activation, use_bias, **kwargs)
        if rank > 3:
            raise ValueError(
                f"Rank {rank} convolutions are not currently implemented. Received: rank={rank}"
            )
        self.rank, self.filters = rank, positive_integer(filters, "filters")
        self.kernel_size = standardize_tuple(kernel_size, rank, "kernel_size")
        self.strides = standardize_tuple(strides, rank, "strides")
        self.padding = standardize_padding(padding)
        self.data_format = standardize_data_format(data_format)
        self.dilation_rate = standardize_tuple(dilation_rate, rank, "dilation_rate")
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "Specifying `strides > 1` is not compatible with `dilation_rate > 1`. Received: "
                f"strides={self.strides} and dilation_rate={self.dilation_rate}"
            )
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.state_size = [filters, filters]
        self.channel_axis = 1 if self.data_format == "channels_first" else -1

    def build(self, inputs_shape, states_shape=None):
        """Create W, U and b."""
        _, sizes, channels = split_shape(inputs_shape, self.data_format)
        if None in (*sizes, channels):
            raise ValueError(
                f"Layer '{self.name}' needs inputs whose spatial axes and channels are known. "
                f"Received: inputs_shape={inputs_shape}"
            )
        self.step_shape = tuple(inputs_shape[1:])
        self.compute_output_shape(inputs_shape)
        columns = 4 * self.filters
        self.add_kernels(
            (*self.kernel_size, channels, columns),
            (*self.kernel_size, self.filters, columns),
            (columns,),
            forget_bias(self.bias_initializer) if self.unit_forget_bias else None,
        )

    def get_initial_state(self, batch_size=None):
        """Zeros for h and c, of the size that the convolution of x has."""
        shape, _ = self.compute_output_shape((batch_size, *self.step_shape))
        return [np.zeros(shape, self.compute_dtype) for _ in self.state_size]

    def forward(self, inputs, states, training=False, dropout_masks=None):
        """(h_t, [h_t, c_t]), and what backward needs."""
        masks = self.masks_of_call(inputs, states, training, dropout_masks)
        masks = [
            None if parts is None else [to_channels_last(m, self.data_format) for m in parts]
            for parts in masks
        ]
        x, h = (to_channels_last(array, self.data_format) for array in (inputs, states[0]))
        of_x, of_h = self._windows(x, h)
        z = masked_product(x, self.kernel, masks[0], lambda a, k: conv(a, k, of_x))
        z += masked_product(h, self.recurrent_kernel, masks[1], lambda a, k: conv(a, k, of_h))
        if self.use_bias:
            z += self.bias
        z = from_channels_last(z, self.data_format)
        new_h, new_c, gates_cache = lstm_gates(
            z, states[1], self.activation, self.recurrent_activation, self.channel_axis
        )
        return (new_h, [new_h, new_c]), (x, h, masks, gates_cache)

    def backward(self, dy, cache):
        """{dx, [dh_{t−1}, dc_{t−1}]} and [dW, dU, db]."""
        x, h, masks, gates_cache = cache
        of_x, of_h = self._windows(x, h)
        dh = sum_of_gradients(gates_cache[0], dy[0], dy[1][0])
        dc = sum_of_gradients(gates_cache[0], dy[1][1])
        dz, dc = lstm_gates_backward(
            dh, dc, gates_cache, self.activation, self.recurrent_activation, self.channel_axis
        )
        dz = to_channels_last(dz, self.data_format)
        dx, dkernel = masked_product_backward(
            dz, x, self.kernel, masks[0], partial(conv_backward, windows=of_x)
        )
        dh, drecurrent = masked_product_backward(
            dz, h, self.recurrent_kernel, masks[1], partial(conv_backward, windows=of_h)
        )
        grads = [dkernel, drecurrent]
        if self.use_bias:
            grads.append(dz.sum(axis=tuple(range(dz.ndim - 1))))
        dx, dh = (from_channels_last(gradient, self.data_format) for gradient in (dx, dh))
        return {"inputs": dx, "states": [dh, dc]}, grads

    def compute_output_shape(self, inputs_shape, states_shape=None):
        """The convolution's output for the output and both states."""
        batch, sizes, _ = split_shape(inputs_shape, self.data_format)
        axes = zip(sizes, self.kernel_size, self.strides, self.dilation_rate, strict=True)
        sizes = tuple(output_length(n, k, s, self.padding, d) for n, k, s, d in axes)
        if any(size is not None and size < 1 for size in sizes):
            raise ValueError(
                f"Layer '{self.name}': computed output size would be zero or negative. Received: "
                f"inputs_shape={inputs_shape}, kernel_size={self.kernel_size}, "
                f"strides={self.strides}, padding='{self.padding}'"
            )
        shape = join_shape(batch, sizes, self.filters, self.data_format)
        return shape, [shape, shape]

    def _windows(self, x, h):
        """The kernel's places over x, and over h."""
        of_x = Windows.of(
            x.shape[1:-1], self.kernel_size, self.strides, self.padding, self.dilation_rate
        )
        return of_x, Windows.of(h.shape[1:-1], self.kernel_size, (1,) * self.rank, "same")


def conv_backward(dz, x, kernel, windows):
    """Gradients with respect to x and to the kernel."""
    return conv_input_gradient(dz, kernel, windows), conv_kernel_gradient(x, dz, windows)
