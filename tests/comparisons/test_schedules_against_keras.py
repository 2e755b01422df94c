"""Every learning rate schedule against Keras, and where Keras misses a restart."""

import json
import math

import pytest

import reference_numpy as rn
from comparisons.harness.conformance.judging import KNOWN, PASSED
from comparisons.harness.conformance.schedule_cases import CASES
from tests.comparisons.verdicts import IN_EVERY_PRECISION, by_line, judged


@pytest.fixture(scope="module")
def schedules():
    import keras

    return keras.optimizers.schedules


@IN_EVERY_PRECISION
@by_line("schedule")
def test_learning_rates_are_keras_learning_rates(line, dtype):
    row = judged("schedule", line, dtype)
    # Keras computes schedules in float32, whatever the precision.
    assert row.verdict in ({PASSED} if dtype == "float32" else {PASSED, KNOWN}), row


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rates_are_numbers_that_change(case):
    schedule = getattr(rn.optimizers.schedules, case[0])(**case[1])
    rates = [schedule(step) for step in range(45)]
    assert all(type(rate) is float for rate in rates)
    assert len(set(rates)) > 1


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
