"""The convolutional long short-term memory over sequences with 1 spatial axis."""

from reference_numpy.layers.rnn.conv_lstm import ConvLSTM


class ConvLSTM1D(ConvLSTM):
    """`ConvLSTM` with 1 spatial axis; equations in `ConvLSTMCell`, arguments in `ConvLSTM`.

    Shapes, with the channels last:
        sequences: (batch, T, length, channels)    mask: (batch, T)
        y: (batch, [T,] length′, filters)
        states: [h, c], each (batch, length′, filters)
    """

    rank = 1
