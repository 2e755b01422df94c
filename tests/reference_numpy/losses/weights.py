"""Sample weights and reductions with which every loss is tried."""

import numpy as np

REDUCTIONS = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None]


def sample_weights(values):
    """`{name: weights}` for losses of the shape of `values`: none, one a sample, one a value."""
    generator = np.random.default_rng(2)

    def draw(shape):
        return generator.uniform(0.2, 2, shape).astype("float32").astype("float64")

    found = {"unweighted": None}
    if values.ndim == 1:
        found["weight a sample"] = draw(values.shape)
        found["column of weights"] = draw((len(values), 1))
    if values.ndim > 1:
        found["weight a value"] = draw(values.shape)
        found["weights with one axis more"] = draw((*values.shape, 1))
    if values.ndim == 0:
        found["one weight"] = draw(())
    return found


def mask_for(values):
    """A mask of the shape of `values` that leaves some and takes some."""
    return (np.arange(values.size) % 3 != 1).reshape(values.shape)
