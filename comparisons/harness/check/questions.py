"""What the backends are asked: the model whole, and each of its layers on the oracle's input.

A question holds arrays and plain values only, so that it can be handed to another process; what the
oracle says of it stays here.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from comparisons.harness.check.changing import changed
from comparisons.harness.check.scales import quantities_and_scales, sums_one_by_one
from comparisons.harness.check.stand_ins import borrows
from comparisons.harness.proof import checks
from comparisons.harness.proof.calls import (
    CallReference,
    holds_masks,
    layer_at,
    leaf_layers,
    leaves,
    member_at,
    watched,
)
from comparisons.harness.proof.layer_checks import Reference
from comparisons.harness.proof.precision import computed_in
from comparisons.harness.proof.training_checks import ROUNDINGS
from reference_numpy import activations, tree
from reference_numpy.layers import GRU, LSTM, SimpleRNN
from reference_numpy.models.model import Model
from reference_numpy.registration import class_name

LOCAL, PROPAGATED = "local", "propagated"
BESIDE_ZERO = 2.0**-10
FUSED = LSTM, GRU, SimpleRNN  # where they may, they compute these slopes themselves
NEARBY = 32  # repetitions in which a kink is sure to be met on both sides
BY_CHANCE = 128  # and a kink and a tie, one as it is and the other on both sides


@dataclass
class Question:
    """One call that Keras is to repeat; `keras_quantities` takes it for a `Reference`.

    Args:
        path: where the layer stands in the model; `()` is the model.
        inputs: the arrays, of a layer the first argument's first.
        argument_names: names of a layer's further arguments.
        options: the other arguments of the call.
        cotangents: gradients of the outputs, None for one that is not differentiated.
        weight_names: names of the trainable weights.
        layer_outputs: of the model, the outputs of layers that are asked for after its own, each by
            the layer's place, the number of the call, and its number among the call's outputs.
        start: weights before the call; the one who answers has them from the model's file.
    """

    path: tuple[int, ...]
    inputs: object
    argument_names: tuple[str, ...]
    options: dict
    cotangents: list
    weight_names: list[str]
    layer_outputs: list[tuple[tuple[int, ...], int, int]]
    start: list | None = None

    def call(self, function, inputs):
        """`function`, a layer or model of Keras, on these inputs."""
        if not self.path:
            return function(inputs, **self.options)
        first, *others = inputs
        others = dict(zip(self.argument_names, others))
        parameters = inspect.signature(function.call).parameters
        options = dict(self.options)
        if "mask" in options and "mask" not in parameters:  # a merging layer sees its inputs'
            hang_on(first, options.pop("mask"))
        for name, tensor in {next(iter(parameters)): first, **others}.items():
            # Given by name it would be ignored by some layers
            # (docs/keras-divergences.md#an-explicit-query_mask).
            hang_on(tensor, options.pop(f"{name}_mask", None))
        return function(first, **others, **options)

    def names(self) -> list[str]:
        """Names of the trainable weights."""
        return self.weight_names


def hang_on(tensors, masks) -> None:
    """Hang masks on the tensors of Keras that they belong to, as they come in a model."""
    from keras import ops
    from keras.src.backend import set_keras_mask

    if masks is None:
        return
    if isinstance(tensors, (list, tuple)):
        for tensor, mask in zip(tensors, masks, strict=True):
            hang_on(tensor, mask)
    else:
        set_keras_mask(tensors, ops.convert_to_tensor(masks))


@dataclass(frozen=True)
class Place:
    """A layer or an operation, as findings and tables call it.

    Args:
        layer: its name, with those of the models that it is in.
        class_name: its class.
        path: where it stands.
        number: which call of the layer, from 1; 0 where a quantity belongs to all of them.
    """

    layer: str
    class_name: str
    path: tuple[int, ...]
    number: int = 1

    def __str__(self):
        return f"{self.layer}, call {self.number}" if self.number > 1 else self.layer


def names_of(model: Model, path: tuple[int, ...]) -> str:
    """The name of a layer or operation after those of the models that it is in."""
    return "/".join(member_at(model, path[:end]).name for end in range(1, len(path) + 1))


@dataclass(eq=False)
class Asked:
    """A question, and what the oracle says of it.

    Args:
        kind: `"local"` or `"propagated"`.
        question: what the backends are asked.
        reference: the oracle, ready to be repeated.
        twin: the NumPy half's model in float32, or in float16 where that is computed in.
        place: the layer, or the model.
        places: for each quantity of a model the layer that it is of, and what it is there.
        quantities: what the oracle says.
        scale: the scale of each, see `checks.scales`.
        masked: whether the layer is given masks, or a layer of the model.
    """

    kind: str
    question: Question
    reference: Reference
    twin: Model
    place: Place
    places: dict[str, tuple[Place, str]]
    quantities: dict[str, np.ndarray]
    scale: dict[str, float]
    masked: bool = False

    def where(self, name: str) -> tuple[Place, str]:
        """The layer that a quantity is of, and what it is there."""
        return self.places.get(name, (self.place, name))

    @cached_property
    def by_twin(self) -> dict[str, np.ndarray]:
        """The same quantities by the NumPy half in float32 or float16.

        Their error is what a precision costs whoever computes in it: where softmax is saturated,
        say, its gradient is made of what rounding leaves of one less nearly one, and of a dy that a
        compiled computation rounds in one place and not in another. A weight's gradient may be
        summed up one by one.
        """
        layer, question = layer_at(self.twin, self.question.path), self.question
        with np.errstate(all="ignore"):
            if question.path:
                repeated = CallReference(
                    layer, question.inputs, question.options, question.argument_names
                )
            else:
                repeated = Whole(layer, question.inputs, question.options)
        repeated.cotangents = question.cotangents[: len(repeated.cotangents)]
        kinds = activations.Softmax, activations.Tanh, activations.Sigmoid
        trained = [layer] if question.path else [part for _, part in leaf_layers(layer)]
        with (
            np.errstate(all="ignore"),
            changed("backward", kinds, _with_y_larger),
            changed("fits", FUSED, lambda fits: lambda *given: False),
            sums_one_by_one(trained),
        ):
            found = repeated.quantities()
        layer.set_weights(repeated.start)
        return found


def _with_y_larger(backward: Callable) -> Callable:
    """A backward pass for which y, which it is given, is a rounding larger.

    The slopes of softmax, tanh and the logistic function have 1 - y: where y is 1, roundings are
    all that is left of it.
    """
    return lambda self, dy, y: backward(self, dy, np.nextafter(y, y.dtype.type(np.inf)))


class Whole(Reference):
    """The whole model, with what each of its layers gives."""

    def quantities(self, jitter=lambda array: array):
        """Every quantity by name, the outputs of the layers after them.

        These are rounded too, and so are passed through `jitter`: what moves an output of a tanh
        that is saturated does not come from the inputs.
        """
        with watched(self.layer, jitter, of=leaves) as calls:
            named = super().quantities(jitter)
        return named | {output_name(*key): y for key, y in layer_outputs(calls).items()}


def layer_outputs(calls) -> dict[tuple, np.ndarray]:
    """What the calls of layers gave, by place, number of the call, and number of the output."""
    return {
        (call.path, call.number, index): y
        for call in calls
        for index, y in enumerate(tree.flatten(call.outputs))
    }


def output_name(path: tuple[int, ...], number: int, index: int) -> str:
    """The name of an output of a layer within the model."""
    return f"output {index} of {'.'.join(map(str, path))} call {number}"


def ask(
    model: Model, twin: Model, inputs, training: bool, gradients: bool, dtype: str
) -> Iterator[Asked]:
    """The questions of one pass: the layers and operations in order, then the model whole."""
    start = model.get_weights()
    options = {"training": training}
    whole = Whole(model, inputs, options)
    with watched(model, of=leaves) as calls:
        whole.forward(inputs, start)
    places = {
        path: Place(names_of(model, path), class_name(type(layer)), path)
        for path, layer in leaves(model)
    }

    def asked(kind, question, reference, place, owners, masked):
        if not gradients:
            reference.cotangents = [None] * len(reference.cotangents)
        reference.cotangents = _rounded(reference.cotangents, dtype)
        question.cotangents = _cast(reference.cotangents, dtype)
        question.cotangents += [None] * len(question.layer_outputs)
        exact, scale = quantities_and_scales(reference, dtype, kind == LOCAL)
        return Asked(kind, question, reference, twin, place, owners, exact, scale, masked)

    for call in calls:
        if borrows(call.layer):
            continue  # it is no witness of its own calls
        if _holds_nan(call.inputs):
            continue  # what follows on the mean of nothing, say, is no layer's fault
        model.set_weights(start)  # training may have changed the state
        place = replace(places[call.path], number=call.number)
        # The oracle is fed what Keras is: rounding would decide which of two is the larger.
        call = replace(call, inputs=_rounded(call.inputs, dtype))
        given = _cast(call.inputs, dtype), call.names, _cast(call.options, dtype)
        with np.errstate(all="ignore"):
            reference = call.reference(call.layer, "float64")
        question = Question(call.path, *given, [], reference.names(), [])
        yield asked(LOCAL, question, reference, place, {}, holds_masks(call.options))
    model.set_weights(start)
    given, outputs = (_cast(inputs, dtype), (), options), list(layer_outputs(calls))
    question = Question((), *given, [], whole.names(), outputs)
    place = Place(model.name, type(model).__name__, ())
    masked = any(holds_masks(call.options) for call in calls)
    yield asked(PROPAGATED, question, whole, place, _owners(model, whole, calls, places), masked)


def _owners(model: Model, whole: Whole, calls, places: dict) -> dict[str, tuple[Place, str]]:
    """For each quantity of the whole model the layer that it is of."""
    found, weights = {}, {}
    for path, layer in leaf_layers(model):
        for record in layer.weight_records:
            weights.setdefault(id(record), (replace(places[path], number=0), record.name))
    trainable = model.trainable_records
    for name, record in zip(whole.names(), trainable, strict=True):
        place, weight = weights[id(record)]
        found[f"gradient of {name}"] = place, f"gradient of {weight}"
    others = [record for record in model.weight_records if record not in trainable]
    for index, record in enumerate(others):
        place, weight = weights[id(record)]
        found[f"state {index} after the call"] = place, f"{weight} after the call"
    for path, number, index in layer_outputs(calls):
        place = replace(places[path], number=number)
        found[output_name(path, number, index)] = place, f"output {index}"
    return found


def _holds_nan(arrays) -> bool:
    return any(np.isnan(x).any() for x in tree.flatten(arrays) if x.dtype.kind == "f")


def _cast(value, dtype: str):
    dtype = computed_in(dtype)
    with np.errstate(over="ignore"):
        return tree.map_structure(
            lambda x: x.astype(dtype) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x,
            value,
        )


def _rounded(value, dtype: str):
    """In float64 what Keras is given."""
    return _cast(_cast(value, dtype), "float64")


def nearby(asked: Asked, dtype: str, every: bool = True) -> Iterator[dict[str, np.ndarray]]:
    """All quantities where every number is moved by some roundings, some up, others down.

    An exact zero of an input or a weight is moved too, by so little of its largest entry that
    what is found on either side of a kink is what holds right beside it. Of many zeros some go up
    and some down; at last those that activation functions are given go all to one side. Numbers
    below the smallest normal one, which some backends take for zeros, are moved as zeros are, and
    once are zeros, since a step that is masked for its zeros may be another then.

    Args:
        every: whether each array is moved, or each by chance: a function is asked at 0, where its
            slope may be one of neither side, and what it gives is moved from what it ties with.
    """
    step = ROUNDINGS * checks.UNIT_ROUNDOFF[dtype]
    normal = np.finfo("float64" if dtype == "float64" else "float32").tiny

    def flushed(array):
        return np.where(np.abs(array) < normal, 0, array) if array.dtype.kind == "f" else array

    with np.errstate(all="ignore"):
        yield asked.reference.quantities(flushed)
    for seed in range(NEARBY if every else BY_CHANCE):
        generator = np.random.default_rng(seed)

        def jitter(array, generator=generator):
            if array.dtype.kind != "f" or not (every or generator.integers(2)):
                return array
            size = np.abs(array)
            if asked.kind == LOCAL or not asked.masked:  # in a model with masks a zero may be one
                beside_zero = BESIDE_ZERO * (size.max(initial=0.0) or 1.0)
                size = np.where(size < normal, beside_zero, size)
            # Each by its own part of the step, so that what was equal is ordered in any way.
            parts = generator.choice([-1.0, 1.0], array.shape) * generator.uniform(
                0.5, 1.0, array.shape
            )
            return array + step * size * parts

        with np.errstate(all="ignore"):
            yield asked.reference.quantities(jitter)
    kinds = {type(function) for function in activations.functions.values()}
    for side in (-step, step):

        def moved(forward, side=BESIDE_ZERO * side):
            return lambda self, x: forward(self, np.where(x == 0, x.dtype.type(side), x))

        with np.errstate(all="ignore"), changed("forward", kinds, moved):
            yield asked.reference.quantities()
    asked.reference.restore()
