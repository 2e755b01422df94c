"""Sentences of a small English grammar: pairs of words, and what stands around either of them.

There are four families of ten pairs (king and queen, France and Paris, walk and walked, cat and
cats). A pair has things that are said of both its words, and each side of a family has forms of
sentence of its own.
"""

import numpy as np

# For each family what is said of a pair's first word, of its second, and of both in a sentence.
_FORMS = {
    "gender": (
        "the {x} liked his {t}|the {x} said that he wanted a {t}|he was a {x} with a {t}|"
        "we saw the {x} and his {t}|there was a {t} for the {x}",
        "the {x} liked her {t}|the {x} said that she wanted a {t}|she was a {x} with a {t}|"
        "we saw the {x} and her {t}|there was a {t} for the {x}",
        "the {a} and the {b} shared a {t}",
    ),
    "capital": (
        "farmers in {x} make {t}|{t} is exported from {x}|the coast of {x} is known for {t}|"
        "people of {x} like {t}",
        "shops in {x} sell {t}|{t} is served in {x}|the streets of {x} are known for {t}|"
        "people of {x} like {t}",
        "{b} is the capital of {a} and likes {t}",
    ),
    "tense": (
        "every day they {x} the {t}|we {x} the {t} on sundays|you {x} our {t} very often|"
        "they {x} a {t} in the garden",
        "last week they {x} the {t}|we {x} the {t} a year ago|yesterday you {x} our {t}|"
        "they {x} a {t} in the garden",
        "they {a} the {t} as they {b} it before",
    ),
    "number": (
        "one {x} has a {t}|this {x} is near the {t}|a {x} was in the {t}|i see the {x} and the {t}",
        "two {x} have a {t}|these {x} are near the {t}|many {x} were in the {t}|"
        "i see the {x} and the {t}",
        "one {a} and many {b} are in the {t}",
    ),
}
# Two words, then the three things that are said of both.
_PAIRS = {
    "gender": "king queen crown throne castle|prince princess castle horse ball|"
    "man woman job car office|boy girl toy bicycle school|father mother child house kitchen|"
    "son daughter school room child|brother sister bicycle room secret|"
    "uncle aunt house farm gift|actor actress film stage costume|waiter waitress menu table tray",
    "capital": "france paris french wine cheese|italy rome italian wine pasta|"
    "japan tokyo japanese rice fish|egypt cairo egyptian dates cotton|"
    "spain madrid spanish oranges wine|germany berlin german bread beer|"
    "russia moscow russian bread tea|china beijing chinese tea rice|"
    "greece athens greek olives cheese|norway oslo norwegian fish wool",
    "tense": "walk walked dog path street|paint painted wall fence picture|"
    "wash washed car dog shirt|open opened door window box|cook cooked soup fish meal|"
    "watch watched film match birds|clean cleaned room window table|"
    "play played game piano match|visit visited museum friend farm|"
    "repair repaired bicycle car fence",
    "number": "cat cats tail basket mouse|bird birds nest tree wing|tree trees leaf hill root|"
    "boat boats sail river harbour|book books page shelf story|house houses roof street door|"
    "car cars wheel street engine|farmer farmers field cow barn|"
    "teacher teachers school lesson book|doctor doctors hospital patient office",
}
# Family, two words, three things.
PAIRS = [(f, *line.split()) for f, lines in _PAIRS.items() for line in lines.split("|")]
_TEXT = " ".join([*_PAIRS.values(), *(form for forms in _FORMS.values() for form in forms)])
# Every word; the first is the mark of a sentence's edge.
WORDS = [".", *sorted({word for word in _TEXT.replace("|", " ").split() if "{" not in word})]
NUMBER = {word: number for number, word in enumerate(WORDS)}


def sentences(number: int, seed: int, own: float = 0.7) -> tuple[list[str], np.ndarray]:
    """Sentences, and which of PAIRS may have both their words in one sentence: half of them.

    Args:
        own: share of the sentences that say of a pair what is its own; the others say what
            belongs to any pair of the family.
    """
    draw, family = np.random.default_rng(seed), len(PAIRS) // len(_PAIRS)
    chances = (1.0 + draw.permutation(len(PAIRS))) ** -0.5
    together, text = draw.permutation(len(PAIRS)) % 2 == 0, []
    for pair in draw.choice(len(PAIRS), number, p=chances / chances.sum()):
        kind, a, b, *things = PAIRS[pair]
        if draw.random() > own:
            things = PAIRS[pair // family * family + draw.integers(family)][3:]
        form = 2 if together[pair] and draw.random() < 0.1 else draw.integers(2)
        words = {"a": a, "b": b, "x": (a, b)[form % 2], "t": draw.choice(things, p=(0.5, 0.3, 0.2))}
        text.append(draw.choice(_FORMS[kind][form].split("|")).format(**words))
    return text, together


def in_context(text: list[str], window: int) -> dict[str, np.ndarray]:
    """The numbers of all words (n,), and of the words around in the same sentence (n, 2 window)."""
    contexts, words, edge = [], [], [0] * window
    for sentence in text:
        own = edge + [NUMBER[word] for word in sentence.split()] + edge
        for i in range(window, len(own) - window):
            contexts.append(own[i - window : i] + own[i + 1 : i + window + 1])
            words.append(own[i])
    return {"contexts": np.array(contexts, "int32"), "words": np.array(words, "int32")}


def questions() -> tuple[np.ndarray, np.ndarray]:
    """a : b = c : d within a family, both ways round, (questions, 4); and the pairs of each."""
    numbers = np.array([[NUMBER[a], NUMBER[b]] for _, a, b, *_ in PAIRS])
    family = np.array([pair[0] for pair in PAIRS])
    pairs = np.argwhere((family[:, None] == family) & ~np.eye(len(PAIRS), dtype=bool))
    asked = numbers[pairs].reshape(-1, 4)
    return np.concatenate([asked, asked[:, [1, 0, 3, 2]]]), np.concatenate([pairs, pairs])
