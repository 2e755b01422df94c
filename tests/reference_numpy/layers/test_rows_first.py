"""What stands between convolutions takes images rows first, gives the same, and leaves them so."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.kernels.rows_first import in_rows_first, lies_rows_first
from reference_numpy.layers.regularization.random_layer import RandomLayer

L = rn.layers
LAYERS = {
    **{name: (L.Activation, name) for name in ("relu", "tanh", "gelu", "silu")},
    "batch normalization": (L.BatchNormalization,),
    "dropout": (L.Dropout, 0.5),
    "dropout of channels": (L.SpatialDropout2D, 0.5),
    "gaussian dropout": (L.GaussianDropout, 0.5),
    "alpha dropout": (L.AlphaDropout, 0.5),
    "noise": (L.GaussianNoise, 0.5),
    "max pooling": (L.MaxPooling2D, 2),
    "average pooling": (L.AveragePooling2D, 2),
}


def passes(layer, x, dy, **options):
    """The layer forward and backward, and its weights after that."""
    y, cache = layer.forward(x, **options)
    dx, grads = layer.backward(dy(y), cache)
    return [y, dx, *grads, *layer.get_weights()]


def assert_same(found, other):
    for one, two in zip(found, other, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
@pytest.mark.parametrize(("layer", "arguments"), [(c, a) for c, *a in LAYERS.values()], ids=LAYERS)
def test_the_layout_stays_and_changes_nothing(layer, arguments, training):
    x = np.random.default_rng(0).standard_normal((4, 6, 5, 3))
    random = {"seed": 1} if issubclass(layer, RandomLayer) else {}
    options = {"training": training} if random or layer is L.BatchNormalization else {}
    found = [
        passes(layer(*arguments, dtype="float64", **random), lay(x), np.cos, **options)
        for lay in (np.asarray, in_rows_first)
    ]
    assert all(map(lies_rows_first, found[1][:2]))
    assert_same(*found)


def test_images_with_margins_of_zeros_lie_as_those_without():
    x = np.random.default_rng(0).standard_normal((4, 6, 5, 3))
    layer = L.ZeroPadding2D((1, 2), dtype="float64")
    assert lies_rows_first(layer.forward(in_rows_first(x))[0])
    assert_same(passes(layer, in_rows_first(x), np.cos), passes(layer, x, np.cos))


@pytest.mark.parametrize("renorm", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_normalization_takes_masks_and_gradients_as_they_come(masked, renorm):
    generator = np.random.default_rng(0)
    x, dy = generator.standard_normal((2, 4, 6, 5, 3))
    options = {"training": True, "mask": generator.random((4, 6, 5)) < 0.7 if masked else None}

    def found(lay):
        layer = L.BatchNormalization(renorm=renorm, dtype="float64")
        return passes(layer, lay(x), lambda y: dy, **options)

    assert_same(found(in_rows_first), found(np.asarray))
