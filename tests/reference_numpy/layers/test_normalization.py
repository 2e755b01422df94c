"""What the generic checks do not see of the normalization layers."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.kernels.rows_first import in_rows_first
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


@pytest.mark.parametrize(("axis", "lay"), [(-1, np.asarray), (-1, in_rows_first), (1, np.asarray)])
def test_moments_are_accurate_in_float32(axis, lay):
    """A mean a thousand times the spread costs three of float32's seven digits, not all."""
    generator = np.random.default_rng(2)
    x = (1000 + generator.standard_normal((64, 3, 40, 3))).astype("float32")
    layer = rn.layers.BatchNormalization(axis=axis, momentum=0.0)
    layer.forward(lay(x), training=True)
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


def test_rms_scaling_is_deprecated_and_leaves_the_mean_in():
    with pytest.warns(UserWarning, match="deprecated"):
        layer = rn.layers.LayerNormalization(rms_scaling=True, axis=1, dtype="float64")
    generator = np.random.default_rng(4)
    x, dy = generator.standard_normal((2, 3, 5, 2))
    y, cache = layer.forward(x)
    np.testing.assert_allclose(y, x / np.sqrt(x.var(axis=1, keepdims=True) + 1e-3))
    assert [record.name for record in layer.weight_records] == ["gamma"]
    layer.gamma[...] = generator.standard_normal(5)
    _, cache = layer.forward(x)
    dx, (dgamma,) = layer.backward(dy, cache)
    total = lambda x: np.sum(layer.forward(x)[0] * dy)  # noqa: E731
    np.testing.assert_allclose(dx, slope_by_differences(total, x), rtol=1e-6, atol=1e-8)

    def total_of_gamma(gamma):
        layer.gamma[...] = gamma
        return total(x)

    slope = slope_by_differences(total_of_gamma, layer.gamma.copy())
    np.testing.assert_allclose(dgamma, slope, rtol=1e-6, atol=1e-8)


def test_rms_normalization_scales_along_its_axis():
    """Keras multiplies along the last axes whatever `axis` is; the mathematics does not."""
    x = np.random.default_rng(5).standard_normal((2, 3, 3))
    layer = rn.layers.RMSNormalization(axis=1, epsilon=0.0, dtype="float64")
    layer.build(x.shape)
    layer.scale[...] = [1, 2, 3]
    expected = x / np.sqrt((x**2).mean(axis=1, keepdims=True)) * np.array([[1], [2], [3]])
    np.testing.assert_allclose(layer(x), expected)


@pytest.mark.parametrize(
    "layer",
    [
        rn.layers.LayerNormalization(),
        rn.layers.GroupNormalization(1),
        rn.layers.RMSNormalization(),
        rn.layers.UnitNormalization(),
        rn.layers.BatchNormalization(),
    ],
)
def test_integers_are_normalized_in_floating_point(layer):
    x = np.array([[1, 2, 4], [3, 0, 5]])
    y, cache = layer.forward(x)
    assert y.dtype == "float32"
    np.testing.assert_array_equal(y, layer(x.astype("float32")))
    dx, grads = layer.backward(np.ones_like(y), cache)
    assert dx is None and all(grad.dtype == "float32" for grad in grads)


def test_unit_normalization_of_nothing():
    layer = rn.layers.UnitNormalization(dtype="float64")
    y, cache = layer.forward(np.array([[0.0, 0.0], [3e-13, 4e-13]]))
    np.testing.assert_allclose(y, [[0, 0], [0.3, 0.4]])
    dx, _ = layer.backward(np.array([[1.0, 2.0], [1.0, 0.0]]), cache)
    np.testing.assert_allclose(dx, [[1e12, 2e12], [1e12, 0]])


@pytest.mark.parametrize("name", ["UnitNormalization", "RMSNormalization", "LayerNormalization"])
def test_float16_does_not_overflow(name):
    x = np.array([[300.0, 400.0], [-500.0, 100.0]], "float16")
    exact = getattr(rn.layers, name)(dtype="float64")(x.astype("float64"))
    y = getattr(rn.layers, name)(dtype="float16")(x)
    assert y.dtype == "float16"
    np.testing.assert_allclose(y, exact, rtol=2e-3)


