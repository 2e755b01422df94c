"""What AlexNet's own proof leaves out: its full size, and TensorFlow's normalization."""

import dataclasses

import numpy as np
import pytest

from comparisons import alexnet
from comparisons.harness import backends
from comparisons.harness.proof import ladder
from reference_numpy.concepts.alexnet import local_response_normalization


@pytest.mark.parametrize("depth_radius", [0, 1, 2, 5])
def test_normalization_is_that_of_tensorflow(depth_radius):
    tf = pytest.importorskip("tensorflow")
    x = np.random.default_rng(0).normal(0, 3, (2, 3, 4, 7)).astype("float32")
    options = {"depth_radius": depth_radius, "bias": 2.0, "alpha": 0.3, "beta": 0.75}
    ours, _ = local_response_normalization(x, **options)
    theirs = tf.nn.local_response_normalization(x, **options).numpy()
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)  # a power in float32


@pytest.mark.slow  # 60,965,224 weights, in float64 too: half a minute and some 4 GB
def test_alexnet_in_full_is_the_same_in_both_halves():
    (demonstration,) = (d for d in alexnet.CONCEPT.demonstrations if d.function == "in_full")
    whole = dataclasses.replace(demonstration, proven_with={})
    backend = backends.load("tensorflow")
    with backend.double_precision():
        records = ladder.check_demonstration("alexnet", whole, "keras-tensorflow", backend)
    # In float32 a rounding turns a ReLU or a pooling window: there Keras is as far from float64 as
    # the NumPy half's own float32, 1.505e-5 in the same entry of the image's gradient.
    exact = [record for record in records if record.dtype == "float64"]
    assert exact
    assert [record for record in exact if not record.passed] == []
