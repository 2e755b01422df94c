"""The transformer: positions, the causal mask, the block; and models that look back two places."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.layer_normalization import (
    layer_normalization,
    layer_normalization_backward,
)


def positional_encoding(positions, dims):
    """Waves of ever greater length, (positions, dims): sine at even, cosine at odd places.

    Source: Vaswani et al. 2017, Attention is all you need, 3.5.
    """
    rates = 10000.0 ** (-np.arange(0, dims, 2) / dims)
    angles = positions[:, None] * rates.astype(positions.dtype)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(-1, dims)


def causal_softmax(scores):
    """Attention weights that see no later place: softmax of row i over the columns j ≤ i.

    scores: (batch, time, time).

    Source: Vaswani et al. 2017, 3.2.3.
    """
    seen = np.tri(scores.shape[-1], dtype=bool)
    masked = np.where(seen, scores, -np.inf)
    exp = np.exp(masked - masked.max(axis=-1, keepdims=True))
    weights = exp / exp.sum(axis=-1, keepdims=True)
    return weights, weights


def causal_softmax_backward(dy, cache):
    """As softmax's: where the weight is 0 the gradient is too."""
    return cache * (dy - (dy * cache).sum(axis=-1, keepdims=True))


def feed_forward(x, w1, b1, w2, b2):
    """Two layers, the same at each place: (batch, time, dims) to (batch, time, dims).

    Source: Vaswani et al. 2017, 3.3.
    """
    h = np.maximum(x @ w1 + b1, 0)
    return h @ w2 + b2, (x, w1, w2, h)


def feed_forward_backward(dy, cache):
    """Gradients of x and the weights, which every place of every sequence adds to."""
    x, w1, w2, h = cache
    dh = dy @ w2.T * (h > 0)
    dw1, dw2 = np.tensordot(x, dh, ((0, 1), (0, 1))), np.tensordot(h, dy, ((0, 1), (0, 1)))
    return dh @ w1.T, dw1, dh.sum(axis=(0, 1)), dw2, dy.sum(axis=(0, 1))


def transformer_block(x, attention, causal, gamma1, beta1, gamma2, beta2, *weights):
    """x + attention, then + feed forward, each given its input normalized (pre-norm).

    Args:
        x: (batch, time, dims). attention: a layer with `forward` and `backward`, such as
            `MultiHeadAttention`. causal: whether no place sees those after it. weights: those of
            `feed_forward`.

    Source: Vaswani et al. 2017, 3.1; Xiong et al. 2020, On layer normalization in the transformer
    architecture (normalizing before, not after).
    """
    h1, normal1 = layer_normalization(x, gamma1, beta1)
    looked_at, looked = attention.forward(query=h1, value=h1, use_causal_mask=causal)
    x = x + looked_at
    h2, normal2 = layer_normalization(x, gamma2, beta2)
    added, fed = feed_forward(h2, *weights)
    return x + added, (attention, normal1, looked, normal2, fed)


def transformer_block_backward(dy, cache):
    """Gradients of x, of the attention's weights, of γ and β, and of the feed-forward's weights.

    On the shortcuts the gradient passes as it is.
    """
    attention, normal1, looked, normal2, fed = cache
    dh2, *dfed = feed_forward_backward(dy, fed)
    dx, *dnormal2 = layer_normalization_backward(dh2, normal2)
    dy = dy + dx
    dh1, dattention = attention.backward(dy, looked)
    dx, *dnormal1 = layer_normalization_backward(dh1["query"] + dh1["value"], normal1)
    # γ and β are the same at each place.
    normal = [g.sum(axis=0) for g in (*dnormal1, *dnormal2)]
    return dy + dx, *dattention, *normal, *dfed


