"""What the figures of concepts have in common: the forms of their data, axes, colours, panels."""

from collections.abc import Iterator

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness.backends import IMPLEMENTATIONS
from comparisons.harness.bilingual import Words, both
from comparisons.harness.drawing import palette
from comparisons.harness.words import WORDS

WIDTH, HEIGHT = 560, 280
PANEL_WIDTH, PANEL_HEIGHT = 230, 170
SQUARE = 340
LEGEND_OF_LINES = {"symbolType": "stroke", "symbolSize": 300}
MANY_TIMES = 1e5  # from the lower to the upper end of a logarithmic axis
FEW, SHORT = 10, 5  # values of an axis that can each have a tick, and characters of one
BARS = 30  # of a histogram, or one more
ROOM = 0.04  # beyond the last values, as a share of an axis


def named(data: dict) -> Iterator[tuple]:
    """Choice (None where there is none), name and value."""
    for name, value in data.items():
        if isinstance(value, dict):
            yield from ((name, inner, found) for inner, found in value.items())
        else:
            yield None, name, value


def panels(data) -> Iterator[tuple]:
    """Choice, panel and value, None where there is only one."""
    yield from named(data) if isinstance(data, dict) else [(None, None, data)]


def series(frames: list[tuple]) -> pd.DataFrame:
    """One table of `(choice, name, table)`, the names as columns of the page or as series."""
    columns = all(name in IMPLEMENTATIONS for _, name, _ in frames)
    field = "implementation" if columns else "series"
    table = pd.concat(
        [frame.assign(**{field: name, "choice": choice}) for choice, name, frame in frames],
        ignore_index=True,
    )
    return table.dropna(axis="columns", how="all")


def frame(data, x) -> pd.DataFrame:
    """The table of `lines`: `x` and `y` by series, and `run` where there are several runs."""
    if isinstance(data, pd.DataFrame):
        return data
    frames = []
    for choice, name, values in named(data):
        values = np.asarray(values, dtype="float64")
        runs = np.atleast_2d(values)
        places = np.arange(1, runs.shape[1] + 1) if x is None else np.asarray(x)
        frame = pd.DataFrame({"x": np.tile(places, len(runs)), "y": runs.ravel()})
        if len(runs) > 1:
            frame["run"] = np.repeat(np.arange(len(runs)), runs.shape[1])
        frames.append((choice, name, frame))
    return series(frames)


def plane(data) -> pd.DataFrame:
    """The table of points in a plane, by series."""
    if isinstance(data, pd.DataFrame):
        return data.copy()
    found = [(c, n, pd.DataFrame(np.asarray(xy), columns=["x", "y"])) for c, n, xy in named(data)]
    return series(found)


def own(values, choice, panel):
    """What a panel has of values that are one for all, by panel, or by choice and panel."""
    values = values.get(choice, values) if isinstance(values, dict) else values
    return values.get(panel) if isinstance(values, dict) else values


def edges(values: np.ndarray) -> np.ndarray:
    """The edges of the bars: multiples of their width, and so 0 where it is among the values."""
    low, high = float(values.min()), float(values.max())
    width = (high - low or 1.0) / BARS
    first = np.floor(low / width)
    return width * np.arange(first, max(np.ceil(high / width), first + 1) + 1)


def colour_field(frame: pd.DataFrame) -> str:
    """What the colours tell apart."""
    return "series" if "series" in frame else "implementation"


def look(frame: pd.DataFrame, lines: bool = False) -> dict:
    """The encodings that tell series and columns apart: colours, and dashes of lines."""
    field, legend = colour_field(frame), LEGEND_OF_LINES if lines else {}
    names = list(frame[field].dropna().unique())
    colour = alt.Color(f"{field}:N", sort=names).legend(**legend).title(None)
    if field == "series":
        kinds = palette.CATEGORIES
        colour = colour.scale(
            domain=names, range=[kinds[i % len(kinds)] for i in range(len(names))]
        )
    found = {"color": colour}
    if lines and "implementation" in frame:
        legend = {**legend, "symbolStrokeColor": palette.INK} if field == "series" else legend
        found["strokeDash"] = alt.StrokeDash("implementation:N").legend(**legend).title(None)
    return found


