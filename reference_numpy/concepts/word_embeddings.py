"""Word vectors: CBOW with negative sampling, the full softmax beside it, and counted vectors."""

import time

import numpy as np

import reference_numpy as rn


def continuous_bag_of_words(rows):
    """h = mean of the vectors of the words around: (batch, context, dims) to (batch, dims).

    Source: Mikolov et al. 2013, Efficient estimation of word representations in vector space.
    """
    return rows.mean(axis=1), rows.shape


def continuous_bag_of_words_backward(dh, cache):
    """Each word around gets an equal share of the gradient."""
    return np.broadcast_to(dh[:, None] / cache[1], cache)


def negative_sampling(h, rows):
    """L = -Σ [log σ(h · u_0) + Σ_k log σ(-h · u_k)]: the right word against drawn ones.

    Args:
        h: (batch, dims). rows: (batch, 1 + noise words, dims), the output vector of the right word
            first and those of words drawn from the noise after it.

    Source: Mikolov et al. 2013, Distributed representations of words and phrases, section 2.2;
    Saito, Deep Learning from Scratch 2, 4.2.
    """
    signs = np.where(np.arange(rows.shape[1]) == 0, 1, -1).astype(rows.dtype)
    scores = (rows @ h[..., None])[..., 0]
    return np.logaddexp(0, -signs * scores).sum(), (h, rows, signs, scores)


def negative_sampling_backward(dy, cache):
    """Gradients of h and of the rows alone: no other word's vector moves."""
    h, rows, signs, scores = cache
    dscores = -dy * signs * (0.5 - 0.5 * np.tanh(0.5 * signs * scores))  # of σ(-s · score)
    return (dscores[:, None] @ rows)[:, 0], dscores[..., None] * h[:, None]


def noise_distribution(counts, power=0.75):
    """P(w) ∝ count(w)^power: rare words are drawn more often than they occur."""
    raised = counts**power
    return raised / raised.sum()


def positive_pmi(counts):
    """max(0, log2 P(w, c) / (P(w) P(c))) from how often word and context word meet.

    Source: Church & Hanks 1990; Saito, Deep Learning from Scratch 2, 2.4.1.
    """
    chance = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    return np.log2(np.maximum(counts / np.maximum(chance, 1e-9), 1))


def analogy(vectors, questions):
    """cos(v_w, v_b - v_a + v_c) of every word w, (questions, words): a is to b as c is to w.

    Args:
        vectors: (words, dims). questions: the numbers of a, b, c, (questions, 3).

    Source: Mikolov, Yih & Zweig 2013, Linguistic regularities in continuous space representations.
    """
    # A word that was never met may have a vector of zeros, which has no direction.
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    a, b, c = questions.T
    wanted = unit[b] - unit[a] + unit[c]
    return wanted / np.maximum(np.linalg.norm(wanted, axis=1, keepdims=True), 1e-6) @ unit.T


def counted_vectors(contexts, words, size, dims):
    """Vectors without learning: the singular vectors of the positive PMI, times √σ."""
    counts = np.zeros((size, size))
    np.add.at(counts, (words[:, None], contexts), 1)
    u, s, _ = np.linalg.svd(positive_pmi(counts))
    return u[:, :dims] * np.sqrt(s[:dims])


def answers(vectors, questions):
    """The nearest of all words, the nearest one besides a, b and c, and c's own nearest so."""
    found, rows = analogy(vectors, questions), np.arange(len(questions))[:, None]
    nearest = found.argmax(axis=1)
    found[rows, questions] = -2
    alone = analogy(vectors, questions[:, [2, 2, 2]])
    alone[rows, questions] = -2
    others = {"answer": found.argmax(axis=1), "neighbour": alone.argmax(axis=1)}
    return {"nearest": nearest, **others}


