"""The glossary is made from the concepts, and what it names is there in both libraries."""

from operator import attrgetter
from pathlib import Path

import keras
import pytest

import reference_numpy as rn
from comparisons.harness import catalogue, chapters
from comparisons.harness.concept import Concept
from tests import scripts

SCRIPT = Path(__file__).parents[1] / "docs" / "glossary.py"


@pytest.fixture(scope="module")
def glossary():
    return scripts.load(SCRIPT)


def test_the_page_is_up_to_date(glossary):
    assert glossary.PAGE.read_text("utf-8") == glossary.page(), "run: python docs/glossary.py"


def test_both_libraries_have_what_it_names(glossary):
    names = [name for _, name, _ in glossary.entries().values() if name]
    assert names
    for name in names:
        attrgetter(name)(rn), attrgetter(name)(keras)


def test_concepts_that_disagree_on_a_term_are_told(glossary, monkeypatch):
    terms = {"one": ("filter", "フィルター"), "other": ("filter", "フィルタ")}
    monkeypatch.setattr(catalogue, "names", lambda: list(terms))
    monkeypatch.setattr(
        catalogue,
        "load",
        lambda name: Concept(("", ""), chapters.LEARNING, ("", ""), terms=(terms[name],)),
    )
    with pytest.raises(ValueError, match=r"'filter' is .* in one and .* in other"):
        glossary.entries()
