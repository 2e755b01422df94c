"""A demonstration is proven by both halves' functions on the same arguments."""

import types

import numpy as np

from comparisons.harness import backends
from comparisons.harness.concept import Demonstration
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
