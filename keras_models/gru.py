"""The GRU in Keras: `GRU`, whose reset gate acts after the product with the state."""

import keras
from keras import layers

from keras_models.recurrent_network import first_losses, of_weights


def gru_cell(x, h):
    """One step, as a function of all its arrays. `reset_after` is the default."""
    return as_function(layers.GRUCell(h.shape[1]), x)


def gru_cell_reset_before(x, h):
    """One step as first published."""
    return as_function(layers.GRUCell(h.shape[1], reset_after=False), x)


def as_function(cell, x):
    """A cell as a function of its input, its state and its weights."""
    cell.build(x.shape)
    return lambda x, h, *weights: of_weights(cell, weights, x, [h])[1]


def gru(recurrent_kernel):
    """A layer over a sequence. Without `return_sequences` it gives the last output alone."""
    return layers.GRU(len(recurrent_kernel), return_sequences=True)


def remember(parts, rates, batch_size, kept, read, **weights):
    """The GRU's first losses on the first gap at its first rate."""
    return {"first losses": of_network("GRU", parts[min(parts)], rates, batch_size, kept, weights)}


def learn(parts, rates, batch_size, kept, **weights):
    """The first losses at the first rate of a GRU of either kind."""
    return {
        f"{name}, first losses": of_network(name, parts, rates, batch_size, kept, weights)
        for name in ("GRU", "GRU, reset before")
    }


def of_network(name, parts, rates, batch_size, kept, weights):
    """The first losses of one network."""
    own = [w for key, w in weights.items() if key.startswith(f"{name}:")]
    layer = layers.GRU(len(own[1]), reset_after="before" not in name)
    optimizer = keras.optimizers.Adam(rates[name][0], global_clipnorm=1.0)
    return first_losses(layer, optimizer, parts, batch_size, kept, own)
