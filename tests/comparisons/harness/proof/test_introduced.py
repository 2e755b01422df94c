"""What a concept introduces is proven: right code agrees, each slip of the pen is found."""

import dataclasses
import types

import keras
import numpy as np
import pytest

from comparisons.harness import backends, catalogue
from comparisons.harness.concept import Introduced
from comparisons.harness.proof import introduced, written_out

GENERATOR = np.random.default_rng(5)
X, KERNEL, BIAS = (GENERATOR.normal(size=shape) for shape in ((4, 3), (3, 2), (2,)))


def affine(x, kernel, bias):
    """y = x W + b."""
    return x @ kernel + bias, (x, kernel)


def affine_backward(dy, cache):
    """dx = dy Wᵀ, dW = xᵀ dy, db = Σ dy."""
    x, kernel = cache
    return dy @ kernel.T, x.T @ dy, dy.sum(axis=0)


def headed(x, frozen, kernel):
    """A frozen matrix, then one that learns."""
    features = x @ frozen
    return features @ kernel, features


def headed_backward(dy, cache):
    """Neither x nor the frozen matrix has a gradient."""
    return None, None, cache.T @ dy


def two_layers():
    """The same in Keras, where the frozen weight stands before the other."""
    model = keras.Sequential([keras.layers.Dense(3, use_bias=False, trainable=False)])
    model.add(keras.layers.Dense(2, use_bias=False))
    return model


def shifted(x):
    """A scalar function and its derivative."""
    return np.tanh(x)


def shifted_derivative(x):
    """1 - tanh²."""
    return 1 - np.tanh(x) ** 2


def error(y_true, y_pred):
    """The mean squared error."""
    return np.mean((y_true - y_pred) ** 2)


def error_gradient(y_true, y_pred):
    """Its gradient."""
    return 2 * (y_pred - y_true) / y_pred.size


def heavy(w, g, momentum, learning_rate=0.1, friction=0.9):
    """Momentum."""
    momentum = friction * momentum - learning_rate * g
    return w + momentum, momentum


def thinned(x, rate, generator):
    """Dropout."""
    mask = (generator.random(x.shape, dtype="float32") >= rate).astype(x.dtype) / (1 - rate)
    return x * mask, mask


def thinned_backward(dy, cache):
    """The same mask."""
    return dy * cache


def tracked(x, gamma, beta, moving_mean, moving_variance):
    """Batch normalization with its moving statistics."""
    mean, variance = x.mean(axis=0), x.var(axis=0)
    centred = (x - mean) / np.sqrt(variance + 1e-3)
    moved = 0.99 * moving_mean + 0.01 * mean, 0.99 * moving_variance + 0.01 * variance
    return (gamma * centred + beta, *moved), (centred, variance, gamma)


def tracked_backward(dy, cache):
    """The gradients of x, gamma and beta."""
    centred, variance, gamma = cache
    dc = dy * gamma
    dx = dc - dc.mean(axis=0) - centred * (dc * centred).mean(axis=0)
    return dx / np.sqrt(variance + 1e-3), (dy * centred).sum(axis=0), dy.sum(axis=0)


def resized(x):
    """Images of twice the height, along which the places between the pixels are shared out."""
    places = np.clip((np.arange(2 * x.shape[1]) - 0.5) / 2, 0, x.shape[1] - 1)
    above = np.floor(places).astype(int)
    below = np.minimum(above + 1, x.shape[1] - 1)
    share = (places - above)[:, None, None]
    return ((1 - share) * x[:, above] + share * x[:, below]).astype(x.dtype)


def drawn(shape, stddev, generator, dtype="float32"):
    """Normal initial weights."""
    return (stddev * generator.standard_normal(shape)).astype(dtype)


def penalty(w, strength):
    """The sum of the squares."""
    return strength * np.sum(w * w), (w, strength)


def penalty_backward(dy, cache):
    """Its gradient."""
    w, strength = cache
    return dy * 2 * strength * w


def matched(query, value, key, scale):
    """Luong's attention."""
    scores = scale * (query @ key.mT)
    weights = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    return weights @ value, (query, value, key, scale, weights)


def matched_backward(dy, cache):
    """The gradients of the three inputs, and of a weight without axes."""
    query, value, key, scale, weights = cache
    dscores = dy @ value.mT
    dscores = weights * (dscores - (dscores * weights).sum(axis=-1, keepdims=True))
    dscale = (dscores * (query @ key.mT)).sum()
    return scale * dscores @ key, weights.mT @ dy, scale * dscores.mT @ query, dscale


