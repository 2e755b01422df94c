"""The tables of a concept's page, as rows of plain values; the templates give them their words."""

import math
import re

import pandas as pd

from comparisons.harness.backends import IMPLEMENTATIONS
from comparisons.harness.bilingual import Words
from comparisons.harness.concept import Introduced, Task
from comparisons.harness.report.charts import SPEEDS, speed_frame, variant_name
from comparisons.harness.report.language import fill, pair, recorded, words
from comparisons.harness.runs.results import Result
from comparisons.harness.statistics import interval
from comparisons.harness.words import WORDS

_LAYER = re.compile(r"\blayer \S.*$")
_VARIANT = re.compile(r"\S+ \((.+?)\): (.+)")
# Against whom, in the order of the ladder.
ORDER = ("calculus", "written out", "library", *IMPLEMENTATIONS)


def proof(name: str, records: list[dict], task: Task | None) -> dict:
    """What was compared, a row each, against whom and in which precision, a column each.

    What a column cannot compute counts neither way; the list of all comparisons says so.

    Returns:
        {"columns": [(against, dtype)], "rows": [{"what", "cells": [None or {"held", "total",
        "known": how many of them differ by a known divergence, which no tolerance bounds,
        "reason": what is told of these, empty where they are of several,
        "worst": largest share of a tolerance that was needed, None where it is infinite}]}]}
    """
    records = [record for record in records if record["ran"]]
    if not records:
        return {"columns": [], "rows": []}
    frame = _frame(records)
    frame["what"] = [subject(name, _LAYER.sub("layers", w), task) for w in frame["what"]]
    keys = ["what", "against", "dtype"]
    sides = frame[["against", "dtype"]].drop_duplicates()
    columns = sorted(
        sides.itertuples(index=False, name=None),
        key=lambda side: (_place(side[0]), side[1] != "float64", side[1]),
    )
    cells = {key: _cell(group) for key, group in frame.groupby(keys, sort=False)}
    rows = [
        {"what": what, "cells": [cells.get((what, *side)) for side in columns]}
        for what in frame["what"].unique()
    ]
    return {"columns": columns, "rows": rows}


def comparisons(name: str, records: list[dict], task: Task | None) -> list[dict]:
    """All comparisons, those together of which the same is to be said.

    Returns:
        {"what", "against", "dtype", "passed", "reason", "known": whether no tolerance bounds them,
        "records"}, in the order in which they were first compared.
    """
    groups: dict[tuple, list[dict]] = {}
    keys = ("what", "against", "dtype", "passed", "reason")
    for record in records:
        shared = *map(record.get, keys), record["tolerance"] is None
        groups.setdefault(shared, []).append(record)
    return [
        {
            **dict(zip((*keys, "known"), shared)),
            "what": subject(name, shared[0], task),
            "records": group,
        }
        for shared, group in groups.items()
    ]


def agreement(name: str, thing: Introduced, records: list[dict]) -> list[dict]:
    """A cell of `proof` for each side that an introduced thing was compared with.

    Beside it `"against"`, the side, and `"differs"`, whether a comparison does not hold.
    """
    what = f"{name}: {thing.name if thing.arguments else thing.demonstration}"
    own = [record for record in records if record["what"] == what and record["ran"]]
    if not own:
        return []
    groups = _frame(own).groupby("against", sort=False)
    cells = {against: _cell(group) for against, group in groups}
    return [
        {
            "against": against,
            **cells[against],
            "differs": cells[against]["held"] < cells[against]["total"],
        }
        for against in sorted(cells, key=_place)
    ]


