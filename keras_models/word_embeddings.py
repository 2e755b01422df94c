"""Word vectors in Keras: two Embedding layers, their scores, and binary cross-entropy."""

import keras
import numpy as np
from keras import layers, ops


def continuous_bag_of_words():
    """The mean over the words around."""
    return layers.GlobalAveragePooling1D()


def negative_sampling():
    """Binary cross-entropy on the scores: 1 for the right word, 0 for those that were drawn."""
    loss = keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum")

    def summed(h, rows):
        scores = layers.Dot(axes=(1, 2))([h, rows])[..., None]
        return loss(right_first(scores.shape), scores)

    return summed


def right_first(shape):
    """Targets (batch, candidates, 1): 1 for the first candidate."""
    return np.broadcast_to(np.eye(1, shape[1]).T, shape)


def noise_distribution(power):
    """Counts raised to a power, as shares."""

    def shares(counts):
        raised = ops.power(counts, power)
        return raised / ops.sum(raised)

    return shares


def positive_pmi():
    """How much more often than by chance word and context word meet, where they do."""

    def pmi(counts):
        chance = ops.sum(counts, axis=1, keepdims=True) * ops.sum(counts, axis=0) / ops.sum(counts)
        return ops.log2(ops.maximum(counts / chance, 1))

    return pmi


def analogy():
    """Cosines of every word with b - a + c."""

    def cosines(vectors, questions):
        unit = layers.UnitNormalization()
        a, b, c = (ops.take(unit(vectors), questions[:, i], axis=0) for i in range(3))
        return unit(b - a + c) @ ops.transpose(unit(vectors))

    return cosines


def build_model(method, embeddings, outputs, context, candidates, optimizer):
    """Words around in; scores of the candidates, or logits of all words, out."""
    size, dims = embeddings.shape
    around = layers.Input((context,), dtype="int32")
    h = layers.GlobalAveragePooling1D()(layers.Embedding(size, dims)(around))
    if method == "softmax":
        model = keras.Model(around, layers.Dense(size, use_bias=False)(h))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
        outputs = outputs.T
    else:
        asked = layers.Input((candidates,), dtype="int32")
        scores = layers.Dot(axes=(1, 2))([h, layers.Embedding(size, dims)(asked)])
        model = keras.Model([around, asked], layers.Reshape((candidates, 1))(scores))
        loss = keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum")
    # A few steps are all that is taken: less than it takes to compile them.
    model.compile(optimizer, loss, run_eagerly=True)
    model.set_weights([embeddings, outputs])
    return model


def step(model, context, candidates):
    """A step on a batch: the candidates' first is the right word."""
    if len(model.inputs) == 1:
        return model.train_on_batch(context, candidates[:, 0])
    return model.train_on_batch([context, candidates], right_first((*candidates.shape, 1)))


def learn(contexts, words, embeddings, rates, looks, batch_size, noise, kept, generator, **_):
    """The first steps of both ways of learning; the NumPy half takes them all."""
    size, n = len(embeddings), len(words) // batch_size * batch_size
    counts = np.bincount(words, minlength=size).astype("float64")
    chances = ops.convert_to_numpy(noise_distribution(0.75)(counts))
    order = [generator.permutation(len(words))[:n] for _ in range(looks[-1])][0]
    drawn = generator.choice(size, (n, noise), p=chances)
    found = {}
    for method, rate in rates.items():
        falls = keras.optimizers.schedules.PolynomialDecay(rate, looks[-1] * n // batch_size, 0.0)
        sizes, optimizer = (contexts.shape[1], 1 + noise), keras.optimizers.SGD(falls)
        model = build_model(method, embeddings, np.zeros_like(embeddings), *sizes, optimizer)
        losses = []
        for i in range(0, kept * batch_size, batch_size):
            rows = order[i : i + batch_size]
            candidates = np.column_stack([words[rows], drawn[i : i + batch_size]])
            losses.append(step(model, contexts[rows], candidates))
        found[f"{method}: first losses"] = np.array(losses)
        found[f"{method}: first vectors"] = model.get_weights()[0]
    return found


def step_times(sizes, context, candidates, embeddings, **_):
    """The loss of a step by size of the vocabulary."""
    found = {"negative sampling": [], "softmax": []}
    for size in sizes:
        for method, losses in found.items():
            shape, own = (context.shape[1], candidates.shape[1]), embeddings[:size]
            model = build_model(method, own, own, *shape, keras.optimizers.SGD(0.01))
            losses.append(step(model, context % size, candidates % size))
    return {method: np.array(losses) for method, losses in found.items()}
