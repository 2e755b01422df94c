"""One call of one layer, or of an operation, as the lines of a script that needs Keras alone."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

import reference_numpy as rn
from comparisons.harness.check.script import (
    GRADIENTS,
    WEIGHTS,
    Numbers,
    computing,
    construction,
    expression,
)
from reference_numpy import tree
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.merging.base_merge import Merge

NAMES = "xabcdefgh"  # of the inputs
MASKS = "mnopqrs"
# Lets an input carry a mask, as in a model; some layers take none by an argument's name.
MASKED = (
    "def masked(x, mask):",
    "    x = keras.ops.convert_to_tensor(x)",
    "    set_keras_mask(x, keras.ops.convert_to_tensor(mask))",
    "    return x",
    "",
)


@dataclass(frozen=True)
class Mask:
    """A mask that a call is given.

    Args:
        numbers: the mask.
        name: the argument of the NumPy half's layer.
        place: which of a list of masks it is; None where it is no list.
        carrier: the number of the input that carries it; None where it is given by its name.
    """

    numbers: Numbers
    name: str
    place: int | None
    carrier: int | None


@dataclass(frozen=True)
class Case:
    """One call of a layer, and the quantity that is looked at.

    Args:
        backend: `"tensorflow"`, `"jax"` or `"torch"`.
        dtype: in which Keras computes.
        class_name, arguments: the layer's class and constructor arguments.
        inputs: the arrays of the first argument, then those of each of `names`.
        lengths: how many arrays are in the list that each of these arguments is; None for one that
            is an array.
        names: of the further arguments that hold arrays.
        masks: those that the call is given.
        options: plain arguments of the call that are no defaults, `{"training": True}`.
        weights: None where the script draws them.
        cotangent: the gradient of the output; None for ones.
        output: which of several outputs is looked at, or differentiated; None where there is one.
        quantity: `"output 0"`, `"gradient of input 0"`, `"gradient of weight 0 (kernel)"`,
            `"state 0 after the call"`.
    """

    backend: str
    dtype: str
    class_name: str
    arguments: dict
    inputs: tuple[Numbers, ...]
    lengths: tuple[int | None, ...]
    names: tuple[str, ...]
    masks: tuple[Mask, ...]
    options: dict
    weights: tuple[Numbers, ...] | None
    cotangent: Numbers | None
    output: int | None
    quantity: str

    def computing(self) -> str:
        """The lines that leave the quantity in `found`."""
        carried = any(mask.carrier is not None for mask in self.masks)
        lines = [
            *(MASKED if carried else ()),
            *(f"{name} = {x}" for name, x in zip(NAMES, self.inputs)),
            *(f"{name} = {mask.numbers}" for name, mask in zip(MASKS, self.masks)),
            *([] if self.cotangent is None else [f"dy = {self.cotangent}"]),
            *self.made,
            *self._quantity(),
        ]
        return computing(self, self.quantity.startswith("gradient"), lines)

    def grouped(self, inputs) -> list:
        """What belongs to the inputs, one for each, in a list for each argument that is one."""
        rest = iter(inputs)
        return [next(rest) if n is None else list(islice(rest, n)) for n in self.lengths]

    def given_masks(self) -> dict:
        """The masks as the NumPy half's layer takes them."""
        given: dict = {}
        for mask in self.masks:
            if mask.place is None:
                given[mask.name] = mask.numbers.array
            else:
                given.setdefault(mask.name, [None] * self.lengths[0])
                given[mask.name][mask.place] = mask.numbers.array
        return given

    @property
    def made(self) -> list[str]:
        """The layer, which is built by a call, and then given its weights."""
        lines = [f"layer = {construction('keras.layers', self.class_name, self.arguments)}"]
        if self.weights is None:
            lines += [self.called(), *WEIGHTS.splitlines()]
        elif self.weights:
            given = ", ".join(map(str, self.weights))
            lines += [self.called(), f"layer.set_weights([{given}])"]
        if self.class_name == "Normalization" and len(lines) > 1:
            lines.append("layer.finalize_state()")  # it keeps copies of its weights
        return [*lines, "layer.reset_state()"] if self.arguments.get("stateful") else lines

    @property
    def call(self) -> str:
        """The output."""
        return self._chosen(self.called())

    def _chosen(self, outputs: str) -> str:
        return outputs if self.output is None else f"keras.tree.flatten({outputs})[{self.output}]"

    def as_function(self, source: str) -> list[str]:
        """The lines that make `total` a function of an input or the weights, for JAX.

        It changes no variable, which `stateless_call` would not do either; but that leaves out what
        a call does beside: masks, casts.
        """
        build = [self.called()] if self.weights == () else []
        weights, mapped = [], ""
        if source == "weights":
            weights = ["weights = [v.value for v in layer.trainable_variables]"]
            mapped = "zip(layer.trainable_variables, weights)"
        return [
            *build,
            *weights,
            f"def total({source}):",
            f"    with keras.StatelessScope({mapped}):",
            f"        return {self.total(self.call)}",
        ]

    def called(self) -> str:
        """The layer's call."""
        tensors = list(NAMES[: len(self.inputs)])
        named: dict[str, list | str] = {}
        for variable, mask in zip(MASKS, self.masks):
            if mask.carrier is not None:
                tensors[mask.carrier] = f"masked({tensors[mask.carrier]}, {variable})"
            elif mask.place is None:
                named[mask.name] = variable
            else:
                named.setdefault(mask.name, ["None"] * self.lengths[0])[mask.place] = variable
        inputs, *others = self.grouped(tensors)
        named = {**dict(zip(self.names, others)), **named}
        named |= {name: repr(value) for name, value in self.options.items()}
        arguments = [f"{name}={_listed(value)}" for name, value in named.items()]
        return f"layer({', '.join([_listed(inputs), *arguments])})"

    def _quantity(self) -> list[str]:
        kind, place = re.match(
            r"(output|gradient of input|gradient of weight|state) (\d+)", self.quantity
        ).groups()
        if kind == "output":
            return [f"found = keras.ops.convert_to_numpy({self.call})"]
        if kind == "state":
            state = f"layer.non_trainable_weights[{place}]"
            return [self.called(), f"found = keras.ops.convert_to_numpy({state})"]
        return GRADIENTS[self.backend](self, int(place) if kind.endswith("weight") else None)

    @property
    def source(self) -> str:
        """The name of the input whose gradient it is."""
        floats = [n for n, x in zip(NAMES, self.inputs) if x.array.dtype.kind == "f"]
        return floats[int(self.quantity.rpartition(" ")[2])]

    def total(self, y: str) -> str:
        """What is differentiated."""
        return f"{y}.sum()" if self.cotangent is None else f"({y} * dy).sum()"


