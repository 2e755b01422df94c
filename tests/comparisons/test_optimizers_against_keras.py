"""Every optimizer and schedule against Keras on TensorFlow: weights and state, step by step.

The table runs twice.

- In full precision: weights in float64, `floatx` float64 (the learning rate is kept in that), and
  without a flaw of TensorFlow: `tf.cast(0.9, "float64")`, with which Keras brings hyperparameters
  into the weights' dtype, goes by way of float32 and gives 0.8999999761581421, and schedules compute
  in float32 in any case (docs/keras-divergences.md). Both sides may then differ by rounding alone:
  1e-12 of an array's largest entry after 24 steps.
- As Keras is: the learning rate in float32, on both sides, and the cast as it is. The rounding of
  β₂ = 0.999 alone makes 1 − β₂, by which Adam's first steps are divided, wrong by 1.3e-5.
"""

import json
import warnings

import numpy as np
import pytest

import reference_numpy as rn

STEPS = 24
TOLERANCE = 1e-12
CAST_TOLERANCE = 1.3e-5
SHAPES = {"kernel": (4, 9), "bias": (9,), "window": (3, 2, 4, 4), "scale": ()}


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


def schedule(name, **config):
    return {"module": "keras.optimizers.schedules", "class_name": name, "config": config}


def constraint(name, **config):
    return {"module": "keras.constraints", "class_name": name, "config": config}


DECAY = schedule("ExponentialDecay", initial_learning_rate=0.125, decay_steps=8, decay_rate=0.25)

