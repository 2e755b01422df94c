"""What a backend answers: the same calls by Keras, in the backend's own process."""

import contextlib
import functools
from pathlib import Path

from comparisons.harness import backends
from comparisons.harness.check.own_parts import keras_parts
from comparisons.harness.check.questions import Question, output_name
from comparisons.harness.proof.calls import member_at
from comparisons.harness.proof.layer_checks import keras_quantities
from comparisons.harness.proof.precision import computing_in


def answer(
    worker, path: Path, own: Path | None, dtype: str, questions: list[Question], progress
) -> list:
    """For each question its quantities by name, or one line that says why there are none.

    Args:
        path: the model's file.
        own: the file of classes and functions of somebody's own that the model needs.
    """
    answers = []
    with computing_in(worker.backend, dtype), worker.backend.on_device(worker.device):
        model = _load(path, own)
        for number, question in enumerate(questions):
            answers.append(_answer(worker.backend, model, question))
            progress(number + 1, len(questions))
    return answers


@functools.lru_cache(maxsize=1)
def _load(path: Path, own: Path | None):
    """The model of a file; the NumPy half has read it before and found no code in it."""
    import keras

    return keras.saving.load_model(path, custom_objects=keras_parts(own), compile=False)


def _answer(backend, model, question: Question):
    layer = _layer_at(model, question.path)
    question.start = layer.get_weights()
    try:
        if question.path:
            return keras_quantities(backend, layer, question)
        return _whole(backend, model, question)
    except Exception as error:
        return reason(error)
    finally:
        layer.set_weights(question.start)


def _layer_at(model, path: tuple[int, ...]):
    """The layer that stands where `path` says; an operation as a model that is nothing else."""
    import keras

    member = member_at(model, path)
    if isinstance(member, keras.Layer):
        return member
    arguments = member._inbound_nodes[0].arguments
    inputs = {
        id(tensor): keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype)
        for tensor in arguments.keras_tensors
    }
    args, kwargs = arguments.fill_in(inputs)
    return keras.Model(list(inputs.values()), member(*args, **kwargs))


def reason(error: Exception) -> str:
    """Why a backend does not compute something, in one line."""
    return backends.no_kernel(error) or f"{type(error).__name__}: {_first_line(error)}"


def _first_line(error: Exception) -> str:
    """The first line of an error that says something."""
    lines = [line.strip() for line in backends.DECORATION.sub("", str(error)).splitlines()]
    told = [line for line in lines if line and not line.startswith("Exception encountered")]
    return told[0] if told else repr(error)


def _whole(backend, model, question: Question) -> dict:
    """The model's quantities, with what its layers give under its names."""
    with _watched(model, question.layer_outputs) as seen:

        def call(function, inputs):
            seen.clear()
            ends = function(inputs, **question.options)
            return [ends, *(seen[key] for key in question.layer_outputs)]

        question.call = call
        named = keras_quantities(backend, model, question)
    ends = len(question.cotangents) - len(question.layer_outputs)
    names = {
        f"output {ends + number}": output_name(*key)
        for number, key in enumerate(question.layer_outputs)
    }
    return {names.get(name, name): value for name, value in named.items()}


@contextlib.contextmanager
def _watched(model, outputs):
    """A dictionary that notes meanwhile what the layers give, by place, call and number."""
    import keras

    seen, layers = {}, []

    def watch(path, layer):
        compute = layer.call

        @functools.wraps(compute)
        def noting(*args, **kwargs):
            y = compute(*args, **kwargs)
            number = 1 + max((call for place, call, _ in seen if place == path), default=0)
            for index, leaf in enumerate(keras.tree.flatten(y)):
                seen[path, number, index] = leaf
            return y

        layer.call = noting
        layers.append(layer)

    for path in dict.fromkeys(path for path, _, _ in outputs):
        watch(path, member_at(model, path))
    try:
        yield seen
    finally:
        for layer in layers:
            del layer.call
