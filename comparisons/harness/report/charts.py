"""The charts of a concept's training: curves, accuracy, speed; and any chart made fit for a page.

Every chart is a Vega-Lite specification (drawn by the page, with tooltips and a legend that one can
click) and a picture beside it (for a page without scripts, and for other documents).
"""

import itertools
from dataclasses import dataclass

import altair as alt
import pandas as pd
import vl_convert

from comparisons.harness import palette
from comparisons.harness.results import Result

MANY_MARKS = 6_000  # more of them are drawn as pixels, not as shapes
LINES = {"line", "area", "trail"}  # one shape, however many points it has
CURVE_WIDTH, CURVE_HEIGHT = 300, 210
DIGITS = 6
LEGEND_OF_LINES = {"symbolType": "stroke", "symbolSize": 300}
# How far below all others a baseline may lie before it would squeeze them together.
OFF_THE_SCALE = 0.25


@dataclass(frozen=True)
class Picture:
    """A chart of the page.

    Args:
        name: name of its file, without ending.
        title, title_ja: what it shows.
        caption: what to know for reading it.
        spec: the Vega-Lite chart as plain values.
        many: whether it has so many marks that they are drawn as pixels.
    """

    name: str
    title: str
    title_ja: str
    caption: str
    spec: dict
    many: bool = False

    @property
    def file_name(self) -> str:
        """The picture's file, beside the page."""
        return f"charts/{self.name}.{'png' if self.many else 'svg'}"

    def static(self) -> bytes:
        """The picture's file: SVG, or PNG where there are many marks; on white."""
        spec = {**self.spec, "background": "white", "padding": 10}
        if self.many:
            return vl_convert.vegalite_to_png(spec, scale=2, vl_version=_version())
        return vl_convert.vegalite_to_svg(spec, vl_version=_version()).encode()


def picture(
    name: str, title: str, title_ja: str, chart: alt.TopLevelMixin, columns, caption: str = ""
) -> Picture:
    """A chart made fit for the page: the columns' colours, the page's type, short numbers."""
    with alt.data_transformers.enable("default", max_rows=None):
        # altair has checked every part of it on the way here
        spec = chart.to_dict(validate=False)
    spec["config"] = palette.CONFIG
    palette.brand(spec, columns)
    datasets = spec.get("datasets", {})
    for key, rows in datasets.items():
        datasets[key] = [{k: _short(v) for k, v in row.items()} for row in rows]
    many = sum(map(len, datasets.values())) > MANY_MARKS and not _marks(spec) <= LINES
    return Picture(name, title, title_ja, caption, spec, many)


def curves(result: Result, columns: list[str]) -> list[Picture]:
    """Loss and accuracy by epoch: train and validation, all columns, a panel a variant."""
    frame = curve_frame(result)
    variants = list(dict.fromkeys(frame["variant"]))
    pictures = []
    for metric in sorted(frame["metric"].unique(), key=lambda name: (name != "loss", name)):
        own = frame[frame["metric"] == metric]
        y = alt.Y("value:Q").scale(zero=False).title(metric)
        if metric == "accuracy":
            y = y.axis(format="%")
        by_epoch = alt.Chart().encode(
            x=alt.X("epoch:Q")
            .axis(values=epoch_ticks(int(own["epoch"].max())), format="d")
            .scale(domainMin=1, nice=False)
            .title("epoch"),
            color=alt.Color("implementation:N").legend(**LEGEND_OF_LINES).title(None),
        )
        lines = by_epoch.encode(
            strokeDash=alt.StrokeDash("part:N")
            .scale(domain=["training", "validation"], range=[[1, 0], [5, 4]])
            .legend(**LEGEND_OF_LINES, symbolStrokeColor=palette.INK)
            .title(None)
        )
        several = own["run"].nunique() > 1
        pick = alt.selection_point(fields=["implementation"], bind="legend")
        thick = lines.mark_line(strokeWidth=2.4).encode(
            y=y.aggregate("mean"), opacity=alt.condition(pick, alt.value(1), alt.value(0.08))
        )
        thin = lines.mark_line(strokeWidth=0.8).encode(
            y=y, detail="run:N", opacity=alt.condition(pick, alt.value(0.28), alt.value(0.04))
        )
        points = by_epoch.mark_point(size=70, filled=True, opacity=0).encode(
            y=y.aggregate("mean"),
            detail="part:N",
            tooltip=[
                alt.Tooltip("implementation:N", title="column"),
                alt.Tooltip("part:N", title="part"),
                alt.Tooltip("epoch:Q"),
                alt.Tooltip("mean(value):Q", title=f"mean {metric}", format=".4f"),
            ],
        )
        layers = [thin, thick, points] if several else [thick, points]
        chart = alt.layer(*layers, data=own).add_params(pick)
        if len(variants) > 1:
            chart = chart.properties(width=CURVE_WIDTH, height=CURVE_HEIGHT).facet(
                alt.Facet("variant:N", sort=variants).title(None), columns=min(3, len(variants))
            )
        else:
            chart = chart.properties(width=560, height=280)
        title = f"{metric.capitalize()} by epoch"
        title_ja = {"loss": "損失の推移", "accuracy": "認識精度の推移"}.get(metric, metric)
        name = f"curve-{''.join(c if c.isalnum() else '-' for c in metric)}"
        pictures.append(picture(name, title, title_ja, chart, columns))
    return pictures


