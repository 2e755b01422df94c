"""Results that look like a run's, for the tests of the page: made up, but gathered as real ones."""

from dataclasses import asdict
from pathlib import Path

import numpy as np

from comparisons.harness import catalogue, checks, jobs, results
from comparisons.harness.concept import Concept, Settings, Task
from comparisons.harness.jobs import Job
from comparisons.harness.statistics import interval

COLUMNS = ("numpy", "keras-tensorflow", "keras-jax")
MISSING = {"keras-torch": {"missing": "torch is not installed (pip install torch)"}}
FOLDS = 5
SPEED = {"numpy": 1.0, "keras-tensorflow": 2.6, "keras-jax": 1.7, "keras-torch": 4.1}
MACHINE = {
    "processor": "Imaginary Processor @ 2.80GHz",
    "cores": 2,
    "system": "Linux",
    "python": "3.11.7",
    "versions": {"keras-side-by-side": "0.1.0", "numpy": "2.4.6", "keras": "3.15.1", "torch": None},
}


def write(folder: Path, names, columns=COLUMNS, failing=(), missing=None) -> None:
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
                "threads": 1,
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
        )


def _payload(job: Job, declared: Concept, folder: Path, failing: bool) -> dict:
    payload = {"column": {}, "seconds": 1.0}
    if job.action == "check":
        payload["checks"] = _checks(job, declared, failing)
    elif job.action == "demonstrate":
        demonstration = next(d for d in declared.demonstrations if d.function == job.part)
        arguments = demonstration.arguments(job.seed)
        jobs.write_job(folder, job, "", {}, demonstration.run_reference(job.concept, arguments))
    elif job.action == "train":
        task = declared.task
        folds = FOLDS if task.test_over_train else 1
        payload["runs"] = [_run(job, task, fold) for fold in range(folds)]
    else:
        payload["baselines"] = _baselines(declared.task)
    return payload


def _checks(job: Job, declared: Concept, failing: bool) -> list[dict]:
    generator = np.random.default_rng(3)
    parts = [f"{job.concept}: {d.function}" for d in declared.demonstrations]
    records = []
    if declared.task:
        for variant in declared.task.variants:
            subject = job.concept + (f" ({variant})" if len(declared.task.variants) > 1 else "")
            if job.implementation == "numpy":
                x, y = generator.standard_normal((2, 5))
                y = x + 1e-9 * y
                records.append(
                    checks.compare(f"{subject}: model", "input", "calculus", "float64", x, y, 1e-7)
                )
            kinds = ("model, inference", "model, training", "layer dense", "training")
            parts += [f"{subject}: {kind}" for kind in kinds]
    whats = [] if job.implementation == "numpy" else parts
    for what in whats:
        for dtype, unit in (("float64", 2.0**-53), ("float32", 2.0**-24)):
            for where in ("output 0", "gradient of weight 0 (kernel)"):
                x, y = generator.standard_normal((2, 3, 4))
                records.append(
                    checks.compare(
                        what,
                        where,
                        job.implementation,
                        dtype,
                        x,
                        x + 3 * unit * y,
                        64 * unit,
                    )
                )
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


def _run(job: Job, task: Task, fold: int) -> dict:
    generator = np.random.default_rng([job.seed, fold, len(job.part), len(job.implementation)])
    epochs = task.presets["default"].epochs
    best = 0.8 if task.kind == "binary" else 0.965
    time = np.arange(1, epochs + 1) / epochs
    overfit = 0.25 if "without" in job.part else 0.05
    noise = 0.006 * generator.standard_normal((4, epochs))
    history = {
        "accuracy": best + overfit / 5 - 0.4 * np.exp(-7 * time) + noise[0],
        "loss": 0.15 + 1.6 * np.exp(-5 * time) + noise[1],
        "val_accuracy": best - 0.45 * np.exp(-7 * time) + noise[2],
        "val_loss": 0.25 + 1.6 * np.exp(-5 * time) + overfit * time**2 + noise[3],
    }
    history = {key: [float(value) for value in values] for key, values in history.items()}
    turn = int(np.argmin(history["val_loss"]))
    test = float(best - 0.005 + 0.004 * generator.standard_normal())
    scores = {"train": best + overfit / 5, "validation": best, "test": test}
    binary = {"roc_auc": 0.86} if task.kind == "binary" else {}
    return {
        "implementation": job.implementation,
        "seed": job.seed,
        "fold": fold,
        "variant": job.part,
        "device": "cpu",
        "data": f"made-up data, fold {fold + 1}, drawn with seed {job.seed}",
        "epochs": epochs,
        "steps_per_epoch": 26,
        "batch_size": task.presets["default"].batch_size,
        "history": history,
        **{
            f"{part}_{key}": value
            for part, score in scores.items()
            for key, value in {"accuracy": score, "log_loss": 0.43, **binary}.items()
        },
        "generalisation_gap": scores["train"] - scores["validation"],
        "best_epoch": turn + 1,
        "best_epoch_gap": history["accuracy"][turn] - history["val_accuracy"][turn],
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
    draws = np.array([-0.01, 0.0, 0.012])
    binary = task.kind == "binary"
    return [
        {
            "name": name,
            "name_ja": name_ja,
            "data": "made-up data for scikit-learn",
            "accuracy": interval(mean + draws, test_over_train=task.test_over_train),
            "roc_auc": interval(mean + draws) if binary else None,
            "log_loss": interval(0.4 + draws) if binary else None,
            "seconds": 0.31,
        }
        for name, name_ja, mean in names
    ]
