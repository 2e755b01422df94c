"""Attention: a mean of values, weighted by how well their keys match a query; several heads."""

import numpy as np

from reference_numpy.concepts.gru import GRU
from reference_numpy.concepts.lstm import by_network
from reference_numpy.concepts.recurrent_network import at_every_gap, at_every_rate


def attention(query, value, key, scale):
    """softmax(scale · q kᵀ) v: each query's mean of the values.

    query: (…, queries, size); key: (…, places, size); value: (…, places, outputs); scale: ().

    Source: Luong et al. 2015; Vaswani et al. 2017, Attention is all you need, where the scale is
    1/√size.
    """
    products = query @ key.mT  # how well each key matches
    scores = scale * products
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    return weights @ value, (query, value, key, scale, products, weights)


def attention_backward(dy, cache):
    """Gradients of query, value, key and scale."""
    query, value, key, scale, products, weights = cache
    dweights = dy @ value.mT
    dscores = weights * (dweights - (dweights * weights).sum(axis=-1, keepdims=True))
    dproducts = scale * dscores
    dscale = (dscores * products).sum()
    return dproducts @ key, weights.mT @ dy, dproducts.mT @ query, dscale


def multi_head_attention(query, value, q_kernel, q_bias, k_kernel, k_bias, v_kernel, v_bias,
                         o_kernel, o_bias):  # fmt: skip
    """Every head attends in projections of its own; their results are projected back and added.

    query: (batch, queries, inputs); value, which is the key too: (batch, places, inputs)
    q_kernel, k_kernel, v_kernel: (inputs, heads, size); their biases: (heads, size)
    o_kernel: (heads, size, outputs); o_bias: (outputs,)

    Source: Vaswani et al. 2017, Attention is all you need, 3.2.2.
    """
    q = projected(query, q_kernel, q_bias)
    k, v = projected(value, k_kernel, k_bias), projected(value, v_kernel, v_bias)
    scale = np.asarray(1 / np.sqrt(q.shape[-1]), q.dtype)
    heads, cache = attention(q, v, k, scale)
    y = (heads @ o_kernel[..., None, :, :, :]).sum(axis=-3) + o_bias
    return y, (query, value, q_kernel, k_kernel, v_kernel, o_kernel, heads, cache)


def projected(x, kernel, bias):
    """A projection for each head: (batch, heads, places, size)."""
    kernel = kernel.swapaxes(-3, -2)[..., None, :, :, :]
    return x[..., None, :, :] @ kernel + bias[..., None, :, None, :]


def multi_head_attention_backward(dy, cache):
    """Gradients of query, value and the weights."""
    query, value, q_kernel, k_kernel, v_kernel, o_kernel, heads, cache = cache
    dy = dy[..., None, :, :]
    do_kernel, do_bias = (heads.mT @ dy).sum(axis=-4), dy.sum(axis=(-4, -3, -2))
    dq, dv, dk, _ = attention_backward(dy @ o_kernel[..., None, :, :, :].mT, cache)
    dinputs, dweights = [], []
    for d, x, kernel in ((dq, query, q_kernel), (dk, value, k_kernel), (dv, value, v_kernel)):
        dinputs.append((d @ kernel.swapaxes(-3, -2)[..., None, :, :, :].mT).sum(axis=-3))
        dweights.append((x[..., None, :, :].mT @ d).sum(axis=-4).swapaxes(-3, -2))
        dweights.append(d.sum(axis=(-4, -2)))
    return dinputs[0], dinputs[1] + dinputs[2], *dweights, do_kernel, do_bias


def saturation(query, key, sizes):
    """The weights of queries and keys of each size, with the scale 1/√size and without."""
    found = {}
    for size in sizes:
        q, k = query[:, :size], key[:, :size]
        for name, scale in (("scaled", 1 / np.sqrt(size)), ("plain", 1.0)):
            _, (*_, found[f"{name}, {size}"]) = attention(q, k, k, q.dtype.type(scale))
    return found


