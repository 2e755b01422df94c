"""The pages: everything asked for is on them, nothing comes from outside, nothing is half-written.

Concepts and results are made up (`fake_concepts`, `fake_results`).
"""

import json
import re

import pytest

from comparisons.harness import catalogue, palette
from comparisons.harness.bilingual import SEPARATOR
from comparisons.harness.report import tables, write_pages
from tests.comparisons.harness import fake_concepts, fake_results
from tests.comparisons.harness.page_parser import Page

NAMES = ("scales", "apples", "pears")  # in the order of books and chapters, 1 before 10
LOST = {
    "job": {
        "concept": "apples",
        "action": "train",
        "implementation": "keras-jax",
        "part": fake_concepts.LARGE,
        "seed": 2,
    },
    "reason": "shapes differ: (3,) and (4,)",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A folder of results with its pages; one concept has checks that fail, and a failed job."""
    folder = tmp_path_factory.mktemp("results")
    with fake_concepts.catalogued(tmp_path_factory.mktemp("concepts")):
        fake_results.write(folder, ["scales", "pears"])
        fake_results.write(folder, ["apples"], failing=("apples",), failures=[LOST])
        path = folder / "pears" / "result.json"
        content = json.loads(path.read_bytes())
        content["baselines"][1]["name"] = "</script><b>Logistic & co"
        path.write_text(json.dumps(content))
        assert write_pages(folder) == folder / "index.html"
        yield folder


@pytest.fixture(scope="module")
def index(results):
    return Page(results / "index.html")


@pytest.fixture(scope="module")
def pages(results):
    return {name: Page(results / name / "index.html") for name in NAMES}


def test_the_first_page_sums_up_every_concept_by_chapter(index, results):
    assert index.sections == ["concepts", "speed", "environment"]
    text = index.text("concepts")
    places = [text.index(words) for words in ("· 3 Learning", "Scales", "Apples", "Pears")]
    assert places == sorted(places), "section 10 comes after 1, and another book after this one"
    assert "Trees and fruit · 10 Fruit" in text and text.count("3 Learning") == 1
    for name in NAMES:
        assert index.find("a", href=f"{name}/index.html")
    assert "Introduces: weigh, balance" in text
    assert index.find("a", href="scales/index.html#introduces-weigh")
    for label in ("NumPy", "Keras · TensorFlow", "Keras · JAX"):
        assert label in text
    assert re.search(r"0\.\d\d\d ± 0\.\d\d\d kg \d\.\d+ ms/step ×\d\.\d", text)
    assert re.search(r"\d\d\.\d ± \d\.\d % \d\.\d+ ms/step", text)
    assert "small scales" in text and "large scales" in text
    assert text.count("confirmed") == 1 and text.count("refuted") == 2
    assert "Keras · PyTorch is left out: torch is not installed" in text
    environment = index.text("environment")
    assert "Imaginary Processor @ 2.80GHz, cores: 2" in environment and "3.15.1" in environment
    assert "torch" not in environment, "a package that is not there has no version"
    japanese = Page(results / "index.html", "ja").text("concepts")
    assert "りんご" in japanese and "Apples" not in japanese and "小さいはかり" in japanese
    assert "果物" in japanese and "誤差" in japanese


def test_concepts_are_found_by_words_of_both_languages(index):
    words = {row["data-words"] for row in index.find("tbody") if "data-words" in row}
    (scales,) = (text for text in words if text.startswith("scales "))
    for word in ("load", "荷重", "weigh", "天秤", "Loads fall.", "荷は落ちる。", "Learning"):
        assert word in scales
    assert index.find("input", type="search")


def test_a_failed_check_is_seen_at_once(index, pages):
    assert re.search(r"✗ 4 of \d+ checks fail", index.text())
    (row,) = (row for row in index.find("tbody") if "failed" in (row["class"] or ""))
    assert row["data-words"].startswith("apples ")
    page = pages["apples"]
    assert page.find("a", href="#proof", **{"class": "bad"})
    assert page.find("span", **{"class": "badge bad"}) and page.find("div", **{"class": "alarm"})
    alarm = page.text("proof").partition("Each cell")[0]
    assert "gradient of weight 1 (bias)[1]" in alarm and "error 0.250" in alarm
    assert "shapes differ: (3,) and (4,)" in alarm and "error ∞" in alarm
    for name in ("scales", "pears"):
        assert not pages[name].find("div", **{"class": "alarm"})
        assert "fails" not in pages[name].text("proof")


def test_a_failed_job_is_a_failed_row_with_its_reason(index, pages, results):
    text = pages["apples"].text("failures")
    assert "training: large scales, seed 2" in text and "Keras · JAX" in text
    assert "shapes differ: (3,) and (4,)" in text
    japanese = Page(results / "apples" / "index.html", "ja").text("failures")
    assert "学習：大きいはかり、シード2" in japanese and "形状が異なる" in japanese
    assert index.find("a", href="apples/index.html#failures")
    assert "failures" not in pages["scales"].texts


def test_the_order_of_a_page_without_empty_sections(pages):
    assert pages["scales"].sections == [
        *("introduces", "model", "proof", "figures", "claims", "run")
    ]
    measured = ("model", "proof", "training", "scores", "speed", "claims", "run")
    assert pages["apples"].sections == pages["pears"].sections == [*measured]


def test_what_is_introduced_stands_as_equation_numpy_and_keras_in_one_row(pages):
    page = pages["scales"]
    text = page.text("introduces-weigh")
    places = [
        text.index(part)
        for part in (
            "The load times the weight.",
            "def weigh(x, w):",
            "def weigh_backward(dy, cache):",
            "def rounded(y):",
            "def weigh(w):",
            "return layers.Dense(len(w))",
            "Proven equal:",
        )
    ]
    assert places == sorted(places)
    assert "def curve" not in text and "class balance" not in text
    proof = text.partition("Proven equal:")[2]
    for side in ("calculus", "the library", "Keras · TensorFlow", "Keras · JAX"):
        assert re.search(rf"{side} \(\d+\.\d % of the tolerance\)", proof), side
    assert len(page.find("math", display="block")) == 2 + 1, "a line for each part"
    of_demonstration = page.text("introduces-balance")
    assert "class balance" in of_demonstration and of_demonstration.count("def curve(x):") == 2
    assert "Keras · JAX (13.3 % of the tolerance)" in of_demonstration


def test_the_library_shows_the_functions_that_ran_or_nothing(pages):
    text = pages["scales"].text("introduces-weigh")
    assert "How the library does it fast" in text
    fast = text.partition("How the library does it fast")[2]
    assert "Dropout.forward reference_numpy/layers/regularization/dropout.py" in fast
    assert "def forward(self" in fast and "class Dropout" not in fast
    assert "How the library" not in pages["scales"].text("introduces-balance")


def test_what_another_concept_introduces_is_a_link(pages):
    for name in ("apples", "pears"):
        assert pages[name].find("a", href="../scales/index.html#introduces-weigh"), name
        assert "Introduced elsewhere" in pages[name].text("model")
    assert "Dense Scales with" in pages["apples"].text("model")
    assert "Introduced elsewhere" not in pages["scales"].text("model")


def test_code_that_both_halves_share_stands_once(pages):
    text = pages["apples"].text("model")
    assert text.count("def build_model") == 1 and "A layer, in NumPy's words." in text
    assert "The same text in both halves" in text
    assert text.count("def train") == 2 and "by hand" in text and "by Keras" in text
    text = pages["pears"].text("model")
    assert text.count("def build_model") == 2 and "The same text" not in text
    assert "FINENESS = 3" in pages["scales"].text("model")
    assert "# Why it is drawn" in pages["scales"].text("introduces-balance")


@pytest.mark.parametrize("name", NAMES)
def test_all_of_both_halves_is_on_the_page(pages, name):
    text = pages[name].text("model") + pages[name].texts.get("introduces", "")
    text = " ".join(text.split())
    for half, texts in (("numpy", fake_concepts.NUMPY), ("keras", fake_concepts.KERAS)):
        lines = texts[name].splitlines()
        shared = name == "apples" and half == "keras"
        if shared:  # shown in NumPy's words
            lines = lines[: lines.index("def build_model():")] + lines[-5:]
        for line in lines:
            assert " ".join(line.split()) in text, line


@pytest.mark.parametrize("name", NAMES)
def test_the_head_says_what_it_is_in_both_languages(results, pages, name):
    declared = catalogue.load(name)
    for language, page in (("en", pages[name]), ("ja", Page(results / name / "index.html", "ja"))):
        place = ("en", "ja").index(language)
        for words in (declared.title, declared.summary, declared.chapter.title):
            assert words[place] in page.text("main") and words[1 - place] not in page.text("main")
        for pair in declared.terms:
            assert all(term in page.text("main") for term in pair), "terms stand in both, always"
    number = pages[name].text("main").partition(f"· {declared.chapter.number} ")[2]
    assert number.startswith(declared.chapter.title[0])


def test_the_navigation_leads_to_every_section_and_nowhere_else(pages):
    for page in pages.values():
        targets = [a["href"][1:] for a in page.find("a") if a["href"].startswith("#")]
        assert set(targets) - {"main", "failures"} == set(page.sections)


def test_all_comparisons_are_in_the_table(pages, results):
    for name in NAMES:
        checks = json.loads((results / name / "result.json").read_bytes())["checks"]
        text = pages[name].text("proof")
        assert f"All {len(checks)} comparisons" in text
        assert pages[name].find("details")
        assert text.count("✓ holds") + text.count("✗ fails") == len(checks)
        for record in checks:
            assert record["where"] in text
    japanese = Page(results / "apples" / "index.html", "ja").text("proof")
    assert "重み0（kernel）の勾配[" in japanese and "gradient" not in japanese
    assert "小さいはかり：モデル、推論" in japanese and "inference" not in japanese


def test_the_proof_is_grouped_by_what_and_precision(results):
    checks = json.loads((results / "apples" / "result.json").read_bytes())["checks"]
    proof = tables.proof("apples", checks, catalogue.load("apples").task)
    assert proof["columns"] == [
        ("calculus", "float64"),
        *(
            (column, dtype)
            for column in ("keras-tensorflow", "keras-jax")
            for dtype in ("float64", "float32")
        ),
    ]
    rows = {row["what"][0]: row["cells"] for row in proof["rows"]}
    assert list(rows)[:3] == [
        "small scales: model",
        "large scales: model",
        "small scales: model, inference",
    ]
    assert rows["small scales: layers, one at a time"][0] is None
    assert rows["small scales: layers, one at a time"][1]["held"] == 2
    wrong = rows["layers, one at a time"][2]
    assert wrong == {"held": 0, "total": 2, "known": 0, "worst": None}, (
        "a shape that differs needs no number"
    )
    held = sum(cell["held"] for cells in rows.values() for cell in cells if cell)
    assert held == sum(record["passed"] for record in checks)


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
    assert re.search(r"epoch \d+(\.5)? \(\d of 3 runs\)", text)
    assert re.search(r"0\.0\d+ ± 0\.0+ kg", text), "an error's gap is in its unit"
    assert re.search(r"\d\.\d ± \d\.\d points", pages["pears"].text("training"))
    japanese = Page(results / "pears" / "index.html", "ja").text("training")
    assert re.search(r"\d\.\d ± \d\.\d ポイント", japanese)


def test_nothing_says_accuracy_by_itself(pages, results):
    for language in ("en", "ja"):
        page = Page(results / "apples" / "index.html", language)
        assert "accura" not in page.text().lower() and "認識精度" not in page.text()
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
    assert "−8.00 ステップ" in japanese and "反証" in japanese and "荷は昇る。" in japanese
    text = pages["pears"].text("claims")
    assert "10.0 points" in text and "✓ confirmed" in text and "instead" not in text
    assert "Smallest effect that counts 0.500 kg" in pages["apples"].text("claims")


def test_data_settings_and_the_command(pages, results):
    text = pages["pears"].text("run")
    assert "sidebyside run pears --backends tensorflow,jax" in text
    assert "10 draws, the first: made-up data, fold 1, drawn with seed 0" in text
    assert "Keras · PyTorch left out: torch is not installed" in text
    assert "Epochs 30" in text and "Batch size 32" in text and "CPU: Imaginary" in text
    japanese = Page(results / "pears" / "index.html", "ja").text("run")
    assert "架空のデータ" in japanese and "フレームワークの設定のまま" in japanese
    assert "torchがインストールされていない" in japanese


def test_nothing_is_loaded_from_outside(index, pages, results):
    for page in (index, *pages.values()):
        for tag, attributes in page.elements:
            for name in ("src", "href", "srcset", "data", "action"):
                address = attributes.get(name)
                if address is None or address == "data:,":
                    continue
                assert not re.match(r"[a-z]+:|//", address), f"<{tag} {name}={address}>"
                if not address.startswith("#"):
                    assert (page.path.parent / address.partition("#")[0]).exists(), address
        assert not re.search(r"@import|url\(", page.html.partition("</head>")[0])
        assert page.path.stat().st_size < 1_500_000
    style = (results / "assets" / "style.css").read_text()
    assert "url(" not in style and "@import" not in style
    assert (results / "assets" / "vega.js").stat().st_size > 500_000


def test_values_are_text_and_never_markup(pages):
    page = pages["apples"]
    assert "layer <script>alert(1)</script> & co" in page.text("proof")
    assert "<script>alert" not in page.html
    assert "Scales with {braces} & <b>" in pages["scales"].text()
    page = pages["pears"]
    assert "</script><b>Logistic & co" in page.text("scores")
    assert any("</script><b>Logistic & co" in json.dumps(spec) for spec in page.specs)
    assert "</script><b>" not in page.html
    for attributes in page.find("script"):
        assert attributes.get("src") or attributes.get("type") == "application/json"
