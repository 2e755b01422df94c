"""Every learning rate schedule against Keras, and where Keras misses a restart."""

import json
import math

import pytest

import reference_numpy as rn

STEPS = [*range(45), 99, 100, 101, 1000, 12345]
# Keras computes schedules in float32; this many of its roundings are to be expected.
TOLERANCE = 8 * 2.0**-24

CASES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9}),
    (
        "ExponentialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5, "staircase": True},
    ),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    (
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5, "staircase": True},
    ),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10}),
    (
        "PolynomialDecay",
        {
            "initial_learning_rate": 0.1,
            "decay_steps": 10,
            "end_learning_rate": 0.01,
            "power": 0.5,
        },
    ),
    (
        "PolynomialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 10, "power": 2.0, "cycle": True},
    ),
    ("PiecewiseConstantDecay", {"boundaries": [5, 11, 100], "values": [1.0, 0.5, 0.25, 0.125]}),
    ("PiecewiseConstantDecay", {"boundaries": [5], "values": [1.0, 0.5]}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "alpha": 0.25}),
    (
        "CosineDecay",
        {
            "initial_learning_rate": 0.01,
            "decay_steps": 20,
            "alpha": 0.1,
            "warmup_target": 0.1,
            "warmup_steps": 8,
        },
    ),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 10}),
    (
        "CosineDecayRestarts",
        {
            "initial_learning_rate": 0.1,
            "first_decay_steps": 10,
            "t_mul": 1.0,
            "m_mul": 0.75,
            "alpha": 0.1,
        },
    ),
    (
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 4, "t_mul": 1.5, "m_mul": 0.9},
    ),
]


@pytest.fixture(scope="module")
def schedules():
    import keras

    return keras.optimizers.schedules


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{json.dumps(case[1])}"[:90])
def test_learning_rates_are_keras_learning_rates(schedules, case):
    name, arguments = case
    ours = getattr(rn.optimizers.schedules, name)(**arguments)
    theirs = getattr(schedules, name)(**arguments)
    rates = [ours(step) for step in STEPS]
    assert all(type(rate) is float for rate in rates)
    assert len(set(rates)) > 1
    expected = [float(theirs(step)) for step in STEPS]
    # Near its zero the cosine is as good as its argument.
    assert rates == pytest.approx(expected, rel=TOLERANCE, abs=TOLERANCE * max(rates))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{json.dumps(case[1])}"[:90])
def test_configs_are_keras_configs(schedules, case):
    name, arguments = case
    ours = getattr(rn.optimizers.schedules, name)(**arguments)
    theirs = getattr(schedules, name)(**arguments)
    assert ours.get_config() == theirs.get_config()
    again = rn.optimizers.schedules.deserialize(schedules.serialize(theirs))
    assert again.get_config() == theirs.get_config()


def test_every_schedule_of_keras_is_there(schedules):
    theirs = {name for name in dir(schedules) if name[0].isupper()}
    assert theirs == set(rn.optimizers.schedules.family.classes) | {"LearningRateSchedule"}
    assert {name for name, _ in CASES} == set(rn.optimizers.schedules.family.classes)


@pytest.mark.parametrize("t_mul", [1.1, 1.2, 1.3, 1.5, 2.0, 3.0, 7.0, 10.0])
def test_every_period_begins_at_the_top(t_mul):
    schedule = rn.optimizers.schedules.CosineDecayRestarts(1.0, 10, t_mul=t_mul)
    starts = [sum(10 * t_mul**i for i in range(periods)) for periods in range(6)]
    starts = [round(start) for start in starts if math.isclose(start, round(start))]
    assert len(starts) > 2
    assert [schedule(start) for start in starts] == pytest.approx([1.0] * len(starts))
    assert max(schedule(start - 1) for start in starts[1:]) < 0.1


def test_keras_misses_a_restart(schedules):
    """The divergence is still there: at step 21 the third period begins."""
    arguments = {"initial_learning_rate": 1.0, "first_decay_steps": 10, "t_mul": 1.1}
    assert float(schedules.CosineDecayRestarts(**arguments)(21)) < 1e-6
    assert rn.optimizers.schedules.CosineDecayRestarts(**arguments)(21) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("ExponentialDecay", (0.1, 0, 0.5), "`decay_steps` must be > 0"),
        ("InverseTimeDecay", (0.1, -1, 0.5), "`decay_steps` must be > 0"),
        ("PolynomialDecay", (0.1, 0), "`decay_steps` must be > 0"),
        ("CosineDecay", (0.1, 0), "`decay_steps` must be > 0"),
        ("CosineDecayRestarts", (0.1, 0), "`first_decay_steps` must be > 0"),
        ("PiecewiseConstantDecay", ([1, 2], [0.1, 0.2]), "1 less than the length of values"),
    ],
)
def test_bad_arguments_are_refused_as_in_keras(schedules, name, arguments, message):
    for module in (schedules, rn.optimizers.schedules):
        with pytest.raises(ValueError, match=message):
            getattr(module, name)(*arguments)


def test_a_schedule_that_has_ended_says_so():
    schedule = rn.optimizers.schedules.CosineDecayRestarts(0.1, 10, t_mul=0.5)
    assert schedule(19) > 0
    with pytest.raises(ValueError, match="All periods of the schedule 'SGDRDecay' are over"):
        schedule(20)