def test_spectral_normalization_reaches_the_largest_singular_value():
    dense = rn.layers.Dense(3, dtype="float64")
    layer = rn.layers.SpectralNormalization(dense, power_iterations=200, dtype="float64")
    x = np.random.default_rng(6).standard_normal((5, 4))
    layer.forward(x)
    before = dense.kernel.copy()
    layer.forward(x, training=True)
    assert np.linalg.svd(dense.kernel)[1][0] == pytest.approx(1, rel=1e-9)
    np.testing.assert_allclose(dense.kernel, before / np.linalg.svd(before)[1][0], rtol=1e-9)


def test_spectral_normalization_goes_backward_at_the_kernel_of_the_call():
    dense = rn.layers.Dense(3, dtype="float64")
    layer = rn.layers.SpectralNormalization(dense, dtype="float64")
    generator = np.random.default_rng(7)
    x, dy = generator.standard_normal((5, 4)), generator.standard_normal((5, 3))
    _, cache = layer.forward(x, training=True)
    used = dense.kernel.copy()
    layer.forward(x, training=True)
    now = dense.kernel.copy()
    dx, _ = layer.backward(dy, cache)
    np.testing.assert_allclose(dx, dy @ used.T)
    assert not np.allclose(used, now) and (dense.kernel == now).all()


def test_spectral_normalization_leaves_zeros_and_inference_alone():
    dense = rn.layers.Dense(3, kernel_initializer="zeros")
    layer = rn.layers.SpectralNormalization(dense)
    layer.forward(np.ones((2, 4), "float32"), training=True)
    assert not dense.kernel.any()
    dense.kernel[...] = 1
    layer.forward(np.ones((2, 4), "float32"), training=False)
    assert (dense.kernel == 1).all()


def test_spectral_normalization_of_an_embedding():
    layer = rn.layers.SpectralNormalization(rn.layers.Embedding(5, 3))
    indices = np.array([1, 2])
    y, cache = layer.forward(indices, training=True)
    np.testing.assert_array_equal(y, layer.layer.embeddings[indices])
    dx, (slope,) = layer.backward(np.ones_like(y), cache)
    assert dx is None and slope.sum() == 6


@pytest.mark.parametrize(
    ("make", "shape", "error", "message"),
    [
        (lambda: rn.layers.LayerNormalization("last"), (4, 3), TypeError, "axis='last'"),
        (lambda: rn.layers.LayerNormalization(axis=[1, 5]), (4, 3), ValueError, "axis 5"),
        (lambda: rn.layers.LayerNormalization(axis=1), (4, None, 3), ValueError, "must be known"),
        (lambda: rn.layers.GroupNormalization(0), (4, 3), ValueError, "groups=0"),
        (lambda: rn.layers.GroupNormalization(-2), (4, 3), ValueError, "groups=-2"),
        (lambda: rn.layers.GroupNormalization(2), (4, 3), ValueError, "shared out evenly"),
        (lambda: rn.layers.GroupNormalization(6), (4, 3), ValueError, "groups=6"),
        (lambda: rn.layers.GroupNormalization(1), (4, None), ValueError, "must be known"),
        (lambda: rn.layers.RMSNormalization(axis=3), (4, 3), ValueError, "axis 3"),
        (lambda: rn.layers.UnitNormalization(1.5), (4, 3), TypeError, "axis=1.5"),
        (lambda: rn.layers.SpectralNormalization("Dense"), (4, 3), ValueError, "layer='Dense'"),
        (
            lambda: rn.layers.SpectralNormalization(rn.layers.Dense(2), power_iterations=0),
            (4, 3),
            ValueError,
            "power_iterations=0",
        ),
        (
            lambda: rn.layers.SpectralNormalization(rn.layers.Flatten()),
            (4, 3),
            ValueError,
            "Flatten has no attribute 'kernel'",
        ),
    ],
)
def test_other_normalization_layers_refuse(make, shape, error, message):
    with pytest.raises(error, match=message):
        make().build(shape)


def test_unit_normalization_refuses_an_axis_the_input_lacks():
    with pytest.raises(ValueError, match="axis 2 is out of bounds"):
        rn.layers.UnitNormalization(2)(np.ones((2, 3)))
