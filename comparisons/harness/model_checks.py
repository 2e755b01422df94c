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
def precision(dtype: str):
    """Build models of both halves in `dtype` meanwhile."""
    import keras

    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    # Keras keeps the policy that its first layer found, whatever floatx becomes after it.
    keras.config.set_dtype_policy(dtype)
    reference_config.set_floatx(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx(before)
        keras.config.set_dtype_policy(policy)
        reference_config.set_floatx("float32")


def check(name: str, concept: Concept, column: str, backend, settings: Settings) -> list[dict]:
    """All records of one concept against one Keras column."""
    records = []
    with backend.double_precision():
        for demonstration in concept.demonstrations:
            records += check_demonstration(name, demonstration, column, backend)
        if concept.task:
            data = concept.task.data(settings, 0)
            data = data if isinstance(data, Dataset) else data[0]
            proven = []
            for variant in concept.task.variants:
                architecture = _architecture(name, concept.task, variant)
                if architecture not in proven:  # variants may differ in the optimizer alone
                    records += check_model(name, concept.task, variant, data, column, backend)
                    proven.append(architecture)
                records += check_steps(name, concept.task, variant, data, column)
    if not records:
        reason = "the concept declares nothing to compare"
        records = [checks.Record(name, "", column, "", np.inf, 0.0, np.inf, False, reason)]
    return [record.as_dict() for record in records]


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


def _architecture(name: str, task: Task, variant: str) -> list[dict]:
    """The configs of a variant's layers, without their names."""
    model = getattr(reference_half(name), task.build)(**task.variants[variant])
    return [{**layer.get_config(), "name": type(layer).__name__} for layer in model.layers]


def build_pair(name: str, task: Task, variant: str, dtype: str, weights=None):
    """The reference's and Keras's model in `dtype` with the same weights.

    Those made here are moved a little from the first values, so that no bias is zero: a black patch
    of an image would have its pre-activation right on ReLU's kink.
    """
    arguments = task.variants[variant]
    with precision(dtype):
        reference_random.set_seed(0)
        ours = getattr(reference_half(name), task.build)(**arguments)
        theirs = getattr(keras_half(name), task.build)(**arguments)
    if weights is None:
        generator = np.random.default_rng(0)
        moved = [w + generator.uniform(-0.05, 0.05, w.shape) for w in ours.get_weights()]
        # Rounded to float32, so that both precisions start from the same numbers.
        weights = [w.astype("float32").astype("float64") for w in moved]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    return ours, theirs, weights


def check_model(
    name: str, task: Task, variant: str, data: Dataset, column: str, backend
) -> list[checks.Record]:
    """Rungs 1 to 3: the whole model (propagated errors), then each layer on the oracle's input."""
    subject = name if len(task.variants) == 1 else f"{name} ({variant})"
    # A little noise keeps equal pixels apart, between which max pooling would have to choose.
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, data.x_train[:CHECK_ROWS].shape)
    x = (data.x_train[:CHECK_ROWS] + noise).astype("float32").astype("float64")
    exact, _, weights = build_pair(name, task, variant, "float64")
    records = Reference(exact, x, {"training": True}).calculus(f"{subject}: model", step=MODEL_STEP)
    for dtype in PRECISIONS:
        ours, theirs, _ = build_pair(name, task, variant, dtype, weights)
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
    subject = name if len(task.variants) == 1 else f"{name} ({variant})"
    generator = np.random.default_rng(0)
    rows = [generator.integers(0, len(data.x_train), STEP_BATCH) for _ in range(STEPS)]
    exact, _, weights = build_pair(name, task, variant, "float64")

    def follow(jitter=lambda array: array):
        with precision("float64"):
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
        _, theirs, _ = build_pair(name, task, variant, dtype, weights)
        _round_constants(theirs.optimizer)
        # A compiled function would draw its masks once and for all; without draws it is faster.
        theirs.run_eagerly = any(hasattr(layer, "seed_generator") for layer in theirs.layers)
        batches = ((data.x_train[i].astype(dtype), data.y_train[i]) for i in rows)
        with precision(dtype), numpy_draws(DRAWS_SEED):
            found = _steps(theirs, batches)
        records += checks.compare_all(f"{subject}: training", column, dtype, oracle, found, scale)
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
