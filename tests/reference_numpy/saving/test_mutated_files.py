"""Files spoiled at every place in many ways are refused in one line or read, nothing else."""

import copy
import json
import random
import warnings

import pytest

import reference_numpy as rn
from reference_numpy.saving import ModelFileError
from tests.reference_numpy.saving.files import change_config, members, rewrite

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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an optimizer's state that is not read
            rn.models.load_model(path)
    except ModelFileError as error:
        assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
        assert not isinstance(error.__cause__, CARELESS), str(error)
        assert "Error: " not in str(error) and "it does not fit" not in str(error), str(error)


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


def attention():
    """The config of a model that adds two inputs, attends, and is compiled."""
    first, second = rn.Input((4, 3)), rn.Input((4, 3))
    h = rn.layers.Add(name="add")([first, second])
    y = rn.layers.MultiHeadAttention(2, 3, name="attend")(h, h)
    model = rn.Model([first, second], y)
    model.compile("sgd", "mse")
    return json.loads(model.to_json())


def call(config, layer):
    layers = config["config"]["layers"]
    (entry,) = (entry for entry in layers if entry["name"] == layer)
    return entry["inbound_nodes"][0]


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (
            lambda config: config["compile_config"].update(unknown=3),
            "compile_config",
            "compile has no argument 'unknown'.",
        ),
        (
            lambda config: call(config, "add")["kwargs"].update(unknown=3),
            "config.layers[2].inbound_nodes[0]",
            "A call of the layer 'add' takes inputs, mask (optional), training (optional). "
            "Received: 1 by position, unknown",
        ),
        (
            lambda config: call(config, "attend")["args"].pop(),
            "config.layers[3].inbound_nodes[0]",
            "A call of the layer 'attend' takes query, value, key (optional), query_mask "
            "(optional), ",
        ),
        (
            lambda config: call(config, "attend")["args"].extend([None] * 20),
            "config.layers[3].inbound_nodes[0]",
            "Received: 22 by position",
        ),
        (
            lambda config: call(config, "add")["args"].__setitem__(0, [None, None]),
            "config.layers[2].inbound_nodes[0]",
            "A call of 'add' has no tensor among its arguments.",
        ),
        (
            lambda config: call(config, "add")["args"][0].__setitem__(1, None),
            "config.layers[2].inbound_nodes[0]",
            "The merge layer 'add' should be called on a list of at least 1 input.",
        ),
    ],
)
def test_what_a_call_or_compile_does_not_take_is_said_in_words(change, place, reason):
    config = attention()
    change(config)
    with pytest.raises(ModelFileError) as error:
        rn.models.model_from_json(json.dumps(config))
    text = str(error.value)
    assert text.startswith(f"JSON: config.json: {place}: ") and reason in text


def test_a_warning_that_is_an_error_is_no_fault_of_the_file(path):
    change_config(path, lambda config: config["compile_config"].update(optimizer="rmsprop"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="^The state of the optimizer"):
            rn.models.load_model(path)


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
