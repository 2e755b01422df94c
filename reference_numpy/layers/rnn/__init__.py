"""Recurrent layers, their cells, and wrappers over time."""

from reference_numpy.layers.rnn.bidirectional import Bidirectional
from reference_numpy.layers.rnn.conv_lstm1d import ConvLSTM1D
from reference_numpy.layers.rnn.conv_lstm2d import ConvLSTM2D
from reference_numpy.layers.rnn.conv_lstm3d import ConvLSTM3D
from reference_numpy.layers.rnn.gru import GRU
from reference_numpy.layers.rnn.gru_cell import GRUCell
from reference_numpy.layers.rnn.lstm import LSTM
from reference_numpy.layers.rnn.lstm_cell import LSTMCell
from reference_numpy.layers.rnn.rnn import RNN
from reference_numpy.layers.rnn.simple_rnn import SimpleRNN
from reference_numpy.layers.rnn.simple_rnn_cell import SimpleRNNCell
from reference_numpy.layers.rnn.stacked_rnn_cells import StackedRNNCells
from reference_numpy.layers.rnn.time_distributed import TimeDistributed

__all__ = [
    "GRU",
    "GRUCell",
    "LSTM",
    "LSTMCell",
    "RNN",
    "Bidirectional",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "SimpleRNN",
    "SimpleRNNCell",
    "StackedRNNCells",
    "TimeDistributed",
]
