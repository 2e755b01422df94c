"""What claims and figures read of a result."""

import numpy as np
import pytest

from comparisons.harness import chapters
from comparisons.harness.concept import Claim, Concept
from comparisons.harness.runs.jobs import Job
from comparisons.harness.runs.results import Result, gather


def test_what_a_demonstration_measured_is_one_number_a_seed_the_mean_over_columns(tmp_path):
    (tmp_path / "jobs").mkdir()
    values = {("numpy", 3): 1.0, ("keras-jax", 3): 2.0, ("numpy", 4): 5.0, ("keras-jax", 4): 7.0}
    for (column, seed), value in values.items():
        name = Job("", "demonstrate", column, "speed", seed).file_name
        np.savez(tmp_path / "jobs" / f"{name}.npz", steps=np.array([0.0, value]))
    demonstrations = [{"function": "speed", "seed": seed} for _, seed in values]
    columns = {"numpy": {}, "keras-jax": {}, "keras-torch": {"missing": "not asked for"}}
    result = Result(tmp_path, {"columns": columns, "demonstrations": demonstrations})
    assert result.measured("speed", lambda arrays: arrays["steps"][-1]) == [1.5, 6.0]
    by_name = result.of_each({"steps": "Steps"}, "speed", lambda arrays, name: arrays[name][-1])
    assert list(by_name) == ["Steps"] and by_name["Steps"].tolist() == [1.0, 5.0]


def judged(*sides, **options):
    """The record of a claim that measured these two sides."""
    return Claim(("", ""), "", ("", ""), ("", ""), lambda result: sides, **options).verdict(None)


def test_a_number_stands_for_every_seed_of_a_claim():
    found = [0.1, 0.2, 0.3]
    assert judged(1.0, found) == judged([1.0] * 3, found)
    assert judged(found, 1.0) == judged(found, [1.0] * 3)
    assert judged(1.0, found)["verdict"] == "confirmed" and judged(1.0, found)["seeds"] == 3
    with pytest.raises(ValueError, match="as many runs on both sides"):
        judged([1.0], found)


def test_a_claim_of_a_single_seed_is_undecided():
    record = judged(1.0, [0.1])
    assert record["verdict"] == "undecided" and record["interval"] is None


def test_what_mathematics_says_of_every_run_one_run_decides():
    for margin, verdict in ((0.8, "confirmed"), (1.0, "refuted"), (0.9, "undecided")):
        record = judged(1.0, [0.1], theorem=True, margin=margin)
        assert record["verdict"] == verdict and record["interval"] is None
    assert judged(1.0, [0.1, 1.7], theorem=True)["verdict"] == "undecided"


def test_a_claim_that_cannot_be_judged_is_told_with_file_and_field(tmp_path):
    claim = Claim(("So.", ""), "", ("", ""), ("", ""), lambda result: result.content["lacking"])
    concept = Concept(("", ""), chapters.LEARNING, ("", ""), claims=(claim,))
    given = ("dropout", concept, tmp_path, {}, {}, {}, [])
    with pytest.raises(ValueError, match="dropout.py: Claim.measure of 'So.': KeyError: 'lacking'"):
        gather(*given)
    lost = gather(*given, failures=[{"job": "", "reason": ""}])
    assert lost.content["claims"][0]["verdict"] == "undecided"
