"""The page of what the NumPy half holds of Keras, and the reasons for what it leaves out."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import reference_numpy as rn
from reference_numpy import serialization
from tests import scripts

SCRIPT = Path(__file__).parents[1] / "docs" / "coverage.py"


@pytest.fixture(scope="module")
def coverage():
    return scripts.load(SCRIPT)


def test_the_page_is_up_to_date():
    # Also that everything of Keras is either held or left out with a reason: else it is an error.
    run = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_a_class_that_nobody_thought_of_is_an_error(coverage):
    offered = {"Brandnew": {"is": "keras.src.layers.brandnew.Brandnew", "arguments": []}}
    with pytest.raises(LookupError, match="keras.layers.Brandnew is neither"):
        coverage.objects("layers", offered)


def test_an_operation_that_nobody_thought_of_is_an_error(coverage):
    with pytest.raises(LookupError, match="keras.src.ops.nn.Brandnew is to be held"):
        coverage.operations_section({"keras.src.ops.nn": ["Brandnew"]})


def test_an_argument_that_nobody_thought_of_is_an_error(coverage):
    with pytest.raises(KeyError, match="layers.Dense.*magic"):
        coverage.left_out("layers", "Dense", rn.layers.Dense, ["units", "magic"])


def test_refused_arguments_are_found_by_trying(coverage):
    found = coverage.refused_arguments(rn.layers.CategoryEncoding, ["num_tokens", "sparse"])
    assert found == {
        "sparse": "`sparse=True` is not supported, since NumPy has no sparse arrays",
    }
    assert not coverage.refused_arguments(rn.layers.Dropout, ["rate"])


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (module, name)
        for module, family in serialization.FAMILIES.items()
        for name in family.refused
    ],
)
def test_a_config_of_what_is_left_out_gives_the_reason(module, name):
    config = {"module": module, "class_name": name, "config": {}, "registered_name": None}
    reason = serialization.FAMILIES[module].refused[name]
    with pytest.raises(NotImplementedError) as raised:
        serialization.deserialize(config)
    assert str(raised.value).endswith(f"'{name}' is not supported: {reason}")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", list(rn.callbacks.refused))
def test_a_callback_that_is_left_out_gives_the_reason(name):
    with pytest.raises(NotImplementedError, match=f"The callback '{name}' is not supported: "):
        getattr(rn.callbacks, name)


def test_a_layer_that_is_left_out_gives_the_reason():
    with pytest.raises(NotImplementedError, match="The layer 'Lambda' is not supported: it runs"):
        rn.layers.Lambda(abs)
    with pytest.raises(AttributeError, match="has no attribute 'Lamda'"):
        rn.layers.Lamda(abs)


def test_quantizers_are_refused_one_and_all():
    source = Path(importlib.util.find_spec("keras").origin).parent / "quantizers" / "__init__.py"
    imports = [n for n in ast.parse(source.read_text()).body if isinstance(n, ast.ImportFrom)]
    names = {alias.asname for node in imports for alias in node.names}
    classes = {name for name in names if name[0].isupper()}
    assert classes and classes <= set(serialization.FAMILIES["keras.quantizers"].refused)
