"""The ladder of proof for a concept: its demonstrations, its model, its training steps."""

from contextlib import contextmanager
from types import ModuleType

import numpy as np

from comparisons.harness import checks, divergences
from comparisons.harness.concept import (
    Concept,
    Demonstration,
    Settings,
    Task,
    keras_half,
    reference_half,
)
from comparisons.harness.datasets import Dataset
from comparisons.harness.draws import numpy_draws, reseed
from comparisons.harness.layer_checks import DRAWS_SEED, Reference, keras_quantities
from reference_numpy import config as reference_config
from reference_numpy import random as reference_random

CHECK_ROWS = 6
STEPS = 50
STEP_BATCH = 8
# A whole model has kinks (ReLU, max pooling) nearby wherever one looks; a shorter step meets fewer.
MODEL_STEP = 1e-6
PRECISIONS = ("float64", "float32")


@contextmanager
def reference_precision(dtype: str):
    """Build models of the NumPy half in `dtype` meanwhile."""
    reference_config.set_floatx(dtype)
    try:
        yield
    finally:
        reference_config.set_floatx("float32")


@contextmanager
def precision(dtype: str):
    """Build models of both halves in `dtype` meanwhile."""
    import keras

    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    # Keras keeps the policy that its first layer found, whatever floatx becomes after it.
    keras.config.set_dtype_policy(dtype)
    try:
        with reference_precision(dtype):
            yield
    finally:
        keras.config.set_floatx(before)
        keras.config.set_dtype_policy(policy)


def check_calculus(name: str, task: Task, settings: Settings) -> list[dict]:
    """Rung 1, which is the NumPy half's alone: its backward passes against calculus."""
    data, records = _data(task, settings), []
    for variant in _architectures(name, task):
        exact = build_reference(name, task, variant)
        reference = Reference(exact, _some_inputs(data), {"training": True})
        records += reference.calculus(f"{_subject(name, task, variant)}: model", step=MODEL_STEP)
    return [record.as_dict() for record in records]


def check(name: str, concept: Concept, column: str, backend, settings: Settings) -> list[dict]:
    """Rungs 2 to 4 of one concept: all records of the NumPy half against one Keras column."""
    records = []
    with backend.double_precision():
        for demonstration in concept.demonstrations:
            records += check_demonstration(name, demonstration, column, backend)
        if concept.task:
            data = _data(concept.task, settings)
            for variant in _architectures(name, concept.task):
                records += check_model(name, concept.task, variant, data, column, backend)
            for variant in concept.task.variants:
                records += check_steps(name, concept.task, variant, data, column)
    if not records:
        reason = "the concept declares nothing to compare"
        records = [checks.Record(name, "", column, "", np.inf, 0.0, np.inf, False, reason)]
    return [record.as_dict() for record in records]


def _data(task: Task, settings: Settings) -> Dataset:
    data = task.data(settings, 0)
    return data if isinstance(data, Dataset) else data[0]


def _some_inputs(data: Dataset) -> np.ndarray:
    """A few inputs in float64 whose numbers float32 holds too.

    A little noise keeps equal pixels apart, between which max pooling would have to choose.
    """
    x = data.x_train[:CHECK_ROWS]
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, x.shape)
    return (x + noise).astype("float32").astype("float64")


def _subject(name: str, task: Task, variant: str) -> str:
    return name if len(task.variants) == 1 else f"{name} ({variant})"


def check_demonstration(
    name: str, demonstration: Demonstration, column: str, backend: ModuleType
) -> list[checks.Record]:
    """Both halves' functions on the same arguments, in float64 and float32."""
    arguments = demonstration.arguments(0)

    def cast(dtype, change=lambda array: array):
        return {
            key: change(value).astype(dtype)
            if isinstance(value, np.ndarray) and value.dtype.kind == "f"
            else value
            for key, value in arguments.items()
        }

    with precision("float64"):

        def oracle(jitter=lambda array: array):
            return demonstration.run_reference(name, cast("float64", jitter))

        exact = oracle()
        scale = checks.scales(oracle, exact)
    records = []
    for dtype in PRECISIONS:
        with precision(dtype):
            found = demonstration.run_keras(name, cast(dtype), backend)
        what = f"{name}: {demonstration.function}"
        known = {
            quantity: divergences.exception(column, *demonstration.subject(quantity), dtype)
            for quantity in (exact if demonstration.subject else ())
        }
        known = {quantity: exception for quantity, exception in known.items() if exception}
        records += checks.compare_all(what, column, dtype, exact, found, scale, known)
    return records


def _architectures(name: str, task: Task) -> list[str]:
    """The variants without those that repeat another's layers; they may differ in optimizer."""
    found = {}
    for variant, arguments in task.variants.items():
        model = getattr(reference_half(name), task.build)(**arguments)
        layers = [{**layer.get_config(), "name": type(layer).__name__} for layer in model.layers]
        found.setdefault(repr(layers), variant)
    return list(found.values())


