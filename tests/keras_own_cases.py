"""The cases that Keras's own layer tests hold, collected from the installed wheel.

Keras's tests hand a class, its arguments and its inputs to `run_layer_test`. Here those methods are
run with `run_layer_test` replaced by one that only writes down what it was given, so that the cases
follow Keras's releases. `python -m tests.keras_own_cases` lists them.
"""

import importlib
import importlib.util
import inspect
import json
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from comparisons.harness.conformance.layer_cases.case import Case

# The samples of an axis. Keras's own are up to 160,000, ten seconds of sound, whose frames of a few
# hundred samples do the same as those of one second and take ten times as long.
LONGEST = 16_000


def layer_test_modules():
    """Names of Keras's layer test modules, found by file, without importing Keras."""
    root = Path(importlib.util.find_spec("keras").origin).parent
    files = sorted((root / "src" / "layers").rglob("*_test.py"))
    return [".".join(("keras", *path.relative_to(root).with_suffix("").parts)) for path in files]


def collect(module_name):
    """The distinct cases of one test module, as rows of the table of cases."""
    from keras.src.testing import TestCase

    cases = {}

    def record(self, layer_cls, init_kwargs, **given):
        if given.get("input_sparse") or given.get("input_ragged") or given.get("custom_objects"):
            return
        case = _as_case(layer_cls, init_kwargs, given)
        if case is not None:
            cases.setdefault(_key(case), case)

    original = TestCase.run_layer_test
    TestCase.run_layer_test = record
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                module = importlib.import_module(module_name)
            except ModuleNotFoundError:
                return []  # tests of data pipelines, which need grain
            for test_class in _test_classes(module, TestCase):
                for name, method in inspect.getmembers(test_class, inspect.isfunction):
                    if name.startswith("test") and _calls_layer_test(method):
                        _run(test_class, name)
    finally:
        TestCase.run_layer_test = original
    return list(cases.values())


def _test_classes(module, base):
    return [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, base) and value is not base
    ]


def _calls_layer_test(method):
    while hasattr(method, "__wrapped__"):
        method = method.__wrapped__
    names = set(method.__code__.co_names)
    closures = [cell.cell_contents for cell in method.__closure__ or ()]
    inner = [c for c in closures if inspect.isfunction(c)]
    return any("run_layer_test" in name for name in names) or any(map(_calls_layer_test, inner))


def _run(test_class, name):
    """Run one test method for what it hands to `run_layer_test`; how it ends does not matter."""
    test = test_class(name)
    try:
        test.setUp()
        getattr(test, name)()
    except (Exception, pytest.skip.Exception):
        return  # a check of Keras's own that came after the recording


def _as_case(layer_cls, init_kwargs, given):
    """The row of the table, or None where a class, a cell for example, is not Keras's own."""
    import keras

    layer = layer_cls(**init_kwargs)
    config = keras.saving.serialize_keras_object(layer)
    if any(module.startswith("keras.src") for module in _modules(config)):
        return None
    arguments = {k: v for k, v in config["config"].items() if k not in ("name", "trainable")}
    if arguments.get("dtype", {}) == _policy("float32"):
        del arguments["dtype"]
    arguments = json.loads(json.dumps(arguments))
    if given.get("input_data") is not None:
        inputs = _arrays(given["input_data"])
    elif given.get("input_shape") is not None:
        inputs = _entries(given["input_shape"], given.get("input_dtype"))
    else:
        return None
    call = given.get("call_kwargs") or {}
    call = {name: _arrays(value) for name, value in call.items() if name != "training"}
    takes_training = "training" in inspect.signature(layer.call).parameters
    if takes_training:
        call["training"] = False  # where nothing is said, Keras's image layers take True
    if config["class_name"] == "Pipeline":
        arguments["dtype"] = None
    return Case(
        config["class_name"],
        arguments,
        inputs,
        call,
        training=(False, True) if takes_training else (False,),
    )


def _modules(config):
    """The modules of all classes that a config names."""
    if isinstance(config, dict):
        own = [config["module"]] if isinstance(config.get("module"), str) else []
        return own + [m for value in config.values() for m in _modules(value)]
    if isinstance(config, (list, tuple)):
        return [m for value in config for m in _modules(value)]
    return []


def _policy(name):
    return {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": {"name": name},
        "registered_name": None,
    }


def _entries(shape, dtype):
    """Shapes stay where the input is floating; integer inputs are drawn from 0 and 1."""
    if isinstance(shape, dict):
        # Keras's tests name a call's inputs by the shapes that `build` takes.
        return {
            key.removesuffix("_shape"): _entries(shape[key], dtype and dtype[key]) for key in shape
        }
    if shape and isinstance(shape[0], (tuple, list)):
        dtypes = dtype or [None] * len(shape)
        return [_entries(part, kind) for part, kind in zip(shape, dtypes, strict=True)]
    if dtype is None or dtype.startswith("float"):
        return tuple(size and min(size, LONGEST) for size in shape)
    return np.random.default_rng(0).integers(0, 2, shape).astype(dtype)


def _arrays(value):
    """Tensors as arrays, structures kept; plain values as they are."""
    if isinstance(value, dict):
        return {key: _arrays(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and any(hasattr(item, "shape") for item in value):
        return [_arrays(item) for item in value]
    return np.asarray(value) if hasattr(value, "shape") else value


def _key(case):
    return repr((case.layer, case.arguments, case.inputs, case.call))


def main():
    """Print how many distinct cases each class has."""
    counts = Counter(case.layer for module in layer_test_modules() for case in collect(module))
    for name, count in sorted(counts.items()):
        print(f"{count:4d} {name}")
    print(f"{counts.total():4d} cases of {len(counts)} classes")


if __name__ == "__main__":
    main()
