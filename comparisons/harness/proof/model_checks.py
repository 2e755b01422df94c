"""Rungs 1 to 3 for a task's models: whole, and layer by layer along the calls of the graph."""

import numpy as np

from comparisons.harness.catalogue import keras_half, reference_half
from comparisons.harness.concept import Settings, Task
from comparisons.harness.datasets import Dataset, rows
from comparisons.harness.given import by_name, made
from comparisons.harness.proof import allowances, checks
from comparisons.harness.proof.calls import layer_at, layer_calls, leaf_layers
from comparisons.harness.proof.layer_checks import Reference, keras_quantities
from comparisons.harness.proof.precision import PRECISIONS, precision, reference_precision
from reference_numpy import random as reference_random
from reference_numpy import tree

CHECK_ROWS = 6
# A whole model has kinks (ReLU, max pooling) nearby wherever one looks; a shorter step meets fewer.
MODEL_STEP = 1e-6


def check_calculus(name: str, task: Task, settings: Settings) -> list[checks.Record]:
    """Rung 1, which is the NumPy half's alone: its backward passes against calculus."""
    data, records = first_dataset(task, settings), []
    for variant in _architectures(name, task):
        for part, exact in build_reference(name, task, variant).items():
            reference = Reference(exact, _some_inputs(exact, part, data), {"training": True})
            what = f"{subject(name, task, variant)}: {_called(part)}"
            records += reference.calculus(what, step=MODEL_STEP)
    return records


def check(name: str, task: Task, settings: Settings, column: str, backend) -> list[checks.Record]:
    """Rungs 2 and 3: whole models (propagated errors), then each layer on the oracle's input."""
    data, records = first_dataset(task, settings), []
    for variant in _architectures(name, task):
        exact = build_reference(name, task, variant)
        weights = {part: model.get_weights() for part, model in exact.items()}
        for dtype in PRECISIONS:
            ours, theirs = build_pair(name, task, variant, dtype, weights)
            for part, model in exact.items():
                what = f"{subject(name, task, variant)}: "
                trio = model, ours[part], theirs[part]
                x = _some_inputs(model, part, data)
                records += _check_model(what, part, trio, x, dtype, column, backend)
                records += _check_layers(what, part, trio, x, dtype, column, backend)
    return records


def _check_model(what, part, trio, x, dtype, column, backend) -> list[checks.Record]:
    exact, ours, theirs = trio
    known = [_known(layer, column, dtype) for layer in ours.layers]
    widest = max((found for found in known if found), default=None)
    records = []
    for training in (False, True):
        options = {"training": True} if training else {}
        mode = "training" if training else "inference"
        oracle, given = Reference(exact, x, options), Reference(ours, _cast(x, dtype), options)
        what_mode = f"{what}{_called(part)}, {mode}"
        records += _against_keras(what_mode, oracle, given, theirs, dtype, column, backend, widest)
    return records


def _check_layers(what, part, trio, x, dtype, column, backend) -> list[checks.Record]:
    exact, ours, theirs = trio
    inside = f"{part}, " if part else ""
    records = []
    for call in layer_calls(exact, x):
        oracle = call.reference(call.layer, "float64")
        given = call.reference(layer_at(ours, call.path), dtype)
        keras_layer = layer_at(theirs, call.path)
        known = _known(call.layer, column, dtype)
        records += _against_keras(
            f"{what}{inside}{call.what}", oracle, given, keras_layer, dtype, column, backend, known
        )
    return records


def _against_keras(what, oracle, given, theirs, dtype, column, backend, known):
    quantities = oracle.quantities()
    scale = checks.scales(oracle.quantities, quantities)
    exceptions = dict.fromkeys(quantities, known) if known else {}
    records = checks.compare_run(
        what,
        column,
        dtype,
        quantities,
        lambda: keras_quantities(backend, theirs, given),
        scale,
        exceptions,
    )
    given.layer.set_weights(given.start)
    oracle.layer.set_weights(oracle.start)
    return records


def _known(layer, column: str, dtype: str) -> tuple[float, str] | None:
    """The tolerance that a known divergence of the layer widens, and its reason."""
    return allowances.widened(column, type(layer).__name__, layer.get_config(), dtype)


def first_dataset(task: Task, settings: Settings) -> Dataset:
    """The data of seed 0, the first fold where there are several."""
    return task.datasets(settings, 0)[0]


def subject(name: str, task: Task, variant: str) -> str:
    """The concept, and the variant where there are several."""
    return name if len(task.variants) == 1 else f"{name} ({variant})"


def _called(part: str) -> str:
    return part or "model"


def _some_inputs(model, part: str, data: Dataset):
    """A few inputs in float64 whose numbers float32 holds too; integers stay as they are.

    A little noise keeps equal pixels apart, between which max pooling would have to choose. One of
    several models is given drawn inputs of its own shapes.
    """
    generator = np.random.default_rng(0)

    def apart(x):
        if x.dtype.kind != "f":
            return x
        return (x + generator.uniform(-0.1, 0.1, x.shape)).astype("float32").astype("float64")

    def drawn(tensor):
        shape = (CHECK_ROWS, *(size or CHECK_ROWS for size in tensor.shape[1:]))
        if "int" in tensor.dtype:
            return generator.integers(0, 2, shape)
        return generator.standard_normal(shape).astype("float32").astype("float64")

    if part:
        return tree.map_structure(drawn, model.input_structure)
    return tree.map_structure(apart, rows(data.x_train, slice(CHECK_ROWS)))


def _cast(x, dtype: str):
    return tree.map_structure(lambda a: a.astype(dtype) if a.dtype.kind == "f" else a, x)


def _architectures(name: str, task: Task) -> list[str]:
    """The variants without those that repeat another's layers; they may differ in optimizer."""
    found = {}
    for variant, arguments in task.variants.items():
        models = by_name(made(reference_half(name), task.build, arguments))
        layers = [
            {**layer.get_config(), "name": type(layer).__name__}
            for model in models.values()
            for _, layer in leaf_layers(model)
        ]
        found.setdefault(repr(layers), variant)
    return list(found.values())


def build_reference(name: str, task: Task, variant: str) -> dict:
    """The reference's models in float64 by name, weights moved a little from the first values.

    So no bias is zero: a black patch of an image would have its pre-activation right on ReLU's
    kink. The weights are rounded to float32, so that both precisions start from the same numbers.
    """
    generator = np.random.default_rng(0)

    def moved(w):
        if w.dtype.kind != "f":
            return w
        w = w + generator.uniform(-0.05, 0.05, w.shape)
        return w.astype("float32").astype("float64")

    with reference_precision("float64"):
        reference_random.set_seed(0)
        models = by_name(made(reference_half(name), task.build, task.variants[variant]))
    for model in models.values():
        model.set_weights([moved(w) for w in model.get_weights()])
    return models


def build_pair(name: str, task: Task, variant: str, dtype: str, weights: dict):
    """The reference's and Keras's models in `dtype` with these weights, by name."""
    arguments = task.variants[variant]
    with precision(dtype):
        ours = by_name(made(reference_half(name), task.build, arguments))
        theirs = by_name(made(keras_half(name), task.build, arguments))
    for part, values in weights.items():
        ours[part].set_weights(values)
        theirs[part].set_weights(values)
    return ours, theirs
