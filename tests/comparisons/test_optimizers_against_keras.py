"""Every optimizer and schedule against Keras on TensorFlow: weights and state, step by step.

The table runs in full precision: weights in float64, `floatx` float64 (the learning rate is kept in
that), and without a flaw of TensorFlow: `tf.cast(0.9, "float64")`, with which Keras brings
hyperparameters into the weights' dtype, goes by way of float32 and gives 0.8999999761581421
(docs/keras-divergences.md#optimizer-constants-in-float64), and schedules compute in float32 in
any case (docs/keras-divergences.md#schedules-in-float64). Both sides may then differ by
rounding alone: 1e-12 of an array's largest entry in 20 steps.

The first case of every class runs as Keras is, too: the learning rate in float32, on both sides,
and the cast as it is. The rounding of β₂ = 0.999 alone makes 1 − β₂, by which the first steps of
Adam are divided, wrong by 1.3e-5.
"""

import json
import re

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.conformance.families.optimizers import (
    gradients,
    initial_weights,
    make,
    run,
    run_keras,
)
from comparisons.harness.conformance.optimizer_cases import CASES, DEFAULT_CASES, case_id

TOLERANCE = 1e-12
CAST_TOLERANCE = 1.3e-5


@pytest.fixture(scope="module")
def keras():
    import keras

    assert keras.backend.backend() == "tensorflow"
    return keras


@pytest.fixture
def full_precision(keras, monkeypatch):
    """Both halves in float64, and Python floats to tensors without the detour over float32."""
    import tensorflow as tf

    cast, convert = tf.cast, tf.convert_to_tensor

    def exact_cast(x, dtype, name=None):
        return tf.constant(x, dtype) if isinstance(x, float) else cast(x, dtype, name)

    def exact_convert(x, dtype=None, **options):
        return convert(x, dtype or ("float64" if isinstance(x, float) else None), **options)

    monkeypatch.setattr(tf, "cast", exact_cast)
    monkeypatch.setattr(tf, "convert_to_tensor", exact_convert)
    for half in (keras, rn):
        half.config.set_floatx("float64")
    yield
    for half in (keras, rn):
        half.config.set_floatx("float32")


def error(ours, theirs, scale=None):
    """The largest difference as a share of the largest entry, or of `scale`."""
    assert np.shape(ours) == np.shape(theirs)
    scale = np.abs(theirs).max(initial=0.0) if scale is None else scale
    return np.abs(np.asarray(ours, float) - theirs).max(initial=0.0) / max(scale, 1e-300)


def worst_error(ours, theirs):
    """Of weights after every step, by their largest entry ever, and of the state at the end."""
    (our_path, our_variables), (their_path, their_variables) = ours, theirs
    errors = []
    for path, other in zip(zip(*our_path), zip(*their_path), strict=True):
        scale = max(np.abs(weight).max() for weight in other)
        errors += [error(*pair, scale) for pair in zip(path, other, strict=True)]
    for (_, value), (_, other) in zip(our_variables, their_variables, strict=True):
        errors.append(error(value, other))
    assert all(np.isfinite(errors))
    return max(errors)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_steps_are_keras_steps(keras, full_precision, case):
    name, arguments, also = case
    ours = run(make(rn, name, arguments), also)
    theirs = run_keras(make(keras, name, arguments), also)
    assert worst_error(ours, theirs) <= TOLERANCE
    moved = error(ours[0][-1][0], initial_weights()["kernel"])
    assert moved > 1e-4, "the steps were too small to compare anything"


