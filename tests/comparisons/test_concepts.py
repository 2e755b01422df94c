"""Every concept's proof holds: what it introduces, its demonstrations, its models and their steps.

What `sidebyside run` proves in worker processes is proven here in this one, on TensorFlow.
"""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from comparisons.harness import backends, catalogue, training
from comparisons.harness.concept import Settings
from comparisons.harness.proof import ladder
from tests.comparisons.harness.test_backends import in_a_process


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


@pytest.mark.parametrize("name", [n for n in catalogue.script_names() if catalogue.load(n).task])
def test_an_epoch_of_the_task_is_measured(name):
    concept = catalogue.load(name)
    task = concept.task
    half, variant = training.NumpyHalf(name), next(iter(task.variants))
    records, kept = training.train(concept, half, variant, task.first_seed, Settings(epochs=1))
    for record in records:
        for part in ("train", "validation", "test"):
            assert np.isfinite([record["scores"][part][score.key] for score in task.scores]).all()
    assert bool(kept) == bool(task.keep)


# Predictions that are certain, which Keras cuts off on JAX and PyTorch where it has no logits; and
# arrays of NumPy beside tensors, which PyTorch does not take.
ON_PYTORCH = """
import dataclasses
from comparisons.harness import backends, catalogue
from comparisons.harness.concept import Settings
from comparisons.harness.proof import training_checks
from comparisons.harness.proof.precision import pinned
backend = backends.load("torch")
for name, variant, steps in (
    ("batch_normalization", "plain, rate 3", 5),
    ("multilayer_perceptron", "3 linear layers of 32", 5),
    ("dqn_cartpole", "with a target network", 1),
):
    task = catalogue.load(name).task
    variants = {variant: task.variants[variant]}
    task = dataclasses.replace(task, variants=variants, proven_steps=steps)
    with pinned(backend):
        records = training_checks.check(name, task, Settings(), "keras-torch")
    assert len(records) > 4
    print(*(record for record in records if not record.passed))
"""


def test_training_that_is_hard_for_pytorch_holds_there():
    if reason := backends.missing("torch"):
        pytest.skip(reason)
    assert in_a_process(ON_PYTORCH) == ""
