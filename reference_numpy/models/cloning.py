"""A model like another, with layers and weights of its own."""

from collections.abc import Callable
from typing import Any

from reference_numpy import tree
from reference_numpy.annotations import Structure
from reference_numpy.layers.core import Input
from reference_numpy.models.functional import Functional, call_again
from reference_numpy.models.model import Model
from reference_numpy.models.sequential import Sequential


def clone_model(
    model: Any,
    input_tensors: Structure = None,
    clone_function: Callable[..., Any] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
) -> Any:
    """A model of the same architecture, compiled alike, whose weights are new.

    Args:
        model: a Functional or Sequential model.
        input_tensors: symbolic tensors to build on, in the structure of the model's inputs.
        clone_function: a function that gives another layer for a layer; None makes it anew from
            its config. A layer that is called several times is asked for once.
        call_function: a function `(layer, *args, **kwargs)` that calls the new layers of a
            Functional model.
        recursive: whether `clone_function` is asked for the layers of nested models, instead of
            for these models as a whole.

    Raises:
        ValueError: for a `call_function` beside a Sequential model.
    """
    return _clone(model, input_tensors, clone_function or _anew, call_function, recursive, {})


def _anew(layer):
    return type(layer).from_config(layer.get_config())


def _clone(model, input_tensors, clone_function, call_function, recursive, clones):
    """`clone_model`; `clones` holds the new layers by the ids of the old ones."""

    def clone(layer):
        if id(layer) not in clones:
            inner = recursive and isinstance(layer, Model)
            call = call_function if isinstance(layer, Functional) else None
            clones[id(layer)] = (
                _clone(layer, None, clone_function, call, True, clones)
                if inner
                else clone_function(layer)
            )
        return clones[id(layer)]

    def call(layer, *args, **kwargs):
        return (call_function or type(layer).__call__)(clone(layer), *args, **kwargs)

    if isinstance(model, Sequential):
        if call_function is not None:
            raise ValueError(
                "`call_function` is for Functional models: the layers of the Sequential model "
                f"'{model.name}' are listed, not called."
            )
        layers = [clone(layer) for layer in model.layers]
        if input_tensors is None and len(layers) < len(model.sublayers):
            input_tensors = _inputs_like(model.inputs)
        layers = [*tree.flatten(input_tensors or []), *layers]
        cloned = Sequential(layers, trainable=model.trainable, name=model.name)
    else:
        if input_tensors is None:
            input_tensors = _inputs_like(model.input)
        outputs = call_again(model.input, model.output, input_tensors, call)
        cloned = Functional(input_tensors, outputs, name=model.name)
    if model.compiled:
        cloned.compile_from_config(model.get_compile_config())
    return cloned


def _inputs_like(tensors):
    return tree.map_structure(
        lambda t: Input(batch_shape=t.shape, dtype=t.dtype, name=t.name), tensors
    )