@pytest.mark.parametrize("case", DEFAULT_CASES, ids=case_id)
def test_steps_are_keras_steps_with_its_cast(keras, case):
    name, arguments, also = case
    ours = run(make(rn, name, arguments), also)
    theirs = run_keras(make(keras, name, arguments), also)
    assert worst_error(ours, theirs) <= CAST_TOLERANCE


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_variables_are_keras_variables(keras, case):
    name, arguments, also = case
    ours = run(make(rn, name, arguments), also, steps=0)[1]
    theirs = run_keras(make(keras, name, arguments), also, steps=0)[1]
    # Nadam's number has no name of its own in Keras, which counts such variables.
    keras_names = [re.sub(r"^variable_\d+$", "variable", name) for name, _ in theirs]
    assert [name for name, _ in ours] == keras_names
    for (_, value), (_, other) in zip(ours, theirs):
        assert value.dtype == other.dtype
        np.testing.assert_allclose(value, other, rtol=6e-8)  # a float32's rounding of 0.1


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_config_is_keras_config(keras, case):
    name, arguments, _ = case
    ours, theirs = make(rn, name, arguments), make(keras, name, arguments)
    configs = [json.loads(json.dumps(x.get_config())) for x in (ours, theirs)]
    for config in configs:
        config.pop("name")
    assert configs[0] == configs[1]
    again = rn.optimizers.get(keras.optimizers.serialize(theirs))
    assert again.get_config() == {**configs[1], "name": theirs.name}


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_float32_stays_float32(case):
    name, arguments, also = case
    path, variables = run(make(rn, name, arguments), also, dtype="float32")
    exact, _ = run(make(rn, name, arguments), also)
    assert {w.dtype.name for weights in path for w in weights} == {"float32"}
    assert "float64" not in {v.dtype.name for _, v in variables}
    errors = [error(w, e) for weights, exacts in zip(path, exact) for w, e in zip(weights, exacts)]
    assert max(errors) < 1e-4


FAULTS = {
    "Adam without the correction of m": (
        "Adam",
        lambda self, w, g, learning_rate, momentum, velocity: _adam(
            self, w, g, learning_rate, momentum, velocity, first=False
        ),
    ),
    "Adam without the correction of v": (
        "Adam",
        lambda self, w, g, learning_rate, momentum, velocity: _adam(
            self, w, g, learning_rate, momentum, velocity, second=False
        ),
    ),
    "Adam with epsilon inside the root": (
        "Adam",
        lambda self, w, g, learning_rate, momentum, velocity: _adam(
            self, w, g, learning_rate, momentum, velocity, inside=True
        ),
    ),
    "Adagrad with epsilon outside the root": (
        "Adagrad",
        lambda self, w, g, learning_rate, accumulator: (
            accumulator.__iadd__(g * g),
            w.__isub__(learning_rate * g / (np.sqrt(accumulator) + self.epsilon)),
        ),
    ),
    "Nesterov's momentum without the look ahead": (
        "SGD",
        lambda self, w, g, learning_rate, momentum: (
            momentum.__imul__(self.momentum),
            momentum.__isub__(learning_rate * g),
            w.__iadd__(momentum),
        ),
    ),
}


def _adam(self, w, g, learning_rate, m, v, first=True, second=True, inside=False):
    t = self.iterations + 1
    m += (1 - self.beta_1) * (g - m)
    v += (1 - self.beta_2) * (g * g - v)
    rate = learning_rate * (np.sqrt(1 - self.beta_2**t) if second else 1.0)
    rate /= (1 - self.beta_1**t) if first else 1.0
    root = np.sqrt(v + self.epsilon) if inside else np.sqrt(v) + self.epsilon
    w -= rate * m / root


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(keras, full_precision, monkeypatch, fault):
    name, wrong = FAULTS[fault]
    arguments = {
        "SGD": {"momentum": 0.9, "nesterov": True},
        "Adagrad": {"initial_accumulator_value": 0.0},
        "Adam": {},
    }[name]
    monkeypatch.setattr(getattr(rn.optimizers, name), "update", wrong)
    ours = run(make(rn, name, arguments), {})
    theirs = run_keras(make(keras, name, arguments), {})
    assert worst_error(ours, theirs) > 1000 * TOLERANCE


def test_every_optimizer_of_keras_is_there(keras):
    theirs = {name for name in dir(keras.optimizers) if name[0].isupper()}
    assert theirs == set(rn.optimizers.family.classes) | {"Optimizer"}
    wrappers = {"LossScaleOptimizer", "MultiOptimizer", "OptimizerMap"}
    assert {name for name, _, _ in CASES} == set(rn.optimizers.family.classes) - wrappers


