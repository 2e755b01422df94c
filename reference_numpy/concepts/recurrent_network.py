"""The recurrent network: a cell, the loop through time and back, and clipped gradients."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.optimizers import adam


def simple_rnn_cell(x, h, kernel, recurrent_kernel, bias):
    """One step: h' = tanh(x W + h U + b).

    x: (batch, inputs); h: (batch, units). Weights with a leading axis are several networks at
    once; `.mT` transposes the last two axes.

    Source: Elman 1990, Finding structure in time; Saito, Deep Learning from Scratch 2, 5.3.1.
    """
    new_h = np.tanh(x @ kernel + h @ recurrent_kernel + bias)
    return (new_h,), (x, h, kernel, recurrent_kernel, new_h)


def simple_rnn_cell_backward(dh, cache):
    """From the gradient of h' those of x, h, W, U, b."""
    x, h, kernel, recurrent_kernel, new_h = cache
    dz = dh * (1 - new_h**2)
    return dz @ kernel.mT, dz @ recurrent_kernel.mT, x.mT @ dz, h.mT @ dz, dz.sum(axis=-2)


def through_time(cell, x, states, *weights):
    """A cell over a sequence: h after each step, the last states, and what backward needs.

    x: (batch, time, inputs); each state: (batch, units); outputs: (batch, time, units).
    """
    outputs, caches = [], []
    for t in range(x.shape[-2]):
        states, cache = cell(x[..., t, :], *states, *weights)
        outputs.append(states[0])
        caches.append(cache)
    return (np.stack(outputs, axis=-2), *states), caches


def through_time_backward(cell_backward, doutputs, dstates, caches):
    """Backpropagation through time: from the last step to the first.

    What reaches h comes from its own output and from all later steps. The weights are the same in
    every step, so their gradients add up.

    Source: Werbos 1990, Backpropagation through time; Saito, Deep Learning from Scratch 2, 5.2.3.
    """
    dx, dweights = [], []
    for t in reversed(range(len(caches))):
        dh, *others = dstates
        dx_t, *found = cell_backward(dh + doutputs[..., t, :], *others, caches[t])
        dstates, parts = found[: len(dstates)], found[len(dstates) :]
        dweights = [total + part for total, part in zip(dweights or [0] * len(parts), parts)]
        dx.append(dx_t)
    return np.stack(dx[::-1], axis=-2), *dstates, *dweights


def from_zeros(cell, states, x, *weights):
    """A cell over a sequence, its `states` states zeros at first: h after each step."""
    start = np.zeros((len(x), weights[1].shape[-2]), x.dtype)
    (outputs, *_), caches = through_time(cell, x, [start] * states, *weights)
    return outputs, caches


def from_zeros_backward(cell_backward, states, doutputs, caches):
    """Gradients of x and the weights."""
    ends = [0] * states
    dx, *found = through_time_backward(cell_backward, doutputs, ends, caches)
    return dx, *found[states:]


def simple_rnn(x, kernel, recurrent_kernel, bias):
    """The cell over a sequence: all its outputs."""
    return from_zeros(simple_rnn_cell, 1, x, kernel, recurrent_kernel, bias)


def simple_rnn_backward(doutputs, cache):
    """Gradients of x, W, U, b."""
    return from_zeros_backward(simple_rnn_cell_backward, 1, doutputs, cache)


def clip_by_global_norm(gradients, limit):
    """All gradients, together scaled down to the length `limit` where they are longer.

    Source: Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks.
    """
    length = np.sqrt(sum((g**2).sum() for g in gradients))
    return [g * (limit / max(length, limit)) for g in gradients]


def clipped(gradients, limits):
    """The gradients, a list of arrays, clipped to each limit."""
    found = {}
    for limit in limits:
        arrays = clip_by_global_norm(gradients, limit)
        found[f"limit {limit}"] = np.concatenate([g.ravel() for g in arrays])
    return found


def loss_and_gradients(layer, backward, x, y, weights):
    """A recurrent layer whose last output an affine layer turns into classes, by softmax.

    Args:
        layer, backward: such as `simple_rnn` and `simple_rnn_backward`.
        x, y: (batch, time, inputs), and the numbers of the classes, (batch,).
        weights: the layer's, and the affine layer's two.

    Returns:
        Mean cross-entropy, for each network of several; and the gradients of x and the weights.
    """
    *own, kernel, bias = weights
    outputs, cache = layer(x, *own)
    h, right = outputs[..., -1, :], np.eye(kernel.shape[-1], dtype=x.dtype)[y]
    logits = h @ kernel + bias
    p = rn.activations.softmax(logits)
    dlogits = (p - right) / len(y)
    doutputs = np.zeros_like(outputs)
    doutputs[..., -1, :] = dlogits @ kernel.mT
    gradients = [*backward(doutputs, cache), h.mT @ dlogits, dlogits.sum(axis=-2)]
    losses = -(rn.activations.log_softmax(logits) * right).sum(axis=-1)
    return losses.mean(axis=-1), gradients


