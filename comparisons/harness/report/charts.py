"""The charts of a concept's training: curves, scores, speed."""

import itertools

import altair as alt
import pandas as pd

from comparisons.harness.bilingual import SEPARATOR, Words, both
from comparisons.harness.concept import Task
from comparisons.harness.drawing import palette
from comparisons.harness.drawing.figure_parts import LEGEND_OF_LINES
from comparisons.harness.report import formats
from comparisons.harness.report.language import fill, unit, words
from comparisons.harness.report.pictures import Picture, picture
from comparisons.harness.runs.results import Result, timed
from comparisons.harness.scores import Score
from comparisons.harness.words import WORDS

CURVE_WIDTH, CURVE_HEIGHT = 300, 210
# How many times the median of the first epoch a loss that diverged reaches, and what is shown then.
DIVERGED, SHOWN = 100, 10
# How far from all others a baseline may lie before it would squeeze them together: as a share
# of one, or in other units as a multiple of what the others span.
OFF_THE_SCALE = {"%": 0.25, "": 4.0}


def curves(result: Result, task: Task, columns: list[str]) -> list[Picture]:
    """Loss, scores and other logs by epoch: train and validation, all columns."""
    frame = curve_frame(result, task)
    variants = list(dict.fromkeys(frame["variant"]))
    scores = {score.key: score for score in task.scores}
    parts = [both(*WORDS["training data"]), both(*WORDS["validation data"])]
    pictures = []
    for metric in sorted(frame["metric"].unique(), key=lambda name: (name != "loss", name)):
        own = frame[frame["metric"] == metric]
        name = scores[metric].name if metric in scores else WORDS.get(metric, (metric, metric))
        top = ceiling(own) if metric == "loss" else None
        y = alt.Y("value:Q").title(both(*name))
        y = y.scale(zero=False) if top is None else y.scale(zero=False, domainMax=top)
        y = y.axis(format="%" if metric in scores and scores[metric].unit == "%" else "~r")
        last = int(own["epoch"].max())
        by_epoch = alt.Chart().encode(
            x=alt.X("epoch:Q")
            .axis(values=epoch_ticks(last), format="d")
            .scale(domainMin=1, nice=False)
            .title(both(*WORDS["epoch"])),
            color=alt.Color("implementation:N").legend(**LEGEND_OF_LINES).title(None),
        )
        lines = by_epoch.encode(
            strokeDash=alt.StrokeDash("part:N")
            .scale(domain=parts, range=[[1, 0], [5, 4]])
            .legend(**LEGEND_OF_LINES, symbolStrokeColor=palette.INK)
            .title(None)
        )
        several = own["run"].nunique() > 1
        pick = alt.selection_point(fields=["implementation"], bind="legend")
        thick = lines.mark_line(strokeWidth=2.4, clip=True).encode(
            y=y.aggregate("mean"), opacity=alt.condition(pick, alt.value(1), alt.value(0.08))
        )
        thin = lines.mark_line(strokeWidth=0.8, clip=True).encode(
            y=y, detail="run:N", opacity=alt.condition(pick, alt.value(0.28), alt.value(0.04))
        )
        points = by_epoch.mark_point(size=70, filled=True, opacity=0, clip=True).encode(
            y=y.aggregate("mean"),
            detail="part:N",
            tooltip=[
                _tip("implementation:N", "column"),
                _tip("part:N", "part"),
                _tip("epoch:Q", "epoch"),
                _tip("mean(value):Q", "mean", format=".4~g"),
            ],
        )
        layers = [thin, thick, points] if several else [thick, points]
        if last == 1:  # which no line shows
            part = alt.Shape("part:N").scale(domain=parts, range=["circle", "diamond"])
            part = part.legend(symbolFillColor=palette.INK).title(None)
            column = alt.Color("implementation:N").title(None)
            shown = points.mark_point(size=70, filled=True, opacity=1)
            layers = [shown.encode(shape=part, color=column)]
        chart = alt.layer(*layers, data=own.drop(columns="metric")).add_params(pick)
        if len(variants) > 1:
            chart = chart.properties(width=CURVE_WIDTH, height=CURVE_HEIGHT).facet(
                alt.Facet("variant:N", sort=variants).title(None),
                columns=2 if len(variants) == 4 else min(3, len(variants)),
            )
        else:
            chart = chart.properties(width=560, height=280)
        file_name = f"curve-{''.join(c if c.isalnum() else '-' for c in metric)}"
        title = words("by epoch", name=name)
        title = title[0][0].upper() + title[0][1:], title[1]
        caption = None if top is None else words("cut off", top=f"{top:.3g}")
        pictures.append(picture(file_name, title, chart, columns, caption))
    return pictures


def ceiling(curves: pd.DataFrame) -> float | None:
    """Where to cut off losses of which some leave all others far below; None where none does."""
    values = curves["value"].dropna()
    usual = values[curves["epoch"] == 1].abs().median()
    diverged = (values > DIVERGED * usual).any()
    return 1.05 * values[values <= SHOWN * usual].max() if diverged else None


