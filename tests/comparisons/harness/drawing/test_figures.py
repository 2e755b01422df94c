"""The figures' helpers: what they draw from which form of data, and that it stays small."""

import base64
import itertools
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import vl_convert

import comparisons
from comparisons.harness import bilingual
from comparisons.harness.bilingual import SEPARATOR, both
from comparisons.harness.drawing import figures, graphs, pixels
from comparisons.harness.report.pictures import picture

COLUMNS = ["numpy", "keras-jax"]
TITLES = {"x_title": ("step", "ステップ"), "y_title": ("loss", "損失")}
GRID = np.arange(12).reshape(3, 4)


def spec_of(chart):
    return picture("figure", ("Title", "題"), chart, COLUMNS).spec


def rows_of(spec):
    return [row for rows in spec["datasets"].values() for row in rows]


def drawn(chart):
    """The figure as SVG, as the page's file has it."""
    return picture("figure", ("Title", "題"), chart, COLUMNS).static().decode()


def decoded(address):
    """A picture's pixels: red, green, blue and opacity; grey may stand for the three."""
    content = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    chunks, place = {}, 8
    while place < len(content):
        size = int.from_bytes(content[place : place + 4])
        name, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        chunks[name], place = np.frombuffer(data, "uint8"), place + 12 + size
    width, height = (int.from_bytes(chunks[b"IHDR"][i : i + 4]) for i in (0, 4))
    raw = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), "uint8").reshape(height, -1)
    differences, pixels = raw[:, 0], raw[:, 1:].reshape(height, width, -1)
    assert len(set(differences)) == 1
    if differences[0]:
        pixels = np.cumsum(pixels, axis=1, dtype="uint8")
    if b"PLTE" not in chunks:
        return pixels
    colours = np.column_stack([chunks[b"PLTE"].reshape(-1, 3), chunks[b"tRNS"]])
    return colours[pixels[..., 0]]


@pytest.mark.parametrize("channels", [2, 4])
@pytest.mark.parametrize("colours", [3, 1000])
def test_a_picture_keeps_every_pixel_however_many_colours_it_has(channels, colours):
    generator = np.random.default_rng(0)
    listed = generator.integers(0, 256, (colours, channels)).astype("uint8")
    picture = listed[generator.integers(0, colours, (40, 30))]
    found = decoded(pixels.address(picture))
    kept = range(channels) if found.shape[-1] == channels else (0, 3)
    np.testing.assert_array_equal(found[..., kept], picture)


@pytest.mark.parametrize(("bits", "smooth"), [(7, False), (2, True)])
def test_a_picture_weighs_what_its_greys_or_their_differences_tell(bits, smooth):
    greys = np.random.default_rng(0).integers(0, 2**bits, (200, 200)).astype("uint8")
    if smooth:
        greys = np.cumsum(greys, axis=1, dtype="uint8")
    picture = np.stack([greys, np.full_like(greys, 255)], axis=-1)
    in_base64 = greys.size * bits / 8 * 4 / 3
    assert len(pixels.address(picture)) < 1.2 * in_base64 + 3_000


def test_lines_of_columns_are_told_apart_by_colour_and_dash():
    spec = spec_of(figures.lines({c: [3.0, 2.0, 1.0] for c in COLUMNS}, **TITLES))
    rows = rows_of(spec)
    assert [row["x"] for row in rows if row["implementation"] == "numpy"] == [1, 2, 3]
    text = json.dumps(spec)
    assert '"strokeDash"' in text and "Keras" in text
    assert spec["layer"][0]["encoding"]["x"]["title"] == f"step{SEPARATOR}ステップ"


def test_several_runs_are_thin_lines_under_their_mean():
    several = spec_of(figures.lines({"a": np.ones((4, 5))}, **TITLES))
    single = spec_of(figures.lines({"a": np.ones(5)}, **TITLES))
    assert len(several["layer"]) == len(single["layer"]) + 1
    assert {row["run"] for row in rows_of(several)} == {0, 1, 2, 3}


def test_lines_may_stand_in_panels_of_their_own():
    data = {"left": {"a": np.ones((2, 3))}, "right": {"a": [1.0, 2.0, 3.0], "b": [4.0, 5.0, 6.0]}}
    spec = spec_of(figures.lines(figures.in_panels(data, [0.1, 0.2, 0.3]), **TITLES))
    frame = pd.DataFrame(rows_of(spec))
    assert frame.groupby("panel").size().to_dict() == {"left": 6, "right": 6}
    assert frame[frame["series"] == "b"]["y"].tolist() == [4, 5, 6]
    assert sorted(frame["x"].unique()) == [0.1, 0.2, 0.3] and "facet" in spec


