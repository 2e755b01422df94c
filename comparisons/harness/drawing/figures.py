"""What concepts draw again and again, each in a few lines; anything else is plain altair.

>>> figures.lines(
...     {c: result.arrays("training", c)["losses"] for c in result.implementations},
...     x_title=("step", "ステップ"), y_title=("loss", "損失"),
... )

Titles are (English, Japanese); names among the data may be written by `bilingual.both`. Every
helper takes its data in one of these forms:

- `{name: value}`: for `lines`, `scatter`, `paths` and `bars` the names are series, coloured as the
  page's columns where they are `"numpy"`, `"keras-…"`; for the others they are panels
- `{choice: {name: value}}`: several such, one of which is shown at a time: pass the chart to
  `slider` (choices in order) or `selection` (any others)
- `{panel: data}`, one of these for each panel of lines: pass `in_panels(…)` of it to `lines`
- for `lines`, `scatter` and `paths` also a pandas DataFrame with the columns `x`, `y` and, as
  needed, `implementation`, `series`, `run`, `panel`, `choice`
"""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness.bilingual import Words, both
from comparisons.harness.drawing import figure_parts as parts
from comparisons.harness.drawing import palette, pixels
from comparisons.harness.statistics import interval
from comparisons.harness.words import WORDS

NO_TITLE = ("", "")
LABEL = 16  # height of a picture's label on the page


def slider(chart, label: Words, start=None):
    """Show one `choice` of the chart at a time, picked by a slider.

    Args:
        start: the choice shown at first, and in the picture's file; the first one by default.
    """
    return _choosing(chart, alt.binding_select, label, start)


def selection(chart, label: Words, start=None):
    """Show one `choice` of the chart at a time, picked from a list; as `slider`."""
    return _choosing(chart, alt.binding_radio, label, start)


def in_panels(data: dict, x=None) -> pd.DataFrame:
    """The table of `lines` that stand in several panels, by panel and then as `lines` takes them.

    Args:
        x: where the values stand in every panel; 1, 2, … by default.
    """
    tables = [parts.frame(own, x).assign(panel=panel) for panel, own in data.items()]
    return pd.concat(tables, ignore_index=True)


def lines(
    data,
    x=None,
    *,
    x_title: Words,
    y_title: Words,
    unit: str = "",
    log: str = "",
    y_domain: tuple[float, float] | None = None,
    panels: int = 3,
):
    """Lines by series, panel by panel; of several runs the single ones thin, their mean thick.

    Args:
        data: values (n,), or (runs, n), by name; see above.
        x: where the values stand; 1, 2, … by default.
        unit: `"%"` where y is a share.
        log: `"x"`, `"y"` or `"xy"` for logarithmic axes.
        y_domain: what of y is shown; all of it by default.
        panels: how many stand beside one another.
    """
    frame = parts.frame(data, x)
    across = parts.scale(frame["x"], "x" in log, room=0)
    x = alt.X("x:Q").scale(**across).axis(**parts.ticks(frame["x"], across)).title(both(*x_title))
    scale = parts.scale(frame["y"], "y" in log) if y_domain is None else {"domain": list(y_domain)}
    form = "%" if unit == "%" else parts.number_format(scale)
    y = alt.Y("y:Q").scale(**scale).axis(format=form).title(both(*y_title))
    look = parts.look(frame, lines=True)
    base = alt.Chart().encode(x=x, **look)
    pick = alt.selection_point(fields=[parts.colour_field(frame)], bind="legend")
    # Of a single run the mean is that run.
    mean = base.mark_line(strokeWidth=2.2, clip=True).encode(
        y=y.aggregate("mean"), opacity=alt.condition(pick, alt.value(1), alt.value(0.1))
    )
    # The unseen points that show values have no dashes: the legend would draw those as points.
    points = (
        alt.Chart()
        .mark_point(size=60, filled=True, opacity=0, clip=True)
        .encode(
            x=x,
            y=y.aggregate("mean"),
            color=look["color"],
            detail=[key for key in ("series", "implementation") if key in frame],
            tooltip=parts.tooltip(frame, x_title, y_title, "mean(y)", "y" if unit == "%" else ""),
        )
    )
    layers = [mean.add_params(pick), points]
    if "run" in frame:
        layers.insert(
            0, base.mark_line(strokeWidth=0.8, opacity=0.3, clip=True).encode(y=y, detail="run:N")
        )
    return parts.arranged(alt.layer(*layers, data=frame), frame, panels)