def tooltip(
    frame: pd.DataFrame, x_title: Words, y_title: Words, y: str = "y", shares: str = ""
) -> list[alt.Tooltip]:
    """What a point says of itself; `shares` are the axes, of x and y, written in percent."""
    names = {"series": "series", "implementation": "column", "panel": "panel"}
    found = [
        alt.Tooltip(f"{field}:N", title=both(*WORDS[word]))
        for field, word in names.items()
        if field in frame
    ]
    for axis, field, title in (("x", "x", x_title), ("y", y, y_title)):
        form = ".1%" if axis in shares else ".4~g"
        found.append(alt.Tooltip(f"{field}:Q", title=both(*title) if title[0] else "", format=form))
    return found


def span(values: pd.Series, log: bool = False, room: float = ROOM) -> tuple[float, float]:
    """From the least to the largest of the values that an axis can show, with some room."""
    shown = values[np.isfinite(values) & ((values > 0) | (not log))]
    low, high = (float(shown.min()), float(shown.max())) if len(shown) else (0.1, 1.0)
    if log:
        return low, high if high > low else 10 * low
    spare = room * (high - low) or (0.5 if low == high else 0.0)
    return low - spare, high + spare


def scale(values: pd.Series, log: bool = False, room: float = ROOM) -> dict:
    """A scale over all values, so that it stays where it is when a slider moves."""
    found = {"domain": list(span(values, log, room)), "nice": False}
    return {**found, "type": "log"} if log else found


def number_format(scale: dict) -> str:
    """How an axis writes its numbers: powers of ten where it spans many of them."""
    if scale.get("type") != "log":
        return "~r"  # with "~g" an even axis writes 160 as 1.6e+2
    low, high = scale["domain"]
    return "~e" if high > MANY_TIMES * low else "~g"


def ticks(values: pd.Series, scale: dict) -> dict:
    """The ticks of lines' x axis: whole numbers between whole numbers.

    On a logarithmic axis they stand at the values themselves where those are few and short: such
    an axis would not mark the 16 of 1, 4, 16.
    """
    if scale.get("type") != "log":
        return {"tickMinStep": 1, "format": "d"} if (values % 1 == 0).all() else {}
    places = np.unique(values[values > 0])
    few = 1 < len(places) <= FEW and all(len(f"{place:g}") <= SHORT for place in places)
    found = {"format": number_format(scale)}
    return {**found, "values": places.tolist()} if few else found


def axes(
    x_domain, y_domain, x_title: Words, y_title: Words, shares: str = ""
) -> tuple[alt.X, alt.Y]:
    """The axes of a plane; `shares` are those, of x and y, written in percent."""
    x, y = (
        channel(f"{name}:Q")
        .scale(domain=[float(value) for value in domain], nice=False)
        .axis(format="~%" if name in shares else "~r", tickCount=5)
        .title(both(*title) if title[0] else None)
        for channel, name, domain, title in (
            (alt.X, "x", x_domain, x_title),
            (alt.Y, "y", y_domain, y_title),
        )
    )
    return x, y


def image(chart: alt.Chart) -> alt.Chart:
    """The rows that hold a picture, each over its area."""
    chart = chart.transform_filter("isValid(datum.url)")
    mark = chart.mark_image(aspect=False, smooth=False, aria=False)
    return mark.encode(x="x:Q", x2="x2:Q", y="y:Q", y2="y2:Q", url="url:N", tooltip=alt.value(None))


def frames(series: list[str]) -> list[alt.Chart]:
    """The layers of frames and of what stands above them, in colours that show on black."""
    colour = alt.Scale(domain=series, range=palette.CATEGORIES[4:1:-1][: len(series)])
    base = alt.Chart().transform_filter("isValid(datum.series)").encode(x="x:Q", y="y:Q")
    frame = base.mark_rect(fillOpacity=0, strokeWidth=1.6).encode(x2="x2:Q", y2="y2:Q")
    text = base.mark_text(align="left", baseline="bottom", dy=-1, fontSize=13, fontWeight="bold")
    return [
        frame.encode(stroke=alt.Stroke("series:N", scale=colour).title(None)),
        text.encode(color=alt.Color("series:N", scale=colour).title(None), text="label:N"),
    ]


def arranged(chart, frame: pd.DataFrame, panels: int, width=None, height=None, square=False):
    """The chart in its size; where the table has several panels, those beside one another."""
    several = "panel" in frame and frame["panel"].nunique() > 1
    if square:
        width = height = PANEL_WIDTH if several else SQUARE
    elif width is None:
        width, height = (PANEL_WIDTH, PANEL_HEIGHT) if several else (WIDTH, HEIGHT)
    chart = chart.properties(width=width, height=height)
    if not several:
        return chart
    names = list(frame["panel"].dropna().unique())
    facet = alt.Facet("panel:N", sort=names).title(None)
    return chart.facet(facet, columns=min(panels, len(names)))