def test_a_slider_shows_one_choice_and_leaves_the_axes_alone():
    choices = {rate: {"a": [rate, 2 * rate]} for rate in (0.1, 0.5, 1.0)}
    chart = figures.slider(figures.lines(choices, **TITLES), ("rate", "学習率"), 0.5)
    spec = spec_of(chart)
    (chosen,) = (p for p in spec["params"] if "input" in p["bind"])
    assert chosen["value"] == 0.5 and chosen["bind"]["options"] == [0.1, 0.5, 1.0]
    assert chosen["bind"]["name"] == f"rate{SEPARATOR}学習率"
    low, high = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert low < 0.1 and high > 2.0, "the axis is that of all choices"
    # The file shows the choice that the slider starts at.
    assert len(drawn(chart)) < len(drawn(figures.lines(choices, **TITLES)))
    default = figures.slider(figures.lines(choices, **TITLES), ("rate", "学習率"))
    assert next(p for p in spec_of(default)["params"] if "input" in p["bind"])["value"] == 0.1


def test_choices_may_be_named_in_both_languages():
    names = [both("small", "小さい"), both("large", "大きい")]
    data = {name: {"layer 1": np.arange(9.0), "layer 2": np.arange(9.0)} for name in names}
    chart = figures.histograms(data, x_title=("activation", "出力"))
    spec = bilingual.in_language(spec_of(figures.selection(chart, ("initial", "初期値"))), "ja")
    (chosen,) = (p for p in spec["params"] if "input" in p["bind"])
    assert chosen["bind"]["options"] == ["小さい", "大きい"] and chosen["value"] == "小さい"
    assert {row["choice"] for row in rows_of(spec)} == {"小さい", "大きい"}
    assert SEPARATOR not in json.dumps(spec)


def test_histograms_share_their_bars_and_count_everything():
    spec = spec_of(figures.histograms({"a": np.zeros(5), "b": np.ones(7)}, x_title=("a", "甲")))
    frame = pd.DataFrame(rows_of(spec))
    assert frame.groupby("panel")["share"].sum().tolist() == [1, 1]
    assert frame.groupby("panel")["x"].apply(tuple).nunique() == 1 and len(frame) == 60


@pytest.mark.parametrize("low", [-0.37, -2.9, 0.0, 0.2])
def test_a_bar_begins_at_zero_and_none_loses_a_value(low):
    values = np.append(np.linspace(low, 3.1, 50), np.zeros(50 if low <= 0 else 0))
    frame = pd.DataFrame(rows_of(spec_of(figures.histograms(values, x_title=("a", "甲")))))
    np.testing.assert_allclose(frame["share"].sum(), 1)
    negative = frame[frame["x"] < 0]
    assert (negative["x2"] <= 0).all()
    np.testing.assert_allclose(negative["share"].sum(), (values < 0).mean())


def test_a_histogram_of_a_single_value_has_a_bar():
    (row,) = rows_of(spec_of(figures.histograms(np.full(3, 0.7), x_title=("a", "甲"))))
    assert row["share"] == 1 and row["x"] <= 0.7 + 1e-12 and row["x2"] > 0.7


def test_regions_are_small_pictures_with_their_first_row_below():
    classes = np.array([[0, 0, 0], [1, 1, 1]])
    chart = figures.regions(classes, (-1, 1), (0, 2), (np.array([[0.0, 1.0]]), [1]))
    rows = rows_of(spec_of(chart))
    (area,) = (row for row in rows if row.get("url"))
    assert (area["x"], area["x2"], area["y"], area["y2"]) == (-1, 1, 0, 2)
    found = decoded(area["url"])
    assert found.shape == (2, 3, 4)
    assert (found[1] == pixels.classes(classes)[0]).all(), "row 0 is the lower edge"
    (point,) = (row for row in rows if not row.get("url"))
    assert (point["x"], point["y"], point["class"]) == (0, 1, 1)
    _, points, _ = (layer["mark"] for layer in spec_of(chart)["layer"])
    assert points["clip"], "none lies over the axes"
    shares = pixels.classes(np.array([[0.0, 0.5, 1.0]]))
    assert shares[0, 0, 3] > shares[0, 1, 3] < shares[0, 2, 3], "unsure is pale"