def look_up(x, *weights):
    """The last step asks, all steps answer: several heads as a layer of one output step.

    Weights as of `multi_head_attention`; kernels may come as `at_every_rate` lays them flat.
    """
    *heads, o_kernel, o_bias = weights
    count, size = heads[1].shape[-2:]
    lead = heads[1].shape[:-2]
    kernels = [w.reshape(*lead, -1, count, size) for w in heads[::2]]
    o_kernel = o_kernel.reshape(*lead, count, size, -1)
    q, k, v = zip(kernels, heads[1::2])
    return multi_head_attention(x[..., -1:, :], x, *q, *k, *v, o_kernel, o_bias[..., None, :])


def look_up_backward(dy, cache):
    """Gradients of x and the weights."""
    dquery, dx, *dweights = multi_head_attention_backward(dy, cache)
    dx[..., -1:, :] += dquery
    return dx, *dweights


def one_head(scaled):
    """As `look_up`, one head of three kernels alone, with the scale or without: both ways."""

    def layer(x, *kernels):
        q, k, v = (a @ w[..., None, :, :] for a, w in zip((x[..., -1:, :], x, x), kernels))
        scale = q.dtype.type(1 / np.sqrt(q.shape[-1]) if scaled else 1.0)
        y, cache = attention(q, v, k, scale)
        return y, (x, kernels, cache)

    def backward(dy, cache):
        x, kernels, cache = cache
        dq, dv, dk, _ = attention_backward(dy, cache)
        dx = sum(d @ w[..., None, :, :].mT for d, w in zip((dk, dv), kernels[1:]))
        dx[..., -1:, :] += dq @ kernels[0][..., None, :, :].mT
        given = (x[..., -1:, :], dq), (x, dk), (x, dv)
        return dx, *((a.mT @ d).sum(axis=-3) for a, d in given)

    return layer, backward


LOOK_UP = look_up, look_up_backward
LAYERS = {"attention": LOOK_UP, "GRU": GRU, "wide GRU": GRU}
LAYERS |= {"one head": LOOK_UP, "four heads": LOOK_UP}
LAYERS |= {"scaled": one_head(True), "plain": one_head(False)}


def recall(parts, rates, batch_size, kept, **weights):
    """Attention and GRUs trained to recall one of each number of pairs, at each of their rates.

    Args:
        parts: for each number, as in `at_every_rate`. rates: for each network.
        kept: how many of attention's first losses are returned.
    """
    found, last = {}, max(parts)
    for name, (*layer, own) in by_network(weights, LAYERS).items():
        part, trained = at_every_gap(*layer, parts, own, rates[name], batch_size)
        found |= {f"{name}, {key}": array for key, array in part.items()}
        if name == "attention":
            x, _ = parts[last]["test"]
            found["x"] = x[:8]
            for when, weights_then in (("untrained", own), ("trained", trained[last])):
                flat = [w.reshape(-1, w.shape[-1]) for w in weights_then[:8]]
                _, (*_, (*_, weights_of_places)) = look_up(x[:8], *flat)
                found[when] = weights_of_places[:, 0, 0]
    return {**found, "first losses": found[f"attention, gap {min(parts)}: loss"][:kept, 0]}


def compare(parts, rates, batch_size, kept, **weights):
    """Several kinds of attention trained on the same sequences, at every rate."""
    found = {}
    for name, (*layer, own) in by_network(weights, LAYERS).items():
        part, _ = at_every_rate(*layer, parts, own, rates, batch_size, 1.0)
        found |= {f"{name}, {key}": array for key, array in part.items()}
        found[f"{name}, first losses"] = part["loss"][:kept, 0]
    return found


def scaling(parts, rates, batch_size, kept, **weights):
    """One head with the scale 1/√size and without."""
    return compare(parts, rates, batch_size, kept, **weights)


def heads(parts, rates, batch_size, kept, **weights):
    """One head, and four of a quarter of its size."""
    return compare(parts, rates, batch_size, kept, **weights)
