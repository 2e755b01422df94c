"""What the proof does not say of captions: what a wide beam finds, and how a sentence ends."""

import itertools

import numpy as np

from reference_numpy.concepts.captioning import EDGE, beam_search


def language():
    """Log p of each next word by the last one, of two languages of four words."""
    draw = np.random.default_rng(0).normal(0, 2, (2, 4, 4))
    return draw - np.log(np.exp(draw).sum(axis=-1, keepdims=True))


def search(log_p, width, length):
    rows = np.arange(len(log_p))[:, None]
    return beam_search(lambda s: log_p[rows, s[..., -1]], len(log_p), width, length)


def log_p_of(sentence, log_p):
    """Of a sentence that is followed by nothing but full stops."""
    total, last = 0.0, EDGE
    for word in sentence:
        total, last = total + log_p[last, word], word
        if word == EDGE:
            break
    return total


def sentences(length):
    """All that end at their first full stop, or are cut off."""
    for words in itertools.product(range(4), repeat=length):
        end = (*words, EDGE).index(EDGE)
        if not any(words[end:]):
            yield words


def test_a_beam_that_keeps_everything_finds_the_best_of_all_sentences():
    log_p = language()
    for own, best, sums in zip(log_p, *search(log_p, 4**4, 4)):
        every = {sentence: log_p_of(sentence, own) for sentence in sentences(4)}
        found = [tuple(map(int, sentence)) for sentence in best[: len(every)]]
        assert set(found) == set(every)
        np.testing.assert_allclose(sums[: len(every)], [every[sentence] for sentence in found])
        assert (np.diff(sums[: len(every)]) <= 0).all()
        assert (sums[len(every) :] == -np.inf).all()


def test_a_beam_of_one_takes_the_likeliest_word_each_time():
    log_p = language()
    for own, (sentence,) in zip(log_p, search(log_p, 1, 4)[0]):
        last = EDGE
        for word in sentence:
            assert word == own[last].argmax()
            last = word
            if word == EDGE:
                break