def test_points_over_regions_can_change_with_the_choice_and_some_have_a_ring():
    xy, classes = np.array([[0.0, 1.0], [1.0, 0.0]]), [0, 1]
    points = {k: {"a": (xy, classes, [k == 0, k == 1])} for k in range(2)}
    chart = figures.regions({k: {"a": GRID % 2} for k in range(2)}, (0, 1), (0, 1), points)
    rows = [row for row in rows_of(spec_of(chart)) if not row.get("url")]
    assert {(row["choice"], row["x"]) for row in rows if row["ring"]} == {(0, 0.0), (1, 1.0)}
    assert len(rows) == 4
    same = figures.regions(
        {k: {"a": GRID % 2} for k in range(2)}, (0, 1), (0, 1), {"a": (xy, [0, 1])}
    )
    assert not any(row.get("ring") for row in rows_of(spec_of(same)))
    assert len([row for row in rows_of(spec_of(same)) if not row.get("url")]) == 4


def test_images_are_one_picture_with_a_label_below_each():
    digits = np.zeros((5, 28, 28))
    digits[3, 10, 10] = 1
    chart = figures.images({"train": digits}, labels=range(5), columns=4)
    rows = rows_of(spec_of(chart))
    (sheet,) = (row for row in rows if row.get("url"))
    assert (sheet["x"], sheet["x2"], sheet["y2"]) == (0, 4, 0)
    below = round(28 * figures.LABEL / 48)
    found = decoded(sheet["url"])
    assert found.shape == (2 * (29 + below), 4 * 29, 4)
    assert found[10, 3 * 29 + 10, 0] == 255 and found[..., 0].sum() == 255
    assert found[28, 0, 3] == 0, "between the pictures the page shows"
    assert [row["label"] for row in rows if row.get("label")] == list("01234")
    colours = pixels.grid(np.array([[[-1.0, 0.5]]]), 1)
    assert colours.shape == (2, 3, 4) and colours[0, 0, 3] == 255 and colours[0, 1, 3] in (127, 128)
    assert colours[0, 0, 0] > colours[0, 0, 2] and colours[0, 1, 0] < colours[0, 1, 2]
    rgb = pixels.grid(np.ones((1, 2, 2, 3)), 1)
    assert (rgb[:2, :2] == 255).all()
    assert pixels.grid(np.ones((2, 3, 3)), 2).shape == (4, 8, 2), "three columns are no colours"


def test_heat_maps_are_on_one_scale_with_texts_that_may_change_with_the_choice():
    maps = {
        1: {"a": np.array([[2.0, -1.0, 0.0]]), "b": np.zeros((1, 3))},
        2: {"a": np.ones((1, 3))},
    }
    chart = figures.heat_map(maps, across={1: "xyz", 2: "uvw"}, down=["only"])
    rows = rows_of(spec_of(figures.slider(chart, ("sequence", "系列"))))
    first, empty, second = (decoded(row["url"]) for row in rows if row.get("url"))
    assert first[0, :, 3].tolist() == [255, 128, 0] and not empty[..., 3].any()
    assert set(second[0, :, 3].tolist()) == {128}, "the largest number of all is the strongest"
    assert first[0, 0, 2] > first[0, 0, 0] and first[0, 1, 2] < first[0, 1, 0]
    said = [
        "".join(r["label"] for r in rows if r.get("label") and r["choice"] == c) for c in (1, 2)
    ]
    assert said == ["xyzonlyxyzonly", "uvwonly"]


def test_frames_stand_over_their_picture():
    boxes = pd.DataFrame(
        [("a", 4, "true", "7", 0, 14, 28, 29)],
        columns=["choice", "picture", "series", "label", "left", "top", "right", "bottom"],
    )
    chart = figures.images({"a": {"": np.ones((5, 28, 28))}}, boxes=boxes, columns=3)
    spec = spec_of(figures.slider(chart, ("choice", "選択")))
    (sheet,) = (row for row in rows_of(spec) if row.get("url"))
    (frame,) = (row for row in rows_of(spec) if row.get("series"))
    # The picture is the second of the second row; between pictures lies a pixel.
    assert (frame["x"], frame["x2"]) == (1, pytest.approx(1 + 28 / 29, abs=1e-3))
    assert frame["y"] == pytest.approx(sheet["y"] / 2 * (1 + 14 / 29), abs=1e-3)
    assert frame["y2"] == pytest.approx(sheet["y"], abs=1e-3) and frame["label"] == "7"