def _frame(records: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame(records)
    # JSON has no infinity: a record that could not be compared needs None.
    frame["needed"] = frame["needed"].astype("float64").fillna(float("inf"))
    frame["known"] = frame["tolerance"].isna()
    return frame


def _cell(group: pd.DataFrame) -> dict:
    worst = float(group["needed"].max())
    reasons = group.loc[group["known"], "reason"].unique()
    return {
        "held": int(group["passed"].sum()),
        "total": len(group),
        "known": int(group["known"].sum()),
        "reason": reasons[0] if len(reasons) == 1 else "",
        "worst": None if worst == float("inf") else worst,
    }


def _place(against: str) -> int:
    return ORDER.index(against) if against in ORDER else len(ORDER)


def subject(name: str, what: str, task: Task | None = None) -> Words:
    """What a check compared, without the concept's name, which the page bears already.

    `"dropout (with dropout): model, training"` becomes "with dropout: model, training".
    """
    found = _VARIANT.fullmatch(what)
    if found and what.startswith(f"{name} ("):
        variant = variant_name(task, found[1]) if task else (found[1], found[1])
        parts = {"variant": variant, "kind": _kind(found[2])}
        return fill(("{variant}: {kind}", "{variant}：{kind}"), **parts)
    return _kind(what.removeprefix(f"{name}: "))


def _kind(text: str) -> Words:
    english, japanese = zip(*map(_part, text.split(", ")))
    return ", ".join(english), "、".join(japanese)


def _part(text: str) -> Words:
    """A part of what a check compared; the name of a function of both halves as code."""
    if text.isidentifier() and f"check {text}" not in WORDS:
        return pair(f"`{text}`")
    return WORDS.get(f"check {text}") or recorded(text)


def failures(name: str, records: list[dict], task: Task | None) -> list[dict]:
    """The worst record of each group that fails, with how many of the group fail."""
    groups: dict[tuple, list[dict]] = {}
    for record in records:
        if not record["passed"]:
            key = subject(name, record["what"], task), record["against"], record["dtype"]
            groups.setdefault(key, []).append(record)
    return [
        {
            **max(group, key=lambda r: math.inf if r["needed"] is None else r["needed"]),
            "what": what,
            "failed": len(group),
        }
        for (what, _, _), group in groups.items()
    ]


def job_words(job: dict, task: Task | None) -> Words:
    """What a job did, with its part and seed."""
    found, part = WORDS[f"job {job['action']}"], job["part"]
    if part:
        trained = job["action"] == "train" and task
        found = words(
            "job part", action=found, part=variant_name(task, part) if trained else pair(part)
        )
    if job["action"] in ("train", "demonstrate"):
        found = words("job seed", job=found, seed=job["seed"])
    return found


def training(result: Result, task: Task) -> list[dict]:
    """A row for each variant and column: overfitting, scores, speed and their intervals."""
    speeds = speed_frame(result).groupby(["variant", "implementation"], sort=False).median()
    order = {key: place for place, key in enumerate([*task.variants, *IMPLEMENTATIONS])}
    summaries = sorted(
        result.content["summary"], key=lambda s: (order[s["variant"]], order[s["implementation"]])
    )
    rows = []
    for summary in summaries:
        variant, column = summary["variant"], summary["implementation"]
        runs = result.runs(variant=variant, implementation=column)
        frame = pd.DataFrame(runs)
        turned = frame["overfitting_epoch"].dropna()
        first = task.scores[0].key
        medians = speeds.loc[(variant, column)]
        reference = speeds["seconds_per_step"].get((variant, "numpy"))
        rows.append(
            {
                **summary,
                "name": variant_name(task, variant),
                **{
                    part: _interval([run["scores"][part][first] for run in runs], task)
                    for part in ("train", "validation")
                },
                "runs": len(runs),
                "parameters": runs[0]["parameters"],
                "best_epoch": frame["best_epoch"].median(),
                "best_epoch_gap": _mean(frame["best_epoch_gap"]),
                "turned": len(turned),
                "overfitting_epoch": turned.median() if len(turned) else None,
                "speed": {key: float(medians[key]) for key in SPEEDS},
                "ratio": medians["seconds_per_step"] / reference if reference else None,
            }
        )
    return rows


def _interval(values: list[float | None], task: Task) -> dict | None:
    """The interval of the runs; None where one of them ended in no number."""
    return None if None in values else interval(values, test_over_train=task.test_over_train)


def _mean(values: pd.Series) -> float | None:
    known = values.dropna()
    return float(known.mean()) if len(known) else None


def data(result: Result) -> list[Words]:
    """What was drawn, each description once, in the order of seeds and folds."""
    runs = sorted(result.content["runs"], key=lambda run: (run["seed"], run["fold"]))
    return list(dict.fromkeys(tuple(run["data"]) for run in runs))


def notes(result: Result) -> list[Words]:
    """How the data of all runs were read and prepared, each sentence once."""
    return list(dict.fromkeys(tuple(n) for run in result.content["runs"] for n in run["notes"]))
