"""Results: the jobs of a concept gathered into `result.json`, and the same read for the page."""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from comparisons.harness import catalogue
from comparisons.harness.backends import IMPLEMENTATIONS
from comparisons.harness.concept import Claim, Concept, Settings
from comparisons.harness.runs.jobs import RESULT_SCHEMA, Job, as_json, write_atomically
from comparisons.harness.statistics import interval, tost

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
        except (ValueError, RecursionError):
            raise ValueError(f"{path}: not a JSON file; run the concept again") from None
        schema = content.get("schema") if isinstance(content, dict) else None
        if schema != RESULT_SCHEMA:
            old = isinstance(schema, int) and schema < RESULT_SCHEMA
            raise (OldSchema if old else ValueError)(
                f"{path}: schema {schema} where {RESULT_SCHEMA} is expected; run the concept again"
            )
        return cls(folder, content)

    @cached_property
    def settings(self) -> Settings:
        """What the person chose."""
        return Settings.of(self.content["settings"])

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

    def arrays(self, function: str, implementation: str = "numpy", seed: int | None = None) -> dict:
        """The named arrays that a demonstration gave in one column; of the first seed by itself."""
        if seed is None:
            seed = self.seeds_of(function)[0]
        return self._arrays(Job("", "demonstrate", implementation, function, seed))

    def measured(self, function: str, measure: Callable[[dict], float]) -> list[float]:
        """One number a seed: the mean over the columns of `measure(arrays)` of a demonstration."""
        return [
            float(np.mean([measure(self.arrays(function, c, s)) for c in self.implementations]))
            for s in self.seeds_of(function)
        ]

    def of_numpy(self, function: str, measure: Callable, *more) -> list:
        """`measure(arrays, *more)` of a demonstration in the NumPy half, seed by seed."""
        seeds = self.seeds_of(function)
        return [measure(self.arrays(function, seed=seed), *more) for seed in seeds]

    def of_each(self, names: dict[str, str], function: str, measure: Callable) -> dict:
        """`measure(arrays, name)` in the NumPy half, a row a seed, by what each name is called."""
        return {
            title: np.array(self.of_numpy(function, measure, name)) for name, title in names.items()
        }

    def kept(
        self, variant: str = "model", implementation: str = "numpy", seed: int | None = None
    ) -> dict:
        """What the task's `keep` gave of a model in training: `{epoch: {name: array}}`.

        Of the first seed where none is named.
        """
        if seed is None:
            seed = min(run["seed"] for run in self.runs(variant=variant))
        found = {}
        for key, value in self._arrays(Job("", "train", implementation, variant, seed)).items():
            epoch, _, name = key.partition("/")
            found.setdefault(int(epoch), {})[name] = value
        return found

    def _arrays(self, job: Job) -> dict:
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
        """Whether every job was done and every check holds."""
        held = all(record["passed"] for record in self.content["checks"])
        return held and not self.content["failures"]


def gather(
    name: str,
    concept: Concept,
    folder: Path,
    environment: dict,
    columns: dict[str, dict],
    settings: dict,
    finished: list[tuple[Job, dict]],
    failures: Sequence[dict] = (),
) -> Result:
    """Write `result.json` from what the jobs gave, claims judged, and return it.

    Args:
        finished: the jobs that were done, and what each gave.
        failures: `{"job", "reason"}` for each job that was not.
    """
    content = {
        "schema": RESULT_SCHEMA,
        "concept": name,
        "settings": settings,
        "environment": environment,
        "columns": columns,
        "checks": _once(r for _, found in finished for r in found.get("checks", [])),
        "library": _library(finished),
        "runs": [run for _, found in finished for run in found.get("runs", [])],
        "baselines": [b for _, found in finished for b in found.get("baselines", [])],
        "demonstrations": [
            {"function": job.part, "implementation": job.implementation, "seed": job.seed}
            for job, _ in finished
            if job.action == "demonstrate"
        ],
        "claims": [],
        "failures": list(failures),
        "seconds": sum(found["seconds"] for _, found in finished),
    }
    result = Result(folder, content)
    content["summary"] = summarise(concept, result)
    content["claims"] = [_judge(name, claim, result) for claim in concept.claims]
    write_atomically(folder / "result.json", as_json(content))
    return Result.read(folder)


def _once(records: Iterable[dict]) -> list[dict]:
    """The checks, each once: every Keras column proves the library anew, with the same result."""
    return list({json.dumps(record, sort_keys=True): record for record in records}.values())


def _library(finished: list[tuple[Job, dict]]) -> dict[str, list[dict]]:
    """The library's functions that ran for each introduced thing, as any column found them."""
    found = {}
    for _, payload in finished:
        for name, functions in payload.get("library", {}).items():
            found.setdefault(name, functions)
    return found


def _judge(name: str, claim: Claim, result: Result) -> dict:
    """The claim's record; undecided where jobs that it needs have failed."""
    try:
        return claim.verdict(result)
    except Exception as error:
        if result.content["failures"]:
            return claim.record("undecided")
        where = f"Claim.measure of {claim.claim[0]!r}"
        raise ValueError(catalogue.told(name, error, where)) from error


def summarise(concept: Concept, result: Result) -> list[dict]:
    """Per variant and column: test scores, gap, speed, and whether the halves are equivalent."""
    if concept.task is None:
        return []
    # Folds share training data, which every interval over them has to allow for.
    shared = concept.task.test_over_train
    first = concept.task.scores[0]
    summary = []
    for variant in concept.task.variants:
        reference = test_scores(result, first.key, variant, "numpy")
        for column in result.implementations:
            runs = result.runs(variant=variant, implementation=column)
            if not runs:
                continue
            own = test_scores(result, first.key, variant, column)
            gaps = [run["generalisation_gap"] for run in runs]
            summary.append(
                {
                    "variant": variant,
                    "implementation": column,
                    "scores": {
                        score.key: _interval(
                            test_scores(result, score.key, variant, column), shared
                        )
                        for score in concept.task.scores
                    },
                    "generalisation_gap": _interval(gaps, shared),
                    "seconds_per_step": float(
                        np.median([r["seconds_per_step"] for r in timed(runs)])
                    ),
                    "equivalence": None
                    if column == "numpy"
                    or len(own) != len(reference)
                    or len(own) < 2
                    or not np.isfinite([*own, *reference]).all()
                    else tost(own, reference, first.margin, test_over_train=shared),
                }
            )
    return summary


def timed(runs: list[dict]) -> list[dict]:
    """The runs whose times count: those beside which nothing else ran, or all if there is none."""
    return [run for run in runs if run.get("alone", True)] or runs


def _interval(values: list[float], shared: float) -> dict | None:
    """The interval of the runs; None where one of them ended in no number."""
    values = [np.nan if value is None else value for value in values]
    return interval(values, test_over_train=shared) if np.isfinite(values).all() else None


def test_scores(result: Result, key: str, variant: str, column: str) -> list[float]:
    """A test score of every run of one column, in the order of seeds and folds."""
    runs = result.runs(variant=variant, implementation=column)
    ordered = sorted(runs, key=lambda run: (run["seed"], run["fold"]))
    return [run["scores"]["test"][key] for run in ordered]
