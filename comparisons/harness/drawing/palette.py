"""How a column looks: one name, one colour and one dash for it, wherever it appears.

The colours keep apart for the common kinds of colour blindness (after Okabe and Ito, 2008, Color
universal design) and stand out from a white as from a dark page.
"""

BASELINE_COLOR = "#8a939c"
LABELS = {
    "numpy": "NumPy",
    "keras-tensorflow": "Keras · TensorFlow",
    "keras-jax": "Keras · JAX",
    "keras-torch": "Keras · PyTorch",
    "textbook": "NumPy · textbook",
}
COLORS = {
    "numpy": "#2f86cf",
    "keras-tensorflow": "#d96c00",
    "keras-jax": "#0f9d76",
    "keras-torch": "#b8609c",
    "textbook": BASELINE_COLOR,
}
DASHES = {
    "numpy": [1, 0],
    "keras-tensorflow": [6, 4],
    "keras-jax": [2, 3],
    "keras-torch": [8, 3, 2, 3],
    "textbook": [1, 3],
}
# For what is no column: other colours, lest a curve be taken for NumPy's; one for each digit.
CATEGORIES = [
    *("#7a5ad1", "#c43c4e", "#b8960c", "#6a9e1f", "#2aa0bd"),
    *("#9a6340", "#5b70d6", "#7a858f", "#d67fb8", "#3d7f6a"),
]
FONT = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', "
    "'Hiragino Sans', 'Yu Gothic UI', Meiryo, 'Noto Sans CJK JP', 'Noto Sans JP', sans-serif"
)
# Text and lines take the page's own colour, light or dark.
INK = "currentColor"
CONFIG = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "range": {"category": CATEGORIES},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "domainColor": INK,
        "tickColor": INK,
        "gridColor": INK,
        "gridOpacity": 0.13,
        "domainOpacity": 0.4,
        "tickOpacity": 0.4,
        "labelFontSize": 11,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "labelSeparation": 5,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "labelLimit": 260,
        "symbolStrokeWidth": 2.5,
        "orient": "top",
        "columnPadding": 16,
        "symbolOpacity": 1,
    },
    "header": {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "labelFontWeight": 600},
    "title": {"color": INK, "subtitleColor": INK, "fontSize": 12, "anchor": "start"},
    "text": {"color": INK},
    "rule": {"color": INK},
}

_COLORED = ("color", "stroke", "fill")
_AXES = ("x", "y")
_FACETS = ("row", "column", "facet")


def in_order(columns) -> list[str]:
    """The columns in their fixed order, NumPy's first."""
    return [name for name in LABELS if name in columns]


def brand(spec, columns: list[str]):
    """Give every encoding of the field `implementation` in a chart its colours, dashes and names.

    Args:
        spec: a Vega-Lite chart as plain values, changed in place and returned.
        columns: the implementations that ran, which are those that a legend shows.
    """
    if isinstance(spec, list):
        for item in spec:
            brand(item, columns)
        return spec
    if not isinstance(spec, dict):
        return spec
    for channel, encoding in spec.items():
        if isinstance(encoding, dict) and encoding.get("field") == "implementation":
            _brand_channel(channel, encoding, columns)
        elif channel != "datasets":
            brand(encoding, columns)
    return spec


def _brand_channel(channel: str, encoding: dict, columns: list[str]) -> None:
    columns = in_order(columns)
    encoding.setdefault("title", None)
    names = ", ".join(f"'{name}': '{label}'" for name, label in LABELS.items())
    named = {"labelExpr": f"({{{names}}})[datum.value] || (datum.label)"}
    if channel in _COLORED or channel == "strokeDash":
        look = DASHES if channel == "strokeDash" else COLORS
        encoding["scale"] = {
            "domain": columns,
            "range": [look[name] for name in columns],
            **encoding.get("scale", {}),
        }
        if encoding.get("legend", {}) is not None:
            encoding["legend"] = {**named, **encoding.get("legend", {})}
    elif channel in _AXES and encoding.get("axis", {}) is not None:
        encoding["axis"] = {**named, **encoding.get("axis", {})}
    elif channel in _FACETS:
        encoding["header"] = {**named, **encoding.get("header", {})}
    if channel not in (*_COLORED, "strokeDash", "detail"):
        encoding.setdefault("sort", columns)