def build_reference(name: str, task: Task, variant: str):
    """The reference's model in float64, its weights moved a little from the first values.

    So no bias is zero: a black patch of an image would have its pre-activation right on ReLU's
    kink. The weights are rounded to float32, so that both precisions start from the same numbers.
    """
    generator = np.random.default_rng(0)
    with reference_precision("float64"):
        reference_random.set_seed(0)
        model = getattr(reference_half(name), task.build)(**task.variants[variant])
    moved = [w + generator.uniform(-0.05, 0.05, w.shape) for w in model.get_weights()]
    model.set_weights([w.astype("float32").astype("float64") for w in moved])
    return model


def build_pair(name: str, task: Task, variant: str, dtype: str, weights):
    """The reference's and Keras's model in `dtype` with these weights."""
    arguments = task.variants[variant]
    with precision(dtype):
        ours = getattr(reference_half(name), task.build)(**arguments)
        theirs = getattr(keras_half(name), task.build)(**arguments)
    ours.set_weights(weights)
    theirs.set_weights(weights)
    return ours, theirs


def check_model(
    name: str, task: Task, variant: str, data: Dataset, column: str, backend
) -> list[checks.Record]:
    """Rungs 2 and 3: the whole model (propagated errors), then each layer on the oracle's input."""
    subject, x = _subject(name, task, variant), _some_inputs(data)
    exact = build_reference(name, task, variant)
    weights, records = exact.get_weights(), []
    for dtype in PRECISIONS:
        ours, theirs = build_pair(name, task, variant, dtype, weights)
        for training in (False, True):
            options = {"training": True} if training else {}
            what = f"{subject}: model, {'training' if training else 'inference'}"
            records += _against_keras(what, column, backend, dtype, exact, ours, theirs, x, options)
        inputs = x
        layers = zip(exact.layers, ours.layers, theirs.layers, strict=True)
        for place, (exact_layer, layer, keras_layer) in enumerate(layers, start=1):
            what = f"{subject}: layer {place}, {type(layer).__name__}"
            records += _against_keras(
                what, column, backend, dtype, exact_layer, layer, keras_layer, inputs, {}
            )
            inputs = exact_layer(inputs)
    return records


def _against_keras(what, column, backend, dtype, exact, ours, theirs, x, options):
    oracle = Reference(exact, x, options)
    quantities = oracle.quantities()
    scale = checks.scales(oracle.quantities, quantities)
    given = Reference(ours, x.astype(dtype), options)
    found = keras_quantities(backend, theirs, given)
    ours.set_weights(given.start)
    exact.set_weights(oracle.start)
    return checks.compare_all(what, column, dtype, quantities, found, scale)


def check_steps(
    name: str, task: Task, variant: str, data: Dataset, column: str
) -> list[checks.Record]:
    """Rung 4: one step and 50 steps with the same batches and the same dropout masks."""
    generator = np.random.default_rng(0)
    rows = [generator.integers(0, len(data.x_train), STEP_BATCH) for _ in range(STEPS)]
    weights = build_reference(name, task, variant).get_weights()

    def follow(jitter=lambda array: array):
        with reference_precision("float64"):
            model = getattr(reference_half(name), task.build)(**task.variants[variant])
            model.set_weights([jitter(weight) for weight in weights])
            _round_constants(model.optimizer)
            reseed(model, DRAWS_SEED)
            batches = ((jitter(data.x_train[i].astype("float64")), data.y_train[i]) for i in rows)
            return _steps(model, batches)

    oracle = follow()
    scale = checks.scales(follow, oracle)
    records = []
    for dtype in PRECISIONS:
        _, theirs = build_pair(name, task, variant, dtype, weights)
        _round_constants(theirs.optimizer)
        # A compiled function would draw its masks once and for all; without draws it is faster.
        theirs.run_eagerly = any(hasattr(layer, "seed_generator") for layer in theirs.layers)
        batches = ((data.x_train[i].astype(dtype), data.y_train[i]) for i in rows)
        with precision(dtype), numpy_draws(DRAWS_SEED):
            found = _steps(theirs, batches)
        what = f"{_subject(name, task, variant)}: training"
        records += checks.compare_all(what, column, dtype, oracle, found, scale)
    return records


def _round_constants(optimizer) -> None:
    """Round an optimizer's constants (momentum, β₁, …) to float32.

    Keras does so in some places and not in others ("optimizer constants in float64" in
    docs/keras-divergences.md); with constants that float32 holds the rest can be proven exactly.
    """
    for name, value in vars(optimizer).items():
        if isinstance(value, float):
            setattr(optimizer, name, float(np.float32(value)))


def _steps(model, batches) -> dict:
    """Loss and weights after the first and the last of some training steps."""
    quantities = {}
    losses = []
    for step, (x, y) in enumerate(batches, start=1):
        logs = model.train_on_batch(x, y)
        losses.append(float(logs[0] if isinstance(logs, (list, tuple)) else logs))
        if step in (1, STEPS):
            after = "1 step" if step == 1 else f"{step} steps"
            quantities[f"losses after {after}"] = np.array(losses)
            for index, weight in enumerate(model.get_weights()):
                quantities[f"weight {index} after {after}"] = weight.copy()
    return quantities
