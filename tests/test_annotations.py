"""Public signatures are annotated, and the annotations are true of what is passed to them."""

import inspect
import subprocess
import sys
import types
import typing
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import comparisons
import reference_numpy as rn
from comparisons.harness.conformance.layer_cases import CASES
from reference_numpy import serialization
from reference_numpy.annotations import ArrayLike, Named, fits, in_words

ROOT = Path(__file__).parents[1]

#: the bases whose methods users call, with those methods
METHODS = {
    rn.layers.Layer: ["build", "add_weight", "get_weights", "set_weights", "count_params"],
    rn.Model: ["compile", "fit", "evaluate", "predict", "train_on_batch", "test_on_batch"]
    + ["predict_on_batch", "forward", "backward", "get_layer", "summary", "to_json", "save"]
    + ["save_weights", "load_weights"],
    rn.losses.Loss: ["__call__", "gradient", "forward", "backward"],
    rn.metrics.Metric: ["__call__", "update_state", "result", "reset_state"],
    rn.optimizers.Optimizer: ["build", "apply", "exclude_from_weight_decay", "set_weights"],
    rn.callbacks.Callback: [name for name in dir(rn.callbacks.Callback) if name[:3] == "on_"],
    rn.initializers.Initializer: ["__call__"],
    rn.regularizers.Regularizer: ["__call__", "gradient"],
    rn.constraints.Constraint: ["__call__"],
}


def public_parts():
    """Every class and function of the package that has a public name, by that name."""
    for name in rn.__all__:
        part = getattr(rn, name)
        if not isinstance(part, types.ModuleType):
            yield f"rn.{name}", part
            continue
        for own in getattr(part, "__all__", [own for own in dir(part) if own[0] != "_"]):
            found = getattr(part, own)
            if inspect.isclass(found) or inspect.isfunction(found) or inspect.ismethod(found):
                yield f"rn.{name}.{own}", found


PARTS = {
    name: part for name, part in public_parts() if part.__module__.startswith("reference_numpy")
}
SIGNATURES = {
    name: part.__init__ if inspect.isclass(part) else part for name, part in PARTS.items()
}
SIGNATURES |= {
    f"{base.__name__}.{name}": getattr(base, name)
    for base, names in METHODS.items()
    for name in names
}
SIGNATURES |= {
    f"comparisons.{name}": getattr(comparisons, name)
    for name in ("run", "table", "predict", "load", "check", "conformance", "diff")
}


def bare(function):
    """The parameters that have no annotation, and "return" where the result has none."""
    signature = inspect.signature(function)
    names = [name for name, p in signature.parameters.items() if p.annotation is p.empty]
    is_method = names[:1] == ["self"]
    made = function.__name__ == "__init__" or signature.return_annotation is not signature.empty
    return names[is_method:] + ([] if made else ["return"])


def test_public_signatures_are_annotated():
    functions = {name: f for name, f in SIGNATURES.items() if f is not object.__init__}
    assert len(functions) > 400
    assert not {name: found for name, f in functions.items() if (found := bare(f))}


@pytest.mark.parametrize(
    ("value", "hint", "right"),
    [
        (3, int, True),
        (True, int, False),
        (3, float, True),
        (0.5, int, False),
        ((1, None), Sequence[int | None], True),
        ((1, "a"), Sequence[int], False),
        ("same", int | Sequence[int], False),
        (None, Named, True),
        (np.tanh, Named, True),
        (3, Named, False),
        ([1.0], ArrayLike, True),
        (None, ArrayLike, False),
        (1, bool, True),
        ("no", bool, False),
    ],
)
def test_a_value_fits_its_type_alone(value, hint, right):
    assert fits(value, hint) == right


def test_an_annotation_in_words():
    assert in_words(Sequence[int | None] | None) == "a list (each an integer or None) or None"
    assert in_words(Named) == "a text, a dictionary, a function or None"
    assert in_words(rn.layers.Layer | bool) == "a Layer or True or False"


def untrue(case):
    """The arguments of a layer's constructor that do not fit their annotations."""
    cls = rn.layers.deserialize({"class_name": case.layer, "config": case.config("float32")})
    hints = {}
    for base in reversed(type(cls).__mro__):
        if "__init__" in vars(base) and base.__module__.startswith("reference_numpy"):
            hints |= typing.get_type_hints(base.__init__)
    arguments = serialization.deserialize(case.arguments)
    return [
        f"{case.layer}: {name}={value!r} is no {hints[name]}"
        for name, value in arguments.items()
        if name in hints and not fits(value, hints[name])
    ]


def test_annotations_are_true_of_every_case():
    assert len(CASES) > 500
    assert not [line for case in CASES for line in untrue(case)]


PROGRAM = """
import numpy as np
import reference_numpy as rn

x = np.zeros((4, 3))
y, cache = rn.layers.Dense(3, activation="relu", dtype="float64").forward(x)
inputs = rn.Input((3,))
model = rn.Model(inputs, rn.layers.Dense(2)(inputs + 1))
model.compile(rn.optimizers.Adam(1e-3), "mse", metrics=["mae"])
history = model.fit(x, x[:, :2], epochs=1, callbacks=[rn.callbacks.EarlyStopping(patience=2)])
print(history.history["loss"], model.predict(x))
rn.Sequential([rn.Input((9, 4)), rn.layers.LSTM(4), rn.layers.Softmax()]).save("model.keras")
rn.models.load_model("model.keras").get_layer("dense").trainable = False
rn.losses.MeanSquaredError().gradient(x, x)
rn.optimizers.SGD(rn.optimizers.schedules.CosineDecay(0.1, 100)).apply([x], [x])


class Scale(rn.layers.Layer):
    def build(self, input_shape: tuple[int, ...]) -> None:
        self.scale = self.add_weight(input_shape[-1:], "ones", "scale")

    def forward(self, x: np.ndarray, training: bool = False) -> tuple[np.ndarray, np.ndarray]:
        return x * self.scale, x

    def backward(self, dy: np.ndarray, cache: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        return dy * self.scale, [(dy * cache).sum(0)]
"""
SLIPS = {
    'rn.layers.Dense("three")': '"Dense" has incompatible type "str"; expected "int"',
    'model.fit(x, epochs="1")': '"fit" of "Trainer" has incompatible type "str"; expected "int"',
    "rn.Input(size=(3,))": 'Unexpected keyword argument "size" for "Input"',
}


def test_a_type_checker_finds_the_slips_in_a_program_and_nothing_else(tmp_path):
    pytest.importorskip("mypy")
    program = tmp_path / "program.py"
    program.write_text("\n".join([PROGRAM, *SLIPS]))
    command = [sys.executable, "-m", "mypy", program, f"--cache-dir={tmp_path}"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    errors = [line for line in told.splitlines() if ": error: " in line]
    assert len(errors) == len(SLIPS), told
    for error, slip in zip(errors, SLIPS.values()):
        assert slip in error
