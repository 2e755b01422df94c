"""Rung 4: the same training steps in both halves, from the same weights, batches and draws.

A training run carries every rounding on. How far two correct runs may be apart is measured by
repetitions of the reference in which every input, and every weight after every step, is moved by
some roundings; so is each statistic that a normalization keeps for its way back, since it rounds
once for many numbers, whose own roundings average away in a sum. Where that grows to a noticeable
share of what is compared, no two machines agree any more: the comparison ends before it, and says
at which step.
"""

import dataclasses
import warnings
from contextlib import nullcontext

import numpy as np

from comparisons.harness.catalogue import keras_half, reference_half
from comparisons.harness.concept import Settings, Task
from comparisons.harness.datasets import Dataset, rows
from comparisons.harness.given import by_name, made
from comparisons.harness.proof import checks
from comparisons.harness.proof.draws import numpy_draws, reseed
from comparisons.harness.proof.layer_checks import DRAWS_SEED
from comparisons.harness.proof.model_checks import (
    build_pair,
    build_reference,
    first_dataset,
    subject,
)
from comparisons.harness.proof.precision import PRECISIONS, precision, reference_precision
from reference_numpy import tree
from reference_numpy.layers import RMSNormalization
from reference_numpy.layers.normalization.affine_normalization import AffineNormalization
from reference_numpy.models import watching

STEPS = (1, 2, 5, 10, 20, 50)
STEP_BATCH = 8
# Where rounding decides on which side of a kink (ReLU at 0) a run goes, half of the jittered runs
# see the other side: 8 miss 1 in 256. Coarser than float32, they reach every kink that it reaches;
# and they move a quarter of the tolerance, since two crossings do not move quite the same.
JITTERED_RUNS = 8
ROUNDINGS = checks.FACTOR / 4
TWIN_RUNS = 4  # of the reference in the precision that is proven
BY_ITSELF = 4.0  # roundings that move a weight which makes no step: two of its own, with a margin
# A run is compared as long as the rounding of float32 may move it by at most this share.
CHAOS = 0.01


def check(name: str, task: Task, settings: Settings, column: str) -> list[checks.Record]:
    """One step, and as many as can be compared, up to the task's, of every variant."""
    data = first_dataset(task, settings)
    return [
        record
        for variant in task.variants
        for record in _check_variant(name, task, variant, data, column)
    ]


def _check_variant(
    name: str, task: Task, variant: str, data: Dataset, column: str
) -> list[checks.Record]:
    models = build_reference(name, task, variant)
    weights = {part: model.get_weights() for part, model in models.items()}

    def repeat(jitter=lambda array: array, last=task.proven_steps, dtype="float64"):
        with reference_precision(dtype):
            built = made(reference_half(name), task.build, task.variants[variant])
            for part, model in by_name(built).items():
                model.set_weights([jitter(weight) for weight in weights[part]])
                round_constants(model)
                reseed(model, DRAWS_SEED)
            steps = _steps(reference_half(name), task, built, _cast(data, dtype, jitter))
            with np.errstate(all="ignore"):  # too large a rate may be what is shown
                return follow(built, steps, jitter, last)

    exact = repeat()

    def with_ways(run):
        return {**run, **ways_of(run, exact, weights)}

    def repeat_with_ways(jitter, **how):
        return with_ways(repeat(jitter, **how))

    oracle = with_ways(exact)
    scale = scales(repeat_with_ways, oracle, exact, weights)
    last = comparable(exact, scale["float32"])
    chosen = [key for key in oracle if key.endswith(("after step 1", f"after step {last}"))]
    whole = last == max(step for step in STEPS if step <= task.proven_steps)
    reason = "" if whole else f"beyond step {last} rounding decides where it goes"
    records = []
    for dtype in PRECISIONS:
        _, theirs = build_pair(name, task, variant, dtype, weights)
        for model in theirs.values():
            round_constants(model)
            # A compiled function would draw its masks once and for all; else it is faster, but for
            # a few steps on TensorFlow.
            draws = any(hasattr(part, "seed_generator") for part in model._flatten_layers())
            few = column == "keras-tensorflow" and task.proven_steps < STEPS[-1]
            model.run_eagerly = draws or few
            if not (task.train or model.run_eagerly):
                with precision(dtype):
                    make_state(model, _cast(data, dtype))
        built = theirs if len(theirs) > 1 or "" not in theirs else theirs[""]
        steps = _steps(keras_half(name), task, built, _cast(data, dtype))

        def train(dtype=dtype, built=built, steps=steps):
            with precision(dtype), numpy_draws(DRAWS_SEED):
                found = with_ways(follow(built, steps, last=last))
            return {key: value for key, value in found.items() if key in chosen}

        records += checks.compare_run(
            f"{subject(name, task, variant)}: training",
            column,
            dtype,
            {key: oracle[key] for key in chosen},
            train,
            scale[dtype],
        )
    for record in records:
        record.reason = record.reason or reason
    return records


