"""Attention in Keras: `Attention`, and `MultiHeadAttention` with its projections and scale."""

import keras
import numpy as np
from keras import layers, ops

from keras_models.recurrent_network import first_losses


def attention():
    """Its scale is learned, from 1; without `use_scale` it is 1. There is no 1/√d."""
    return layers.Attention(use_scale=True)


def multi_head_attention(q_kernel):
    """Self-attention is the call with the same query and value."""
    _, heads, size = q_kernel.shape
    return layers.MultiHeadAttention(heads, size)


def saturation(query, key, sizes):
    """The weights of queries and keys of each size, with the scale 1/√size and without."""
    found = {}
    for size in sizes:
        q, k = query[None, :, :size], key[None, :, :size]
        for name, scale in (("scaled", 1 / np.sqrt(size)), ("plain", 1.0)):
            inputs = [ops.convert_to_tensor(q * q.dtype.type(scale)), ops.convert_to_tensor(k)]
            _, weights = layers.Attention(dtype=q.dtype)(inputs, return_attention_scores=True)
            found[f"{name}, {size}"] = ops.convert_to_numpy(weights[0])
    return found


def look_up(own, shape):
    """The last step asks those before it."""
    x = layers.Input(shape)
    return keras.Model(x, multi_head_attention(own[0])(x[:, -1:], x[:, :-1])[:, 0])


def one_head(own, shape, scaled):
    """One head of three kernels alone, with the scale or without."""
    x, size = layers.Input(shape), own[0].shape[1]
    q, v, k = (layers.Dense(size, use_bias=False) for _ in range(3))
    query, value, key = q(x[:, -1:]), v(x[:, :-1]), k(x[:, :-1])
    query = query / np.sqrt(size).astype(own[0].dtype) if scaled else query
    return keras.Model(x, layers.Attention()([query, value, key])[:, 0])


def recall_pairs(parts, rates, batch_size, kept, **weights):
    """Attention's first losses on the fewest pairs at its first rate."""
    fewest = {"attention": parts[min(parts)]}
    found = compare(fewest, rates["attention"], batch_size, kept, weights)
    return {"first losses": found["attention, first losses"]}


def scaling(parts, rates, batch_size, kept, **weights):
    """The first losses of one head with the scale 1/√size and without, at the first rate."""
    return compare(parts, rates, batch_size, kept, weights)


def number_of_heads(parts, rates, batch_size, kept, **weights):
    """The first losses of one head, and of four of a quarter of its size."""
    return compare(parts, rates, batch_size, kept, weights)


def compare(parts, rates, batch_size, kept, weights):
    """The first losses of each network at the first rate."""
    found = {}
    for name, own_parts in parts.items():
        own = [w for key, w in weights.items() if key.startswith(f"{name}:")]
        shape = own_parts["train"][0].shape[1:]
        alone = name in ("scaled", "plain", "small")
        layer = one_head(own, shape, name == "scaled") if alone else look_up(own, shape)
        optimizer = keras.optimizers.Adam(rates[0], global_clipnorm=1.0)
        losses = first_losses(layer, optimizer, own_parts, batch_size, kept, own)
        found[f"{name}, first losses"] = losses
    return found
