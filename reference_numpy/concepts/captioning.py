"""Captions: a recurrent decoder of what an encoder saw, and the search for the best sentence."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.output_layers import softmax

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WORDS = (".", *DIGITS, "left", "right", "of", "above", "below")
EDGE = 0  # the full stop: a sentence begins after one and ends with one
LONGEST = 5  # three left of seven .
WIDTH, SHOWN = 5, 6  # of the beam, and for how many pictures all is kept


def sentence_loss(y_true, y_pred):
    """Mean of −log p of the right words; what comes after the end, −1, does not count.

    Shapes: y_true (batch, words), whole numbers; y_pred (batch, words, vocabulary), logits.

    Source: Vinyals et al. 2015, Show and tell, 3.1.
    """
    shifted, there = y_pred - y_pred.max(axis=-1, keepdims=True), y_true >= 0
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return -log_p[there, y_true[there]].mean()


def sentence_loss_gradient(y_true, y_pred):
    """p − t for the words that count, over their number."""
    p, there = softmax(y_pred)[0], y_true >= 0
    t = np.eye(p.shape[-1], dtype=p.dtype)[y_true]
    return (p - t) * there[..., None] / there.sum(dtype=p.dtype)


def beam_search(log_p, rows, width, length):
    """The best sentences that are found by keeping the `width` best beginnings; 1 is greedy.

    Args:
        log_p: function of beginnings (rows, kept, words) that gives log p of every next word,
            (rows, kept, vocabulary).

    Returns:
        Sentences (rows, width, length), the best first, and their log p, (rows, width).

    Source: Lowerre 1976; Vinyals et al. 2015, Show and tell, 3.1.
    """
    sentences, total = np.full((rows, 1, 1), EDGE), np.zeros((rows, 1), "float32")
    for t in range(length):
        following = log_p(sentences)
        size = following.shape[-1]
        # After the end comes nothing but the end.
        ended = (t > 0) & (sentences[..., -1:] == EDGE)
        stop = np.where(np.arange(size) == EDGE, np.float32(0), -np.inf)
        longer = total[..., None] + np.where(ended, stop, following)
        longer = longer.reshape(rows, -1)
        best = np.argsort(-longer, axis=1, kind="stable")[:, :width]
        total = np.take_along_axis(longer, best, axis=1)
        beginning, word = np.divmod(best, size)
        kept = np.take_along_axis(sentences, beginning[..., None], axis=1)
        sentences = np.concatenate([kept, word[..., None]], axis=-1)
    return sentences[..., 1:], total


def search_in_chain(log_p, widths, length):
    """Sentences of which each word depends on the one before, found with each width.

    Args:
        log_p: (rows, vocabulary, vocabulary), of the next word; a row for each last word.
    """
    rows, found = np.arange(len(log_p))[:, None], {}
    for width in widths:
        sentences, total = beam_search(lambda s: log_p[rows, s[..., -1]], len(log_p), width, length)
        found |= {f"{width}: sentences": sentences, f"{width}: log p": total}
    return found


def build_model(reads=True, rate=0.01, units=64, steps=None):
    """14×14 pixels and the words before each word in, its logits out.

    The GRU starts from what the encoder saw, and is told a word at a time.

    Args:
        reads: whether the decoder is told the words before.
        rate: of Adam's steps; within so many `steps` it falls to 0 along a cosine.
        units: of the GRU, and features of a place in the picture.
    """
    picture, before = rn.Input((14, 14, 1)), rn.Input((LONGEST,), dtype="int32")
    x = rn.layers.Conv2D(units, 7, strides=7, activation="relu")(picture)
    encoder = rn.Model(picture, rn.layers.Flatten()(x), name="encoder")  # of 2×2 places
    seen = rn.Input(encoder.output.shape[1:])
    start = rn.layers.Dense(units, activation="tanh")(seen)
    word = rn.layers.Embedding(len(WORDS), 16)(before)
    h = rn.layers.GRU(units, return_sequences=True)(word, initial_state=start)
    decoder = rn.Model([seen, before], rn.layers.Dense(len(WORDS))(h), name="decoder")
    model = rn.Model([picture, before], decoder([encoder(picture), before]))
    if steps:
        rate = rn.optimizers.schedules.CosineDecay(rate, steps)
    model.compile(rn.optimizers.Adam(rate))
    model.reads = reads
    return model


def told(sentences, reads=True):
    """The words before each word, or nothing but the first full stop."""
    before = np.insert(sentences[:, :-1], 0, EDGE, axis=1)
    return before if reads else np.full_like(before, EDGE)


def train(model, data, generator, batch_size):
    """Pictures, each with one of its two sentences; every word is told from the right ones before.

    What follows a sentence's full stop is −1.
    """
    pictures, _ = data.x_train
    while True:
        rows = generator.integers(0, len(data.y_train), batch_size)
        sentences = data.y_train[rows, generator.integers(0, 2, batch_size)]
        wanted = np.where(np.cumsum(sentences == EDGE, axis=1) > 1, -1, sentences)
        given = [pictures[rows], told(sentences, model.reads)]
        y, cache = model.forward(given, training=True)
        _, grads = model.backward(sentence_loss_gradient(wanted, y), cache)
        model.optimizer.apply(grads, model.trainable_weights)
        yield {"loss": sentence_loss(wanted, y)}


def log_chances(model, seen, sentences):
    """Log p of each next word, (n, words, vocabulary)."""
    given = [seen, told(sentences, model.reads)]
    logits = model.get_layer("decoder").predict_on_batch(given)
    return rn.activations.log_softmax(logits)


def write(model, seen, width):
    """The best sentences about what the encoder saw, as `beam_search` gives them."""

    def log_p(beginnings):
        _, kept, t = beginnings.shape
        own = np.zeros((len(seen) * kept, LONGEST), "int32")
        own[:, : t - 1] = beginnings[..., 1:].reshape(len(own), t - 1)
        found = log_chances(model, np.repeat(seen, kept, axis=0), own)[:, t - 1]
        return found.reshape(-1, kept, len(WORDS))

    return beam_search(log_p, len(seen), width, LONGEST)


def maps(model, x):
    """What the encoder says of pictures: (n, features)."""
    return model.get_layer("encoder").predict_on_batch(x)


def greedy(model, x):
    """A sentence for each picture, each word the likeliest after those that were written."""
    pictures, _ = x
    return write(model, maps(model, pictures), 1)[0][:, 0]


def written(model, data):
    """What it writes about the test pictures, greedily and by beam search.

    Returns:
        The best sentences, and for the first pictures the next words' probabilities as it writes
        greedily.
    """
    seen = maps(model, data.x_test[0])
    first, best = (write(model, seen, width)[0][:, 0] for width in (1, WIDTH))
    chances = np.exp(log_chances(model, seen[:SHOWN], first[:SHOWN]))
    return {"greedy": first, "beam": best, "chances": chances}