def masks_of(layer: Layer, names: tuple[str, ...], given: dict) -> Iterator[Mask]:
    """The masks that a call is given by these arguments, as Keras's layer takes them.

    A merging layer takes those that its inputs carry. So does `MultiHeadAttention`, which ignores
    a `query_mask` (docs/keras-divergences.md#an-explicit-query_mask).

    Args:
        names: of the arguments after the first that hold arrays.
    """
    first = next(iter(inspect.signature(layer.forward).parameters))
    carried = {f"{name}_mask": number for number, name in enumerate((first, *names))}
    for name, masks in given.items():
        if isinstance(masks, np.ndarray):
            yield Mask(Numbers(masks), name, None, carried.get(name))
            continue
        for place, mask in enumerate(masks):
            if mask is not None:
                carrier = place if isinstance(layer, Merge) else None
                yield Mask(Numbers(mask), name, place, carrier)


def _listed(value: str | list[str]) -> str:
    return value if isinstance(value, str) else f"[{', '.join(value)}]"


@dataclass(frozen=True)
class Slot:
    """An input among the arguments of an operation's call, by its number."""

    number: int

    def __repr__(self):
        return NAMES[self.number]


@dataclass(frozen=True)
class OperationCase(Case):
    """One call of an operation: `class_name` is its function, `arguments` are its own.

    Args:
        kind: its class in the NumPy half.
        args, kwargs: the call's arguments, those by name apart, each input a `Slot`.
    """

    kind: type
    args: tuple
    kwargs: dict

    made = ()

    def called(self) -> str:
        """The function's call."""
        named = {**self.kwargs, **self.arguments}
        given = [
            *map(expression, self.args),
            *(f"{name}={expression(x)}" for name, x in named.items()),
        ]
        return f"{self.class_name}({', '.join(given)})"

    def as_function(self, source: str) -> list[str]:
        """The line that makes `total` a function of an input."""
        return [f"total = lambda {source}: {self.total(self.call)}"]

    def alone(self, arrays: list[np.ndarray]) -> rn.Model:
        """A model of the NumPy half that is the operation, for inputs like these."""
        inputs = [rn.Input(batch_shape=x.shape, dtype=x.dtype.name) for x in arrays]

        def filled(structure):
            return tree.map_structure(
                lambda leaf: inputs[leaf.number] if isinstance(leaf, Slot) else leaf, structure
            )

        operation = self.kind(**self.arguments)
        return rn.Model(inputs, operation(*filled(self.args), **filled(self.kwargs)))


def function_of(operation: type) -> str:
    """The function of Keras's that calls an operation of this class: `LogicalAnd` is logical_and.

    Keras's classes have the names of their functions, all but a few, whose scripts do not run.
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation.__name__).lower()
    module = operation.keras_module.rpartition(".")[2]
    return f"keras.ops.{module}.{words}" if module in ("image", "linalg") else f"keras.ops.{words}"
