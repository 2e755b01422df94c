"""What the pages tell of figures, training, scores, speed and claims."""

import json
import re

from comparisons.harness.bilingual import SEPARATOR
from comparisons.harness.drawing import palette
from tests.comparisons.harness import fake_results
from tests.comparisons.harness.page_parser import Page

NAMES = ("scales", "apples", "pears")


def test_figures_have_titles_sliders_files_and_alternatives(pages, results):
    page = pages["scales"]
    assert "Turn by load" in page.text("figures") and "More turns more." in page.text("figures")
    assert "荷重と傾き" in Page(results / "scales" / "index.html", "ja").text("figures")
    lines, _ = page.specs
    (chosen,) = (p for p in lines["params"] if "input" in p["bind"])
    assert chosen["bind"]["options"] == [1, 2, 3] and chosen["value"] == 2
    assert chosen["bind"]["name"] == f"power{SEPARATOR}指数"
    images = [image for name in NAMES for image in pages[name].find("img")]
    assert len(images) == 2 + 4 + 4
    (image,) = page.find("img", src="charts/figure-1.svg")
    assert image["alt"] == "Turn by load. More turns more."
    assert image["data-ja-alt"] == "荷重と傾き。重いほど傾く。"
    for name in NAMES:
        for image in pages[name].find("img"):
            content = (results / name / image["src"]).read_bytes()
            assert content.startswith((b"<svg", b"\x89PNG"))
            assert SEPARATOR not in content.decode(errors="ignore")
            assert image["alt"] and image["data-ja-alt"] and image["alt"] != image["data-ja-alt"]
            assert pages[name].find("a", href=image["src"])


def test_charts_are_drawn_by_the_page_from_its_own_data(pages):
    assert len(pages["scales"].specs) == 2 and len(pages["apples"].specs) == 4
    for page in pages.values():
        for spec in page.specs:
            assert sum(map(len, spec["datasets"].values())) > 0
    loss, error = pages["apples"].specs[:2]
    rows = [row for data in loss["datasets"].values() for row in data]
    assert {row["part"].split(SEPARATOR)[0] for row in rows} == {"training", "validation"}
    assert {row["implementation"] for row in rows} == set(fake_results.COLUMNS)
    # 2 variants, 3 columns, 3 seeds, every epoch, training and validation
    assert len(rows) == 2 * 3 * 3 * 12 * 2
    assert loss["facet"]["sort"] == [
        f"small scales{SEPARATOR}小さいはかり",
        f"large scales{SEPARATOR}大きいはかり",
    ]
    assert f"error{SEPARATOR}誤差" in json.dumps(error, ensure_ascii=False)
    assert '"%"' not in json.dumps(error["spec"]), "kilograms are no share"
    assert '"%"' in json.dumps(pages["pears"].specs[1]["layer"])


def test_every_column_has_one_colour_wherever_it_is_drawn(pages):
    colors = [palette.COLORS[column] for column in fake_results.COLUMNS]
    scales = []

    def walk(spec):
        if isinstance(spec, list):
            for item in spec:
                walk(item)
        elif isinstance(spec, dict):
            channel = spec.get("color")
            if isinstance(channel, dict) and channel.get("field") == "implementation":
                scales.append(channel["scale"])
            for key, value in spec.items():
                if key != "datasets":
                    walk(value)

    for page in pages.values():
        walk(page.specs)
    assert len(scales) > 5
    for scale in scales:
        assert scale["domain"][:3] == list(fake_results.COLUMNS)
        assert scale["range"][:3] == colors


def test_training_tells_overfitting_on_the_tasks_own_score(pages, results):
    text = pages["apples"].text("training")
    assert "Loss by epoch" in text and "Error by epoch" in text
    assert "Training: error" in text and "Validation: error" in text
    assert "Gap at the end" in text and "Gap at the best epoch" in text
    assert "during the epoch" not in text, "its loop is its own"
    assert "during the epoch and in training mode" in pages["pears"].text("training")
    assert re.search(r"epoch \d+(\.5)? \(runs: \d of 3\)", text)
    assert re.search(r"0\.0\d+ ± 0\.0+ kg", text), "an error's gap is in its unit"
    assert re.search(r"\d\.\d ± \d\.\d points", pages["pears"].text("training"))
    japanese = Page(results / "pears" / "index.html", "ja").text("training")
    assert re.search(r"\d\.\d ± \d\.\dポイント", japanese)


def test_nothing_says_accuracy_by_itself(pages, results):
    for language in ("en", "ja"):
        page = Page(results / "apples" / "index.html", language)
        assert "accura" not in page.text().lower() and "正解率" not in page.text()
    assert "accuracy" in pages["pears"].text("scores")


def test_scores_have_units_intervals_baselines_and_equivalence(pages):
    text = pages["pears"].text("scores")
    assert "folds of repeated cross-validation" in text and "are corrected" in text
    assert "gives part of it to validation" in text
    assert "Test: accuracy" in text and "Test: log loss" in text
    assert "0.430 ± 0.000 nats" in text
    assert "Random forest" in text and "made-up data for scikit-learn" in text
    assert "Off the scale: Majority class (12.1 %)." in text
    assert "TOST" in text and ("✓ equivalent" in text or "? not shown" in text)
    text = pages["apples"].text("scores")
    assert "corrected" not in text and "scikit-learn" not in text
    assert re.search(r"Test: ripe share .* 0\.\d+ ± 0\.\d+ kg 43\.0 ± 0\.0 %", text)
    assert "± 0.0100 kg" in text, "the margin of equivalence"


def test_the_axis_of_scores_spans_what_is_shown(results):
    drawn = (results / "pears" / "charts" / "scores.svg").read_text("utf-8")
    low, high = map(float, re.search(r"values from ([\d.]+)% to ([\d.]+)%", drawn).groups())
    assert 70 < low < high <= 100
    drawn = (results / "apples" / "charts" / "scores.svg").read_text("utf-8")
    low, high = map(float, re.search(r"values from ([\d.]+) to ([\d.]+)", drawn).groups())
    assert 0.7 < low < high < 0.9


def test_speed_has_units_and_the_ratio(pages):
    text = pages["apples"].text("speed")
    for heading in (
        *("training step, ms", "÷ NumPy's", "training epoch, s", "prediction of a batch, ms"),
        *("compilation, s", "peak memory, MB"),
    ):
        assert heading in text
    assert "×1.0" in text and "290" in text and "1,649" in text
    (measures,) = (spec for spec in pages["apples"].specs if "measure" in json.dumps(spec))
    rows = [row for data in measures["datasets"].values() for row in data]
    (step,) = (
        row["median"]
        for row in rows
        if row["key"] == "seconds_per_step"
        and row["implementation"] == "numpy"
        and row["variant"].startswith("large")
    )
    assert 1.5 < step < 3, "milliseconds"


def test_claims_are_in_their_own_units_and_say_what_is_true(pages, results):
    text = pages["scales"].text("claims")
    for words in ("Loads fall.", "Newton", "time that it stays", "Let go.", "✗ refuted"):
        assert words in text
    assert "What is true instead They rise." in text
    assert re.search(r"−8\.00 steps 95 % interval: −8\.\d\d steps to −7\.\d\d steps", text)
    japanese = Page(results / "scales" / "index.html", "ja").text("claims")
    assert "−8.00ステップ" in japanese and "反証" in japanese and "荷は昇る。" in japanese
    text = pages["pears"].text("claims")
    assert "10.0 points" in text and "✓ confirmed" in text and "instead" not in text
    assert "Smallest effect that counts 0.500 kg" in pages["apples"].text("claims")
