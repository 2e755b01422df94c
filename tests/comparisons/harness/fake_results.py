"""Results that look like a run's, for the tests of the page: made up, but gathered as real ones."""

from dataclasses import asdict
from pathlib import Path

import numpy as np

from comparisons.harness import catalogue
from comparisons.harness.concept import Concept, Introduced, Settings, Task
from comparisons.harness.proof import checks
from comparisons.harness.runs import jobs, results
from comparisons.harness.runs.jobs import Job
from comparisons.harness.statistics import interval

COLUMNS = ("numpy", "keras-tensorflow", "keras-jax")
MISSING = {"keras-torch": {"missing": "torch is not installed (pip install torch)"}}
FOLDS = 5
UNITS = {"float64": 2.0**-53, "float32": 2.0**-24}
WHERE = ("output 0", "gradient of weight 0 (kernel)")
LIBRARY = [{"module": "reference_numpy.layers.regularization.dropout", "name": "Dropout.forward"}]
SPEED = {"numpy": 1.0, "keras-tensorflow": 2.6, "keras-jax": 1.7, "keras-torch": 4.1}
MACHINE = {
    "processor": "Imaginary Processor @ 2.80GHz",
    "cores": 2,
    "system": "Linux",
    "python": "3.11.7",
    "versions": {"keras-side-by-side": "0.1.0", "numpy": "2.4.6", "keras": "3.15.1", "torch": None},
}


def write(folder: Path, names, columns=COLUMNS, failing=(), missing=None, failures=()) -> None:
    """Write `folder/NAME/result.json` and the arrays of the demonstrations for these concepts."""
    missing = MISSING if missing is None else missing
    for name in names:
        declared = catalogue.load(name)
        settings = Settings()
        finished = [
            (job, _payload(job, declared, folder / name / "jobs", name in failing))
            for job in jobs.plan(name, declared, list(columns), settings)
        ]
        described = {
            column: {
                "implementation": column,
                "device": "cpu",
                "device_name": MACHINE["processor"],
                "threads": "as the framework sets them",
                "precision": "float32",
            }
            for column in columns
        }
        results.gather(
            name,
            declared,
            folder / name,
            MACHINE,
            {**described, **missing},
            asdict(settings),
            finished,
            failures,
        )


def _payload(job: Job, declared: Concept, folder: Path, failing: bool) -> dict:
    payload = {"column": {}, "seconds": 1.0}
    if job.action == "check":
        payload["checks"] = _checks(job, declared, failing)
        payload["library"] = {
            thing.name: LIBRARY for thing in declared.introduces if thing.arguments
        }
    elif job.action == "demonstrate":
        demonstration = next(d for d in declared.demonstrations if d.function == job.part)
        half, arguments = catalogue.reference_half(job.concept), demonstration.arguments(job.seed)
        arrays = demonstration.run(half, arguments, job.seed)
        jobs.write_job(folder, job, {"fingerprint": ""}, {}, arrays)
    elif job.action == "train":
        task = declared.task
        folds = FOLDS if task.test_over_train else 1
        payload["runs"] = [_run(job, task, fold) for fold in range(folds)]
    else:
        payload["baselines"] = _baselines(declared.task)
    return payload


def _checks(job: Job, declared: Concept, failing: bool) -> list[dict]:
    parts = [f"{job.concept}: {d.function}" for d in declared.demonstrations]
    records = []
    for thing in declared.introduces:
        records += _introduced(f"{job.concept}: {thing.name}", thing, job.implementation)
    if declared.task:
        for variant in declared.task.variants:
            subject = job.concept + (f" ({variant})" if len(declared.task.variants) > 1 else "")
            if job.implementation == "numpy":
                records += _pairs(f"{subject}: model", "calculus", ["float64"], WHERE[1:])
            kinds = ("model, inference", "model, training", "layer dense", "training")
            parts += [f"{subject}: {kind}" for kind in kinds]
    whats = [] if job.implementation == "numpy" else parts
    for what in whats:
        records += _pairs(what, job.implementation)
    if failing and whats:
        wrong = checks.compare(
            f"{job.concept}: layer dense",
            "gradient of weight 1 (bias)",
            job.implementation,
            "float32",
            np.ones(3),
            np.array([1.0, 1.25, 1.0]),
            4e-6,
        )
        lost = checks.compare(
            f"{job.concept}: layer <script>alert(1)</script> & co",
            "output 0",
            job.implementation,
            "float32",
            np.ones(3),
            np.ones(4),
            4e-6,
        )
        records += [wrong, lost]
    return [record.as_dict() for record in records]


