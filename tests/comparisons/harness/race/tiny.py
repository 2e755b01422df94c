"""A recipe so small that a training takes a moment, and what is trained on."""

import numpy as np

import reference_numpy as rn
from comparisons.harness.race.recipe import Recipe

RECIPE = Recipe(filters=(3, 4), batch_size=40)
BATCH, STEPS = 16, 2


def rows(dtype="float32"):
    """Images, targets of ten classes, and the rows of each step."""
    generator = np.random.default_rng(0)
    x = generator.random((3 * BATCH, 28, 28, 1), "float32").astype(dtype)
    y = np.eye(10, dtype=dtype)[generator.integers(0, 10, len(x))]
    order = generator.permutation(len(x))[: STEPS * BATCH].reshape(STEPS, BATCH)
    return x, y, order.astype("int32")


def weights():
    """Of the network at first."""
    rn.random.set_seed(0)
    return RECIPE.network(rn).get_weights()


def loss(library):
    """That of the race."""
    return library.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)


def compiled(library):
    """The network with an optimizer that does not divide by small gradients."""
    model = RECIPE.network(library)
    model.compile(library.optimizers.SGD(0.1, momentum=0.9), loss(library))
    return model