KERAS = {
    "matched": lambda: keras.layers.Attention(use_scale=True),  # its inputs come as one list
    "resized": lambda: keras.layers.Resizing(6, 2),
    "affine": lambda: keras.layers.Dense(2),
    "headed": two_layers,
    "shifted": lambda: keras.activations.tanh,
    "error": lambda: keras.losses.MeanSquaredError(),
    "heavy": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "thinned": lambda rate: keras.layers.Dropout(rate),
    "tracked": lambda: keras.layers.BatchNormalization(),
    "drawn": lambda stddev: keras.initializers.RandomNormal(stddev=stddev),
    "penalty": lambda strength: keras.regularizers.L2(strength),
}
ARGUMENTS = {
    "matched": {
        "query": X[None, :2],
        "value": X[None, :2, :2],
        "key": X[None, 2:],
        "scale": np.array(0.7),
    },
    "affine": {"x": X, "kernel": KERNEL, "bias": BIAS},
    "headed": {"x": X, "frozen": GENERATOR.normal(size=(3, 3)), "kernel": KERNEL},
    "shifted": {"x": X},
    "error": {"y_true": X, "y_pred": X[::-1] + 0.1},
    "heavy": {"w": BIAS, "gradients": GENERATOR.normal(size=(5, 2)), "momentum": np.zeros(2)},
    "thinned": {"x": X, "rate": 0.4},
    "tracked": {
        "x": X,
        "gamma": BIAS[[0, 1, 0]],
        "beta": X[0],
        "moving_mean": X[1],
        "moving_variance": np.abs(X[2]),
    },
    "drawn": {"shape": (4, 3), "stddev": 0.3},
    "penalty": {"w": KERNEL, "strength": 0.25},  # Keras keeps it in float32
}


@pytest.fixture(scope="module")
def backend():
    return backends.load("tensorflow")


@pytest.fixture
def prove(backend, monkeypatch):
    """A function that proves one of the functions above, parts of the half replaced."""

    def proven(name, arguments=None, **replaced):
        half = types.SimpleNamespace(**{**globals(), **replaced})
        monkeypatch.setattr(written_out, "reference_half", lambda _: half)
        monkeypatch.setattr(introduced, "keras_half", lambda _: types.SimpleNamespace(**KERAS))
        given = arguments or ARGUMENTS[name]
        inputs = 3 if name == "matched" else 1
        declared = Introduced(name, "", ("", ""), lambda seed: given, inputs=inputs)
        records = introduced.check_written_out("concept", declared)
        found, ran = introduced.check("concept", declared, "keras-tensorflow", backend)
        return records + found, ran

    return proven


@pytest.mark.parametrize("name", ARGUMENTS)
def test_right_code_agrees_with_calculus_the_library_and_keras(prove, name):
    records, ran = prove(name)
    assert not [str(record) for record in records if not record.passed]
    against = {record.against for record in records}
    assert {"written out", "library", "keras-tensorflow"} <= against
    assert ("calculus" in against) == (name not in ("heavy", "drawn"))
    assert ran, "nothing of the library was seen to run"


def test_a_layer_that_a_column_has_in_float32_only_is_compared_there(prove):
    images = {"x": GENERATOR.normal(size=(2, 3, 2, 1))}
    found, _ = prove("resized", arguments=images)
    assert all(record.passed for record in found)
    keras_records = {r.dtype: r for r in found if r.against == "keras-tensorflow"}
    assert not keras_records["float64"].ran and "float32" in keras_records["float64"].reason
    assert keras_records["float32"].ran
    assert {r.dtype for r in found if r.against == "library"} == {"float64", "float32"}
    wrong, _ = prove("resized", arguments=images, resized=lambda x: resized(x) * 1.001)
    assert not all(record.passed for record in wrong)


def test_every_gradient_is_compared(prove):
    records, _ = prove("tracked")
    for against in ("calculus", "library", "keras-tensorflow"):
        where = {r.where.partition("[")[0] for r in records if r.against == against}
        assert {f"gradient of {key}" for key in ("x", "gamma", "beta")} <= where
        assert against == "calculus" or {"output 0", "output 1", "output 2"} <= where


def test_the_functions_that_ran_are_those_that_a_reader_looks_for(prove):
    _, ran = prove("thinned")
    assert {"module": "reference_numpy.random", "name": "SeedGenerator.keep_mask"} in ran
    _, ran = prove("affine")
    names = [entry["name"] for entry in ran]
    assert names.index("Dense.forward") < names.index("Dense.backward")
    assert "Dense.build" not in names