def _introduced(what: str, thing: Introduced, column: str) -> list[checks.Record]:
    if not thing.arguments:
        return []
    if column == "numpy":
        return _pairs(what, "calculus", ["float64"], WHERE[1:])
    return _pairs(what, column) + _pairs(what, "library")


def _pairs(what: str, against: str, dtypes=tuple(UNITS), where=WHERE) -> list[checks.Record]:
    """Comparisons that hold, of numbers that differ in their last places."""
    generator = np.random.default_rng(3)
    records = []
    for dtype in dtypes:
        for quantity in where:
            x, y = generator.standard_normal((2, 3, 4))
            theirs, tolerance = x + 3 * UNITS[dtype] * y, 64 * UNITS[dtype]
            records.append(checks.compare(what, quantity, against, dtype, x, theirs, tolerance))
    return records


def _run(job: Job, task: Task, fold: int) -> dict:
    generator = np.random.default_rng([job.seed, fold, len(job.part), len(job.implementation)])
    epochs, first = task.presets["default"].epochs, task.scores[0]
    sign = 1 if first.larger_is_better else -1
    best, time = 0.8, np.arange(1, epochs + 1) / epochs
    overfit = 0.25 if "without" in job.part else 0.05
    noise = 0.006 * generator.standard_normal((4, epochs))
    history = {
        first.key: best + sign * (overfit / 5 - 0.4 * np.exp(-7 * time)) + noise[0],
        "loss": 0.15 + 1.6 * np.exp(-5 * time) + noise[1],
        f"val_{first.key}": best - sign * 0.45 * np.exp(-7 * time) + noise[2],
        "val_loss": 0.25 + 1.6 * np.exp(-5 * time) + overfit * time**2 + noise[3],
    }
    history = {key: [float(value) for value in values] for key, values in history.items()}
    turn = int(np.argmin(history["val_loss"]))
    test = float(best + 0.004 * generator.standard_normal())
    firsts = {"train": best + sign * overfit / 5, "validation": best, "test": test}
    return {
        "implementation": job.implementation,
        "seed": job.seed,
        "fold": fold,
        "variant": job.part,
        "device": "cpu",
        "data": [
            f"made-up data, fold {fold + 1}, drawn with seed {job.seed}",
            f"架空のデータ、分割{fold + 1}、シード{job.seed}",
        ],
        "notes": [["Read <quickly>.", "すばやく読んだ。"]],
        "epochs": epochs,
        "steps_per_epoch": 26,
        "batch_size": task.presets["default"].batch_size,
        "history": history,
        "scores": {
            part: {score.key: 0.43 for score in task.scores} | {first.key: value}
            for part, value in firsts.items()
        },
        "generalisation_gap": first.gap(firsts["train"], firsts["validation"]),
        "best_epoch": turn + 1,
        "best_epoch_gap": first.gap(history[first.key][turn], history[f"val_{first.key}"][turn]),
        "overfitting_epoch": turn + 1 if turn < epochs - 1 else None,
        "seconds_per_step": 0.002 * SPEED[job.implementation] * generator.uniform(0.9, 1.2),
        "seconds_per_epoch": 0.06 * SPEED[job.implementation] * generator.uniform(0.9, 1.2),
        "compile_seconds": 0.001 if job.implementation == "numpy" else 0.8,
        "seconds_per_prediction": 0.0005 * SPEED[job.implementation],
        "peak_memory_bytes": int(2.9e8 * SPEED[job.implementation]),
        "parameters": 1649,
    }


def _baselines(task: Task) -> list[dict]:
    names = [
        ("Majority class", "多数派クラス", 0.12),
        ("Logistic regression", "ロジスティック回帰", 0.78),
        ("Random forest", "ランダムフォレスト", 0.81),
    ]
    count = task.seeds * (FOLDS if task.test_over_train else 1)
    draws = np.linspace(-0.01, 0.012, count)
    first, *others = task.scores
    return [
        {
            "name": name,
            "name_ja": name_ja,
            "data": ["made-up data for scikit-learn", "scikit-learn用の架空のデータ"],
            "scores": {
                first.key: interval(mean + draws, test_over_train=task.test_over_train),
                **{score.key: interval(0.4 + draws) for score in others[:1]},
            },
            "seconds": 0.31,
        }
        for name, name_ja, mean in names
    ]
