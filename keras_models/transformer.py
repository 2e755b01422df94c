"""The transformer in Keras: MultiHeadAttention, LayerNormalization, Dense, and sums."""

import keras
import numpy as np
from keras import layers, ops


def positional_encoding(dims):
    """Keras itself has no such layer (KerasHub has `SinePositionEncoding`)."""

    def waves(positions):
        angles = positions[:, None] / 10000.0 ** (ops.arange(0, dims, 2, positions.dtype) / dims)
        return ops.reshape(ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1), (-1, dims))

    return waves


def causal_softmax():
    """What `MultiHeadAttention` does with `use_causal_mask=True`."""
    return lambda scores: layers.Softmax()(scores, mask=ops.tril(ops.ones_like(scores, "bool")))


def feed_forward(x, w1):
    """Two Dense layers, which see each place by itself."""
    hidden = layers.Dense(w1.shape[1], activation="relu")
    return keras.Sequential([layers.Input(x.shape[1:]), hidden, layers.Dense(x.shape[-1])])


def transformer_block(x, heads, causal):
    """x + attention, then + feed forward, each given its input normalized (pre-norm)."""
    dims = x.shape[-1]
    h = layers.LayerNormalization()(x)
    x = x + layers.MultiHeadAttention(heads, dims // heads)(h, h, use_causal_mask=causal)
    h = layers.LayerNormalization()(x)
    return x + layers.Dense(dims)(layers.Dense(2 * dims, activation="relu")(h))


def one_block(x, dy, heads, gradient_of, **weights):
    """The block, without mask and with it: output and all gradients. Returns: the NumPy half."""
    arrays, found = [x, *weights.values()], {}
    for name, causal in (("open", False), ("causal", True)):
        inputs = layers.Input(x.shape[1:])
        model = keras.Model(inputs, transformer_block(inputs, heads, causal))

        def call(x, *arrays, model=model):
            attention, (g1, b1, g2, b2), fed = arrays[:8], arrays[8:12], arrays[12:]
            in_order = [g1, b1, *attention, g2, b2, *fed]
            return model.stateless_call(in_order, [], x)[0]

        found[name], gradients = gradient_of(call, arrays, dy)
        found |= {f"{name}: gradient {i}": g for i, g in enumerate(gradients)}
    return found


def build_model(positions, causal, symbols, places, dims, heads, blocks, rate):
    """Symbols (and their places, unless `positions` is "none") in, logits at each place out."""
    # The penalty of 0 makes the gradient a whole array; else Adam on TensorFlow would not add up
    # the rows of a symbol that comes again ("embeddings of repeated tokens" in the docs).
    whole = {"embeddings_regularizer": keras.regularizers.L2(0.0)}
    inputs = [layers.Input((None,), dtype="int32")]
    x = layers.Embedding(symbols, dims, **whole)(inputs[0])
    if positions != "none":
        inputs.append(layers.Input((None,), dtype="int32"))
        learned = positions == "learned"
        x = x + layers.Embedding(places, dims, trainable=learned, **whole)(inputs[1])
    for _ in range(blocks):
        x = transformer_block(x, heads, causal)
    model = keras.Model(inputs, layers.Dense(symbols)(layers.LayerNormalization()(x)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    # A few steps are all that is taken: less than it takes to compile them.
    model.compile(keras.optimizers.Adam(rate), loss, run_eagerly=True)
    return model


def given(x, positions):
    """A model's inputs: the symbols, and their places where it takes them."""
    return [x] if positions == "none" else [x, np.tile(np.arange(x.shape[1]), (len(x), 1))]


def start(model, positions, weights):
    """Set the weights to begin with; the table of places is there where the model has one."""
    symbols, places, *rest = weights
    if positions == "sinusoidal":
        order = ops.arange(len(places), dtype=str(places.dtype))
        places = ops.convert_to_numpy(positional_encoding(places.shape[1])(order))
    model.set_weights([symbols, *([] if positions == "none" else [places]), *rest])


def learn(x, y, counted, tests, variants, sizes, batch_size, kept, **weights):
    """The first losses of every model; the NumPy half trains them to the end."""
    found = {}
    for name, options in variants.items():
        model, positions, losses = build_model(**options, **sizes), options["positions"], []
        start(model, positions, weights.values())
        for i in range(0, kept * batch_size, batch_size):
            rows = slice(i, i + batch_size)
            share = np.tile(counted, (len(x[rows]), 1))
            losses.append(model.train_on_batch(given(x[rows], positions), y[rows], share))
        found[f"{name}: first losses"] = np.array(losses)
    return found
