"""A demonstration is proven by both halves' functions on the same arguments."""

import types

import numpy as np
import pytest

from comparisons.harness import backends, chapters
from comparisons.harness.concept import Concept, Demonstration, Introduced, Settings
from comparisons.harness.proof import ladder


def test_the_proof_gives_its_own_arguments_where_it_has_some(monkeypatch):
    given = []

    def doubled(x, steps):
        given.append((x.tolist(), steps))
        return {"x": x * 2.0**steps}

    half = types.SimpleNamespace(doubled=doubled)
    monkeypatch.setattr(ladder, "reference_half", lambda name: half)
    monkeypatch.setattr(ladder, "keras_half", lambda name: half)
    shown = Demonstration(
        "doubled", lambda seed: {"x": np.ones(1), "steps": 100}, proven_with={"steps": 3}
    )
    backend = backends.load("tensorflow")
    records = ladder.check_demonstration("trees", shown, "keras-tensorflow", backend)
    assert records and all(record.passed for record in records)
    assert {steps for _, steps in given} == {3}
    assert shown.arguments(0)["steps"] == 100


def test_an_error_says_which_thing_could_not_be_proven(monkeypatch):
    def broken(name, thing):
        raise TypeError("too many values to unpack")

    monkeypatch.setattr(ladder.introduced, "check_written_out", broken)
    thing = Introduced("step", "", ("", ""), lambda seed: {})
    concept = Concept(("", ""), chapters.LEARNING, ("", ""), introduces=(thing,))
    with pytest.raises(ValueError, match="Introduced 'step': TypeError: too many values to unpack"):
        ladder.check_by_itself("any", concept, Settings())
