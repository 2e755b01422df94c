"""Both languages, everything: no half is missing, neither in a concept nor in the harness."""

import ast
import dataclasses
import re
import string
from pathlib import Path
from types import SimpleNamespace

import pytest

from comparisons.harness import backends, catalogue, report, scores, words
from comparisons.harness.bilingual import Words
from comparisons.harness.divergences import DIVERGENCES
from comparisons.harness.report import charts, language
from comparisons.harness.runs import environment

JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
A_WORD = re.compile(r"\b[a-z]{3}")  # "Adam" and "ELBO" are names
HARNESS = Path(words.__file__).parents[1]
TEMPLATES = Path(report.__file__).parent / "templates"
# Names, and parts of paths and commands: the same in both languages.
NAMES = ("NumPy", "Keras", "Python", "reference_numpy/concepts/", "keras_models/", ".py")
THE_LANGUAGES_THEMSELVES = ("EN", "日本語")
CONCEPTS = catalogue.script_names()


def is_pair(value):
    """Whether both halves are there, the second in Japanese where the first has words."""
    if not (isinstance(value, tuple) and len(value) == 2):
        return False
    if not all(isinstance(half, str) and half.strip() for half in value):
        return False
    english, japanese = value
    return not JAPANESE.search(english) and bool(
        JAPANESE.search(japanese) or not A_WORD.search(english)
    )


def fields(string_template):
    return {name for _, name, _, _ in string.Formatter().parse(string_template) if name}


@pytest.mark.parametrize("key", words.WORDS)
def test_the_harness_says_everything_in_both_languages(key):
    pair = words.WORDS[key]
    assert is_pair(tuple(re.sub(r"\{\w+\}", "…", half) for half in pair)), pair
    assert fields(pair[0]) == fields(pair[1])


def test_every_word_of_the_harness_is_used():
    files = [
        *HARNESS.glob("drawing/*.py"),
        *HARNESS.glob("report/*.py"),
        *HARNESS.glob("check/*.py"),
        *HARNESS.glob("bench/*.py"),
        *TEMPLATES.rglob("*.html"),
    ]
    text = "\n".join(path.read_text("utf-8") for path in files)
    made = (
        "check ",
        "job ",
        "against ",
        "preset ",
        "kind ",
        "verdict ",
        "phase ",
        "sweep ",
        "axis ",
        "mark ",
    )
    unused = [
        key
        for key in words.WORDS
        if not re.search(rf"""["']{re.escape(key)}["']""", text) and not key.startswith(made)
    ]
    assert not unused


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_words_of_their_own(path):
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text("utf-8"), flags=re.S)
    text = re.sub(r"<style.*?</style>", "", text, flags=re.S)
    spoken = re.findall(r'\s(?:alt|title|placeholder|aria-label|data-label)="([^"]*)"', text)
    assert not [words for words in spoken if words], "attributes are said by `attribute`"
    text = re.sub(r"<[^>]*>", " ", text)
    for name in (*NAMES, *THE_LANGUAGES_THEMSELVES):
        text = text.replace(name, "")
    assert not re.findall(r"[^\W\d_]{2,}", text)


