"""A call of a layer, or another computation, as a script that needs Keras alone.

The script computes one quantity by the backend and ends in an assertion that it is as far from what
is right as was found; what is right comes from the NumPy half in float64.
"""

import inspect
import json
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import reference_numpy as rn
from comparisons.harness.check.findings import plain

if TYPE_CHECKING:
    from comparisons.harness.check.cases import Case

LINES = 39  # of a script at most, with the one that says what it prints
WIDTH = 96
# Arguments that do not change what a call computes once the weights are given.
IDLE = re.compile(r"name|trainable|dtype|seed|.*_(initializer|regularizer|constraint|config)")
# How Keras is told of a precision that is not its own.
SETTINGS = {"float64": "set_floatx", "float16": "set_floatx", "mixed_float16": "set_dtype_policy"}
# Else Keras's products of float64 on JAX and PyTorch are computed in float32, which a check does
# not judge (docs/keras-divergences.md#float64-on-jax-and-pytorch).
UNROUNDED = 'dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"  # Keras has "float32"'
# What a line needs that is in it.
FROM_KERAS = {
    "dtypes.": "from keras.src.backend.common import dtypes",
    "set_keras_mask": "from keras.src.backend import set_keras_mask",
}
WEIGHTS = (
    "rng = np.random.default_rng(1)\n"
    "layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])"
)


def drawn_weights(shapes) -> list[np.ndarray]:
    """The weights that the line `WEIGHTS` gives to a layer with weights of these shapes."""
    generator = np.random.default_rng(1)
    return [generator.uniform(0.5, 1.5, shape) for shape in shapes]


@dataclass(frozen=True)
class Numbers:
    """An array of the script.

    Args:
        array: its numbers.
        seed: of the generator that draws it; None where the script holds the numbers.
    """

    array: np.ndarray
    seed: int | None = None

    @classmethod
    def drawn(cls, shape: tuple, seed: int, dtype) -> "Numbers":
        """Numbers of the standard normal distribution."""
        return cls(np.random.default_rng(seed).normal(size=shape).astype(dtype), seed)

    def resized(self, shape: tuple, last: bool = False) -> "Numbers":
        """The first or last of the numbers along each axis, drawn anew where they are drawn."""
        if self.seed is not None:
            return self.drawn(shape, self.seed, self.array.dtype)
        ends = self.array.shape if last else shape
        return Numbers(self.array[tuple(slice(e - n, e) for e, n in zip(ends, shape))])

    def __str__(self):
        dtype = self.array.dtype.name
        if self.array.size > 1 and not self.array.any():
            return f'np.zeros({self.array.shape}, "{dtype}")'
        if self.seed is None:
            return f'np.array({_literal(self.array)}, "{dtype}")'
        cast = "" if dtype == "float64" else f'.astype("{dtype}")'
        return f"np.random.default_rng({self.seed}).normal(size={self.array.shape}){cast}"


def _literal(array: np.ndarray) -> str:
    """Nested lists, with no more digits than the numbers have."""
    if array.ndim:
        return f"[{', '.join(map(_literal, array))}]"
    return repr(array.item()) if array.dtype.kind != "f" else repr(float(str(array)))


@dataclass(frozen=True)
class Sketch:
    """A computation that is no layer's, and what is right of it.

    Args:
        backend, dtype, class_name, quantity: those of a `Case`.
        lines: those that make what `call` needs.
        call: gives the quantity, or what is differentiated.
        right: what is right.
        tolerance: how far from it rounding may lead.
        source: the name of the array whose gradient it is; empty where it is no gradient.
    """

    backend: str
    dtype: str
    class_name: str
    quantity: str
    lines: tuple[str, ...]
    call: str
    right: np.ndarray
    tolerance: float
    source: str = ""
    cotangent = None

    def computing(self) -> str:
        """The lines that leave the quantity in `found`."""
        quantity = [f"found = keras.ops.convert_to_numpy({self.call})"]
        if self.source:
            quantity = GRADIENTS[self.backend](self, None)
        return computing(self, bool(self.source), [*self.lines, *quantity])

    def as_function(self, source: str) -> list[str]:
        """The line that makes `total` a function of what is differentiated by."""
        return [f"total = lambda {source}: {self.total(self.call)}"]

    def total(self, y: str) -> str:
        """What is differentiated."""
        return f"{y}.sum()"


def computing(case: "Case | Sketch", gradient: bool, lines: list[str]) -> str:
    """The lines after the imports that they need."""
    imports = ["import keras", "import numpy as np"] + [IMPORTS[case.backend]] * gradient
    if case.dtype == "float64" and case.backend != "tensorflow":
        lines = [UNROUNDED, *lines]
    if setting := SETTINGS.get(case.dtype):
        lines = [f'keras.config.{setting}("{case.dtype}")', *lines]
    whole = "".join(lines)
    imports = sorted(imports + ["import tempfile"] * ("tempfile." in whole))
    imports += [line for name, line in FROM_KERAS.items() if name in whole]
    return "\n".join(part for line in (*imports, "", *lines) for part in _wrapped(line))