def _cast(data: Dataset, dtype: str, change=lambda array: array) -> Dataset:
    """The training data in a precision, floats passed through `change`."""

    def cast(array):
        return change(array.astype("float64")).astype(dtype) if array.dtype.kind == "f" else array

    return dataclasses.replace(data, x_train=tree.map_structure(cast, data.x_train))


def _steps(half, task: Task, model, data: Dataset):
    """The logs of one training step after another, without end."""
    generator = np.random.default_rng(0)
    if task.train:
        yield from getattr(half, task.train)(model, data, generator, STEP_BATCH)
    while True:
        chosen = generator.integers(0, len(data.y_train), STEP_BATCH)
        logs = model.train_on_batch(rows(data.x_train, chosen), data.y_train[chosen])
        yield {"loss": logs[0] if isinstance(logs, (list, tuple)) else logs}


def follow(built, steps, jitter=None, last=STEPS[-1]) -> dict:
    """Logs and weights after those of `STEPS` that are no later than the last one, by name."""
    quantities, logs = {}, {}
    for step in range(1, last + 1):
        with warnings.catch_warnings(), moved_statistics(jitter) if jitter else nullcontext():
            # A run that diverges is compared up to where it does.
            warnings.filterwarnings("ignore", "The loss of model .* is NaN")
            logged = next(steps)
        for key, value in logged.items():
            # What a step does not log counts as 0 there.
            logs.setdefault(key, np.zeros(STEPS[-1]))[step - 1] = float(value)
        for part, model in by_name(built).items():
            if jitter:
                model.set_weights([jitter(weight) for weight in model.get_weights()])
            if step in STEPS:
                for index, weight in enumerate(model.get_weights()):
                    quantities[weight_name(part, index, step)] = np.array(weight)
        if step in STEPS:
            for key, values in logs.items():
                quantities[f"{key} after step {step}"] = values[:step].copy()
    return quantities


def moved_statistics(jitter):
    """Meanwhile what normalizations keep of many numbers at once is passed through `jitter`."""

    def see(layer, args, kwargs, y, cache):
        if isinstance(layer, (AffineNormalization, RMSNormalization)):
            cache = tuple(
                jitter(kept) if isinstance(kept, np.ndarray) and kept.size < y.size else kept
                for kept in cache
            )
        return y, cache

    return watching.watched(see)


def weight_name(part: str, index: int, step: int) -> str:
    """What a weight is called after a step."""
    return f"{part} weight {index} after step {step}".strip()


def ways_of(run: dict, exact: dict, start: dict[str, list]) -> dict:
    """How far the weights have come along the exact way d: (w − w₀)·d / d·d.

    The roundings of single entries cancel in it, so that it shows what they hide: a learning rate
    that is wrong by one part in 10⁴.
    """
    ways = {}
    for part, weights in start.items():
        for step in STEPS:
            names = [weight_name(part, index, step) for index in range(len(weights))]
            if not run.keys() >= set(names):
                continue
            d = _moved(exact, names, weights)
            if d.any():
                far = np.abs(d).max()  # its square may be no number where training diverges
                d = d / far
                way = _moved(run, names, weights) / far @ d / (d @ d)
                ways[f"{part} way after step {step}".strip()] = way
    return ways


def scales(repeat, oracle: dict, exact: dict, start: dict[str, list]) -> dict[str, dict]:
    """The scale of every log, weight and way, by precision.

    Args:
        repeat: function of a `jitter` that repeats the steps up to `last` in a `dtype`, see
            `checks.scales`.
        oracle: what the steps give without jitter: logs and weights (`exact`), and the ways.
        start: the weights before the first step, by model.
    """
    near = checks.scales(repeat, oracle, JITTERED_RUNS, ROUNDINGS)
    alone = rounding_alone(near, exact, start)
    allow_for_cancelled_gradients(near, exact, start)
    found = {"float64": near, "float32": with_farther_kinks(near, repeat, oracle, exact)}
    if alone:
        for dtype, scale in found.items():
            allow_for_whole_steps(scale, repeat, oracle, dtype)
    return found