SLIPS = {
    "a dropped term of a gradient": (
        "tracked",
        {
            "tracked_backward": lambda dy, cache: (
                dy * cache[2] / np.sqrt(cache[1] + 1e-3),
                *tracked_backward(dy, cache)[1:],
            )
        },
        {"calculus", "library", "keras-tensorflow"},
    ),
    "two gradients that changed places": (
        "matched",
        {
            "matched_backward": lambda dy, cache: tuple(
                np.asarray(matched_backward(dy, cache)[i], dy.dtype) for i in (2, 1, 0, 3)
            )
        },
        {"calculus", "library", "keras-tensorflow"},
    ),
    "a wrong axis": (
        "affine",
        {
            "affine_backward": lambda dy, cache: (
                *affine_backward(dy, cache)[:2],
                dy.sum(axis=1)[:2],
            )
        },
        {"calculus", "library", "keras-tensorflow"},
    ),
    "twice a gradient behind a frozen matrix": (
        "headed",
        {"headed_backward": lambda dy, cache: (None, None, 2 * cache.T @ dy)},
        {"calculus", "library", "keras-tensorflow"},
    ),
    "a missing mean in the loss": (
        "error",
        {"error": lambda y_true, y_pred: np.sum((y_true - y_pred) ** 2)},
        {"calculus", "library", "keras-tensorflow"},
    ),
    "a derivative of something else": (
        "shifted",
        {"shifted_derivative": lambda x: 1 - np.tanh(x)},
        {"calculus", "library", "keras-tensorflow"},
    ),
    "a missing scale": (
        "thinned",
        {
            "thinned": lambda x, rate, generator: tuple(
                0.6 * part for part in thinned(x, rate, generator)
            )
        },
        {"library", "keras-tensorflow"},
    ),
    "a step of the wrong size": (
        "heavy",
        {"heavy": lambda w, g, momentum: heavy(w, g, momentum, learning_rate=0.1001)},
        {"library", "keras-tensorflow"},
    ),
    "a deviation that is a variance": (
        "drawn",
        {
            "drawn": lambda shape, stddev, generator, dtype: drawn(
                shape, stddev**2, generator, dtype
            )
        },
        {"library", "keras-tensorflow"},
    ),
    "half of a gradient": (
        "penalty",
        {"penalty_backward": lambda dy, cache: penalty_backward(dy, cache) / 2},
        {"calculus", "library", "keras-tensorflow"},
    ),
    "a leak to float64": (
        "shifted",
        {"shifted": lambda x: np.tanh(x) * np.float64(1.0)},
        {"written out"},
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_found_against(prove, slip):
    name, replaced, wanted = SLIPS[slip]
    records, _ = prove(name, **replaced)
    assert {record.against for record in records if not record.passed} == wanted


@pytest.mark.parametrize("transposed", [True, False])
def test_a_slip_is_found_that_is_not_seen_along_the_argument_itself(monkeypatch, transposed):
    half = catalogue.reference_half("style_transfer")

    def backward(dy, cache):
        f = cache.reshape(len(cache), -1, cache.shape[-1])
        both = dy + (dy.transpose(0, 2, 1) if transposed else dy)
        return (f @ both / f.shape[1]).reshape(cache.shape)

    def arguments(seed):  # drawn as directions of derivatives once were
        return {"x": np.random.default_rng(seed).standard_normal((2, 3, 3, 4))}

    monkeypatch.setattr(half, "gram_matrix_backward", backward)
    (found,) = (i for i in catalogue.load("style_transfer").introduces if i.name == "gram_matrix")
    written = written_out.WrittenOut(
        "style_transfer", dataclasses.replace(found, arguments=arguments)
    )
    (record,) = written.calculus()
    assert record.passed == transposed


def test_an_argument_must_not_be_written_to(prove):
    def writing(x):
        x *= 2
        return np.tanh(x / 2)

    with pytest.raises(ValueError, match="read-only"):
        prove("shifted", shifted=writing)


def test_a_missing_argument_is_named(prove):
    with pytest.raises(ValueError, match="`arguments` of 'shifted' lack slope"):
        prove("shifted", shifted=lambda x, slope: np.tanh(x))


class OwnError(keras.losses.Loss):
    """A loss that the Keras half defines itself."""

    def call(self, y_true, y_pred):
        return keras.ops.mean((y_true - y_pred) ** 2, axis=-1)


@pytest.mark.parametrize("wrong", [False, True])
def test_a_loss_of_ones_own_is_compared_without_the_library(prove, monkeypatch, wrong):
    monkeypatch.setitem(KERAS, "error", lambda: OwnError())
    replaced = {"error_gradient": lambda y_true, y_pred: y_pred - y_true} if wrong else {}
    records, _ = prove("error", **replaced)
    assert {r.against for r in records} == {"calculus", "written out", "keras-tensorflow"}
    failed = {r.against for r in records if not r.passed}
    assert failed == ({"calculus", "keras-tensorflow"} if wrong else set())