def test_schedule_free_adamw_averages_with_the_old_point(keras, full_precision):
    """TensorFlow takes z, from which it finds the average, after z has moved (a divergence)."""
    arguments = {"beta_1": 0.875}
    ours = run(make(rn, "ScheduleFreeAdamW", arguments), {})
    theirs = run_keras(make(keras, "ScheduleFreeAdamW", arguments), {})
    assert worst_error(ours, theirs) > 1e-6
    as_tensorflow = make(rn, "ScheduleFreeAdamW", arguments)

    def update(w, g, learning_rate, momentum, velocity):
        t, beta, y = as_tensorflow.iterations + 1, as_tensorflow.beta_1, w.copy()
        rn.optimizers.ScheduleFreeAdamW.update(
            as_tensorflow, w, g, learning_rate, momentum, velocity
        )
        x = (y - (1 - beta) * momentum) / beta
        x += (momentum - x) / t
        w[...] = (1 - beta) * momentum + beta * x

    as_tensorflow.update = update
    assert worst_error(run(as_tensorflow, {}), theirs) <= TOLERANCE


def scaled(gradients, scale, broken):
    """Gradients of a scaled loss; with an infinity among them where `broken`."""
    gradients = [g * scale for g in gradients]
    if broken:
        gradients[2][3] = np.inf
    return gradients


def test_loss_scale_optimizer_is_keras_loss_scale_optimizer(keras, full_precision):
    inner = {"learning_rate": 0.125, "beta_1": 0.875, "beta_2": 0.96875}
    arguments = {"initial_scale": 64.0, "dynamic_growth_steps": 3}
    ours = rn.optimizers.LossScaleOptimizer(rn.optimizers.Adam(**inner), **arguments)
    theirs = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(**inner), **arguments)
    weights = list(initial_weights().values())
    variables = [keras.Variable(w, dtype="float64") for w in weights]
    ours.build(weights)
    theirs.build(variables)
    scales = []
    for step in range(12):
        scale = ours.scale_loss(1.0)
        assert scale == float(theirs.scale_loss(1.0))
        scales.append(scale)
        given = scaled(gradients(step), scale, broken=step in (4, 5, 8))
        ours.apply(given, weights)
        theirs.apply([keras.ops.convert_to_tensor(g) for g in given], variables)
        for weight, variable in zip(weights, variables, strict=True):
            assert error(weight, variable.numpy()) <= TOLERANCE
    assert ours.iterations == int(theirs.iterations) == 9
    assert scales == [64, 64, 64, 128, 128, 64, 32, 32, 32, 16, 16, 16]
    for variable, other in zip(ours.variables, theirs.variables, strict=True):
        assert variable.value.dtype == np.asarray(other).dtype
        assert error(variable.value, other.numpy()) <= TOLERANCE
    assert [v.name for v in ours.variables[:5]] == [v.name for v in theirs.variables[:5]]
    configs = [json.loads(json.dumps(x.get_config())) for x in (ours, theirs)]
    for config in configs:
        del config["name"], config["inner_optimizer"]["config"]["name"]
    assert configs[0] == configs[1]


def test_multi_optimizer_is_keras_multi_optimizer(keras, full_precision):
    def both(half):
        optimizers = half.optimizers
        chosen = optimizers.OptimizerMap(optimizers.SGD(0.125, momentum=0.5))
        chosen["em.*"] = optimizers.Adagrad(0.25)
        chosen["bias"] = optimizers.RMSprop(0.5)
        return optimizers.MultiOptimizer(chosen)

    for factor in (None, 8.0):
        ours, theirs = both(rn), both(keras)
        for optimizer in (ours, theirs):
            optimizer.loss_scale_factor = factor
        assert worst_error(run(ours, {}), run_keras(theirs, {})) <= TOLERANCE
        assert [v.name for v in ours.variables] == [v.name for v in theirs.variables]
    configs = [json.loads(json.dumps(x.get_config())) for x in (ours, theirs)]
    again = rn.optimizers.deserialize(keras.optimizers.serialize(theirs)).get_config()
    assert without_names(configs[0]) == without_names(configs[1]) == without_names(again)


def without_names(config):
    if not isinstance(config, dict):
        return config
    return {key: without_names(value) for key, value in config.items() if key != "name"}