def _tip(field: str, key: str, **options) -> alt.Tooltip:
    return alt.Tooltip(field, title=both(*WORDS[key]), **options)


def variant_name(task: Task, variant: str) -> Words:
    """What a variant is called."""
    return variant, task.variants_ja.get(variant, variant)


def epoch_ticks(last: int) -> list[int]:
    """Whole epochs to label, ten at most: the first, and multiples of a round number."""
    round_numbers = (s * 10**power for power in itertools.count() for s in (1, 2, 5))
    step = next(s for s in round_numbers if last / s <= 10)
    return list(range(1, last + 1)) if step == 1 else [1, *range(step, last + 1, step)]


def curve_frame(result: Result, task: Task) -> pd.DataFrame:
    """A row for each epoch of each run: variant, implementation, run, metric, part, value."""
    order = list(task.variants)
    rows = [
        (
            both(*variant_name(task, run["variant"])),
            *(run["implementation"], f"{run['seed']}.{run['fold']}", key.removeprefix("val_")),
            both(*WORDS["validation data" if key.startswith("val_") else "training data"]),
            *(epoch, value),
        )
        for run in sorted(result.content["runs"], key=lambda run: order.index(run["variant"]))
        for key, values in run["history"].items()
        for epoch, value in enumerate(values, start=1)
    ]
    names = ["variant", "implementation", "run", "metric", "part", "epoch", "value"]
    return pd.DataFrame(rows, columns=names).astype({"value": "float64"})


def scores(rows: list[dict], baselines: list[dict], task: Task, columns: list[str]) -> Picture:
    """The first score on the test data with its interval: every column, and the baselines.

    Args:
        rows: a row for each variant and column, as `tables.training` gives them.
        baselines: scikit-learn's records.
        columns: the columns that ran, in order.
    """
    score = task.scores[0]
    several = len(task.variants) > 1
    rows = [
        {
            "entry": both(*row["name"]) if several else palette.LABELS[row["implementation"]],
            "implementation": row["implementation"],
            **row["scores"][score.key],
        }
        for row in rows
        if row["scores"][score.key]
    ]
    baselines = [
        {
            "entry": both(b["name"], b["name_ja"]),
            "implementation": "baseline",
            **found,
        }
        for b in baselines
        if (found := b["scores"].get(score.key))
    ]
    shown, off = _on_the_scale(rows, baselines, score)
    frame = pd.DataFrame(rows + shown)
    order = list(dict.fromkeys(frame["entry"]))
    color = alt.Color("implementation:N").scale(
        domain=[*columns, "baseline"],
        range=[*map(palette.COLORS.get, columns), palette.BASELINE_COLOR],
    )
    # With one variant the rows are named after the columns, and a legend would say it twice.
    color = color.legend(values=columns) if several else color.legend(None)
    base = alt.Chart(frame).encode(
        y=alt.Y("entry:N", sort=order).axis(labelLimit=220, grid=True).title(None),
        color=color.title(None),
    )
    if several:
        base = base.encode(yOffset=alt.YOffset("implementation:N"))
    share = score.unit == "%"
    title = words("score on test", score=score.name)
    if score.unit and not share:
        title = words("with unit", name=title, unit=unit(score.unit))
    x = alt.X("mean:Q").scale(domain=_span(rows + shown, share), nice=False, zero=False)
    x = x.axis(format="%" if share else "~r", tickCount=8).title(both(*title))
    form = ".2%" if share else ".4~g"
    chart = alt.layer(
        base.transform_flatten(["values"])
        .mark_tick(thickness=1.5, size=9, opacity=0.45)
        .encode(x=alt.X("values:Q")),
        base.mark_rule(strokeWidth=2.2, clip=True).encode(x=alt.X("low:Q"), x2="high:Q"),
        base.mark_point(filled=True, size=75, opacity=1).encode(
            x=x,
            tooltip=[
                _tip("entry:N", "entry"),
                *(_tip(f"{key}:Q", key, format=form) for key in ("mean", "low", "high")),
            ],
        ),
    ).properties(width=560, height=alt.Step(max(26, 11 * len(columns) * several)))
    caption = WORDS["scores caption"]
    if off:
        caption = fill(
            ("{dots} {off}", "{dots}{off}"),
            dots=caption,
            off=words("off the scale", names=_listed(off, score)),
        )
    return picture("scores", title, chart, columns, caption)


def _listed(entries: list[dict], score: Score) -> Words:
    """Entries and their means, in words."""
    halves = zip(
        *(
            fill(
                ("{name} ({mean})", "{name}（{mean}）"),
                name=entry["entry"].split(SEPARATOR),
                mean=formats.amount(entry["mean"], score.unit),
            )
            for entry in entries
        )
    )
    english, japanese = halves
    return ", ".join(english), "、".join(japanese)


def _span(entries: list[dict], share: bool) -> list[float]:
    """From the least to the largest; a share within 0 and 1, which an interval may overstep."""
    found = [
        min(max(value, 0.0), 1.0) if share else value
        for entry in entries
        for value in (entry["low"], entry["high"], *entry["values"])
        if value is not None
    ]
    room = 0.03 * (max(found) - min(found)) or 0.01 * abs(max(found)) or 0.01
    low, high = min(found) - room, max(found) + room
    return [max(low, 0.0), min(high, 1.0)] if share else [low, high]