def rounding_alone(scale: dict, exact: dict, start: dict) -> bool:
    """Whether rounding may move some weight as far as its first step does.

    A weight that makes no step is moved by its own rounding, at the start and after the step, but
    no further.
    """
    tolerance = checks.FACTOR * checks.UNIT_ROUNDOFF["float32"]
    for part, weights in start.items():
        for index, w in enumerate(weights):
            name = weight_name(part, index, 1)
            moved, size = (np.abs(array).max(initial=0.0) for array in (exact[name] - w, w))
            if moved <= tolerance * scale[name] and (moved or scale[name] > BY_ITSELF * size):
                return True
    return False


def allow_for_whole_steps(
    scale: dict, repeat, oracle: dict, dtype: str, runs: int = TWIN_RUNS
) -> None:
    """Raise the scale of what the reference is far off in too when it rounds as `dtype` does.

    Of a gradient that is zero but for rounding (of a bias before batch normalization, of the keys'
    before softmax) Adam and Lion make whole steps, and rounding decides how long and which way.
    """
    own = checks.scales(lambda jitter: repeat(jitter, dtype=dtype), oracle, runs, dtype=dtype)
    for name in scale:
        scale[name] = max(scale[name], own[name] * checks.TWINS / checks.FACTOR)


def allow_for_cancelled_gradients(scale: dict, exact: dict, start: dict) -> None:
    """Raise each weight's scale to the largest move of any weight until that step.

    A gradient that is zero whatever the inputs (of a bias before batch normalization) is the
    rounding of terms as large as those of the others, and the learning rate multiplies it.
    """
    for part, weights in start.items():
        for step in STEPS:
            names = [weight_name(part, index, step) for index in range(len(weights))]
            if not exact.keys() >= set(names):
                continue
            largest = float(np.abs(_moved(exact, names, weights)).max(initial=0.0))
            for name in names:
                scale[name] = max(scale[name], largest)


def with_farther_kinks(scale: dict, repeat, oracle: dict, exact: dict) -> dict:
    """The scale raised by what a kink moves that lies between a quarter of the tolerance and all.

    So far from the exact run a correct one may be in float32: at its first step behind several
    layers, later by its weights. In float64 it is closer than any kink that jitter finds. The draws
    are the same, so that far from kinks repetitions come as far as before, for their roundings.
    """
    last = comparable(exact, scale)
    far = checks.scales(
        lambda jitter: repeat(jitter, last=last), oracle, JITTERED_RUNS, checks.FACTOR
    )
    return {
        name: near + max(far[name] - near, 0.0) * checks.FACTOR / ROUNDINGS
        for name, near in scale.items()
    }


def _moved(run: dict, names: list[str], start: list[np.ndarray]) -> np.ndarray:
    """w − w₀ of all weights, as one vector."""
    moves = [np.ravel(run[name] - w) for name, w in zip(names, start, strict=True)]
    return np.concatenate([*moves, np.zeros(0)])


def comparable(oracle: dict, scale: dict) -> int:
    """The last of the steps up to which rounding moves logs and weights by a small share only."""
    last = 1
    for step in STEPS[1:]:
        names = [name for name in oracle if name.endswith(f"after step {step}")]
        if not names:
            return last
        sizes = {name: float(np.abs(oracle[name]).max()) for name in names}
        # A weight is small or large beside the others, a bias may be all but zero.
        largest = max((size for name, size in sizes.items() if "weight" in name), default=0.0)
        if not np.isfinite(list(sizes.values())).all():
            return last
        for name, size in sizes.items():
            tolerance = checks.FACTOR * checks.UNIT_ROUNDOFF["float32"] * scale[name]
            if not tolerance <= CHAOS * (largest if "weight" in name else size):
                return last
        last = step
    return last


def make_state(model, data: Dataset) -> None:
    """Make the variables of a Keras model's optimizer and metrics before its first step.

    JAX and PyTorch do so by themselves. TensorFlow traces a step that makes variables once more,
    which takes longer than all the steps.
    """
    x, y = rows(data.x_train, slice(STEP_BATCH)), data.y_train[:STEP_BATCH]
    model._symbolic_build(data_batch=(x, y, None))


def round_constants(model) -> None:
    """Round an optimizer's constants (momentum, β₁, …) and its learning rate to float32.

    Keras does so in some places and not in others
    (docs/keras-divergences.md#optimizer-constants-in-float64); with constants that float32
    holds the rest can be proven exactly.
    """
    optimizer = getattr(model, "optimizer", None)
    for name, value in vars(optimizer).items() if optimizer else ():
        if isinstance(value, float):
            setattr(optimizer, name, float(np.float32(value)))
    rate = getattr(optimizer, "_learning_rate", None)
    if isinstance(rate, np.ndarray):  # of the NumPy half's
        rate[...] = np.float32(rate)
    elif hasattr(rate, "assign"):  # a variable of Keras's; else a schedule
        rate.assign(float(np.float32(float(rate))))
