"""Check random models as a user would, in great numbers; each finding that is new is an alarm.

`python -m tests.comparisons.random_checks --backend torch --seed 502 --count 1000` draws models,
compiles each with a random loss, optimizer and metrics, checks it in its own precision with some
steps, and prints every alarm with the model's recipe. `--only 346,618` checks those numbers alone:
of one seed they are the same models, whatever is checked beside them. Exit 1 if there was an alarm.
"""

import argparse
import os
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from comparisons.harness.check.checking import STEPS, Check
from comparisons.harness.check.columns import Columns
from comparisons.harness.check.findings import Finding
from tests.comparisons.random_models import Recipe, build, moved, recipes

LOSSES = ("mse", "mae", "huber", "log_cosh")
OPTIMIZERS = ("sgd", "adam", "rmsprop", "adamw", "nadam", "lion")
METRICS = (
    "mse",
    "mae",
    "log_cosh",
    "cosine_similarity",
    "RootMeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "CosineSimilarity",
)
TOLD_EVERY = 20
LEAST = 500  # of so many or more, hypothesis begins alike with one seed
ONE_LINE = 1000  # a failure's last characters


def drawn(seed: int, count: int) -> list[Recipe]:
    """The first recipes of a seed."""
    found = []

    @seeded(seed)
    @settings(
        max_examples=max(count, LEAST),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(recipes())
    def collect(recipe):
        found.append(recipe)

    collect()
    return found[:count]


def compiled(recipe: Recipe, seed: int, number: int):
    """The Keras model of a recipe, with random weights, a loss, an optimizer and metrics."""
    import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(0)
    model = build(recipe)
    model.set_weights(moved(model.get_weights()))
    generator = np.random.default_rng([seed, number])
    optimizer, loss = str(generator.choice(OPTIMIZERS)), str(generator.choice(LOSSES))
    chosen = [str(generator.choice(METRICS)) for _ in model.outputs]
    named = chosen if recipe.sequential else dict(zip(model.output_names, chosen, strict=True))
    model.compile(optimizer, loss, metrics=named)
    return model


def findings(columns: Columns, recipe: Recipe, seed: int, number: int) -> list[Finding]:
    """What the check finds that is no convention; of what else is odd nobody is warned."""
    with (
        tempfile.TemporaryDirectory(prefix="sidebyside-") as folder,
        np.errstate(all="ignore"),
        warnings.catch_warnings(action="ignore"),
    ):
        model = compiled(recipe, seed, number)
        check = Check(model, Path(folder), dtype=recipe.dtype, steps=STEPS, seed=number)
        return [one for one in check.run(columns).findings if not one.convention]


def alarms(columns: Columns, recipe: Recipe, seed: int, number: int, known: Counter) -> list[str]:
    """What the check finds that is new, or how it fails, a line each; the rest is counted."""
    try:
        found = findings(columns, recipe, seed, number)
    except Exception:
        return [f"FAILED: {traceback.format_exc()[-ONE_LINE:]}"]
    known.update(one.known for one in found if one.known)
    return [
        f"{one.layer}: {one.quantity}, {one.kind}, on {one.backend} in {recipe.dtype}: "
        f"error {one.error:.3g}, {one.needed:.3g} times the tolerance"
        for one in found
        if not one.known
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backend", default="tensorflow", help="tensorflow, jax or torch")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--only", default="", help="numbers of models, 3,7; all by default")
    given = parser.parse_args(arguments)
    only = [int(number) for number in given.only.split(",") if number]
    models = enumerate(drawn(given.seed, max(only) + 1 if only else given.count))
    chosen = [(number, recipe) for number, recipe in models if not only or number in only]
    wrong, known, start = 0, Counter(), time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="sidebyside-") as folder,
        Columns([given.backend], Path(folder)) as columns,
    ):
        for done, (number, recipe) in enumerate(chosen, 1):
            found = alarms(columns, recipe, given.seed, number, known)
            wrong += len(found)
            if found:
                print(*found, recipe, sep="\n    ", flush=True)
                how = f"--backend {given.backend} --seed {given.seed} --only {number}"
                print(f"    python -m tests.comparisons.random_checks {how}", flush=True)
            if not columns.backends:
                print(f"{given.backend} is lost: {columns.lost}")
                return 1
            if done % TOLD_EVERY == 0 or done == len(chosen):
                seconds = time.monotonic() - start
                print(f"{done} models, alarms: {wrong}, {seconds:.0f} s", flush=True)
    for name, count in known.most_common():
        print(f"{count:5} {name}")
    return int(wrong > 0)


if __name__ == "__main__":
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.exit(main())
