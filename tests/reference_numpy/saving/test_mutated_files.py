"""Files spoiled at every place in many ways are refused in one line or read, nothing else."""

import copy
import json
import random

import pytest

import reference_numpy as rn
from reference_numpy.saving import ModelFileError
from tests.reference_numpy.saving.files import members, rewrite

VALUES = [None, -1, 10**12, "x", [1, [2]], {"class_name": "Dense"}]
#: what a reader that checks what it is given does not run into
CARELESS = (LookupError, RecursionError, MemoryError, AssertionError, StopIteration)


def keys_of(value, keys=()):
    """The way to every part of a config."""
    if keys:
        yield keys
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from keys_of(value[key], (*keys, key))


def load(path):
    try:
        rn.models.load_model(path)
    except ModelFileError as error:
        assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
        assert not isinstance(error.__cause__, CARELESS), str(error)
        assert "Error: " not in str(error)


@pytest.mark.parametrize("number", range(len(VALUES) + 1))
def test_every_part_of_a_config(path, number):
    config = json.loads(members(path)["config.json"])
    for *way, last in keys_of(config):
        spoiled = copy.deepcopy(config)
        holder = spoiled
        for key in way:
            holder = holder[key]
        if number < len(VALUES):
            holder[last] = VALUES[number]
        else:
            del holder[last]
        rewrite(path, config=spoiled)
        load(path)


def test_bytes_of_the_weights(path, weights_path):
    data, model = members(path)["model.weights.h5"], rn.models.load_model(path)
    generator = random.Random(0)
    for _ in range(100):
        spoiled = bytearray(data)
        for place in generator.choices(range(len(data)), k=generator.choice([1, 2, 20])):
            spoiled[place] = generator.choice([0, 1, 8, 127, 128, 255])
        rewrite(path, weights=bytes(spoiled))
        load(path)
        weights_path.write_bytes(spoiled)
        try:
            model.load_weights(weights_path)
        except ModelFileError as error:
            assert "\n" not in str(error)
