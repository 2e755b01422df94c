"""Results: the jobs of a concept gathered into `result.json`, and the same read for the page."""

import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np

from comparisons.harness.backends import IMPLEMENTATIONS
from comparisons.harness.concept import Concept
from comparisons.harness.jobs import RESULT_SCHEMA, Job, as_json, write_atomically
from comparisons.harness.statistics import interval, tost

EQUIVALENCE_MARGIN = 0.01
MISSING = {"missing": "not asked for"}


class OldSchema(ValueError):
    """A result that an older version of the project wrote."""


class Result:
    """One concept's result, as claims and figures see it.

    Args:
        folder: `results/NAME`.
        content: what `result.json` holds.
    """

    def __init__(self, folder: Path, content: dict):
        self.folder, self.content = folder, content

    @classmethod
    def read(cls, folder: Path) -> "Result":
        """The result in `folder`. Raises ValueError where there is none, or a broken or old one."""
        path = folder / "result.json"
        try:
            content = json.loads(path.read_bytes())
        except OSError as error:
            raise ValueError(f"{path}: {error.strerror or error}") from None
        except ValueError:
            raise ValueError(f"{path}: not a JSON file; run the concept again") from None
        schema = content.get("schema") if isinstance(content, dict) else None
        if schema != RESULT_SCHEMA:
            old = isinstance(schema, int) and schema < RESULT_SCHEMA
            raise (OldSchema if old else ValueError)(
                f"{path}: schema {schema} where {RESULT_SCHEMA} is expected; run the concept again"
            )
        return cls(folder, content)

    @cached_property
    def implementations(self) -> list[str]:
        """The columns that ran, NumPy's first."""
        columns = self.content["columns"]
        return [name for name in IMPLEMENTATIONS if "missing" not in columns.get(name, MISSING)]

    def runs(self, **wanted) -> list[dict]:
        """The training records that have these values, `runs(variant="with", seed=0)`."""
        return [
            run
            for run in self.content["runs"]
            if all(run[key] == value for key, value in wanted.items())
        ]

    def by_seed(self, value: Callable[[dict], float], **wanted) -> list[float]:
        """One number a seed: the mean of `value(run)` over the columns (and folds) of that seed."""
        runs = self.runs(**wanted)
        seeds = sorted({run["seed"] for run in runs})
        return [float(np.mean([value(r) for r in runs if r["seed"] == seed])) for seed in seeds]

    def arrays(self, function: str, implementation: str = "numpy", seed: int = 0) -> dict:
        """The named arrays that a demonstration gave in one column."""
        job = Job("", "demonstrate", implementation, function, seed)
        path = self.folder / "jobs" / f"{job.file_name}.npz"
        # Opened here, since NumPy leaves the file of a broken archive open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return dict(arrays)

    def seeds_of(self, function: str) -> list[int]:
        """The seeds that a demonstration ran with."""
        return sorted(
            {d["seed"] for d in self.content["demonstrations"] if d["function"] == function}
        )

    @property
    def passed(self) -> bool:
        """Whether every check holds (and there were checks, where a Keras column ran)."""
        return all(record["passed"] for record in self.content["checks"])


def gather(
    name: str,
    concept: Concept,
    folder: Path,
    environment: dict,
    columns: dict[str, dict],
    settings: dict,
    finished: list[tuple[Job, dict]],
) -> Result:
    """Write `result.json` from what the jobs gave, claims judged, and return it."""
    content = {
        "schema": RESULT_SCHEMA,
        "concept": name,
        "settings": settings,
        "environment": environment,
        "columns": columns,
        "checks": [r for _, found in finished for r in found.get("checks", [])],
        "runs": [run for _, found in finished for run in found.get("runs", [])],
        "baselines": [b for _, found in finished for b in found.get("baselines", [])],
        "demonstrations": [
            {"function": job.part, "implementation": job.implementation, "seed": job.seed}
            for job, _ in finished
            if job.action == "demonstrate"
        ],
        "claims": [],
        "seconds": sum(found["seconds"] for _, found in finished),
    }
    result = Result(folder, content)
    content["summary"] = summarise(concept, result)
    content["claims"] = [claim.verdict(result) for claim in concept.claims]
    write_atomically(folder / "result.json", as_json(content))
    return Result.read(folder)


def summarise(concept: Concept, result: Result) -> list[dict]:
    """Per variant and column: test accuracy, gap, speed, and whether the halves are equivalent."""
    if concept.task is None:
        return []
    # Folds share training data, which every interval over them has to allow for.
    shared = concept.task.test_over_train
    rows = []
    for variant in concept.task.variants:
        reference = accuracies(result, variant, "numpy")
        for column in result.implementations:
            runs = result.runs(variant=variant, implementation=column)
            if not runs:
                continue
            own = accuracies(result, variant, column)
            rows.append(
                {
                    "variant": variant,
                    "implementation": column,
                    "test_accuracy": interval(
                        [run["test_accuracy"] for run in runs], test_over_train=shared
                    ),
                    "generalisation_gap": interval(
                        [run["generalisation_gap"] for run in runs], test_over_train=shared
                    ),
                    "seconds_per_step": float(np.median([r["seconds_per_step"] for r in runs])),
                    "equivalence": None
                    if column == "numpy" or len(own) != len(reference) or len(own) < 2
                    else tost(own, reference, EQUIVALENCE_MARGIN, test_over_train=shared),
                }
            )
    return rows


def accuracies(result: Result, variant: str, column: str) -> list[float]:
    """Test accuracy of every run of one column, in the order of seeds and folds."""
    runs = result.runs(variant=variant, implementation=column)
    return [run["test_accuracy"] for run in sorted(runs, key=lambda r: (r["seed"], r["fold"]))]
