"""Every concept's proof holds: what it introduces, its demonstrations, its models and their steps.

What `sidebyside run` proves in worker processes is proven here in this one, on TensorFlow.
"""

import pytest
from threadpoolctl import threadpool_limits

from comparisons.harness import backends, catalogue
from comparisons.harness.concept import Settings
from comparisons.harness.proof import ladder


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    with threadpool_limits(1, "blas"):  # two of them get into each other's way
        yield


@pytest.mark.parametrize("name", catalogue.script_names())
def test_every_check_of_the_concept_holds(name):
    concept, settings = catalogue.load(name), Settings()
    backend = backends.load("tensorflow")
    records = ladder.check_by_itself(name, concept, settings)
    found, _ = ladder.check(name, concept, "keras-tensorflow", backend, settings)
    records += found
    assert records
    failed = [
        f"{r['what']}, {r['where']} against {r['against']} in {r['dtype']}: "
        f"error {r['error']:.3g}, tolerance {r['tolerance']:.3g} {r['reason']}"
        for r in records
        if not r["passed"]
    ]
    assert not failed, "\n".join(failed)
