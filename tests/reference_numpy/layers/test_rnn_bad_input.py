"""What the recurrent layers refuse."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.layers.rnn.conv_lstm_cell import ConvLSTMCell

L = rn.layers
X = np.random.default_rng(0).standard_normal((3, 5, 2))
MASK = np.ones((3, 5), bool)


def kept():
    """A stateful layer that has seen three sequences."""
    layer = L.LSTM(2, stateful=True)
    layer.forward(X)
    return layer


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: L.LSTM(2, no_such=1), "no_such"),
        (lambda: L.LSTM(2, use_cudnn="yes"), "use_cudnn=yes"),
        (lambda: L.LSTM(2, use_cudnn=True)(X), "there is no cuDNN"),
        (lambda: L.RNN(None), "must have a `forward`"),
        (lambda: L.RNN(L.Dense(2)), "must have a `state_size`"),
        (lambda: L.StackedRNNCells([L.Dense(2)]), "All cells must have a `state_size`"),
        (lambda: L.LSTM(2)(X[0]), "expected ndim=3, found ndim=2"),
        (lambda: L.LSTM(2)(X[:, :0]), "at least one time step"),
        (lambda: kept()(X[..., :1]), "expected axis -1 of input shape to have value 2"),
        (lambda: L.LSTM(2)(X, mask=MASK[:, :4]), r"\(3, 5\). Received: mask.shape=\(3, 4\)"),
        (lambda: L.LSTM(2)(sequences=X, initial_state=[X[:, 0]]), "`initial_state` does not fit"),
        (lambda: L.GRU(2)(sequences=X, initial_state=[X[:, 0]] * 2), "does not fit"),
        (lambda: L.GRU(3)(sequences=X, initial_state=[X[:, 0]]), r"Received: \[\(3, 2\)\]"),
        (lambda: L.LSTM(2, stateful=True)(rn.Input((5, 2))), "batch size must be known"),
        (lambda: kept()(X[:2]), "Expected: 3. Received: 2"),
        (lambda: L.Bidirectional(3), "takes a layer as `layer`"),
        (lambda: L.Bidirectional(L.LSTM(2), backward_layer=3), "takes a layer as `backward_layer`"),
        (lambda: L.Bidirectional(L.LSTM(2), merge_mode="max"), "Invalid merge mode"),
        (lambda: L.Bidirectional(L.LSTM(2), backward_layer=L.LSTM(2)), "go_backwards"),
        (
            lambda: L.Bidirectional(
                L.LSTM(2), backward_layer=L.LSTM(2, go_backwards=True, return_state=True)
            ),
            "return_state",
        ),
        (lambda: L.TimeDistributed(3), "takes a layer"),
        (lambda: L.TimeDistributed(L.Dense(2))(X[0]), "at least 3 axes"),
        (lambda: L.TimeDistributed(L.Dense(2))(X, mask=MASK[:, :4]), r"mask.shape=\(3, 4\)"),
        (lambda: L.ConvLSTM2D(2, 3, strides=2, dilation_rate=2), "not compatible"),
        (lambda: L.ConvLSTM2D(2, 3, padding="causal"), "padding='causal'"),
        (lambda: L.ConvLSTM2D(0, 3), "filters=0"),
        (lambda: L.ConvLSTM2D(2, 3)(X), "expected ndim=5"),
        (lambda: L.ConvLSTM1D(2, 6)(X[..., None]), "zero or negative"),
        (lambda: L.ConvLSTM1D(2, 2)(rn.Input((5, None, 2))), "are known"),
        (lambda: ConvLSTMCell(4, 2, 3), "Rank 4"),
    ],
)
def test_bad_input_is_told_in_one_line(make, message):
    with pytest.raises(ValueError, match=message) as error:
        make()
    assert "\n" not in str(error.value)