def scatter(
    data,
    *,
    x_title: Words = NO_TITLE,
    y_title: Words = NO_TITLE,
    shares: str = "",
    panels: int = 3,
):
    """Points (n, 2) by series, panel by panel.

    Args:
        shares: `"x"`, `"y"` or `"xy"` where these are shares, to be written in percent.
    """
    frame = parts.plane(data)
    x, y = parts.axes(parts.span(frame["x"]), parts.span(frame["y"]), x_title, y_title, shares)
    tooltip = parts.tooltip(frame, x_title, y_title, shares=shares)
    chart = (
        alt.Chart(frame)
        .mark_circle(size=22, opacity=0.7)
        .encode(x=x, y=y, tooltip=tooltip, **parts.look(frame))
    )
    return parts.arranged(chart, frame, panels, square=True)


def paths(
    data,
    surface: np.ndarray | dict,
    x_domain: tuple[float, float],
    y_domain: tuple[float, float],
    *,
    x_title: Words = NO_TITLE,
    y_title: Words = NO_TITLE,
    panels: int = 3,
):
    """Paths (n, 2) by series over a surface drawn as contour bands, the deeper the darker.

    Args:
        surface: (rows, columns), the first row at the lower end of `y_domain`; or such by panel, or
            by choice and panel.
    """
    frame = parts.plane(data)
    frame["order"] = range(len(frame))
    # The ground is a row of the same table, so that panels and choices have it too.
    keys = [key for key in ("panel", "choice") if key in frame]
    under = frame.drop_duplicates(keys) if keys else frame[:1]
    area = {"x": x_domain[0], "x2": x_domain[1], "y": y_domain[0], "y2": y_domain[1]}
    under = under.assign(
        **area,
        url=[
            pixels.address(
                pixels.bands(parts.own(surface, row.get("choice"), row.get("panel"))[::-1])
            )
            for row in under.to_dict("records")
        ],
    )
    x, y = parts.axes(x_domain, y_domain, x_title, y_title)
    base = alt.Chart().transform_filter("!isValid(datum.url)")
    base = base.encode(x=x, y=y, order="order:Q", **parts.look(frame, lines=True))
    ground = parts.image(alt.Chart()).encode(x=x, y=y)
    moves = base.mark_line(strokeWidth=1.8, clip=True)
    points = base.mark_circle(size=26, opacity=1, clip=True).encode(
        tooltip=parts.tooltip(frame, x_title, y_title)
    )
    table = pd.concat([under, frame])
    return parts.arranged(alt.layer(ground, moves, points, data=table), table, panels, square=True)


def regions(
    data,
    x_domain: tuple[float, float],
    y_domain: tuple[float, float],
    points: dict | tuple | None = None,
    *,
    x_title: Words = NO_TITLE,
    y_title: Words = NO_TITLE,
    panels: int = 3,
):
    """Decision regions, panel by panel, with points over them.

    Args:
        data: for each panel (rows, columns) of whole numbers, classes; or of floats, the share of
            class 1. The first row is at the lower end of `y_domain`.
        points: `(xy, classes)` of shapes (n, 2) and (n,), with a third of (n,) that says which of
            them have a ring; or such by panel, or by choice and panel.
    """
    rows = []
    for choice, panel, values in parts.panels(data):
        where = {"choice": choice, "panel": panel}
        url = pixels.address(pixels.classes(np.asarray(values)[::-1]))
        area = dict(zip(("x", "x2", "y", "y2"), (*x_domain, *y_domain)))
        rows.append({**where, **area, "url": url})
        own = parts.own(points, choice, panel)
        for (x, y), kind, *ring in zip(*own) if own else ():
            rows.append({**where, "x": x, "y": y, "class": int(kind), "ring": any(ring)})
    table = pd.DataFrame(rows).dropna(axis="columns", how="all")
    x, y = parts.axes(x_domain, y_domain, x_title, y_title)
    layers = [parts.image(alt.Chart()).encode(x=x, y=y)]
    if "class" in table:
        kinds = sorted(table["class"].dropna().unique())
        shown = alt.Chart().transform_filter("!isValid(datum.url)")
        colour = alt.Color("class:N").scale(
            domain=kinds, range=[palette.CATEGORIES[int(kind)] for kind in kinds]
        )
        layers.append(
            shown.mark_point(
                size=46, filled=True, opacity=1, stroke="white", strokeWidth=1, clip=True
            ).encode(
                x="x:Q",
                y="y:Q",
                color=colour.legend(title=both(*WORDS["class"])),
                shape=alt.Shape("class:N").scale(domain=kinds).title(both(*WORDS["class"])),
            )
        )
        ringed = alt.Chart().transform_filter("datum.ring === true")
        ringed = ringed.mark_point(size=240, stroke=palette.INK, strokeWidth=1.6)
        layers.append(ringed.encode(x="x:Q", y="y:Q"))
    return parts.arranged(alt.layer(*layers, data=table), table, panels, square=True)


