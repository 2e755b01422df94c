"""Concepts by name, and chapters by title or number."""

from types import SimpleNamespace

import pytest

from comparisons.harness import catalogue, chapters
from comparisons.harness.desk import selection

OTHER = chapters.Chapter(("Another book", "別の本"), "2", ("Nets", "網"))
WHERE = {
    "perceptron": chapters.PERCEPTRON.section(1),
    "gates": chapters.PERCEPTRON.section(10),
    "activations": chapters.NEURAL_NETWORKS.section(1),
    "dropout": chapters.TECHNIQUES.section(8),
    "nets": OTHER,
}


@pytest.fixture(autouse=True)
def concepts(monkeypatch):
    monkeypatch.setattr(catalogue, "script_names", lambda: sorted(WHERE))
    monkeypatch.setattr(catalogue, "names", lambda: list(WHERE))
    monkeypatch.setattr(catalogue, "load", lambda name: SimpleNamespace(chapter=WHERE[name]))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["dropout", "perceptron", "dropout"], ["dropout", "perceptron"]),
        (["Perceptron"], ["perceptron", "gates"]),
        (["perceptron"], ["perceptron"]),
        (["1"], ["perceptron", "gates"]),
        (["1.1"], ["perceptron"]),
        (["neural networks"], ["activations"]),
        (["Neural", "Networks", "dropout"], ["activations", "dropout"]),
        (["dropout", "TECHNIQUES", "2"], ["dropout", "activations"]),
        (["ニューラルネットワーク"], ["activations"]),
        (["Nets"], ["nets"]),
    ],
)
def test_what_a_person_means(words, expected):
    assert selection.concepts(words) == expected


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["perceptorn"], "'perceptorn'; did you mean 'perceptron'?"),
        (["dropout", "Tecniques"], "'Tecniques'; did you mean 'techniques'?"),
        (["zzz"], "'zzz'; `sidebyside list` shows what there is"),
        ([""], "''; `sidebyside list` shows what there is"),
    ],
)
def test_an_unknown_name_gets_a_suggestion(words, message):
    with pytest.raises(ValueError, match="Unknown concept or chapter") as error:
        selection.concepts(words)
    assert str(error.value).endswith(message)
