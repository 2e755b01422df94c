"""The convolutional long short-term memory over sequences with 2 spatial axes."""

from reference_numpy.layers.rnn.conv_lstm import ConvLSTM


class ConvLSTM2D(ConvLSTM):
    """`ConvLSTM` with 2 spatial axes; equations in `ConvLSTMCell`, arguments in `ConvLSTM`.

    Shapes, with the channels last:
        sequences: (batch, T, rows, columns, channels)    mask: (batch, T)
        y: (batch, [T,] rows′, columns′, filters)
        states: [h, c], each (batch, rows′, columns′, filters)
    """

    rank = 2
