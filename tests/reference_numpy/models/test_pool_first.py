"""Max pooling before bias and rectifier: what it computes, and where it is left as it was."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.models.pool_first import BiasAndActivation, pool_first
from reference_numpy.models.watching import watched

L = rn.layers


def chain(*layers, shape=(7, 6, 5), dtype="float64"):
    model = rn.Sequential([rn.Input(shape, dtype=dtype), *layers])
    generator = np.random.default_rng(0)
    model.set_weights([generator.standard_normal(w.shape) for w in model.get_weights()])
    return model


def is_changed(model):
    graph, copies = pool_first(model.graph)
    assert bool(copies) == (graph is not model.graph)
    return any(isinstance(call.layer, BiasAndActivation) for call in graph.calls)


@pytest.mark.parametrize(
    ("rank", "pool"), [(1, {}), (2, {}), (2, {"strides": 1, "padding": "same"}), (3, {})]
)
@pytest.mark.parametrize("use_bias", [True, False])
def test_outputs_and_gradients_stay(rank, pool, use_bias):
    convolution, pooling = getattr(L, f"Conv{rank}D"), getattr(L, f"MaxPooling{rank}D")
    options = {"activation": "relu", "use_bias": use_bias, "dtype": "float64"}
    model = chain(
        convolution(3, 2, padding="same", **options),
        pooling(2, dtype="float64", **pool),
        convolution(4, 2, **options),
        pooling(1, dtype="float64"),
        shape=(7, 6, 5)[:rank] + (2,),
    )
    graph, _ = pool_first(model.graph)
    assert sum(isinstance(call.layer, BiasAndActivation) for call in graph.calls) == 2
    generator = np.random.default_rng(1)
    x = generator.standard_normal((5, *model.input_shape[1:]))
    (expected,), cache = model.graph.forward([x], None, True)
    (y,), own_cache = graph.forward([x], None, True)
    np.testing.assert_allclose(y, expected, rtol=1e-14, atol=1e-14)
    dy = generator.standard_normal(y.shape)
    dx, grads = model.graph.backward([dy], cache)
    own_dx, own_grads = graph.backward([dy], own_cache)
    for one, other in zip([*dx, *grads], [*own_dx, *own_grads], strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-12)


def test_a_layer_that_is_frozen_later_is_left_alone():
    options = {"dtype": "float64"}
    model = chain(
        L.Conv2D(3, 2, activation="relu", **options),
        L.MaxPooling2D(2, **options),
        L.Flatten(**options),
        L.Dense(1, **options),
    )
    model.compile(rn.optimizers.SGD(1e-6), "mse")
    x, y = np.random.default_rng(1).standard_normal((4, 7, 6, 5)), np.ones((4, 1))
    model.train_on_batch(x, y)
    for frozen in (True, False):
        model.layers[0].trainable = not frozen
        before = model.get_weights()
        model.train_on_batch(x, y)
        moved = [(a != b).any() for a, b in zip(before, model.get_weights(), strict=True)]
        assert moved == [not frozen, not frozen, True, True]


def conv(**options):
    return L.Conv2D(3, 2, **{"activation": "relu", **options})


@pytest.mark.parametrize(
    "layers",
    [
        [conv(activation="tanh"), L.MaxPooling2D()],
        [conv(), L.AveragePooling2D(2)],
        [conv(), L.Identity(), L.MaxPooling2D()],
        [conv(data_format="channels_first"), L.MaxPooling2D(data_format="channels_first")],
        [conv(data_format="channels_first"), L.MaxPooling2D()],
        [conv(dtype="float16"), L.MaxPooling2D(dtype="float16")],
        [conv(dtype="float64"), L.MaxPooling2D(dtype="float32")],
        [conv(activity_regularizer="l2"), L.MaxPooling2D()],
        [conv(activation=rn.activations.Relu(max_value=6.0)), L.MaxPooling2D()],
        [L.Dense(3, activation="relu"), L.MaxPooling2D()],
    ],
)
def test_what_does_not_commute_stays_in_its_order(layers):
    assert not is_changed(chain(*layers))


def test_a_convolution_that_is_used_elsewhere_too_stays():
    inputs = rn.Input((6, 6, 2))
    x = conv()(inputs)
    assert is_changed(rn.Model(inputs, L.MaxPooling2D()(x)))
    assert not is_changed(rn.Model(inputs, [x, L.MaxPooling2D()(x)]))
    assert not is_changed(rn.Model(inputs, [L.Flatten()(x), L.MaxPooling2D()(x)]))


def test_predictions_pool_first_with_the_weights_of_the_moment(monkeypatch):
    seen, plainly = [], BiasAndActivation.forward
    monkeypatch.setattr(
        BiasAndActivation, "forward", lambda self, x: seen.append(x) or plainly(self, x)
    )
    model = chain(conv(dtype="float64"), L.MaxPooling2D(2, dtype="float64"))
    x = np.random.default_rng(1).standard_normal((4, 7, 6, 5))
    changes = [
        lambda: None,
        lambda: model.set_weights([w + 1 for w in model.get_weights()]),
        lambda: model.layers[0].enable_lora(2),
        lambda: model.set_weights([w + 1 for w in model.get_weights()]),
    ]
    for number, change in enumerate(changes):
        change()
        expected = model.forward(x, training=False)[0]
        assert len(seen) == 2 * number
        np.testing.assert_array_equal(model.predict(x, verbose=0), expected)
        np.testing.assert_array_equal(model.predict_on_batch(x), expected)
        assert len(seen) == 2 * number + 2
    with watched(lambda layer, args, kwargs, y, cache: (y, cache)):
        model.predict(x, verbose=0)
    assert len(seen) == 2 * len(changes)