def test_paths_have_the_ground_below_them_in_every_panel_and_choice():
    surface = GRID.astype(float)
    walks = {rate: {"SGD": [[0, 0], [1, 1]], "Adam": [[0, 0], [2, 1]]} for rate in (0.1, 0.2)}
    rows = rows_of(spec_of(figures.paths(walks, surface, (0, 3), (0, 2))))
    assert sorted(row["choice"] for row in rows if row.get("url")) == [0.1, 0.2]
    frame = pd.DataFrame({"x": [0, 1], "y": [0, 1], "series": "SGD", "panel": ["a", "b"]})
    rows = rows_of(spec_of(figures.paths(frame, surface, (0, 3), (0, 2))))
    assert sorted(row["panel"] for row in rows if row.get("url")) == ["a", "b"]
    bands = pixels.bands(surface)
    assert bands[0, 0, 3] > bands[2, 3, 3], "deeper is darker"


def test_the_ground_below_paths_may_differ_by_choice_and_panel():
    surface = GRID.astype(float)
    frame = pd.DataFrame({"x": [0, 1], "y": [0, 1], "series": "SGD", "panel": ["a", "b"]})
    frame = pd.concat(frame.assign(choice=choice) for choice in (1, 2))
    grounds = {choice: {"a": surface, "b": -choice * surface[::choice]} for choice in (1, 2)}
    rows = rows_of(spec_of(figures.paths(frame, grounds, (0, 3), (0, 2))))
    found = {(row["choice"], row["panel"]): row["url"] for row in rows if row.get("url")}
    assert len(found) == 4 and found[1, "a"] == found[2, "a"]
    assert len(set(found.values())) == 3
    rows = rows_of(spec_of(figures.paths(frame, grounds[1], (0, 3), (0, 2))))
    found = {row["panel"]: row["url"] for row in rows if row.get("url")}
    assert len(set(found.values())) == 2


def test_a_confusion_matrix_has_a_cell_for_each_pair():
    rows = rows_of(spec_of(figures.confusion(np.array([[3, 1], [0, 0]]), ["cat", "dog"])))
    assert [(r["true"], r["predicted"], r["count"], r["share"]) for r in rows] == [
        ("cat", "cat", 3, 0.75),
        ("cat", "dog", 1, 0.25),
        ("dog", "cat", 0, 0),
        ("dog", "dog", 0, 0),
    ]


def test_bars_carry_their_intervals():
    data = {"one": {c: [0.9, 0.92, 0.94] for c in COLUMNS}, "two": {"numpy": [0.5]}}
    rows = rows_of(spec_of(figures.bars(data, x_title=("score", "評価"), unit="%")))
    assert rows[0]["mean"] == pytest.approx(0.92) and rows[0]["low"] < 0.9 < rows[0]["mean"]
    assert rows[-1]["low"] is None


@pytest.mark.parametrize(
    ("x", "ticks", "form"),
    [
        ([1, 4, 16], [1, 4, 16], "~g"),
        ([0.01, 0.03, 0.1], [0.01, 0.03, 0.1], "~g"),
        ([57600, 816906240], None, "~g"),
        ([10.0**power for power in range(-14, 0)], None, "~e"),
    ],
)
def test_a_logarithmic_axis_marks_the_values_where_they_are_few_and_short(x, ticks, form):
    chart = figures.lines({"a": np.ones(len(x))}, x, log="x", **TITLES)
    axis = spec_of(chart)["layer"][0]["encoding"]["x"]["axis"]
    assert (axis.get("values"), axis["format"]) == (ticks, form)
    assert f">{x[-1]}</text>" in drawn(chart) or ticks is None


def test_shares_among_points_are_written_in_percent():
    xy = np.array([[0.5, 0.91], [1.5, 0.97]])
    marks = spec_of(figures.scatter({"a": xy}, **TITLES, shares="y"))["encoding"]
    assert [marks[axis]["axis"]["format"] for axis in "xy"] == ["~r", "~%"]
    assert [tip["format"] for tip in marks["tooltip"][-2:]] == [".4~g", ".1%"]


def test_every_helper_is_drawn_as_a_file_without_the_other_language():
    xy = np.random.default_rng(0).standard_normal((20, 2))
    charts = (
        figures.lines({both("a", "甲"): [1.0, 2.0, np.nan, np.inf]}, log="y", **TITLES),
        figures.scatter({"a": xy, "b": xy}),
        figures.paths({"a": xy}, GRID.astype(float), (-1, 1), (-1, 1)),
        figures.regions({"a": GRID % 2, "b": GRID % 3}, (0, 1), (0, 1)),
        figures.images({"a": np.ones((3, 5, 5)), "b": -np.ones((3, 5, 5))}),
        figures.heat_map({"a": xy, "b": xy}, down=[both("a", "甲")]),
        figures.histograms({"a": xy}, x_title=("a", "甲")),
        figures.confusion(np.eye(10, dtype=int)),
        figures.bars({"a": [1, 2]}, x_title=("a", "甲")),
    )
    for chart in charts:
        text = drawn(chart)
        assert text.startswith("<svg") and SEPARATOR not in text and "甲" not in text


