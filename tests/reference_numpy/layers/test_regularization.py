"""What the table of cases does not say about the regularization layers."""

import numpy as np
import pytest

import reference_numpy as rn

ONES = np.ones((200, 300), "float32")
RANDOM_LAYERS = [
    rn.layers.Dropout(0.3, seed=1),
    rn.layers.AlphaDropout(0.3, seed=1),
    rn.layers.GaussianDropout(0.3, seed=1),
    rn.layers.GaussianNoise(0.3, seed=1),
]
BY_LAYER = pytest.mark.parametrize("layer", RANDOM_LAYERS, ids=lambda layer: layer.name)


@BY_LAYER
def test_inference_passes_the_input_through(layer):
    y, cache = layer.forward(ONES)
    assert y is ONES
    assert layer.backward(ONES, cache) == (ONES, [])


@BY_LAYER
def test_every_call_in_training_draws_anew_and_a_seed_repeats(layer):
    def calls(count):
        fresh = type(layer).from_config(layer.get_config())
        return [fresh.forward(ONES, training=True)[0] for _ in range(count)]

    first, second = calls(2)
    assert (first != second).any()
    np.testing.assert_array_equal(first, calls(1)[0])


def test_dropout_drops_its_rate_and_keeps_the_mean():
    y = rn.layers.Dropout(0.3, seed=0)(ONES, training=True)
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.7)}
    # 60,000 draws: the standard error of the share is 0.0019.
    assert abs((y == 0).mean() - 0.3) < 0.01
    assert abs(y.mean() - 1) < 0.01


def test_gaussian_dropout_has_the_variance_of_dropout():
    y = rn.layers.GaussianDropout(0.3, seed=0)(ONES, training=True)
    assert abs(y.mean() - 1) < 0.02 and abs(y.var() - 0.3 / 0.7) < 0.02


def test_gaussian_noise_has_its_deviation_and_leaves_the_gradient_alone():
    layer = rn.layers.GaussianNoise(0.25, seed=0)
    y, cache = layer.forward(ONES, training=True)
    assert abs((y - ONES).mean()) < 0.01 and abs((y - ONES).std() - 0.25) < 0.01
    assert layer.backward(ONES, cache)[0] is ONES


def test_alpha_dropout_keeps_mean_and_variance():
    x = np.random.default_rng(0).normal(size=(300, 300)).astype("float32")
    y = rn.layers.AlphaDropout(0.4, seed=0)(x, training=True)
    assert abs(y.mean()) < 0.02 and abs(y.var() - 1) < 0.03


def test_a_noise_shape_shares_the_mask():
    y = rn.layers.Dropout(0.5, noise_shape=(None, 1, 30), seed=0)(
        np.ones((20, 10, 30)), training=True
    )
    assert (y == y[:, :1]).all() and len(np.unique(y)) == 2


@pytest.mark.parametrize(
    ("layer", "shape", "shared"),
    [
        (rn.layers.SpatialDropout1D(0.5, seed=0), (6, 5, 7), (1,)),
        (rn.layers.SpatialDropout2D(0.5, seed=0), (6, 5, 4, 7), (1, 2)),
        (rn.layers.SpatialDropout2D(0.5, "channels_first", seed=0), (6, 7, 5, 4), (2, 3)),
        (rn.layers.SpatialDropout3D(0.5, seed=0), (6, 5, 4, 3, 7), (1, 2, 3)),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_spatial_dropout_drops_whole_channels(layer, shape, shared):
    y = layer(np.ones(shape), training=True)
    assert (y.max(axis=shared) == y.min(axis=shared)).all() and len(np.unique(y)) == 2


def test_a_rate_of_one_drops_everything():
    assert not rn.layers.Dropout(1.0)(ONES, training=True).any()
    for layer in (rn.layers.AlphaDropout(1), rn.layers.GaussianDropout(1)):
        assert layer(ONES) is ONES
        with pytest.raises(ValueError, match="with a rate of 1"):
            layer(ONES, training=True)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: rn.layers.Dropout(-0.1),
            "`rate` of layer .* Received: rate=-0.1",
        ),
        (lambda: rn.layers.AlphaDropout(1.5), "between 0 and 1. Received: rate=1.5"),
        (lambda: rn.layers.GaussianDropout(2), "between 0 and 1. Received: rate=2"),
        (lambda: rn.layers.SpatialDropout1D(2), "between 0 and 1. Received: rate=2"),
        (lambda: rn.layers.GaussianNoise(7), "between 0 and 1. Received: stddev=7"),
        (lambda: rn.layers.Dropout(0.5, noise_shape="ab"), "Expected a tuple or list of positive"),
        (lambda: rn.layers.Dropout(0.5, noise_shape=3), "Expected a tuple or list of positive"),
        (lambda: rn.layers.Dropout(0.5, noise_shape=(2, 0)), "Expected a tuple or list of"),
        (lambda: rn.layers.Dropout(0.5, noise_shape=(2, 1.5)), "Expected a tuple or list of"),
        (lambda: rn.layers.Dropout(0.5, seed="a"), "`seed` must be an integer or None"),
        (lambda: rn.layers.SpatialDropout2D(0.5, "last"), "`data_format` argument must be"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("noise_shape", [(200,), (200, 7), (1, 1, 1)])
def test_a_noise_shape_that_does_not_fit_is_refused(noise_shape):
    for layer in (rn.layers.Dropout, rn.layers.AlphaDropout):
        with pytest.raises(ValueError, match="does not fit an input of shape"):
            layer(0.5, noise_shape=noise_shape)(ONES, training=True)


def test_spatial_dropout_demands_its_rank():
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=2"):
        rn.layers.SpatialDropout1D(0.5)(ONES)


def test_activity_regularization_adds_its_penalty_to_the_loss_of_a_model():
    inputs = rn.Input((2,))
    model = rn.Model(inputs, rn.layers.ActivityRegularization(l1=0.5, l2=0.25)(inputs))
    model.compile(loss="mse", optimizer="sgd")
    x = np.array([[1.0, -2.0], [3.0, 0.0]], "float32")
    # Σ |y| = 6 and Σ y² = 14, divided by the two samples of the batch.
    assert model.evaluate(x, x, verbose=0) == pytest.approx((0.5 * 6 + 0.25 * 14) / 2)
