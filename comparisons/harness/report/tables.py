"""The tables of a concept's page, as rows of plain values; the templates give them their words."""

import math
import re

import pandas as pd

from comparisons.harness.backends import IMPLEMENTATIONS
from comparisons.harness.concept import Task
from comparisons.harness.report.charts import SPEEDS, speed_frame
from comparisons.harness.palette import in_order
from comparisons.harness.results import Result
from comparisons.harness.statistics import interval

_LAYER = re.compile(r"\blayer \S.*$")
SCORES = ("train_accuracy", "validation_accuracy", "test_log_loss", "test_roc_auc")


def proof(name: str, records: list[dict]) -> dict:
    """What was compared, a row each, against whom and in which precision, a column each.

    Returns:
        {"columns": [(against, dtype)], "rows": [{"what", "cells": [None or {"held", "total",
        "known": how many of them differ by a known divergence, which no tolerance bounds,
        "worst": largest share of a tolerance that was needed, None where it is infinite}]}]}
    """
    if not records:
        return {"columns": [], "rows": []}
    frame = pd.DataFrame(records)
    frame["what"] = [_LAYER.sub("layers, one at a time", subject(name, w)) for w in frame["what"]]
    # JSON has no infinity: a record that could not be compared needs None.
    frame["needed"] = frame["needed"].astype("float64").fillna(float("inf"))
    frame["known"] = frame["tolerance"].isna()
    keys = ["what", "against", "dtype"]
    grouped = frame.groupby(keys, sort=False).agg(
        held=("passed", "sum"),
        total=("passed", "size"),
        known=("known", "sum"),
        worst=("needed", "max"),
    )
    sides = frame[["against", "dtype"]].drop_duplicates()
    order = {
        side: place for place, side in enumerate(["calculus", *in_order(set(sides["against"]))])
    }
    columns = sorted(
        sides.itertuples(index=False, name=None),
        key=lambda side: (order.get(side[0], len(order)), side[1] != "float64", side[1]),
    )
    cells = {key: _cell(row) for key, row in zip(grouped.index, grouped.to_dict("records"))}
    rows = [
        {"what": what, "cells": [cells.get((what, *side)) for side in columns]}
        for what in frame["what"].unique()
    ]
    return {"columns": columns, "rows": rows}


def _cell(row: dict) -> dict:
    worst = None if row["worst"] == float("inf") else float(row["worst"])
    counts = {key: int(row[key]) for key in ("held", "total", "known")}
    return {**counts, "worst": worst}


def subject(name: str, what: str) -> str:
    """What a check compared, without the concept's name, which the page bears already.

    `"dropout (with dropout): model"` becomes `"with dropout: model"`.
    """
    variant, apart, rest = what.removeprefix(f"{name} ").partition("): ")
    if apart and variant.startswith("("):
        return f"{variant[1:]}: {rest}"
    return what.removeprefix(f"{name}: ")


def failures(name: str, records: list[dict]) -> list[dict]:
    """The worst record of each group that fails, with how many of the group fail."""
    groups: dict[tuple, list[dict]] = {}
    for record in records:
        if not record["passed"]:
            key = subject(name, record["what"]), record["against"], record["dtype"]
            groups.setdefault(key, []).append(record)
    return [
        {
            **max(group, key=lambda r: math.inf if r["needed"] is None else r["needed"]),
            "what": what,
            "failed": len(group),
        }
        for (what, _, _), group in groups.items()
    ]


def training(result: Result, task: Task) -> list[dict]:
    """A row for each variant and column: overfitting, accuracy, speed and their intervals."""
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
        scores = {
            score: interval(frame[score], test_over_train=task.test_over_train)
            for score in SCORES
            if score in frame
        }
        medians = speeds.loc[(variant, column)]
        steps = speeds["seconds_per_step"]
        reference = steps.get((variant, "numpy"))
        rows.append(
            {
                **summary,
                **scores,
                "runs": len(runs),
                "parameters": runs[0]["parameters"],
                "best_epoch": frame["best_epoch"].median(),
                "best_epoch_gap": frame["best_epoch_gap"].mean(),
                "turned": len(turned),
                "overfitting_epoch": turned.median() if len(turned) else None,
                "speed": {key: float(medians[key]) for key in SPEEDS},
                "ratio": medians["seconds_per_step"] / reference if reference else None,
            }
        )
    return rows


def data(result: Result) -> list[str]:
    """What was drawn, each description once, in the order of seeds and folds."""
    runs = sorted(result.content["runs"], key=lambda run: (run["seed"], run["fold"]))
    return list(dict.fromkeys(run["data"] for run in runs))