def _on_the_scale(
    rows: list[dict], baselines: list[dict], score: Score
) -> tuple[list[dict], list[dict]]:
    """The baselines to draw, and those so much worse than everything else that they go unsaid."""
    shown, off = list(baselines), []
    sign = 1 if score.larger_is_better else -1
    while shown:
        worst = min(shown, key=lambda entry: sign * entry["mean"])
        others = [sign * entry["mean"] for entry in (*rows, *shown) if entry is not worst]
        far = OFF_THE_SCALE.get(score.unit) or OFF_THE_SCALE[""] * (
            max(others, default=0) - min(others, default=0)
        )
        if not others or min(others) - sign * worst["mean"] <= far:
            break
        shown.remove(worst)
        off.append(worst)
    return shown, off


# Key of a run's record, and what it is multiplied by to be in the unit that its words name.
SPEEDS = {
    "seconds_per_step": 1e3,
    "seconds_per_prediction": 1e3,
    "seconds_per_epoch": 1.0,
    "compile_seconds": 1.0,
    "peak_memory_bytes": 1e-6,
}


def speed_frame(result: Result) -> pd.DataFrame:
    """Times and memory in their units, a row for each run that was timed alone."""
    rows = [
        {
            **{key: run[key] for key in ("variant", "implementation")},
            **{key: run[key] * factor for key, factor in SPEEDS.items()},
        }
        for run in timed(result.content["runs"])
    ]
    return pd.DataFrame(rows)


def speed(result: Result, task: Task, columns: list[str]) -> Picture:
    """Bars: a step, a prediction, an epoch, compilation apart, and memory; medians over runs."""
    frame = speed_frame(result).melt(["variant", "implementation"], list(SPEEDS), "key", "value")
    grouped = frame.groupby(["variant", "implementation", "key"], sort=False)["value"]
    bars = grouped.agg(["median", "min", "max"]).reset_index()
    bars["measure"] = bars["key"].map(lambda key: both(*WORDS[key]))
    bars["variant"] = bars["variant"].map(lambda name: both(*variant_name(task, name)))
    variants = [both(*variant_name(task, name)) for name in task.variants]
    row = "variant" if len(variants) > 1 else "implementation"
    y = alt.Y(f"{row}:N").title(None).axis(labelLimit=220)
    base = alt.Chart().encode(y=y.sort(variants) if len(variants) > 1 else y)
    if len(variants) > 1:
        base = base.encode(yOffset="implementation:N")
    several = len(variants) > 1
    color = alt.Color("implementation:N").title(None)
    chart = (
        alt.layer(
            base.mark_bar(opacity=0.9, cornerRadiusEnd=2).encode(
                x=alt.X("median:Q").title(None).axis(tickCount=4, format="~r"),
                color=color if several else color.legend(None),
                tooltip=[
                    _tip("variant:N", "variant"),
                    _tip("implementation:N", "column"),
                    _tip("measure:N", "measure"),
                    _tip("median:Q", "median", format=".4~g"),
                    _tip("min:Q", "least", format=".4~g"),
                    _tip("max:Q", "most", format=".4~g"),
                ],
            ),
            base.mark_rule(opacity=0.6).encode(x="min:Q", x2="max:Q"),
            data=bars,
        )
        .properties(width=190, height=alt.Step(9 if several else 22))
        .facet(
            alt.Facet("measure:N", sort=[both(*WORDS[key]) for key in SPEEDS]).title(None),
            columns=3,
        )
        .resolve_scale(x="independent")
    )
    return picture("speed", WORDS["speed and memory"], chart, columns, WORDS["speed caption"])


def speed_ratios(ratios: list[dict], columns: list[str]) -> Picture:
    """For the first page: how many times NumPy's step each Keras column's takes."""
    frame = pd.DataFrame(ratios)
    keras = [column for column in columns if column != "numpy"]
    chart = alt.layer(
        alt.Chart(pd.DataFrame({"even": [1]})).mark_rule(strokeDash=[4, 3]).encode(x="even:Q"),
        alt.Chart(frame)
        .mark_point(filled=True, size=80, opacity=0.9)
        .encode(
            x=alt.X("ratio:Q")
            .scale(type="log")
            .axis(format="~g")
            .title(both(*WORDS["keras over numpy"])),
            y=alt.Y("entry:N", sort=None).axis(grid=True, labelLimit=340).title(None),
            color=alt.Color("implementation:N").title(None),
            tooltip=[
                _tip("entry:N", "entry"),
                _tip("implementation:N", "column"),
                _tip("ratio:Q", "keras over numpy", format=".2f"),
            ],
        ),
    ).properties(width=560, height=alt.Step(24))
    title, caption = WORDS["speed ratios"], WORDS["speed ratios caption"]
    return picture("speed-ratios", title, chart, keras, caption)
