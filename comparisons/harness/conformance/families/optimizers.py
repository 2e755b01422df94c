"""Optimizers: weights and state over twenty steps."""

import itertools
import json
import re
import warnings
from collections.abc import Iterator
from functools import partial

import numpy as np

import reference_numpy as rn
from comparisons.harness.check.known import of_training
from comparisons.harness.check.script import Sketch, construction
from comparisons.harness.conformance.families.trial import Calculation, Family, Trial
from comparisons.harness.conformance.optimizer_cases import CASES, case_id
from comparisons.harness.proof import checks
from comparisons.harness.proof.training_checks import STEPS, ways_of, weight_name

LAST = 20  # step
SHAPES = {"kernel": (4, 9), "embeddings": (5, 4), "bias": (9,), "window": (2, 4, 4), "scale": ()}


def initial_weights() -> dict[str, np.ndarray]:
    """Weights before the first step, by name."""
    generator = np.random.default_rng(1)
    return {name: generator.standard_normal(shape) for name, shape in SHAPES.items()}


def gradients(step: int, missing: str | None = None) -> list[np.ndarray | None]:
    """Gradients of very different sizes, some of them exactly 0."""
    generator = np.random.default_rng(100 + step)
    found = []
    for name, shape in SHAPES.items():
        gradient = generator.standard_normal(shape) * 10.0 ** generator.integers(-4, 2, shape)
        gradient = np.where(generator.random(shape) < 0.1, 0.0, gradient)
        found.append(None if name == missing else gradient)
    return found


def make(half, name: str, arguments: dict):
    """An optimizer of one half from plain arguments."""
    return getattr(half.optimizers, name).from_config(json.loads(json.dumps(arguments)))


def run(optimizer, also: dict, dtype="float64", steps=LAST, jitter=lambda array: array):
    """The NumPy half's weights after every step, and at the end the variables as (name, array).

    Args:
        also: what else is done to the optimizer, see `optimizer_cases`.
        jitter: what the gradients, and the weights after every step, are passed through.
    """
    weights = [np.array(jitter(w), dtype) for w in initial_weights().values()]
    limit = rn.constraints.get(also.get("constraint"))
    _exclude(optimizer, weights, also)
    optimizer.build(weights, paths=list(SHAPES), constraints=[limit] * len(weights))

    def given(gradient):
        return np.asarray(jitter(gradient), dtype)

    def kept(weight):
        weight[...] = jitter(weight)
        return weight.copy()

    path = _follow(optimizer, weights, also, steps, given, kept)
    return path, [(v.name, v.value) for v in optimizer.variables]


def run_keras(optimizer, also: dict, dtype="float64", steps=LAST):
    """The same by Keras."""
    import keras
    from keras import ops

    limit = keras.constraints.get(also.get("constraint"))
    weights = [
        keras.Variable(value, dtype=dtype, name=name) for name, value in initial_weights().items()
    ]
    for weight in weights:
        weight.constraint = limit
    _exclude(optimizer, weights, also)
    optimizer.build(weights)

    def given(gradient):
        return ops.convert_to_tensor(gradient.astype(dtype))

    def numbers(variable):
        return np.asarray(variable).copy()

    path = _follow(optimizer, weights, also, steps, given, numbers)
    return path, [(v.name, numbers(v)) for v in optimizer.variables]


def _exclude(optimizer, weights: list, also: dict) -> None:
    names = also.get("not_decayed_names")
    arrays = [weights[list(SHAPES).index(name)] for name in also.get("not_decayed_list", [])]
    if names or arrays:
        optimizer.exclude_from_weight_decay(var_list=arrays, var_names=names)


def _follow(optimizer, weights: list, also: dict, steps: int, given, kept) -> list[list]:
    """The weights after each step, and once they are final."""
    path, rates = [], also.get("learning_rates")
    for step in range(steps):
        if rates and step % 8 == 0:
            optimizer.learning_rate = rates[step // 8]
        now = [g if g is None else given(g) for g in gradients(step, also.get("missing"))]
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Gradients do not exist")
            optimizer.apply(now, weights)
        path.append([kept(w) for w in weights])
    optimizer.finalize_variable_values(weights)
    return [*path, [kept(w) for w in weights]]


def _named(path: list[list], variables: list[tuple]) -> dict[str, np.ndarray]:
    found = {
        weight_name("", index, step): weight
        for step in STEPS
        if step <= LAST
        for index, weight in enumerate(path[step - 1])
    }
    found |= {f"weight {index} at the end": weight for index, weight in enumerate(path[-1])}
    for number, (name, value) in enumerate(variables):
        # Keras counts variables without a name.
        found[f"variable {number} ({re.sub(r'_[0-9]+$', '', name)})"] = np.asarray(value)
    return found


def sketches(name: str, arguments: dict, backend: str, dtype: str, *asked) -> Iterator[Sketch]:
    """Few steps of a small weight, then more of them, whatever quantity it is that differs."""
    unit = checks.UNIT_ROUNDOFF[dtype]
    for steps, shape in itertools.product((1, 2, 5, 10, 20), ((1,), (3, 4))):

        def quantities(jitter=lambda array: array, steps=steps, shape=shape):
            generator = np.random.default_rng(0)

            def drawn():
                return jitter(generator.normal(size=shape).astype(dtype).astype("float64"))

            optimizer, weights = make(rn, name, arguments), [drawn()]
            for _ in range(steps):
                optimizer.apply([drawn()], weights)
            return {"weight": weights[0]}

        right = quantities()
        tolerance = checks.FACTOR * unit * checks.scales(quantities, right)["weight"]
        lines = (
            "rng = np.random.default_rng(0)",
            f'weight = keras.Variable(rng.normal(size={shape}), dtype="{dtype}")',
            f"optimizer = {construction('keras.optimizers', name, arguments)}",
            f"for _ in range({steps}):",
            f'    gradient = keras.ops.cast(rng.normal(size={shape}), "{dtype}")',
            "    optimizer.apply([gradient], [weight])",
        )
        how = "weight", right["weight"], tolerance
        yield Sketch(backend, dtype, name, f"weight after step {steps}", lines, *how)


def trial(case: tuple[str, dict, dict], module, backend: str, dtype: str) -> Trial:
    """The steps of a case's optimizer.

    Beside each weight stands the way of all of them, which shows a wrong rate where the rounding of
    single weights hides it.
    """
    name, arguments, also = case
    start = {"": list(initial_weights().values())}
    exact = _named(*run(make(rn, name, arguments), also))

    def with_ways(found):
        return {**found, **ways_of(found, exact, start)}

    def theirs():
        import keras

        return with_ways(_named(*run_keras(make(keras, name, arguments), also, dtype)))

    def quantities(jitter):
        return with_ways(_named(*run(make(rn, name, arguments), also, jitter=jitter)))

    known = partial(of_training, name, of="", causes={}, backend=backend, dtype=dtype)
    return Trial(
        Calculation(quantities),
        theirs,
        lambda one: known(needed=one.record.needed),
        sketches=partial(sketches, name, arguments, backend, dtype),
    )


FAMILY = Family([(case[0], case_id(case), case) for case in CASES], trial)