def one_block(x, dy, heads, **weights):
    """The block written out, without mask and with it: output and all gradients.

    Args:
        weights: eight of the attention, γ, β, γ, β, and four of the feed-forward.
    """
    arrays = list(weights.values())
    attention = rn.layers.MultiHeadAttention(heads, x.shape[-1] // heads, dtype=x.dtype.name)
    attention.build(x.shape, x.shape)
    attention.set_weights(arrays[:8])
    found = {}
    for name, causal in (("open", False), ("causal", True)):
        found[name], cache = transformer_block(x, attention, causal, *arrays[8:])
        gradients = transformer_block_backward(dy, cache)
        found |= {f"{name}: gradient {i}": g for i, g in enumerate(gradients)}
    return found


def block(x, heads, dims, causal):
    """The same from the library's layers."""
    h = rn.layers.LayerNormalization()(x)
    h = rn.layers.MultiHeadAttention(heads, dims // heads)(h, h, use_causal_mask=causal)
    x = rn.layers.Add()([x, h])
    h = rn.layers.LayerNormalization()(x)
    h = rn.layers.Dense(dims)(rn.layers.Dense(2 * dims, activation="relu")(h))
    return rn.layers.Add()([x, h])


def build_model(positions, causal, symbols, places, dims, heads, blocks, rate):
    """Symbols (and their places, unless `positions` is "none") in, logits at each place out."""
    inputs = [rn.Input((None,), dtype="int32")]
    x = rn.layers.Embedding(symbols, dims)(inputs[0])
    if positions != "none":
        inputs.append(rn.Input((None,), dtype="int32"))
        learned = positions == "learned"
        x = rn.layers.Add()([x, rn.layers.Embedding(places, dims, trainable=learned)(inputs[1])])
    for _ in range(blocks):
        x = block(x, heads, dims, causal)
    logits = rn.layers.Dense(symbols)(rn.layers.LayerNormalization()(x))
    model = rn.Model(inputs, logits)
    loss = rn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(rn.optimizers.Adam(rate), loss)
    return model


def given(x, positions):
    """A model's inputs: the symbols, and their places where it takes them."""
    return [x] if positions == "none" else [x, np.tile(np.arange(x.shape[1]), (len(x), 1))]


def start(model, positions, weights):
    """Set the weights to begin with; the table of places is there where the model has one."""
    symbols, places, *rest = weights
    if positions == "sinusoidal":
        places = positional_encoding(np.arange(len(places)).astype(places.dtype), places.shape[1])
    model.set_weights([symbols, *([] if positions == "none" else [places]), *rest])


def learn(x, y, counted, tests, variants, sizes, batch_size, kept, **weights):
    """Models that are to say which symbol stood two places before, trained on one length.

    Args:
        x, y: (n, time), symbols and answers. counted: (time,), 0 where there is no answer, else 1.
        tests: `(x, y)` of several lengths, by length. variants: `positions` and `causal` of each
            model. sizes: the other arguments of `build_model`. kept: how many steps' losses are
            returned apart. weights: to begin with; the tables of symbols and places first.

    Returns:
        By variant all losses, accuracy by place for each length, and for the first test sequence
        the attention of every head, (blocks · heads, time, time).
    """
    found = {}
    for name, options in variants.items():
        model, positions, losses = build_model(**options, **sizes), options["positions"], []
        start(model, positions, weights.values())
        for i in range(0, len(x), batch_size):
            rows = slice(i, i + batch_size)
            share = np.tile(counted, (len(x[rows]), 1))
            losses.append(model.train_on_batch(given(x[rows], positions), y[rows], share))
        found[f"{name}: first losses"] = np.array(losses[:kept])
        found[f"{name}: losses"] = np.array(losses)
        for length, (new, answers) in tests.items():
            logits = model.predict(given(new, positions), batch_size=len(new), verbose=0)
            found[f"{name}: {length}"] = (logits.argmax(axis=-1) == answers).mean(axis=0)
        first = next(iter(tests.values()))[0][:1]
        found[f"{name}: maps"] = attention_maps(model, given(first, positions), options["causal"])
    return found


def attention_maps(model, inputs, causal):
    """How much each place looks at each other, by head, for one sequence."""
    kinds = (rn.layers.LayerNormalization, rn.layers.MultiHeadAttention)
    normal, heads = ([own for own in model.layers if isinstance(own, kind)] for kind in kinds)
    found = []
    for layer, before in zip(heads, normal[::2]):
        h = rn.Model(model.inputs, before.output).predict(inputs, verbose=0)
        options = {"use_causal_mask": causal, "return_attention_scores": True}
        (_, scores), _ = layer.forward(query=h, value=h, **options)
        found.extend(scores[0])
    return np.stack(found)
