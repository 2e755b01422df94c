"""Every initializer against Keras: the same values from the same random numbers, and configs."""

import json

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.initializers.variance_scaling import compute_fans
from reference_numpy.initializers.windows import WINDOWS
from reference_numpy.random import SeedGenerator

AXES = {"input_axes": [0], "output_axes": [1, 2]}
SCALINGS = [
    {"scale": 3.0, "mode": mode, "distribution": distribution}
    for mode in ("fan_in", "fan_out", "fan_avg")
    for distribution in ("normal", "truncated_normal", "untruncated_normal", "UNIFORM")
]
CASES = [
    ("Zeros", {}),
    ("Ones", {}),
    ("Constant", {}),
    ("Constant", {"value": 2.5}),
    ("RandomNormal", {}),
    ("RandomNormal", {"mean": 2.0, "stddev": 3.0}),
    ("TruncatedNormal", {}),
    ("TruncatedNormal", {"mean": 2.0, "stddev": 3.0}),
    ("RandomUniform", {}),
    ("RandomUniform", {"minval": 2.0, "maxval": 3.0}),
    ("Orthogonal", {}),
    ("Orthogonal", {"gain": 2.5}),
    ("VarianceScaling", {}),
    ("VarianceScaling", {"scale": 1e-3}),
    *[("VarianceScaling", arguments) for arguments in SCALINGS],
    ("VarianceScaling", {"mode": "fan_avg", **AXES}),
]
for _name in ("Glorot", "He", "Lecun"):
    for _kind in ("Normal", "Uniform"):
        CASES += [(_name + _kind, {}), (_name + _kind, AXES)]
RANDOM_CASES = [case for case in CASES if case[0] not in ("Zeros", "Ones", "Constant")]
STFT_CASES = [
    {},
    {"side": "imag"},
    {"scaling": "spectrum", "window": "hamming"},
    {"scaling": None, "side": "imag", "window": "blackman"},
    {"window": None},
    {"periodic": True},
    *[{"window": name, "periodic": periodic} for name in WINDOWS for periodic in (False, True)],
]


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


@pytest.fixture
def our_numbers(keras, monkeypatch):
    """Keras draws from our stream, which begins anew with every seed."""
    from keras.src.initializers import random_initializers

    for name in ("normal", "uniform", "truncated_normal"):

        def draw(shape, *args, seed, dtype=None, name=name, **kwargs):
            method = getattr(SeedGenerator(seed), name)
            return method(shape, *args, **kwargs, dtype=dtype or keras.config.floatx())

        monkeypatch.setattr(random_initializers.random, name, draw)


def make(half, case, **more):
    name, arguments = case
    return getattr(half.initializers, name)(**arguments, **more)


@pytest.mark.parametrize("shape", [(6, 5, 4), (3, 2, 5, 7)], ids=str)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_values_are_keras_values(keras, our_numbers, case, shape):
    seeded = {"seed": 11} if case in RANDOM_CASES else {}
    ours = make(rn, case, **seeded)(shape, "float64")
    theirs = np.asarray(make(keras, case, **seeded)(shape, "float64"))
    assert ours.dtype == theirs.dtype
    # The sign of R's diagonal and Q come from different routines of linear algebra.
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("shape", [(5,), (), (7, 3), (0, 3)], ids=str)
@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
def test_odd_shapes_are_as_in_keras(keras, our_numbers, shape, mode):
    case = ("VarianceScaling", {"mode": mode})
    ours = make(rn, case, seed=11)(shape, "float64")
    theirs = np.asarray(make(keras, case, seed=11)(shape, "float64"))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_fans_are_keras_fans(keras):
    from keras.src.initializers.random_initializers import compute_fans as keras_fans

    for shape in [(), (5,), (7, 3), (2, 7, 3), (2, 5, 7, 3), (2, 3, 4, 5, 6)]:
        assert compute_fans(shape) == keras_fans(shape)
    for axes in ([[0], [1, 2]], [[2, 1], [0]], [[0], None]):
        assert compute_fans((2, 5, 7), *axes) == keras_fans((2, 5, 7), *axes)


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (5, 3)], ids=str)
def test_identity_is_keras_identity(keras, shape):
    for gain in (1.0, 2.5):
        ours = rn.initializers.Identity(gain)(shape)
        np.testing.assert_array_equal(ours, keras.initializers.Identity(gain)(shape))


@pytest.mark.parametrize("arguments", STFT_CASES, ids=str)
def test_stft_is_keras_stft(keras, arguments):
    ours, theirs = (half.initializers.STFT(**arguments) for half in (rn, keras))
    for shape in ((16, 1, 9), (15, 1, 13), (3, 1, 2)):
        kernel = np.asarray(theirs(shape, "float64"))
        np.testing.assert_allclose(ours(shape, "float64"), kernel, rtol=1e-12, atol=1e-13)
    assert ours.get_config() == theirs.get_config()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_config_is_keras_config(keras, case):
    for seed in ({}, {"seed": 3}) if case in RANDOM_CASES else ({},):
        ours, theirs = make(rn, case, **seed), make(keras, case, **seed)
        assert ours.get_config() == theirs.get_config()
        saved = json.loads(json.dumps(keras.initializers.serialize(theirs)))
        assert rn.initializers.get(saved).get_config() == theirs.get_config()


def test_seed_generators_go_through_configs(keras):
    theirs = keras.initializers.HeNormal(seed=keras.random.SeedGenerator(3))
    saved = json.loads(json.dumps(keras.initializers.serialize(theirs)))
    ours = rn.initializers.get(saved)
    assert isinstance(ours.seed, SeedGenerator) and ours.seed.seed == 3
    again = keras.initializers.deserialize(rn.serialization.serialize(ours))
    assert int(np.asarray(again.seed.state.value)[0]) == 3


def test_keras_forgets_the_gain_of_identity(keras):
    """The divergence is still there: a model that is saved and loaded begins otherwise."""
    assert keras.initializers.Identity(2.5).get_config() == {}
    config = rn.initializers.Identity(2.5).get_config()
    assert keras.initializers.Identity.from_config(config).gain == 2.5
    assert rn.initializers.Identity().get_config() == {}


def test_every_initializer_of_keras_is_there(keras):
    theirs = {name for name in dir(keras.initializers) if name[0].isupper()}
    aliases = {"IdentityInitializer", "OrthogonalInitializer", "STFTInitializer"}
    assert theirs - aliases == set(rn.initializers.family.classes) | {"Initializer"}
    assert {name for name, _ in CASES} | {"Identity", "STFT"} == set(rn.initializers.family.classes)
