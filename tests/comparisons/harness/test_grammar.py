"""The small grammar: what its sentences hold, and what stands around a word."""

import numpy as np

from comparisons.harness import grammar


def test_sentences_follow_from_the_seed():
    text, together = grammar.sentences(200, 3)
    again, _ = grammar.sentences(200, 3)
    other, _ = grammar.sentences(200, 4)
    assert len(text) == 200 and text == again and text != other
    assert together.sum() == len(grammar.PAIRS) // 2


def test_pairs_that_are_kept_apart_never_meet():
    text, together = grammar.sentences(4_000, 0)
    meet = [
        any({a, b} <= set(sentence.split()) for sentence in text) for _, a, b, *_ in grammar.PAIRS
    ]
    assert np.array_equal(meet, together)


def test_a_word_and_those_around_it():
    found = grammar.in_context(["the king liked his crown"], 2)
    contexts = [[grammar.WORDS[number] for number in own] for own in found["contexts"]]
    assert [grammar.WORDS[number] for number in found["words"]] == [
        "the",
        "king",
        "liked",
        "his",
        "crown",
    ]
    assert contexts[0] == [".", ".", "king", "liked"]
    assert contexts[2] == ["the", "king", "his", "crown"]


def test_questions_have_two_pairs_of_one_family():
    asked, pairs = grammar.questions()
    words = [[grammar.WORDS[number] for number in own] for own in asked]
    assert len(words) == 2 * 4 * 10 * 9
    assert ["man", "king", "woman", "queen"] not in words
    assert ["man", "woman", "king", "queen"] in words and ["woman", "man", "queen", "king"] in words
    own = words.index(["woman", "man", "queen", "king"])
    assert [grammar.PAIRS[pair][1] for pair in pairs[own]] == ["man", "king"]