def test_a_chart_stays_the_same_in_the_other_language():
    chart = figures.lines({both("a", "甲"): [1.0, 2.0]}, **TITLES)
    spec = spec_of(chart)
    english, japanese = (bilingual.in_language(spec, language) for language in ("en", "ja"))
    assert "甲" in json.dumps(japanese, ensure_ascii=False)
    for one in (english, japanese):
        assert SEPARATOR not in json.dumps(one, ensure_ascii=False)
        vl_convert.vegalite_to_vega(one)
    assert [*english] == [*japanese]


def test_no_text_has_a_colour_of_its_own():
    # One colour cannot be read (4.5:1) on a white and on a dark page; the page's own can.
    for path in Path(comparisons.__file__).parent.rglob("*.py"):
        assert not re.search(r"mark_text\([^)]*color=", path.read_text("utf-8")), path
    assert not any("color" in look for look in graphs.TEXTS.values())


@pytest.mark.parametrize("field", ["series", "implementation", "panel"])
def test_a_table_may_say_more(field):
    values = COLUMNS if field == "implementation" else ["a", "b"]
    frame = pd.DataFrame(
        [
            {"x": x, "y": x * x, "series": "s", field: value}
            for x, value in itertools.product((0.0, 1.0), values)
        ]
    )
    spec = spec_of(figures.lines(frame, **TITLES))
    assert {row[field] for row in rows_of(spec)} == set(values)
    assert ("facet" in spec) == (field == "panel")


def test_a_graph_has_circles_where_arrows_meet_and_texts_on_either_side_of_them():
    nodes = {"a": (0, 0, "a"), "b": (0, 1, "b"), "times": (1, 0.5, "×"), "y": (2, 0.5, "y")}
    arrows = {"a": ("a", "times"), "b": ("b", "times"), "y": ("times", "y")}
    forward = {"a": ("2", ""), "b": ("3", ""), "y": ("", "")}
    both_ways = {"a": ("2", "15"), "b": ("3", "10"), "y": ("6", "5")}
    chart = graphs.graph({1: forward, 2: both_ways}, nodes, arrows)
    spec = spec_of(figures.slider(chart, ("step", "段階"), 2))
    rows = [row for row in rows_of(spec) if row["choice"] == 2]
    kinds = {row["text"]: row["kind"] for row in rows if row.get("text")}
    assert kinds["a"] == kinds["b"] == "start" and kinds["×"] == "node" and kinds["y"] == "end"
    by_text = {row["text"]: row for row in rows if row.get("text")}
    assert by_text["2"]["y"] < by_text["15"]["y"] and by_text["6"]["x"] > by_text["3"]["x"]
    faint = [row["faint"] for row in rows_of(spec) if row["kind"] == "arrow"]
    assert faint == [False, False, True, False, False, False]
    assert spec["autosize"] == "pad", "the page leaves its shape alone"
    text = drawn(chart=figures.slider(chart, ("step", "段階"), 2))
    assert ">15<" in text and text.count(">2<") == 1, "one choice is drawn"


def test_the_legend_of_dashes_shows_dashes():
    columns = ("numpy", "keras-jax")
    rows = [
        {"x": x, "y": x, "series": series, "implementation": column, "run": run}
        for x in (0, 1)
        for run in (0, 1)
        for series in "ab"
        for column in columns
    ]
    chart = figures.lines(pd.DataFrame(rows), x_title=("x", "x"), y_title=("y", "y"))
    spec = picture("lines", ("lines", "線"), chart, columns).spec
    legends = vl_convert.vegalite_to_vega(spec)["legends"]
    dashes = next(legend for legend in legends if "strokeDash" in legend)
    assert dashes["symbolStrokeColor"] == "currentColor"
    drawn = dashes.get("encode", {}).get("symbols", {}).get("update", {})
    assert "stroke" not in drawn, "drawn as the points are, which have no stroke"


def test_whole_numbers_have_whole_ticks():
    for x, step in (([1, 2, 3], 1), ([1, 2.5, 3], None)):
        chart = figures.lines({"a": [1, 2, 3]}, x, x_title=("x", "x"), y_title=("y", "y"))
        axis = chart.to_dict()["layer"][0]["encoding"]["x"].get("axis", {})
        assert axis.get("tickMinStep") == step