def _torch(case: "Case | Sketch", weight: int | None) -> list[str]:
    if weight is not None:
        start, source = [], f"layer.trainable_variables[{weight}].value"
    else:
        source = case.source
        start = [f"{source} = torch.tensor({source}, requires_grad=True)"]
    dy = [] if case.cotangent is None else ["dy = torch.tensor(dy)"]
    total = f"total = {case.total(case.call)}"
    return [*start, *dy, total, f"found = torch.autograd.grad(total, {source})[0].numpy()"]


def _tensorflow(case: "Case | Sketch", weight: int | None) -> list[str]:
    dy = "" if case.cotangent is None else " * dy"
    tape = ["with tf.GradientTape() as tape:"]
    start, source, options = [], f"layer.trainable_variables[{weight}].value", ""
    if weight is None:
        source = case.source
        start = [f"{source} = tf.constant({source})"]
        tape.append(f"    tape.watch({source})")
    elif all(x.array.dtype.kind != "f" for x in case.inputs):  # whose output may be integers
        options = ', unconnected_gradients="zero"'
    tape.append(f"    total = tf.reduce_sum({case.call}{dy})")
    gradient = f"tape.gradient(total, {source}{options})"
    return [*start, *tape, f"found = tf.convert_to_tensor({gradient}).numpy()"]


def _jax(case: "Case | Sketch", weight: int | None) -> list[str]:
    source = "weights" if weight is not None else case.source
    gradient = f"jax.grad(total)({source}){'' if weight is None else f'[{weight}]'}"
    return [*case.as_function(source), f"found = np.asarray({gradient})"]


GRADIENTS = {"torch": _torch, "tensorflow": _tensorflow, "jax": _jax}
IMPORTS = {"torch": "import torch", "tensorflow": "import tensorflow as tf", "jax": "import jax"}


def script(
    case: "Case | Sketch", versions: dict[str, str], index: tuple, right, tolerance: float
) -> str | None:
    """The whole script, or None where it is too long.

    Args:
        versions: of Keras and the backend.
        index: the worst entry.
        right: what is right there.
        tolerance: what rounding explains.
    """
    settings = [f'os.environ["KERAS_BACKEND"] = "{case.backend}"']
    if case.dtype == "float64" and case.backend == "jax":
        settings.append('os.environ["JAX_ENABLE_X64"] = "1"')
    text = "\n".join(
        [
            f"# {case.class_name} on {case.backend}: {plain(case.quantity)}, {case.dtype}.",
            f"# {', '.join(f'{name} {version}' for name, version in versions.items())}",
            "import os",
            "",
            *settings,
            case.computing(),
            *_entry(case.dtype, index),
            f"right = {right!r}",
            'print(f"{found}, where {right} is right")',
            f"assert not abs(found - right) <= {tolerance:.2g}",
            "",
        ]
    )
    return text if text.count("\n") < LINES else None


def _entry(dtype: str, index: tuple) -> list[str]:
    """The line that takes the worst entry; beside one of fewer digits others would be rounded."""
    entry = f"found[{', '.join(map(str, index))}]" if index else "found"
    entry = f"float({entry})" if dtype != "float32" else entry
    return [f"found = {entry}"] if entry != "found" else []


def construction(module: str, class_name: str, arguments: dict) -> str:
    """The call that makes an object of Keras."""
    given = ", ".join(f"{name}={expression(value)}" for name, value in arguments.items())
    return f"{module}.{class_name}({given})"


def expression(value) -> str:
    """A plain value or a config, the call that makes its object, as Python has it."""
    if isinstance(value, dict) and "class_name" in value:
        return construction(value["module"], value["class_name"], value["config"])
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(expression, value))}]"
    return json.dumps(value) if isinstance(value, str) else repr(value)


def telling(cls: type, config: dict) -> dict:
    """The arguments of a config that are no defaults and change what is computed."""
    defaults = inspect.signature(cls).parameters
    found = {}
    for name, value in config.items():
        if IDLE.fullmatch(name) or (name in defaults and _same(value, defaults[name].default)):
            continue
        if isinstance(value, dict) and value.get("module") == "keras.layers":
            inner = telling(getattr(rn.layers, value["class_name"]), value["config"])
            value = {**value, "config": inner}
        found[name] = value
    return found


def _same(value, default) -> bool:
    """Whether a config's value is the default; `(2, 2)` is 2."""
    if isinstance(value, (list, tuple)) and not isinstance(default, (list, tuple)):
        return all(_same(item, default) for item in value)
    return type(value) is type(default) and value == default


def _wrapped(line: str) -> list[str]:
    """A long line broken within its brackets, so not beside the sign of an assignment."""
    whole = line.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}", 1)
    parts = textwrap.wrap(whole, WIDTH, subsequent_indent="    ", break_long_words=False)
    fits = len(line) <= WIDTH or "(" not in line
    return [line] if fits else [part.replace("\N{NO-BREAK SPACE}", " ") for part in parts]
