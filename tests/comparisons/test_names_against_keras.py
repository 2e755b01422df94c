"""Names: all that Keras's modules offer, and the modules that configs name on every backend."""

import inspect
import json
import os
import subprocess
import sys

import pytest

import reference_numpy as rn
from comparisons.harness import backends
from reference_numpy import serialization

MODULES = (
    *("activations", "callbacks", "constraints", "initializers", "layers", "losses", "metrics"),
    *("models", "optimizers", "optimizers.schedules", "regularizers"),
)


def at(package, module):
    for part in module.split("."):
        package = getattr(package, part)
    return package


@pytest.mark.parametrize("module", MODULES)
def test_every_name_of_keras_is_there_or_left_out_with_a_reason(module):
    import keras

    theirs, ours = at(keras, module), at(rn, module)
    names = [n for n in dir(theirs) if n[0] != "_" and not inspect.ismodule(getattr(theirs, n))]
    assert names
    for name in names:
        other = getattr(theirs, name)
        try:
            mine = getattr(ours, name)
        except NotImplementedError as error:
            assert name in str(error)
            continue
        assert callable(mine) and inspect.isclass(mine) == inspect.isclass(other), name
        if inspect.isclass(other) and module not in ("callbacks", "models"):
            same = (other.__name__, f"keras.{module}.{mine.__name__}")
            assert mine.__name__ == other.__name__ or other is at(keras, same[1][6:]), name


#: what computes nothing itself
BASES = {
    *("Constraint", "Initializer", "InputSpec", "Layer", "Loss", "Metric", "Optimizer"),
    "Regularizer",
}
#: prints the modules that configs give for all classes of Keras that can be made from nothing
MADE = """
import json, os, warnings
warnings.simplefilter("ignore")
import keras
found = {}
for module in %r:
    package = keras
    for part in module.split("."):
        package = getattr(package, part)
    for name in dir(package):
        cls = getattr(package, name)
        if not isinstance(cls, type) or not hasattr(cls, "from_config"):
            continue
        parts = keras.layers.LSTMCell(2), keras.layers.LSTM(2), keras.optimizers.SGD()
        numbers = (), (3,), (2, 3), (0.1,), (0.1, 3), ([1], [0.1, 0.2])
        for arguments in (*numbers, *((part,) for part in parts), (keras.losses.huber,)):
            try:
                config = keras.saving.serialize_keras_object(cls(*arguments))
            except Exception:
                continue
            if isinstance(config, dict):
                found[module + "." + name] = (config["module"], config["class_name"])
            break
x = keras.Input((2,))
for name, model in (("Functional", keras.Model(x, x * 2)), ("Sequential", keras.Sequential())):
    config = keras.saving.serialize_keras_object(model)
    found[name] = (config["module"], config["class_name"])
print(json.dumps(found))
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_the_module_of_every_class_is_known(backend):
    if reason := backends.missing(backend):
        pytest.skip(reason)
    code = MADE % ([m for m in MODULES if m not in ("callbacks", "models", "activations")],)
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    found = json.loads(run.stdout.splitlines()[-1])
    assert len(found) > 250
    if backend == "torch":
        assert found["optimizers.Adam"][0].startswith("keras.src.backend.torch.optimizers")
    for name, (module, class_name) in found.items():
        if class_name in BASES:
            continue
        family = serialization.FAMILIES.get(serialization.public_module(module))
        assert family is not None, f"{name} is written as {class_name} of {module}"
        assert class_name in family or class_name in family.refused, f"{name}: {class_name}"
