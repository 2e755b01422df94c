"""What the generic checks do not see of the normalization layers."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.layers.normalization import batch_renormalization


def slope_by_differences(function, x, step=1e-5):
    """The gradient of a scalar function by central differences, entry by entry."""
    slope = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        moved = x.copy()
        moved[index] += step
        above = function(moved)
        moved[index] -= 2 * step
        slope[index] = (above - function(moved)) / (2 * step)
    return slope


def textbook_backward(x, dy, gamma, epsilon):
    """Batch normalization's backward pass step by step, as in the docstring."""
    count = x.shape[0]
    centred = x - x.mean(axis=0)
    s = np.sqrt((centred**2).mean(axis=0) + epsilon)
    dnormalized = gamma * dy
    ds = -(dnormalized * centred).sum(axis=0) / s**2
    dcentred = dnormalized / s + ds / (2 * s) * 2 * centred / count
    dx = dcentred - dcentred.sum(axis=0) / count
    return dx, (dy * centred / s).sum(axis=0), dy.sum(axis=0)


def test_batch_normalization_is_the_textbooks():
    generator = np.random.default_rng(0)
    x, dy = generator.standard_normal((2, 7, 3))
    layer = rn.layers.BatchNormalization(dtype="float64")
    layer.build(x.shape)
    layer.gamma[...] = generator.standard_normal(3)
    _, cache = layer.forward(x, training=True)
    dx, grads = layer.backward(dy, cache)
    for ours, book in zip([dx, *grads], textbook_backward(x, dy, layer.gamma, 1e-3), strict=True):
        np.testing.assert_allclose(ours, book, rtol=1e-12, atol=1e-14)


def test_renormalization_backward_holds_r_and_d_constant(monkeypatch):
    generator = np.random.default_rng(1)
    x, dy = generator.standard_normal((2, 6, 3))
    layer = rn.layers.BatchNormalization(renorm=True, dtype="float64")
    layer.build(x.shape)
    _, cache = layer.forward(x, training=True)
    dx, grads = layer.backward(dy, cache)
    layer = rn.layers.BatchNormalization(renorm=True, dtype="float64")
    layer.build(x.shape)
    constants = batch_renormalization.correction(layer, x.mean(axis=0), x.var(axis=0))
    monkeypatch.setattr(batch_renormalization, "correction", lambda *_: constants)
    total = lambda x: np.sum(layer.forward(x, training=True)[0] * dy)  # noqa: E731
    np.testing.assert_allclose(dx, slope_by_differences(total, x), rtol=1e-6, atol=1e-8)

    def total_of_gamma(gamma):
        layer.gamma[...] = gamma
        return total(x)

    slope = slope_by_differences(total_of_gamma, np.ones(3))
    np.testing.assert_allclose(grads[0], slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("axis", [-1, 1])
def test_moments_are_accurate_in_float32(axis):
    """A mean a thousand times the spread costs three of float32's seven digits, not all."""
    generator = np.random.default_rng(2)
    x = (1000 + generator.standard_normal((64, 3, 40, 3))).astype("float32")
    layer = rn.layers.BatchNormalization(axis=axis, momentum=0.0)
    layer.forward(x, training=True)
    others = tuple(i for i in range(4) if i != axis % 4)
    exact = x.astype("float64")
    np.testing.assert_allclose(layer.moving_mean, exact.mean(axis=others), rtol=3e-7)
    np.testing.assert_allclose(layer.moving_variance, exact.var(axis=others), rtol=1e-5)


def test_batch_normalization_frozen_keeps_its_state():
    layer = rn.layers.BatchNormalization(trainable=False)
    x = np.random.default_rng(3).standard_normal((5, 2)).astype("float32")
    layer.forward(x, training=True)
    assert layer.moving_mean.tolist() == [0, 0] and layer.moving_variance.tolist() == [1, 1]


def test_batch_normalization_statistics_do_not_see_masked_nan():
    layer = rn.layers.BatchNormalization()
    x = np.ones((2, 2, 1), "float32")
    x[1, 1] = np.nan
    mask = np.array([[True, True], [True, False]])
    y, cache = layer.forward(x, training=True, mask=mask)
    assert np.isfinite(layer.moving_mean).all() and np.isfinite(layer.moving_variance).all()
    assert np.isnan(y).sum() == 1


@pytest.mark.parametrize(
    ("arguments", "shape", "call", "message"),
    [
        ({"axis": 2}, (4, 3), {}, "axis 2 is out of bounds"),
        ({"axis": 1}, (4, None, 3), None, "must be known"),
        ({}, (4, 3), {"mask": np.ones((4, 3), bool)}, "one axis less"),
        ({"renorm": True, "renorm_clipping": {"max": 1}}, (4, 3), {}, "renorm_clipping"),
        ({"renorm": True, "renorm_clipping": {"rmax": 1, "rmin": 2}}, (4, 3), {}, "rmin ≤ rmax"),
        ({"renorm": True, "renorm_clipping": {"dmax": -1}}, (4, 3), {}, "dmax"),
        ({"momentun": 0.9}, (4, 3), {}, "Unrecognized keyword"),
    ],
)
def test_batch_normalization_refuses(arguments, shape, call, message):
    with pytest.raises(ValueError, match=message):
        layer = rn.layers.BatchNormalization(**arguments)
        if call is None:
            layer.build(shape)
        else:
            layer.forward(np.zeros(shape), **call)


def test_batch_normalization_refuses_another_shape_later():
    layer = rn.layers.BatchNormalization()
    layer.build((None, 3))
    with pytest.raises(ValueError, match="expected axis -1 of input shape to have value 3"):
        layer(np.zeros((2, 4)))