def images(data, labels=None, *, boxes=None, columns: int = 10, size: int = 48, panels: int = 2):
    """Grids of small pictures: digits, filters, feature maps.

    Args:
        data: for each panel (n, height, width), or (n, height, width, 3). From 0 on black to white;
            with negative numbers orange to blue.
        labels: a text below each picture, or such a list by panel.
        boxes: a table of frames over the pictures of the one panel: `picture` (from 0), `left`,
            `top`, `right`, `bottom` in pixels, `series`, `label`, and `choice` where there are any.
        columns: pictures in a row.
        size: width of a picture on the page.
    """
    rows, cell = [], 1.0
    for choice, panel, pictures in parts.panels(data):
        where = {"choice": choice, "panel": panel}
        own = labels.get(panel) if isinstance(labels, dict) else labels
        height, width = np.shape(pictures)[1:3]
        across, down = min(columns, len(pictures)), -(-len(pictures) // columns)
        below = 0 if own is None else round(width * LABEL / size)
        cell = (height + below) / width
        url = pixels.address(pixels.grid(pictures, across, below))
        rows.append({**where, "x": 0, "x2": across, "y": -down * cell, "y2": 0, "url": url})
        for place, text in enumerate(() if own is None else own):
            x, y = place % across + 0.5, -(place // across + 1) * cell
            rows.append({**where, "x": x, "y": y, "label": str(text)})
    table = pd.DataFrame(rows).dropna(axis="columns", how="all")
    across, down = int(table["x2"].max()), -float(table["y"].min())
    plane = {
        "x": alt.X("x:Q").scale(domain=[0, across], nice=False).axis(None),
        "y": alt.Y("y:Q").scale(domain=[-down, 0], nice=False).axis(None),
    }
    chart = _labelled(table, plane, baseline="bottom", dy=-1)
    if boxes is not None:
        place = (boxes["picture"] % columns, boxes["picture"] // columns * cell)
        scale = 1 / (width + pixels.GAP), cell / (height + pixels.GAP + below)
        frames = boxes.assign(
            x=place[0] + boxes["left"] * scale[0],
            x2=place[0] + boxes["right"] * scale[0],
            y=-place[1] - boxes["top"] * scale[1],
            y2=-place[1] - boxes["bottom"] * scale[1],
        )
        layers = [*chart.layer, *parts.frames(list(boxes["series"].unique()))]
        chart = alt.layer(*layers, data=pd.concat([table, frames]))
    return parts.arranged(chart, table, panels, width=across * size, height=round(down * size))


def heat_map(data, across=(), down=(), *, size: int = 16, panels: int = 2):
    """Numbers as squares, panel by panel, all on one scale: blue, and orange below 0.

    Args:
        data: for each panel (rows, columns).
        across, down: a text above each column and left of each row; or such by panel, or by choice.
        size: width of a square on the page.
    """
    found, rows = list(parts.panels(data)), []
    largest = max(np.abs(values).max() for *_, values in found)
    for choice, panel, values in found:
        where, (height, width) = {"choice": choice, "panel": panel}, np.shape(values)
        url = pixels.address(pixels.tints(np.asarray(values) / (largest or 1)))
        rows.append({**where, "x": 0, "x2": width, "y": -height, "y2": 0, "url": url})
        above, left = (parts.own(texts, choice, panel) for texts in (across, down))
        rows += [{**where, "x": n + 0.5, "y": 0.5, "label": str(t)} for n, t in enumerate(above)]
        rows += [{**where, "x": -0.5, "y": -n - 0.5, "label": str(t)} for n, t in enumerate(left)]
    table = pd.DataFrame(rows).dropna(axis="columns", how="all")
    start, end = (-1 if len(down) else 0), (1 if len(across) else 0)
    width, height = int(table["x2"].max()), -int(table["y"].min())
    plane = {
        "x": alt.X("x:Q").scale(domain=[start, width], nice=False).axis(None),
        "y": alt.Y("y:Q").scale(domain=[-height, end], nice=False).axis(None),
    }
    shape = {"width": size * (width - start), "height": size * (height + end)}
    return parts.arranged(_labelled(table, plane, baseline="middle"), table, panels, **shape)


def _labelled(table: pd.DataFrame, plane: dict, **look):
    """The table's pictures, and its texts over them."""
    layers = [parts.image(alt.Chart()).encode(**plane)]
    if "label" in table:
        text = alt.Chart().transform_filter("isValid(datum.label)").mark_text(fontSize=11, **look)
        layers.append(text.encode(x="x:Q", y="y:Q", text="label:N"))
    return alt.layer(*layers, data=table)


def histograms(data, *, x_title: Words, panels: int = 5):
    """How values are distributed, panel by panel (layer by layer), all with the same bars.

    One bar begins at 0, so that none counts zeros (of ReLU, say) together with negative numbers.
    """
    found = list(parts.panels(data))
    edges = parts.edges(np.concatenate([np.ravel(values) for *_, values in found]))
    rows = []
    for choice, panel, values in found:
        counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
        for count, left, right in zip(counts / np.size(values), edges, edges[1:]):
            rows.append((choice, panel, count, left, right))
    table = pd.DataFrame(rows, columns=["choice", "panel", "share", "x", "x2"])
    table = table.dropna(axis="columns", how="all")
    share = alt.Y("share:Q").axis(format="%", tickCount=4).title(both(*WORDS["share"]))
    chart = (
        alt.Chart(table)
        .mark_bar(color=pixels.POSITIVE)
        .encode(x=alt.X("x:Q", bin="binned").title(both(*x_title)), x2="x2:Q", y=share)
    )
    return parts.arranged(chart, table, panels, width=120, height=100)


def confusion(data, names=range(10), *, panels: int = 2):
    """Confusion matrices, panel by panel: true classes down, predicted ones across."""
    names = [str(name) for name in names]
    rows = []
    for choice, panel, counts in parts.panels(data):
        shares = counts / np.maximum(np.sum(counts, axis=1, keepdims=True), 1)
        for i, true in enumerate(names):
            for j, predicted in enumerate(names):
                rows.append((choice, panel, true, predicted, int(counts[i][j]), shares[i][j]))
    keys = ["choice", "panel", "true", "predicted", "count", "share"]
    table = pd.DataFrame(rows, columns=keys).dropna(axis="columns", how="all")
    top = {"orient": "top", "labelAngle": 0}
    base = alt.Chart().encode(
        x=alt.X("predicted:N", sort=names).axis(**top).title(both(*WORDS["predicted"])),
        y=alt.Y("true:N", sort=names).title(both(*WORDS["true"])),
    )
    opacity = alt.Opacity("share:Q").scale(domain=[0, 1], range=[0.03, 0.7]).legend(None)
    cells = base.mark_rect(color=pixels.POSITIVE).encode(opacity=opacity)
    chart = alt.layer(cells, base.mark_text(fontSize=11).encode(text="count:Q"), data=table)
    side = max(parts.PANEL_WIDTH, 32 * len(names))
    return parts.arranged(chart, table, panels, width=side, height=side)


def bars(data, *, x_title: Words, unit: str = ""):
    """A bar a name to the mean of its values, one a run, with its 95 % interval.

    Args:
        data: values by name, or, for a bar a column, `{name: {implementation: values}}`.
        unit: `"%"` where the values are shares.
    """
    rows = [
        {"name": name, "implementation": column, **interval(np.ravel(values))}
        for name, own in data.items()
        for column, values in (own.items() if isinstance(own, dict) else [("numpy", own)])
    ]
    table = pd.DataFrame(rows).drop(columns="values")
    several = table["implementation"].nunique() > 1
    title, form = both(*x_title), ".1%" if unit == "%" else ".4~g"
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", sort=list(data)).axis(labelLimit=260).title(None)
    )
    if several:
        base = base.encode(yOffset="implementation:N")
    colour = alt.Color("implementation:N").title(None)
    x = alt.X("mean:Q").axis(format="%" if unit == "%" else "~r").title(title)
    tooltip = [alt.Tooltip("name:N", title=" ")] + [
        alt.Tooltip(f"{key}:Q", title=both(*WORDS[key]), format=form)
        for key in ("mean", "low", "high")
    ]
    return alt.layer(
        base.mark_bar(opacity=0.85, cornerRadiusEnd=2).encode(
            x=x, color=colour if several else colour.legend(None), tooltip=tooltip
        ),
        base.mark_rule(strokeWidth=1.6).encode(x="low:Q", x2="high:Q"),
    ).properties(width=parts.WIDTH, height=alt.Step(12 if several else 26))


def _choosing(chart, binding, label: Words, start):
    choices = list(dict.fromkeys(chart.data["choice"]))
    choices = [value.item() if isinstance(value, np.generic) else value for value in choices]
    start = choices[0] if start is None else start
    bind = binding(options=choices, name=both(*label))
    parameter = alt.param(name="chosen", value=start, bind=bind)
    return chart.add_params(parameter).transform_filter("datum.choice === chosen")
