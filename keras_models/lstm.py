"""The LSTM in Keras: `LSTM`, whose forget gates begin with biases of one."""

import keras
import numpy as np
from keras import layers, ops

from keras_models.recurrent_network import classifier, first_losses, of_weights


def lstm_cell(x, h):
    """One step, as a function of all its arrays."""
    cell = layers.LSTMCell(h.shape[1])
    cell.build(x.shape)
    return lambda x, h, c, *weights: of_weights(cell, weights, x, [h, c])[1]


def lstm(recurrent_kernel):
    """A layer over a sequence. Without `return_sequences` it gives the last h alone."""
    return layers.LSTM(len(recurrent_kernel), return_sequences=True)


def of_network(name, weights):
    """The weights of one network, and its layer, that gives the last h."""
    own = [w for key, w in weights.items() if key.startswith(f"{name}:")]
    return own, (layers.LSTM if "LSTM" in name else layers.SimpleRNN)(len(own[1]))


def reach(x, y, gradient_of, **weights):
    """Length of the right class's score's gradient by the marked input, by its distance."""
    found, (n, time, _) = {}, x.shape
    rows, marked = np.arange(n), x[..., -1].argmax(axis=1)
    for name in {key.partition(":")[0]: None for key in weights}:
        own, layer = of_network(name, weights)
        model = classifier(layer, x.shape[1:], own, "sgd")
        right = ops.one_hot(y, len(own[-1]), dtype=own[-1].dtype)

        def score(x, model=model, own=own, right=right):
            return ops.sum(of_weights(model, own, x) * right)

        _, (dx,) = gradient_of(score, [x.astype(own[0].dtype)], np.ones((), own[0].dtype))
        lengths = np.linalg.norm(dx[rows, marked], axis=-1)
        back = time - 1 - marked
        found[name] = np.bincount(back, lengths) / np.bincount(back)
    return found


def remember(parts, rates, batch_size, kept, read, **weights):
    """The LSTM's first losses on the first gap at its first rate."""
    own, layer = of_network("LSTM", weights)
    optimizer = keras.optimizers.Adam(rates["LSTM"][0], global_clipnorm=1.0)
    losses = first_losses(layer, optimizer, parts[min(parts)], batch_size, kept, own)
    return {"first losses": losses}


def forget_bias(parts, rates, batch_size, **weights):
    """What biases the layer begins with, with `unit_forget_bias` and without."""
    found = {}
    for name, with_one in (("LSTM", True), ("LSTM, bias 0", False)):
        own, _ = of_network(name, weights)
        layer = layers.LSTM(len(own[1]), unit_forget_bias=with_one)
        layer.build((None, None, len(own[0])))
        found[f"{name}, biases"] = layer.get_weights()[2]
    return found