@pytest.mark.parametrize("path", sorted(HARNESS.parent.rglob("*.py")), ids=lambda path: path.stem)
def test_percent_stands_close_to_its_number_in_japanese(path):
    texts = (
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    apart = [text for text in texts if JAPANESE.search(text) and re.search(r"(^|[\d}]) %", text)]
    assert not apart


#: What makes a source more than a work and a place in it.
PROSE = re.compile(r"^[a-z](?!cikit)|; (a|against|but|often)\b|\b(common|commonly|many)\b")


def names_a_work(source):
    """Whether it is the same in both languages: authors, year, title, place."""
    return isinstance(source, str) and not PROSE.search(source)


def declared_pairs(concept):
    """Every pair of a concept, with the place where it stands."""
    yield "title", concept.title
    yield "summary", concept.summary
    yield "chapter.book", concept.chapter.book
    yield "chapter.title", concept.chapter.title
    for thing in concept.introduces:
        yield f"introduces {thing.name}", thing.says
    yield from concept.equations
    for claim in concept.claims:
        for field in dataclasses.fields(claim):
            if field.type in (Words, Words | None, Words | str):
                value = getattr(claim, field.name)
                if value is None or (field.name == "source" and names_a_work(value)):
                    continue
                yield f"claim {field.name}", value
    if concept.task:
        for score in concept.task.scores:
            yield f"score {score.key}", score.name


@pytest.mark.parametrize("name", CONCEPTS)
def test_concepts_say_everything_in_both_languages(name):
    concept = catalogue.load(name)
    wrong = [(place, pair) for place, pair in declared_pairs(concept) if not is_pair(pair)]
    assert not wrong
    for english, japanese, *_ in concept.terms:
        assert english.strip() and JAPANESE.search(japanese), (english, japanese)


@pytest.mark.parametrize("name", CONCEPTS)
def test_variants_that_are_words_have_japanese_names(name):
    task = catalogue.load(name).task
    for variant in task.variants if task and len(task.variants) > 1 else ():
        assert is_pair(charts.variant_name(task, variant))


@pytest.mark.parametrize("name", CONCEPTS)
def test_units_that_are_words_have_japanese_names(name):
    concept = catalogue.load(name)
    units = {claim.unit for claim in concept.claims}
    units |= {score.unit for score in concept.task.scores} if concept.task else set()
    assert not [u for u in units if not is_pair(language.unit(u)) and u]


@pytest.mark.parametrize("name", CONCEPTS)
def test_titles_within_figures_are_written_in_both_languages(name):
    tree = ast.parse(catalogue.sources(name)["script"].read_text("utf-8"))
    given = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given += [keyword.value for keyword in call.keywords if keyword.arg == "title"]
        if isinstance(call.func, ast.Attribute) and call.func.attr == "title":
            given += call.args
    texts = [value.value for value in given if isinstance(value, ast.Constant) and value.value]
    assert not [text for text in texts if A_WORD.search(text)], "see `bilingual.both`"


def test_the_harness_scores_and_units_are_pairs():
    shared = [value for value in vars(scores).values() if isinstance(value, scores.Score)]
    assert len(shared) >= 4
    for pair in (*words.UNITS.values(), *(score.name for score in shared)):
        assert is_pair(pair)


@pytest.mark.parametrize("name", DIVERGENCES)
def test_where_and_why_keras_diverges_is_told_in_both_languages(name):
    known = DIVERGENCES[name]
    assert is_pair(known.title)
    if known.shows:
        assert is_pair(known.shows.reason) and language.recorded(known.told[0]) == known.told
        assert known.told[1] == f"{known.title[1]}：{known.shows.reason[1]}"


@pytest.mark.parametrize("devices", [[], ["GPU"]])
def test_threads_and_precision_have_their_japanese(devices, monkeypatch):
    for name in backends.SETTINGS:
        monkeypatch.setenv(name, "1")
    for implementation in backends.IMPLEMENTATIONS:
        backend = SimpleNamespace(devices=lambda: devices)
        column = environment.column(implementation, backend, "gpu", "float32")
        for text in (column["threads"], column["precision"]):
            _, japanese = language.recorded(text)
            assert "=" in text or text == "float32" or JAPANESE.search(japanese), text


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("weight 3 after step 20", "ステップ20後の重み3"),
        ("encoder weight 0 after step 1", "ステップ1後のencoderの重み0"),
        ("way after step 20", "ステップ20後の重みの移動量"),
        ("encoder way after step 1", "ステップ1後のencoderの重みの移動量"),
    ],
)
def test_weights_of_a_training_have_japanese_names(english, japanese):
    assert language.recorded(english) == (english, japanese)


def test_accuracy_has_one_name_in_japanese():
    """That of statistics: 精度 is the precision of numbers, and not everything is recognised."""
    others = {path.stem for path in HARNESS.parent.rglob("*.py") if "認識精度" in path.read_text()}
    assert others == {"two_layer_net"}, "whose terms tell readers of the textbook its name"


#: How a word is not written, and how it is: as most textbooks print it, and the same on every page.
#: What advises is in kana (すればよい), what is better than another in characters (より良い).
SPELLINGS = {
    r"(?<=[てば])良[いか]|(?<=のが)良[いか]": "よ",
    r"(?<=より)よ(?=い|か)|(?<=最も)よ[いか]|(?<=ほど)よ[いか]|(?<=表現が)よ[いか]": "良",
    r"出来(?=[るたてずま])": "でき",
    r"全て": "すべて",
    r"(?<=\w)等(?=[のをはがに、。）])(?<![123対同恒]等)": "など",
    r"例えば": "たとえば",
    r"既に": "すでに",
    r"更に": "さらに",
    r"又は": "または",
    r"及び": "および",
    r"殆ど": "ほとんど",
    r"もっとも": "最も",
    r"かならず": "必ず",
    r"はじめ(?=[のは])": "初め",
    r"分か(?=[るりら])": "わか",
    r"(?<![手け])持(?=[つちた](?!ち?越))": "も",
    r"重みづけ": "重み付け",
}


def test_a_word_is_written_in_one_way():
    paths = [*HARNESS.parent.rglob("*.py"), *HARNESS.rglob("*.toml"), *HARNESS.rglob("*.html")]
    wrong = [
        (path.name, line.strip(), wanted)
        for path in paths
        for line in path.read_text("utf-8").splitlines()
        for other, wanted in SPELLINGS.items()
        if re.search(other, line)
    ]
    assert not wrong


def test_a_missing_half_is_found():
    assert is_pair(("a word", "言葉")) and is_pair(("x", "x")) and is_pair(("−ELBO", "−ELBO"))
    for wrong in (("a word",), ("a word", ""), ("a word", "another"), "ab", ("言葉", "言葉")):
        assert not is_pair(wrong), wrong


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        (
            "Krogh & Hertz 1992; Saito, Deep Learning from Scratch, 6.4.2",
            "Krogh & Hertz 1992; 斎藤『ゼロから作るDeep Learning』6.4.2節",
        ),
        (
            "Saito, Deep Learning from Scratch, 4.5.2, 5.7.3",
            "斎藤『ゼロから作るDeep Learning』4.5.2、5.7.3節",
        ),
        (
            "Saito, Deep Learning from Scratch 2, appendix C",
            "斎藤『ゼロから作るDeep Learning ❷』付録C",
        ),
        ("Goodfellow et al., Deep Learning, 7.8", "Goodfellow et al., Deep Learning, 7.8"),
    ],
)
def test_japanese_names_the_book_as_japan_does(english, japanese):
    assert language.cited(english) == (english, japanese)
