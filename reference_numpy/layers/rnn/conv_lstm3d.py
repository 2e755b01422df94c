"""The convolutional long short-term memory over sequences with 3 spatial axes."""

from reference_numpy.layers.rnn.conv_lstm import ConvLSTM


class ConvLSTM3D(ConvLSTM):
    """`ConvLSTM` with 3 spatial axes; equations in `ConvLSTMCell`, arguments in `ConvLSTM`.

    Shapes, with the channels last:
        sequences: (batch, T, depth, rows, columns, channels)    mask: (batch, T)
        y: (batch, [T,] depth′, rows′, columns′, filters)
        states: [h, c], each (batch, depth′, rows′, columns′, filters)
    """

    rank = 3