def gradient_through_time(x, y, scales, **weights):
    """Length of the loss's gradient by the input of each step, (time,), for each scale.

    Args:
        scales: factors of the recurrent kernel.
    """
    kernel, recurrent_kernel, *rest = weights.values()
    found = {}
    for scale in scales:
        scaled = [kernel, scale * recurrent_kernel, *rest]
        _, (dx, *_) = loss_and_gradients(simple_rnn, simple_rnn_backward, x, y, scaled)
        found[f"scale {scale}"] = np.sqrt((dx**2).sum(axis=(0, 2)))
    return found


def at_every_rate(layer, backward, parts, weights, rates, batch_size, limit=None, rule="adam"):
    """Networks from the same weights, one at each rate; each example is seen once.

    Args:
        parts: x and y of the parts `train`, `validation` and `test`, by name.
        limit: of the length of a network's gradients; None where they are not clipped.
        rule: `"adam"` or `"sgd"`.

    Returns:
        The losses in training, (steps, rates); accuracy by part, (rates,); and the weights.
    """
    shape = (len(rates), 1, 1)
    rates = np.reshape(np.asarray(rates, weights[0].dtype), shape)
    weights = [np.tile(w.reshape(-1, w.shape[-1]), shape) for w in weights]
    states = [(np.zeros_like(w), np.zeros_like(w), 0) for w in weights]
    (x, y), losses = parts["train"], []
    for start in range(0, len(x), batch_size):
        rows = slice(start, start + batch_size)
        loss, (_, *grads) = loss_and_gradients(layer, backward, x[rows], y[rows], weights)
        losses.append(loss)
        grads = [g.reshape(w.shape) for g, w in zip(grads, weights)]
        if limit:
            each = [clip_by_global_norm([g[k] for g in grads], limit) for k in range(len(rates))]
            grads = [np.stack(own) for own in zip(*each)]
        if rule == "sgd":
            weights = [w - rates * g for w, g in zip(weights, grads)]
        else:
            steps = zip(weights, grads, states)
            moved = [adam(w, g, *state, learning_rate=rates) for w, g, state in steps]
            weights, states = [w for w, *_ in moved], [state for _, *state in moved]
    found = {"loss": np.stack(losses)}
    for name in ("validation", "test"):
        found[name] = accuracy(layer, *parts[name], weights)
    return found, weights


def accuracy(layer, x, y, weights):
    """Share of the sequences whose class is right, for each network, (networks,)."""
    *own, kernel, bias = weights
    outputs, _ = layer(x, *own)
    return ((outputs[..., -1, :] @ kernel + bias).argmax(axis=-1) == y).mean(axis=-1)


def remember(parts, rates, batch_size, kept, **weights):
    """Networks trained on each gap, at every rate, by Adam with clipped gradients.

    Args:
        parts: for each gap, as in `at_every_rate`. kept: how many of the first losses, those of
            the first gap and rate, are returned too.
    """
    given = (parts, list(weights.values()), rates, batch_size)
    found, _ = at_every_gap(simple_rnn, simple_rnn_backward, *given)
    first = next(iter(parts))
    return {**found, "first losses": found[f"gap {first}: loss"][:kept, 0]}


def at_every_gap(layer, backward, parts, weights, rates, batch_size):
    """`at_every_rate` for each gap, by Adam with gradients clipped to length 1.

    Returns:
        What it found, by gap and name; and by gap the weights at the rate best in validation.
    """
    found, trained = {}, {}
    for gap, own in parts.items():
        part, grown = at_every_rate(layer, backward, own, weights, rates, batch_size, 1.0)
        found |= {f"gap {gap}: {name}": array for name, array in part.items()}
        trained[gap] = [w[part["validation"].argmax()] for w in grown]
    return found, trained


def clipping(parts, rates, batch_size, limit, kept, **weights):
    """Networks trained by SGD at every rate, with clipped gradients and without."""
    found = {}
    for name, own in (("clipped", limit), ("plain", None)):
        given = (parts, list(weights.values()), rates, batch_size, own, "sgd")
        part, _ = at_every_rate(simple_rnn, simple_rnn_backward, *given)
        found |= {f"{name}: {key}": array for key, array in part.items()}
        found[f"{name}: first losses"] = part["loss"][:kept, 0]
    return found