# Class, arguments of the optimizer, and what else is done to it.
CASES = [
    ("SGD", {}, {}),
    ("SGD", {"momentum": 0.9}, {}),
    ("SGD", {"momentum": 0.9, "nesterov": True}, {}),
    ("SGD", {"nesterov": True}, {}),
    ("RMSprop", {}, {}),
    ("RMSprop", {"rho": 0.8, "epsilon": 1e-3}, {}),
    ("RMSprop", {"momentum": 0.7}, {}),
    ("RMSprop", {"centered": True}, {}),
    ("RMSprop", {"momentum": 0.7, "centered": True}, {}),
    ("Adagrad", {}, {}),
    ("Adagrad", {"initial_accumulator_value": 0.0, "epsilon": 1e-3}, {}),
    ("Adam", {}, {}),
    ("Adam", {"beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-2}, {}),
    ("Adam", {"amsgrad": True, "beta_2": 0.5}, {}),
]
# What the base class does, with an optimizer that has no state, one and two arrays a weight.
BASES = [("SGD", {}), ("SGD", {"momentum": 0.9}), ("Adam", {"amsgrad": True})]
OPTIONS = [
    ({"weight_decay": 0.1}, {}),
    ({"weight_decay": 0.1}, {"not_decayed_names": ["bias", "sca"]}),
    ({"weight_decay": 0.1}, {"not_decayed_list": ["kernel"]}),
    ({"clipnorm": 0.5}, {}),
    ({"clipnorm": 100.0}, {}),
    ({"clipvalue": 0.25}, {}),
    ({"global_clipnorm": 0.5}, {}),
    ({"global_clipnorm": 1000.0}, {}),
    ({"use_ema": True}, {}),
    ({"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 5}, {}),
    ({"loss_scale_factor": 8.0}, {}),
    ({"gradient_accumulation_steps": 3}, {}),
    ({"gradient_accumulation_steps": 5, "clipnorm": 0.5, "weight_decay": 0.01}, {}),
    (
        {"gradient_accumulation_steps": 3, "use_ema": True, "ema_overwrite_frequency": 2},
        {"constraint": constraint("MaxNorm", max_value=0.5, axis=None)},
    ),
    ({}, {"constraint": constraint("UnitNorm", axis=None)}),
    ({}, {"missing": "bias"}),
    ({"learning_rate": DECAY}, {}),
    ({"learning_rate": DECAY, "gradient_accumulation_steps": 2, "weight_decay": 0.1}, {}),
    ({}, {"learning_rates": [0.5, 0.25, 0.125]}),
]
CASES += [
    (name, {**arguments, **options}, also) for name, arguments in BASES for options, also in OPTIONS
]


def case_id(case):
    name, arguments, also = case
    return f"{name}-{json.dumps({**arguments, **also})}"[:100]


def initial_weights():
    generator = np.random.default_rng(1)
    return {name: generator.standard_normal(shape) for name, shape in SHAPES.items()}


def gradients(step, missing=None):
    """Gradients of very different sizes, some of them exactly 0."""
    generator = np.random.default_rng(100 + step)
    found = []
    for name, shape in SHAPES.items():
        gradient = generator.standard_normal(shape) * 10.0 ** generator.integers(-4, 2, shape)
        gradient = np.where(generator.random(shape) < 0.1, 0.0, gradient)
        found.append(None if name == missing else gradient)
    return found


def make(module, name, arguments):
    """An optimizer of one half from plain arguments."""
    config = {"class_name": name, "config": dict(arguments), "module": "keras.optimizers"}
    return module.optimizers.deserialize(json.loads(json.dumps(config)))


def arrange(optimizer, weights, also):
    """What is done to an optimizer before its first step."""
    names = also.get("not_decayed_names")
    arrays = [weights[list(SHAPES).index(name)] for name in also.get("not_decayed_list", [])]
    if names or arrays:
        optimizer.exclude_from_weight_decay(var_list=arrays, var_names=names)


def run_ours(optimizer, also, dtype="float64", steps=STEPS):
    """Weights after every step, and at the end the variables as (name, array)."""
    weights = [np.array(w, dtype) for w in initial_weights().values()]
    limit = rn.constraints.get(also.get("constraint"))
    arrange(optimizer, weights, also)
    optimizer.build(weights, paths=list(SHAPES), constraints=[limit] * len(weights))
    path = []
    for step in range(steps):
        set_learning_rate(optimizer, step, also)
        given = [g if g is None else g.astype(dtype) for g in gradients(step, also.get("missing"))]
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Gradients do not exist")
            optimizer.apply(given, weights)
        path.append([w.copy() for w in weights])
    optimizer.finalize_variable_values(weights)
    path.append([w.copy() for w in weights])
    return path, [(v.name, v.value) for v in optimizer.variables]


def run_theirs(keras, optimizer, also, steps=STEPS):
    limit = keras.constraints.get(also.get("constraint"))
    weights = [
        keras.Variable(value, dtype="float64", name=name)
        for name, value in initial_weights().items()
    ]
    for weight in weights:
        weight.constraint = limit
    arrange(optimizer, weights, also)
    optimizer.build(weights)
    path = []
    for step in range(steps):
        set_learning_rate(optimizer, step, also)
        given = [
            g if g is None else keras.ops.convert_to_tensor(g)
            for g in gradients(step, also.get("missing"))
        ]
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Gradients do not exist")
            optimizer.apply(given, weights)
        path.append([w.numpy() for w in weights])
    optimizer.finalize_variable_values(weights)
    path.append([w.numpy() for w in weights])
    return path, [(v.name, v.numpy()) for v in optimizer.variables]


def set_learning_rate(optimizer, step, also):
    rates = also.get("learning_rates")
    if rates and step % 8 == 0:
        optimizer.learning_rate = rates[step // 8]


def error(ours, theirs):
    """The largest difference as a share of the array's largest entry."""
    assert np.shape(ours) == np.shape(theirs)
    scale = max(np.abs(theirs).max(initial=0.0), np.finfo(float).tiny)
    return np.abs(np.asarray(ours, float) - theirs).max(initial=0.0) / scale


def worst_error(ours, theirs):
    """Of weights after every step and of the state at the end."""
    (our_path, our_variables), (their_path, their_variables) = ours, theirs
    pairs = [pair for steps in zip(our_path, their_path, strict=True) for pair in zip(*steps)]
    state = zip(our_variables, their_variables, strict=True)
    pairs += [(value, other) for (_, value), (_, other) in state]
    errors = [error(value, other) for value, other in pairs]
    assert all(np.isfinite(errors))
    return max(errors)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_steps_are_keras_steps(keras, full_precision, case):
    name, arguments, also = case
    ours = run_ours(make(rn, name, arguments), also)
    theirs = run_theirs(keras, make(keras, name, arguments), also)
    assert worst_error(ours, theirs) <= TOLERANCE
    moved = error(ours[0][-1][0], initial_weights()["kernel"])
    assert moved > 1e-4, "the steps were too small to compare anything"


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_steps_are_keras_steps_with_its_cast(keras, case):
    name, arguments, also = case
    ours = run_ours(make(rn, name, arguments), also)
    theirs = run_theirs(keras, make(keras, name, arguments), also)
    assert worst_error(ours, theirs) <= CAST_TOLERANCE


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_variables_have_keras_names(keras, case):
    name, arguments, also = case
    ours = run_ours(make(rn, name, arguments), also, steps=1)[1]
    theirs = run_theirs(keras, make(keras, name, arguments), also, steps=1)[1]
    assert [name for name, _ in ours] == [name for name, _ in theirs]
    assert [value.dtype for _, value in ours] == [value.dtype for _, value in theirs]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_config_is_keras_config(keras, case):
    name, arguments, _ = case
    ours, theirs = make(rn, name, arguments), make(keras, name, arguments)
    configs = [json.loads(json.dumps(x.get_config())) for x in (ours, theirs)]
    for config in configs:
        config.pop("name")
    assert configs[0] == configs[1]
    again = rn.optimizers.deserialize(keras.optimizers.serialize(theirs))
    assert again.get_config() == {**configs[1], "name": theirs.name}


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_float32_stays_float32(case):
    name, arguments, also = case
    path, variables = run_ours(make(rn, name, arguments), also, dtype="float32")
    exact, _ = run_ours(make(rn, name, arguments), also)
    assert {w.dtype.name for weights in path for w in weights} == {"float32"}
    assert {v.dtype.kind + str(v.dtype.itemsize) for _, v in variables} <= {"f4", "i8"}
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
    ours = run_ours(make(rn, name, arguments), {})
    theirs = run_theirs(keras, make(keras, name, arguments), {})
    assert worst_error(ours, theirs) > 1000 * TOLERANCE
