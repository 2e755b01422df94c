"""What a step takes at least: counted by hand beside what is counted from the model."""

import math

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.bench import floors
from comparisons.harness.bench.floors import Work, multiplications
from comparisons.harness.bench.models import MODELS

LAYERS = [
    (rn.layers.Dense(5), (3, 4), (3 * 4 * 5, 0)),
    (rn.layers.Dense(5), (3, 7, 4), (3 * 7 * 4 * 5, 0)),
    (rn.layers.Conv2D(6, 3, strides=2), (2, 9, 9, 4), (2 * 16 * 9 * 4 * 6, 0)),
    (rn.layers.DepthwiseConv2D(3), (2, 6, 6, 4), (2 * 16 * 9 * 4, 0)),
    (rn.layers.LSTM(5), (2, 7, 3), (2 * 7 * 3 * 20, 2 * 7 * 5 * 20)),
    (rn.layers.BatchNormalization(), (2, 3), (0, 0)),
    (
        rn.layers.MultiHeadAttention(2, 3),
        (4, 5, 8),
        (4 * 5 * 8 * 6 * 3, 4 * 5 * 5 * 6 * 2 + 4 * 5 * 6 * 8),
    ),
]


@pytest.mark.parametrize(("layer", "shape", "expected"), LAYERS, ids=lambda x: type(x).__name__)
def test_the_multiplications_of_a_layer(layer, shape, expected):
    x = np.ones(shape, "float32")
    several = isinstance(layer, rn.layers.MultiHeadAttention)
    y = rn.layers.Layer.__call__(layer, x, x) if several else layer(x)
    assert multiplications(layer, x, y) == expected


def test_what_a_step_of_a_network_asks_for(tmp_path):
    model = MODELS["M1"]
    model.build(rn).save(tmp_path / "m.keras")
    work = floors.work(None, model, str(tmp_path / "m.keras"))
    first, second = 100 * 784 * 50, 100 * 50 * 10
    weights, samples, outputs = 784 * 50 + 50 + 50 * 10 + 10, 100 * 784, 100 * (50 + 10)
    prediction = Work(first + second, 4 * (samples + weights))
    step = Work(2 * first + 3 * second, 4 * (samples + 2 * outputs + 4 * weights))
    assert work["predict"] == prediction and work["train_step"] == step
    assert work["epoch"] == Work(
        50 * step.multiplications + 10 * prediction.multiplications,
        50 * step.bytes + 10 * prediction.bytes,
    )


def test_adam_keeps_two_numbers_a_weight(tmp_path):
    model = MODELS["M6"]
    library = model.build(rn)
    library.save(tmp_path / "m.keras")
    found = floors.work(None, model, str(tmp_path / "m.keras"))["train_step"]
    n, steps, dense = 128, 28, 128 * 64 * 10
    inputs, recurrent = n * steps * 28 * 256, n * steps * 64 * 256
    assert found.multiplications == 2 * inputs + 3 * recurrent + 3 * dense
    outputs = n * (64 + 10)
    assert found.bytes == 4 * (n * steps * 28 + 2 * outputs + 8 * library.count_params())


def test_the_longer_of_two_times_is_the_floor():
    assert Work(10, 10).seconds(5, 100) == 2 and Work(10, 10).seconds(100, 2) == 5


def test_the_ceilings(monkeypatch):
    monkeypatch.setattr(floors, "PRODUCT", 64)
    monkeypatch.setattr(floors, "COPIED", 1001)
    for maker in (floors._matrices, floors._numbers):
        maker.cache_clear()
    rates = floors.ceilings(None, 2)
    assert all(math.isfinite(rate) and rate > 0 for rate in rates)
    source, target = floors._numbers()
    for maker in (floors._matrices, floors._numbers):
        maker.cache_clear()
    assert len(target) == 1001
