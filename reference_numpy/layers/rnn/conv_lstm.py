"""The convolutional long short-term memory over a sequence, for any number of spatial axes."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.annotations import Named
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.rnn.cell_layer import CellLayer
from reference_numpy.layers.rnn.conv_lstm_cell import ConvLSTMCell


class ConvLSTM(CellLayer):
    """`RNN` over a `ConvLSTMCell`; equations and shapes of the weights stand there.

    A subclass sets `rank`, the number of spatial axes.

    Args:
        filters, kernel_size, strides, padding, data_format, dilation_rate, activation,
            recurrent_activation, use_bias and the others: those of `ConvLSTMCell` and of `RNN`.

    Raises:
        ValueError: as `ConvLSTMCell` and `RNN`; for sequences with another number of axes.
    """

    rank: int
    not_in_config = (*CellLayer.not_in_config, "rank")
    cell_class = ConvLSTMCell
    cell_name = "conv_lstm_cell"

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: Named = "tanh",
        recurrent_activation: Named = "sigmoid",
        use_bias: bool = True,
        **kwargs: Any,
    ):
        super().__init__(
            self.rank,
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            recurrent_activation,
            use_bias,
            **kwargs,
        )
        self.input_spec = InputSpec(ndim=self.rank + 3)

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        """The shape of y, or of (y, h, c)."""
        batch_size, length, *step_shape = sequences_shape
        shape, states = self.cell.compute_output_shape((batch_size, *step_shape))
        steps = (length,) if self.return_sequences else ()
        y_shape = (batch_size, *steps, *shape[1:])
        return (y_shape, *states) if self.return_state else y_shape