def epoch_ticks(last: int) -> list[int]:
    """Whole epochs to label, ten at most: the first, and multiples of a round number."""
    round_numbers = (s * 10**power for power in itertools.count() for s in (1, 2, 5))
    step = next(s for s in round_numbers if last / s <= 10)
    return list(range(1, last + 1)) if step == 1 else [1, *range(step, last + 1, step)]


def curve_frame(result: Result) -> pd.DataFrame:
    """A row for each epoch of each run: variant, implementation, run, metric, part, value."""
    rows = [
        (
            *(run["variant"], run["implementation"], f"{run['seed']}.{run['fold']}"),
            *(key.removeprefix("val_"), "validation" if key.startswith("val_") else "training"),
            *(epoch, value),
        )
        for run in result.content["runs"]
        for key, values in run["history"].items()
        for epoch, value in enumerate(values, start=1)
    ]
    names = ["variant", "implementation", "run", "metric", "part", "epoch", "value"]
    return pd.DataFrame(rows, columns=names).astype({"value": "float64"})


def accuracy(rows: list[dict], baselines: list[dict], columns: list[str]) -> Picture:
    """Test accuracy with its interval: every column, and the baselines of scikit-learn.

    Args:
        rows: a row for each variant and column, as `tables.training` gives them.
        baselines: scikit-learn's records.
        columns: the columns that ran, in order.
    """
    variants = list(dict.fromkeys(row["variant"] for row in rows))
    rows = [
        {
            "entry": row["variant"] if len(variants) > 1 else palette.LABELS[row["implementation"]],
            "implementation": row["implementation"],
            **row["test_accuracy"],
        }
        for row in rows
    ]
    baselines = [
        {"entry": b["name"], "implementation": "baseline", **b["accuracy"]} for b in baselines
    ]
    shown, off = _on_the_scale(rows, baselines)
    frame = pd.DataFrame(rows + shown)
    order = list(dict.fromkeys(frame["entry"]))
    color = alt.Color("implementation:N").scale(
        domain=[*columns, "baseline"],
        range=[*map(palette.COLORS.get, columns), palette.BASELINE_COLOR],
    )
    # With one variant the rows are named after the columns, and a legend would say it twice.
    color = color.legend(values=columns) if len(variants) > 1 else color.legend(None)
    base = alt.Chart(frame).encode(
        y=alt.Y("entry:N", sort=order).axis(labelLimit=220, grid=True).title(None),
        color=color.title(None),
    )
    if len(variants) > 1:
        base = base.encode(yOffset=alt.YOffset("implementation:N"))
    x = alt.X("mean:Q").scale(domain=_span(rows + shown), nice=False, zero=False)
    x = x.axis(format="%", tickCount=8).title("test accuracy")
    chart = alt.layer(
        base.transform_flatten(["values"])
        .mark_tick(thickness=1.5, size=9, opacity=0.45)
        .encode(x=alt.X("values:Q")),
        base.mark_rule(strokeWidth=2.2, clip=True).encode(x=alt.X("low:Q"), x2="high:Q"),
        base.mark_point(filled=True, size=75, opacity=1).encode(
            x=x,
            tooltip=[
                alt.Tooltip("entry:N", title="model"),
                alt.Tooltip("mean:Q", format=".2%"),
                alt.Tooltip("low:Q", format=".2%"),
                alt.Tooltip("high:Q", format=".2%"),
            ],
        ),
    ).properties(width=560, height=alt.Step(max(26, 11 * len(columns) * (len(variants) > 1))))
    caption = "Dot and line: mean and 95 % interval. Ticks: the single runs."
    if off:
        names = ", ".join(f"{b['entry']} ({b['mean']:.1%})" for b in off)
        caption += f" Left of the scale: {names}."
    title, title_ja = "Test accuracy", "テストデータの認識精度"
    return picture("accuracy", title, title_ja, chart, columns, caption)


def _span(entries: list[dict]) -> list[float]:
    """From the least accuracy to the largest, within 0 and 1, which an interval may overstep."""
    shares = [
        min(max(share, 0.0), 1.0)
        for entry in entries
        for share in (entry["low"], entry["high"], *entry["values"])
        if share is not None
    ]
    room = 0.03 * (max(shares) - min(shares)) or 0.01
    return [max(min(shares) - room, 0.0), min(max(shares) + room, 1.0)]


