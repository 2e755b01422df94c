"""What a half's function gives is told, with file and field, where it is not what is expected."""

from types import SimpleNamespace

import pytest

import reference_numpy as rn
from comparisons.harness import given
from comparisons.harness.concept import Demonstration


def half(found):
    return SimpleNamespace(__file__="half.py", function=lambda: found)


def test_models_and_arrays_are_handed_on():
    model = rn.Sequential([rn.Input((2,)), rn.layers.Dense(1)])
    assert given.made(half(model), "function", {}) is model
    assert given.made(half({"a": model}), "function", {}) == {"a": model}
    assert Demonstration("function").run(half({"y": 1.0}), {}, 0) == {"y": 1.0}


@pytest.mark.parametrize("found", [None, {"a": None}])
def test_a_builder_that_returns_nothing(found):
    told = "half.py: Task.build 'function': expected a model, or models by name, got NoneType"
    with pytest.raises(TypeError, match=told):
        given.made(half(found), "function", {})


def test_a_demonstration_without_names():
    told = "half.py: Demonstration.function 'function': expected a dictionary of named .* got list"
    with pytest.raises(TypeError, match=told):
        Demonstration("function").run(half([1.0]), {}, 0)
