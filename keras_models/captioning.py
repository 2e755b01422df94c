"""Captions in Keras: a GRU that starts from what a convolution saw, and beam search by ops."""

import keras
import numpy as np
from keras import layers, ops

from keras_models.learning_rate_schedules import make

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WORDS = (".", *DIGITS, "left", "right", "of", "above", "below")
EDGE = 0  # the full stop: a sentence begins after one and ends with one
LONGEST = 5  # three left of seven .
WIDTH, SHOWN = 5, 6  # of the beam, and for how many pictures all is kept


def sentence_loss():
    """`ignore_class` leaves out the words after the end."""
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)


def beam_search(log_p, rows, width, length):
    """The best sentences that are found by keeping the `width` best beginnings; 1 is greedy."""
    sentences, total = ops.full((rows, 1, 1), EDGE, "int32"), ops.zeros((rows, 1), "float32")
    for t in range(length):
        following = log_p(sentences)
        size = following.shape[-1]
        # After the end comes nothing but the end.
        ended = ops.logical_and(t > 0, sentences[..., -1:] == EDGE)
        stop = np.where(np.arange(size) == EDGE, np.float32(0), -np.inf)
        longer = ops.add(total[..., None], ops.where(ended, stop, following))
        total, best = ops.top_k(ops.reshape(longer, (rows, -1)), width)
        best = ops.cast(best, "int32")
        kept = ops.take_along_axis(sentences, best[..., None] // size, axis=1)
        sentences = ops.concatenate([kept, best[..., None] % size], axis=-1)
    return ops.convert_to_numpy(sentences[..., 1:]), ops.convert_to_numpy(total)


def search_in_chain(log_p, widths, length):
    """Sentences of which each word depends on the one before, found with each width."""
    log_p, found = ops.convert_to_tensor(log_p), {}
    for width in widths:

        def following(sentences):
            return ops.take_along_axis(log_p, sentences[..., -1:], axis=1)

        sentences, total = beam_search(following, len(log_p), width, length)
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
    picture, before = layers.Input((14, 14, 1)), layers.Input((LONGEST,), dtype="int32")
    x = layers.Conv2D(units, 7, strides=7, activation="relu")(picture)
    encoder = keras.Model(picture, layers.Flatten()(x), name="encoder")  # of 2×2 places
    seen = layers.Input(encoder.output.shape[1:])
    start = layers.Dense(units, activation="tanh")(seen)
    # The penalty of 0 makes the gradient a whole array; else Adam on TensorFlow would not add up
    # the rows of a word that comes again ("embeddings of repeated tokens" in the docs).
    whole = keras.regularizers.L2(0.0)
    word = layers.Embedding(len(WORDS), 16, embeddings_regularizer=whole)(before)
    h = layers.GRU(units, return_sequences=True)(word, initial_state=start)
    decoder = keras.Model([seen, before], layers.Dense(len(WORDS))(h), name="decoder")
    model = keras.Model([picture, before], decoder([encoder(picture), before]))
    if steps:
        cosine = {"initial_learning_rate": rate, "decay_steps": steps}
        rate = make("cosine_decay", cosine, np.dtype(keras.config.floatx()))
    model.compile(keras.optimizers.Adam(rate), loss=sentence_loss())
    model.reads = reads
    return model


def told(sentences, reads=True):
    """The words before each word, or nothing but the first full stop."""
    before = np.insert(sentences[:, :-1], 0, EDGE, axis=1)
    return before if reads else np.full_like(before, EDGE)


def train(model, data, generator, batch_size):
    """Pictures, each with one of its two sentences, by `train_on_batch`."""
    pictures, _ = data.x_train
    while True:
        rows = generator.integers(0, len(data.y_train), batch_size)
        sentences = data.y_train[rows, generator.integers(0, 2, batch_size)]
        wanted = np.where(np.cumsum(sentences == EDGE, axis=1) > 1, -1, sentences)
        given = [pictures[rows], told(sentences, model.reads)]
        yield {"loss": model.train_on_batch(given, wanted)}


def log_chances(model, seen, sentences):
    """Log p of each next word, (n, words, vocabulary)."""
    given = [seen, told(sentences, model.reads)]
    logits = model.get_layer("decoder").predict_on_batch(given)
    return ops.convert_to_numpy(ops.log_softmax(logits))


def write(model, seen, width):
    """The best sentences about what the encoder saw, as `beam_search` gives them."""

    def log_p(beginnings):
        beginnings = ops.convert_to_numpy(beginnings)
        _, kept, t = beginnings.shape
        own = np.zeros((len(seen) * kept, LONGEST), "int32")
        own[:, : t - 1] = beginnings[..., 1:].reshape(len(own), t - 1)
        found = log_chances(model, np.repeat(seen, kept, axis=0), own)[:, t - 1]
        return ops.convert_to_tensor(found.reshape(-1, kept, len(WORDS)))

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
