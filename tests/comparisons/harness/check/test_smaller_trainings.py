"""Small parts of a model that are trained in a script."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.check.smaller_trainings import Part

OBJECT = {
    "module": "keras.losses",
    "class_name": "SparseCategoricalCrossentropy",
    "config": {"from_logits": True},
    "registered_name": None,
}


@pytest.mark.parametrize(
    ("loss", "called", "expected"),
    [
        ("mse", '"mse"', 4.0),
        (OBJECT, "keras.losses.SparseCategoricalCrossentropy(from_logits=True)", np.log(3)),
    ],
    ids=["a name", "an object"],
)
def test_the_loss_of_a_batch_is_the_models(loss, called, expected):
    x = np.full((2, 3), 2.0, "float32")
    y = np.zeros((2, 3) if loss == "mse" else (2,), "float32" if loss == "mse" else "int64")
    layers, sgd = [("Identity", {})], (rn.optimizers.SGD, "")
    part = Part(layers, x, y, loss, [], False, False, sgd, 1, None, False)
    assert part.quantities()["loss"] == pytest.approx(expected)
    assert part.lines()[-1] == f"model.compile(loss={called})"
