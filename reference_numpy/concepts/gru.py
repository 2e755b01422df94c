"""The GRU: a state that one gate keeps or replaces, and another one hides."""

import numpy as np

from reference_numpy.concepts.lstm import LSTM, RNN, by_network
from reference_numpy.concepts.recurrent_network import (
    at_every_gap,
    at_every_rate,
    from_zeros,
    from_zeros_backward,
)


def gru_cell(x, h, kernel, recurrent_kernel, bias):
    """One step of the gated recurrent unit: u keeps the state, r hides it from the new content v.

    h' = u h + (1 − u) v, v = tanh(x W + b + r (h U + b')), with u, r = sigmoid(x W + h U + b + b')

    x: (batch, inputs); h: (batch, units); kernels: (…, 3 units) in the order u, r, v; bias: (2, 3
    units), b and b'.

    Source: Cho et al. 2014, Learning phrase representations using RNN encoder-decoder (Saito,
    Deep Learning from Scratch 2, appendix C, calls z what is 1 − u here).
    """
    from_x = np.split(x @ kernel + bias[..., :1, :], 3, axis=-1)
    from_h = np.split(h @ recurrent_kernel + bias[..., 1:, :], 3, axis=-1)
    u, r = (0.5 * np.tanh(0.5 * (a + b)) + 0.5 for a, b in zip(from_x[:2], from_h))  # the sigmoid
    v = np.tanh(from_x[2] + r * from_h[2])
    return (u * h + (1 - u) * v,), (x, h, kernel, recurrent_kernel, u, r, v, from_h[2])


def gru_cell_backward(dh, cache):
    """From the gradient of h' those of x, h and the weights: u of it goes straight on to h."""
    x, h, kernel, recurrent_kernel, u, r, v, from_h = cache
    dv = dh * (1 - u) * (1 - v**2)
    du, dr = dh * (h - v) * u * (1 - u), dv * from_h * r * (1 - r)
    dz = np.concatenate([du, dr, dv], axis=-1)
    recurrent_dz = np.concatenate([du, dr, dv * r], axis=-1)
    dbias = np.stack([dz.sum(axis=-2), recurrent_dz.sum(axis=-2)], axis=-2)
    dh = dh * u + recurrent_dz @ recurrent_kernel.mT
    return dz @ kernel.mT, dh, x.mT @ dz, h.mT @ recurrent_dz, dbias


def gru_cell_reset_before(x, h, kernel, recurrent_kernel, bias):
    """The same with the reset before the product: v = tanh(x W + b + (r h) U); bias: (3 units,)."""
    kernels_ur, kernel_v = np.split(recurrent_kernel, [2 * h.shape[-1]], axis=-1)
    z_ur, z_v = np.split(x @ kernel + bias, [2 * h.shape[-1]], axis=-1)
    u, r = np.split(0.5 * np.tanh(0.5 * (z_ur + h @ kernels_ur)) + 0.5, 2, axis=-1)
    v = np.tanh(z_v + (r * h) @ kernel_v)
    return (u * h + (1 - u) * v,), (x, h, kernel, kernels_ur, kernel_v, u, r, v)


def gru_cell_reset_before_backward(dh, cache):
    """As `gru_cell_backward`: the gradient of r comes back through the product."""
    x, h, kernel, kernels_ur, kernel_v, u, r, v = cache
    dv = dh * (1 - u) * (1 - v**2)
    dreset = dv @ kernel_v.mT
    dz_ur = [dh * (h - v) * u * (1 - u), dreset * h * r * (1 - r)]
    dz_ur = np.concatenate(dz_ur, axis=-1)
    dz = np.concatenate([dz_ur, dv], axis=-1)
    drecurrent = np.concatenate([h.mT @ dz_ur, (r * h).mT @ dv], axis=-1)
    dh = dh * u + dz_ur @ kernels_ur.mT + dreset * r
    return dz @ kernel.mT, dh, x.mT @ dz, drecurrent, dz.sum(axis=-2)


def gru(x, kernel, recurrent_kernel, bias):
    """The cell over a sequence, from a state of zeros: h after each step.

    x: (batch, time, inputs); outputs: (batch, time, units).
    """
    return from_zeros(gru_cell, 1, x, kernel, recurrent_kernel, bias)


def gru_backward(doutputs, cache):
    """Gradients of x, W, U and both biases."""
    return from_zeros_backward(gru_cell_backward, 1, doutputs, cache)


def gru_reset_before(x, kernel, recurrent_kernel, bias):
    """As `gru`."""
    return from_zeros(gru_cell_reset_before, 1, x, kernel, recurrent_kernel, bias)


def gru_reset_before_backward(doutputs, cache):
    """As `gru_backward`, of one bias."""
    return from_zeros_backward(gru_cell_reset_before_backward, 1, doutputs, cache)


GRU, BEFORE = (gru, gru_backward), (gru_reset_before, gru_reset_before_backward)
LAYERS = {"GRU": GRU, "GRU, reset before": BEFORE, "LSTM": LSTM, "small LSTM": LSTM}
LAYERS |= {"RNN": RNN, "wide RNN": RNN}


def remember(parts, rates, batch_size, kept, read, **weights):
    """A GRU and simple networks trained on each gap, at each of their rates.

    Args: as of the LSTM's.
    """
    found = {}
    for name, (*layer, own) in by_network(weights, LAYERS).items():
        part, trained = at_every_gap(*layer, parts, own, rates[name], batch_size)
        found |= {f"{name}, {key}": array for key, array in part.items()}
        if name == "GRU":
            found |= gates(parts[read]["test"][0][:6], *trained[read][:3])
    return {**found, "first losses": found[f"GRU, gap {min(parts)}: loss"][:kept, 0]}


def gates(x, *weights):
    """What a GRU reads, its gates, new contents and state at each step, (batch, time, units)."""
    outputs, caches = gru(x, *weights)
    u, r, v, _ = (np.stack(a, axis=1) for a in list(zip(*caches))[-4:])
    return {"x": x, "u": u, "r": r, "v": v, "h": outputs}


def learn(parts, rates, batch_size, kept, **weights):
    """GRUs of both kinds and LSTMs trained on one gap, at each of their rates."""
    found = {}
    for name, (*layer, own) in by_network(weights, LAYERS).items():
        part, _ = at_every_rate(*layer, parts, own, rates[name], batch_size, 1.0)
        found |= {f"{name}, {key}": array for key, array in part.items()}
        found[f"{name}, first losses"] = part["loss"][:kept, 0]
    return found