def _on_the_scale(rows: list[dict], baselines: list[dict]) -> tuple[list[dict], list[dict]]:
    """The baselines to draw, and those so far below everything else that they go unsaid."""
    shown, off = list(baselines), []
    while shown:
        lowest = min(shown, key=lambda entry: entry["mean"])
        others = [entry["mean"] for entry in (*rows, *shown) if entry is not lowest]
        if not others or min(others) - lowest["mean"] <= OFF_THE_SCALE:
            break
        shown.remove(lowest)
        off.append(lowest)
    return shown, off


SPEEDS = {
    "seconds_per_step": ("training step, ms", 1e3),
    "seconds_per_prediction": ("prediction of a batch, ms", 1e3),
    "seconds_per_epoch": ("training epoch, s", 1.0),
    "compile_seconds": ("compilation, s", 1.0),
    "peak_memory_bytes": ("peak memory, MB", 1e-6),
}


def speed_frame(result: Result) -> pd.DataFrame:
    """The runs' times and memory in their units, a row a run."""
    rows = [
        {
            **{key: run[key] for key in ("variant", "implementation")},
            **{key: run[key] * factor for key, (_, factor) in SPEEDS.items()},
        }
        for run in result.content["runs"]
    ]
    return pd.DataFrame(rows)


def speed(result: Result, columns: list[str]) -> Picture:
    """Bars: a step, a prediction, an epoch, compilation apart, and memory; medians over runs."""
    frame = speed_frame(result).melt(["variant", "implementation"], list(SPEEDS), "key", "value")
    grouped = frame.groupby(["variant", "implementation", "key"], sort=False)["value"]
    bars = grouped.agg(["median", "min", "max"]).reset_index()
    bars["measure"] = bars["key"].map({key: label for key, (label, _) in SPEEDS.items()})
    variants = list(bars["variant"].unique())
    row = "variant" if len(variants) > 1 else "implementation"
    y = alt.Y(f"{row}:N").title(None).axis(labelLimit=160)
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
                    alt.Tooltip("variant:N"),
                    alt.Tooltip("implementation:N", title="column"),
                    alt.Tooltip("measure:N"),
                    alt.Tooltip("median:Q", format=".4~g"),
                    alt.Tooltip("min:Q", title="least", format=".4~g"),
                    alt.Tooltip("max:Q", title="most", format=".4~g"),
                ],
            ),
            base.mark_rule(opacity=0.6).encode(x="min:Q", x2="max:Q"),
            data=bars,
        )
        .properties(width=190, height=alt.Step(9 if several else 22))
        .facet(
            alt.Facet("measure:N", sort=[label for label, _ in SPEEDS.values()]).title(None),
            columns=3,
        )
        .resolve_scale(x="independent")
    )
    caption = "Median over all runs; the thin line goes from the least to the most."
    return picture(
        "speed",
        "Speed and memory",
        "速度とメモリ",
        chart,
        columns,
        caption,
    )


def speed_ratios(ratios: list[dict], columns: list[str]) -> Picture:
    """For the first page: how many times NumPy's step each Keras column's takes."""
    frame = pd.DataFrame(ratios)
    keras = [column for column in columns if column != "numpy"]
    chart = alt.layer(
        alt.Chart(pd.DataFrame({"even": [1]})).mark_rule(strokeDash=[4, 3]).encode(x="even:Q"),
        alt.Chart(frame)
        .mark_point(filled=True, size=80, opacity=0.9)
        .encode(
            x=alt.X("ratio:Q").scale(type="log").axis(format="~g").title("Keras ÷ NumPy"),
            y=alt.Y("entry:N", sort=None).axis(grid=True, labelLimit=260).title(None),
            color=alt.Color("implementation:N").title(None),
            tooltip=[
                alt.Tooltip("entry:N", title="model"),
                alt.Tooltip("implementation:N", title="column"),
                alt.Tooltip("ratio:Q", format=".2f"),
            ],
        ),
    ).properties(width=560, height=alt.Step(24))
    caption = (
        "Left of the line Keras is faster, right of it NumPy. Where a step is short, what a "
        "framework does around the arithmetic weighs most."
    )
    title, title_ja = "Time of a training step, Keras over NumPy", "学習1ステップの時間の比"
    return picture("speed-ratios", title, title_ja, chart, keras, caption)


def _marks(spec) -> set[str]:
    """The kinds of marks in a chart."""
    if isinstance(spec, list):
        return set().union(*map(_marks, spec))
    if not isinstance(spec, dict):
        return set()
    mark = spec.get("mark")
    own = {mark["type"] if isinstance(mark, dict) else mark} if mark else set()
    return own.union(*(_marks(value) for key, value in spec.items() if key != "datasets"))


def _short(value):
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def _version() -> str:
    """The Vega-Lite version that altair writes for, as vl-convert names it."""
    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
