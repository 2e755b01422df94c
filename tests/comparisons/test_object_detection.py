"""The rival of the detector is trained by the run; the page only draws what it gave."""

from types import SimpleNamespace

import pytest

from comparisons import object_detection
from comparisons.harness import connected_parts
from comparisons.harness.concept import Settings
from comparisons.harness.datasets import scenes


@pytest.fixture
def small(monkeypatch):
    """The record of connected components on a few scenes of two seeds."""
    monkeypatch.setattr(object_detection, "data", lambda settings, seed: scenes(60, 20, 20, seed))
    object_detection.drawn.cache_clear()
    yield object_detection.baselines(Settings(seeds=2), lambda done, of: None)
    object_detection.drawn.cache_clear()


def test_components_are_a_baseline_of_the_run(small):
    (record,) = small
    assert record["name"] == "connected components" and len(record["scores"]["map"]["values"]) == 2
    assert 0 < record["scores"]["map"]["mean"] < 1
    assert all(0 < share <= 1 for share in record["curve"]["x"] + record["curve"]["y"])


def test_page_and_claim_take_them_from_it(small, monkeypatch):
    run = {"implementation": "numpy", "seed": 0}
    part = object_detection.drawn("default", 0)
    found = connected_parts.read(part, object_detection.half().mean_average_precision)
    result = SimpleNamespace(
        content={"baselines": small},
        settings=Settings(),
        runs=lambda implementation: [run],
        kept=lambda variant, implementation, seed: {1: {"test": found}},
    )
    monkeypatch.setattr(connected_parts, "SVC", None)  # nothing is trained from here on
    assert object_detection.by_components(result) == small[0]["scores"]["map"]["values"]
    assert "connected components" in str(object_detection.precision_recall(result).to_dict())
