"""Where a backend's training steps are not compared: for a difference, or for a convention."""

import keras
import pytest

from comparisons.harness.check.training import without_steps
from comparisons.harness.report import language

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")


def test_where_they_differ_by_convention_it_says_so(trained):
    """At the end of a clip JAX has half of the gradient."""
    keras.utils.set_random_seed(0)
    x = keras.Input((4,))
    y = keras.ops.clip(keras.layers.Dense(6, "relu")(x), 0.0, 1.0)
    model = keras.Model(x, keras.layers.Dense(1)(y))
    model.compile("sgd", "mse")
    report = trained(model)
    assert all(one.convention for one in report.findings), str(report)
    where = [name for name in ("jax",) if name in report.checked]
    assert {one.backend for one in report.findings} == set(where)
    told = f"5 steps with SGD{without_steps(dict.fromkeys(where, True))}"
    assert report.environment["training"] == told


@pytest.mark.parametrize(
    ("differing", "japanese"),
    [
        ({}, "SGDで5ステップ"),
        (
            {"jax": True},
            "SGDで5ステップ（jaxでは、訓練時の呼び出しに規約による違いだけがあるため比べていない）",
        ),
        (
            {"torch": False, "jax": True, "tensorflow": True},
            "SGDで5ステップ（torchでは、訓練時の呼び出しですでに差があるため比べていない）（jax, "
            "tensorflowでは、訓練時の呼び出しに規約による違いだけがあるため比べていない）",
        ),
    ],
)
def test_a_defect_and_a_convention_are_told_apart(differing, japanese):
    told = f"5 steps with SGD{without_steps(differing)}"
    for backend, by_convention in differing.items():
        (clause,) = (part for part in told.split("; ") if backend in part)
        assert clause.endswith(" differs by convention alone") is by_convention
        assert clause.endswith(" differs already") is not by_convention
    assert language.recorded(told) == (told, japanese)
