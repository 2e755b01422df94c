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
    given = (query, q_kernel, q_bias), (value, v_kernel, v_bias), (value, k_kernel, k_bias)
    # The projections: (batch, places, heads, size). Each head attends by itself: heads come first.
    q, v, k = ((np.tensordot(x, kernel, 1) + bias).swapaxes(1, 2) for x, kernel, bias in given)
    heads, cache = attention(q, v, k, np.asarray(1 / np.sqrt(q.shape[-1]), q.dtype))
    heads = heads.swapaxes(1, 2)
    return np.tensordot(heads, o_kernel, 2) + o_bias, (given, o_kernel, heads, cache)


def multi_head_attention_backward(dy, cache):
    """Gradients of query, value and the weights."""
    given, o_kernel, heads, cache = cache
    both = (0, 1), (0, 1)  # every place of every sequence adds to a weight's gradient
    do_kernel, do_bias = np.tensordot(heads, dy, both), dy.sum(axis=(0, 1))
    dheads = np.tensordot(dy, o_kernel, ((2,), (2,))).swapaxes(1, 2)
    dinputs, dweights = [], []
    for d, (x, kernel, _) in zip(attention_backward(dheads, cache), given):
        d = d.swapaxes(1, 2)
        dinputs.append(np.tensordot(d, kernel, ((2, 3), (1, 2))))
        dweights.append((np.tensordot(x, d, both), d.sum(axis=(0, 1))))
    (dquery, dvalue, dkey), (q, v, k) = dinputs, dweights
    return dquery, dvalue + dkey, *q, *k, *v, do_kernel, do_bias


def saturation(query, key, sizes):
    """The weights of queries and keys of each size, with the scale 1/√size and without."""
    found = {}
    for size in sizes:
        q, k = query[:, :size], key[:, :size]
        for name, scale in (("scaled", 1 / np.sqrt(size)), ("plain", 1.0)):
            _, (*_, found[f"{name}, {size}"]) = attention(q, k, k, q.dtype.type(scale))
    return found


def look_up(x, *weights):
    """The last step asks those before it: heads as a layer of one output step, (networks, …).

    Weights as of `multi_head_attention`, of several networks as `at_every_rate` lays them flat.
    """
    heads, size = weights[1].shape[1:]
    shapes = [(-1, heads, size), (heads, size)] * 3 + [(heads, size, x.shape[-1]), (-1,)]
    each = [[w.reshape(shape) for w, shape in zip(own, shapes)] for own in zip(*weights)]
    found = [multi_head_attention(x[:, -1:], x[:, :-1], *own) for own in each]
    return np.stack([y for y, _ in found]), [cache for _, cache in found]


def look_up_backward(dy, caches):
    """Gradients of the weights; x needs none."""
    found = [multi_head_attention_backward(d, cache)[2:] for d, cache in zip(dy, caches)]
    return None, *(np.stack(gradients) for gradients in zip(*found))


def one_head(scaled):
    """As `look_up`, one head of three kernels alone, with the scale or without: both ways."""

    def layer(x, *kernels):
        inputs = x[:, -1:], x[:, :-1], x[:, :-1]
        q, v, k = (a @ kernel[:, None] for a, kernel in zip(inputs, kernels))
        scale = np.asarray(1 / np.sqrt(q.shape[-1]) if scaled else 1.0, q.dtype)
        y, cache = attention(q, v, k, scale)
        return y, (inputs, cache)

    def backward(dy, cache):
        inputs, cache = cache
        pairs = zip(inputs, attention_backward(dy, cache))
        return None, *((a.mT @ d).sum(axis=-3) for a, d in pairs)

    return layer, backward


LOOK_UP = look_up, look_up_backward
LAYERS = {"attention": LOOK_UP, "GRU": GRU, "scaled": one_head(True)}
LAYERS |= dict.fromkeys(("plain", "small"), one_head(False))
LAYERS |= {f"{heads}, {keys}": LOOK_UP for heads in ("one head", "four heads") for keys in (2, 3)}


def maps(x, weights):
    """How every head weighs all places, (sequences, heads, places)."""
    _, ((*_, (*_, found)),) = look_up(x, *(w[None] for w in weights[:8]))
    return found[:, :, 0]


def recall_pairs(parts, rates, batch_size, kept, **weights):
    """Attention and a GRU trained to recall one of each number of pairs, at each of their rates.

    Args:
        parts: for each number, as in `at_every_rate`. rates: for each network.
        kept: how many of attention's first losses are returned.
    """
    found = {}
    for name, (*layer, own) in by_network(weights, LAYERS).items():
        part, trained = at_every_gap(*layer, parts, own, rates[name], batch_size)
        found |= {f"{name}, {key}": array for key, array in part.items()}
        if name == "attention":
            found["attention, x"] = parts[max(parts)]["test"][0][:5]
            found["attention, maps"] = maps(found["attention, x"], trained[max(parts)])
    return {**found, "first losses": found[f"attention, gap {min(parts)}: loss"][:kept, 0]}


def compare(parts, rates, batch_size, kept, **weights):
    """Several kinds of attention, each trained on its own sequences at every rate.

    Args:
        parts: for each network, as in `at_every_rate`. kept: as above, of each network.
    """
    found, networks = {}, by_network(weights, LAYERS)
    for name, own_parts in parts.items():
        *layer, own = networks[name]
        part, trained = at_every_rate(*layer, own_parts, own, rates, batch_size, 1.0)
        found |= {f"{name}, {key}": array for key, array in part.items()}
        found[f"{name}, first losses"] = part["loss"][:kept, 0]
        if "head" in name:
            best = part["validation"].argmax()
            found[f"{name}, x"] = own_parts["test"][0][:5]
            found[f"{name}, maps"] = maps(found[f"{name}, x"], [w[best] for w in trained])
    return found


def scaling(**given):
    """One head with the scale 1/√size, without, and without from a smaller query's kernel."""
    return compare(**given)


def number_of_heads(**given):
    """One head, and four of a quarter of its size; two keys are asked for, and three."""
    return compare(**given)
