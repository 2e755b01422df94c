"""The LSTM: a memory that gates keep, fill and read, and the way back through time."""

import numpy as np

from reference_numpy.concepts.recurrent_network import (
    at_every_gap,
    at_every_rate,
    from_zeros,
    from_zeros_backward,
    simple_rnn,
    simple_rnn_backward,
)


def lstm_cell(x, h, c, kernel, recurrent_kernel, bias):
    """One step of the long short-term memory: gates i, f, o fill, keep and read the memory c.

    c' = f c + i g, h' = o tanh(c'), with i, f, o = sigmoid(z), g = tanh(z), each of its own quarter
    of z = x W + h U + b

    x: (batch, inputs); h, c: (batch, units); kernels: (…, 4 units) in the order i, f, g, o.

    Source: Hochreiter & Schmidhuber 1997; Gers et al. 2000 (the forget gate f).
    """
    z = x @ kernel + h @ recurrent_kernel + bias
    i, f, g, o = np.split(z, 4, axis=-1)
    i, f, o = (0.5 * np.tanh(0.5 * gate) + 0.5 for gate in (i, f, o))  # the sigmoid
    g = np.tanh(g)
    new_c = f * c + i * g
    tanh_c = np.tanh(new_c)
    return (o * tanh_c, new_c), (x, h, c, kernel, recurrent_kernel, i, f, g, o, tanh_c)


def lstm_cell_backward(dh, dc, cache):
    """From the gradients of h' and c' those of x, h, c and the weights.

    Along the memory the gradient is only multiplied by f, so it lives on where f is near 1.
    """
    x, h, c, kernel, recurrent_kernel, i, f, g, o, tanh_c = cache
    do = dh * tanh_c
    dc = dc + dh * o * (1 - tanh_c**2)
    di, df, dg = dc * g, dc * c, dc * i
    dz = [di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)]
    dz = np.concatenate(dz, axis=-1)
    return dz @ kernel.mT, dz @ recurrent_kernel.mT, dc * f, x.mT @ dz, h.mT @ dz, dz.sum(axis=-2)


def lstm(x, kernel, recurrent_kernel, bias):
    """The cell over a sequence, from an empty memory: h after each step.

    x: (batch, time, inputs); outputs: (batch, time, units).
    """
    return from_zeros(lstm_cell, 2, x, kernel, recurrent_kernel, bias)


def lstm_backward(doutputs, cache):
    """Gradients of x, W, U, b."""
    return from_zeros_backward(lstm_cell_backward, 2, doutputs, cache)


LSTM, RNN = (lstm, lstm_backward), (simple_rnn, simple_rnn_backward)
LAYERS = {"RNN": RNN, "wide RNN": RNN, "LSTM": LSTM, "LSTM, bias 0": LSTM}


def by_network(weights, layers=LAYERS):
    """Layer, gradient and weights of each network, of arrays named `"NETWORK: ARRAY"`."""
    found = {}
    for key, w in weights.items():
        found.setdefault(key.partition(":")[0], []).append(w)
    return {name: (*layers[name], own) for name, own in found.items()}


def reach(x, y, **weights):
    """Of each network: how far the right answer's score hangs on the marked input.

    Returns:
        The mean length of the score's gradient by that input, by its distance from the end.
    """
    return {name: gradient_by_distance(*own, x, y) for name, own in by_network(weights).items()}


def gradient_by_distance(layer, backward, weights, x, y):
    """As `reach`, of one network."""
    *own, kernel, _ = weights
    outputs, cache = layer(x, *own)
    doutputs = np.zeros_like(outputs)
    doutputs[:, -1] = kernel.mT[y]
    dx, *_ = backward(doutputs, cache)
    marked = x[..., -1].argmax(axis=1)
    lengths = np.linalg.norm(dx[np.arange(len(x)), marked], axis=-1)
    back = x.shape[1] - 1 - marked
    return np.bincount(back, lengths) / np.bincount(back)


def remember(parts, rates, batch_size, kept, read, **weights):
    """Every network trained on each gap, at each of its rates, by Adam with clipped gradients.

    Args:
        parts: for each gap, as in `at_every_rate`. rates: for each network.
        kept: how many of the LSTM's first losses, on the first gap at its first rate, are returned.
        read: the gap whose first test sequences the LSTM reads, to show its gates.
    """
    found, first, last = {}, min(parts), max(parts)
    for name, (*layer, own) in by_network(weights).items():
        part, trained = at_every_gap(*layer, parts, own, rates[name], batch_size)
        found |= {f"{name}, {key}": array for key, array in part.items()}
        found[f"{name}, reach"] = gradient_by_distance(*layer, trained[last], *parts[last]["test"])
        if name == "LSTM":
            found |= gates(parts[read]["test"][0][:6], *trained[read][:3])
    return {**found, "first losses": found[f"LSTM, gap {first}: loss"][:kept, 0]}


def gates(x, *weights):
    """What an LSTM reads, and its gates and its memory at each step, (batch, time, units)."""
    _, caches = lstm(x, *weights)
    names = ("i", "f", "g", "o", "tanh c")
    found = {name: np.stack(a, axis=1) for name, a in zip(names, list(zip(*caches))[-5:])}
    return {"x": x, **found}


def forget_bias(parts, rates, batch_size, **weights):
    """LSTMs that differ in their first biases alone, trained at every rate on one gap."""
    found = {}
    for name, (*layer, own) in by_network(weights).items():
        part, _ = at_every_rate(*layer, parts, own, rates, batch_size, 1.0)
        found |= {f"{name}, {key}": array for key, array in part.items()}
        found[f"{name}, biases"] = own[2]
    return found