def sampled_step(context, candidates, embeddings, outputs, rate):
    """A step of descent by negative sampling, in place, on the rows that are met; the loss."""
    h, shape = continuous_bag_of_words(embeddings[context])
    loss, cache = negative_sampling(h, outputs[candidates])
    dh, drows = negative_sampling_backward(1, cache)
    np.subtract.at(outputs, candidates, rate * drows)
    np.subtract.at(embeddings, context, rate * continuous_bag_of_words_backward(dh, shape))
    return loss


def softmax_step(context, candidates, embeddings, outputs, rate):
    """The same with the softmax over all words; of the candidates only the right one counts."""
    h, shape = continuous_bag_of_words(embeddings[context])
    p, right = rn.activations.softmax(h @ outputs.T), (np.arange(len(h)), candidates[:, 0])
    loss = -np.log(p[right]).sum()
    p[right] -= 1
    dh = p @ outputs
    outputs -= rate * (p.T @ h)
    np.subtract.at(embeddings, context, rate * continuous_bag_of_words_backward(dh, shape))
    return loss


STEPS = {"negative sampling": sampled_step, "softmax": softmax_step}


def learn(
    contexts, words, embeddings, questions, rates, looks, batch_size, noise, dims, kept, generator
):
    """Vectors learned both ways from the same draws, counted ones, and what each answers.

    Args:
        contexts: words around, (n, context). words: in the middle, (n,). embeddings: to begin with.
        questions: see `analogy`. rates: at the beginning, by method; they fall to 0. looks: after
            which epochs vectors are looked at. noise: words drawn for each right one.
        dims: of the counted vectors. kept: how many steps' losses are returned.
    """
    size, n = len(embeddings), len(words) // batch_size * batch_size
    chances = noise_distribution(np.bincount(words, minlength=size))
    orders = [generator.permutation(len(words))[:n] for _ in range(looks[-1])]
    drawn = [generator.choice(size, (n, noise), p=chances) for _ in orders]
    batches = [
        (contexts[order[i : i + batch_size]],
         np.column_stack([words[order[i : i + batch_size]], others[i : i + batch_size]]))
        for order, others in zip(orders, drawn)
        for i in range(0, n, batch_size)
    ]  # fmt: skip
    found, vectors = {}, {"counted": counted_vectors(contexts, words, size, dims)}
    for method, step in STEPS.items():
        own, outputs, losses, seen = embeddings.copy(), np.zeros_like(embeddings), [], []
        for i, batch in enumerate(batches):
            if i == kept:
                found[f"{method}: first vectors"] = own.copy()
            if i * batch_size in [n * look for look in looks]:
                seen.append(own.copy())
            rate = own.dtype.type(rates[method] * (1 - i / len(batches)))
            losses.append(step(*batch, own, outputs, rate))
        vectors[method] = own
        found[f"{method}: vectors"] = np.stack([*seen, own])
        found[f"{method}: first losses"] = np.array(losses[:kept])
    for method, own in vectors.items():
        found |= {f"{method}: {name}": a for name, a in answers(own, questions).items()}
    return found


def step_times(sizes, context, candidates, embeddings, repeats):
    """The loss of a step by size of the vocabulary, and how long such a step takes.

    Args:
        context, candidates: of a batch, numbers of words; taken modulo the vocabulary.
        embeddings: for the largest vocabulary.
    """
    found = {method: [] for method in STEPS} | {f"{method}: seconds": [] for method in STEPS}
    for size in sizes:
        batch = context % size, candidates % size
        for method, step in STEPS.items():
            own, outputs, seconds = embeddings[:size].copy(), embeddings[:size].copy(), []
            losses = []
            for _ in range(repeats):
                start = time.perf_counter()
                losses.append(step(*batch, own, outputs, own.dtype.type(0.01)))
                seconds.append(time.perf_counter() - start)
            found[method].append(losses[0])
            found[f"{method}: seconds"].append(np.median(seconds))
    return {name: np.array(values) for name, values in found.items()}
