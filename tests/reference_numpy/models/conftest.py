"""Models of these tests are made in float64 unless they say otherwise."""

import pytest

import reference_numpy as rn


@pytest.fixture(autouse=True)
def double_precision():
    rn.config.set_floatx("float64")
    yield
    rn.config.set_floatx("float32")
