"""Training in half precision, with a loss that is scaled."""

import numpy as np
import pytest

import reference_numpy as rn

L = rn.layers


@pytest.fixture(autouse=True)
def _float32(double_precision):
    rn.config.set_floatx("float32")


def test_loss_scaling_keeps_small_gradients():
    """Without it, gradients below float16's smallest number vanish."""

    def change(optimizer):
        layer = L.Dense(1, use_bias=False, dtype="mixed_float16", kernel_initializer="zeros")
        model = rn.Sequential([rn.Input((1,)), layer])
        model.compile(optimizer, "mse")
        model.fit(np.full((4, 1), 1e-4), np.full((4, 1), 1e-4), verbose=0)
        return float(layer.kernel[0, 0])

    scaled = rn.optimizers.LossScaleOptimizer(rn.optimizers.SGD(1.0), initial_scale=2.0**15)
    np.testing.assert_allclose(change(scaled), 2e-8, rtol=1e-2)
    assert change(rn.optimizers.SGD(1.0)) != pytest.approx(2e-8, rel=0.1)


def test_gradients_that_overflow_make_the_loss_scale_smaller():
    """Without a warning, since that is how the scale is found."""
    layers = [L.Dense(2, dtype="mixed_float16"), L.Dense(1, dtype="mixed_float16")]
    model = rn.Sequential([rn.Input((1,)), *layers])
    model.compile(rn.optimizers.LossScaleOptimizer(rn.optimizers.SGD(0.1)), "mse")
    before = model.get_weights()
    model.train_on_batch(np.full((4, 1), 50.0), np.full((4, 1), -2000.0))
    assert float(model.optimizer.dynamic_scale) == 2.0**14
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
