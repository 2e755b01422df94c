"""Charts made fit for a page, and as files.

Every chart is a Vega-Lite specification (drawn by the page, with tooltips, sliders and a legend
that one can click) and a picture beside it (for a page without scripts, and for other documents).
"""

from dataclasses import dataclass

import altair as alt
import vl_convert

from comparisons.harness.bilingual import Words, in_language
from comparisons.harness.drawing import palette
from comparisons.harness.report.language import fill

MANY_MARKS = 6_000  # more of them are drawn as pixels, not as shapes
LINES = {"line", "area", "trail"}  # one shape, however many points it has
DIGITS = 5
NO_CAPTION = ("", "")


@dataclass(frozen=True)
class Picture:
    """A chart of the page.

    Args:
        name: name of its file, without ending.
        title: what it shows.
        caption: what to know for reading it.
        spec: the Vega-Lite chart as plain values.
        many: whether it has so many marks that they are drawn as pixels.
    """

    name: str
    title: Words
    caption: Words
    spec: dict
    many: bool = False

    @property
    def file_name(self) -> str:
        """The picture's file, beside the page."""
        return f"charts/{self.name}.{'png' if self.many else 'svg'}"

    @property
    def alternative(self) -> Words:
        """What it shows, for those who do not see it."""
        if not self.caption[0]:
            return self.title
        return fill(("{title}. {caption}", "{title}。{caption}"), **vars(self))

    def for_page(self) -> dict:
        """The chart with its tables by column, which weigh a third of tables by row."""
        tables = {key: columnar(rows) for key, rows in self.spec.get("datasets", {}).items()}
        return {**self.spec, "datasets": tables}

    def static(self) -> bytes:
        """The picture's file: SVG, or PNG where there are many marks; English, on white."""
        spec = {**in_language(self.spec, "en"), "background": "white", "padding": 10}
        if self.many:
            return vl_convert.vegalite_to_png(spec, scale=2, vl_version=_version())
        return vl_convert.vegalite_to_svg(spec, vl_version=_version()).encode()


def picture(
    name: str, title: Words, chart: alt.TopLevelMixin, columns, caption: Words | None = None
) -> Picture:
    """A chart made fit for the page: the columns' colours, the page's type, short numbers."""
    with alt.data_transformers.enable("default", max_rows=None):
        # altair has checked every part of it on the way here
        spec = chart.to_dict(validate=False)
    spec["config"] = palette.CONFIG
    spec.pop("$schema", None)
    palette.brand(spec, columns)
    datasets = spec.get("datasets", {})
    for key, rows in datasets.items():
        datasets[key] = [{k: _short(v) for k, v in row.items()} for row in rows]
    many = sum(map(len, datasets.values())) > MANY_MARKS and not _marks(spec) <= LINES
    return Picture(name, title, caption or NO_CAPTION, spec, many)


def columnar(rows: list[dict]) -> dict:
    """A table by column: one value for all rows, names with each row's number, or a list.

    Returns:
        {"rows": how many, "columns": {name: {"all": value}, {"of": names, "at": numbers} or
        {"list": values}}}
    """
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: _column([row.get(name) for row in rows]) for name in names}
    return {"rows": len(rows), "columns": columns}


def _column(values: list) -> dict:
    if all(isinstance(value, (str, int, float, bool, type(None))) for value in values):
        kinds = list(dict.fromkeys(values))
        if len(kinds) == 1:
            return {"all": kinds[0]}
        if all(isinstance(value, (str, type(None))) for value in values):
            places = {kind: place for place, kind in enumerate(kinds)}
            return {"of": kinds, "at": [places[value] for value in values]}
    return {"list": values}


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
