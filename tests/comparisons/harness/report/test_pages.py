"""The pages: everything asked for is on them, nothing comes from outside, nothing is half-written.

Concepts and results are made up (`fake_concepts`, `fake_results`).
"""

import json
import re

import pytest

from comparisons.harness import catalogue
from comparisons.harness.report import tables
from comparisons.harness.report.pages import read_pages, template_environment
from tests.comparisons.harness import fake_concepts
from tests.comparisons.harness.page_parser import Page

NAMES = ("scales", "apples", "pears")
SHARED = ("what", "against", "dtype", "passed", "reason")


def test_what_scrolls_sideways_is_reached_by_keys(index, pages):
    for page in (index, *pages.values()):
        scrolls = [
            *page.find("div", **{"class": "scroll"}),
            *page.find("div", **{"class": "drawing"}),
        ]
        assert scrolls and all(box.get("tabindex") == "0" for box in scrolls)


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


def test_a_network_is_drawn_before_its_code(pages):
    for name in ("apples", "pears"):
        (drawing,) = pages[name].find("svg")
        text = pages[name].text("model")
        places = [text.index(part) for part in ("InputLayer", "Dense, tanh", "def build_model")]
        assert places == sorted(places) and float(drawing["width"]) < 358, "as wide as a phone"
    assert not pages["scales"].find("svg")


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
        for term in declared.terms:
            assert all(part in page.text("main") for part in term), "terms stand in both, always"
    number = pages[name].text("main").partition(f"· {declared.chapter.number} ")[2]
    assert number.startswith(declared.chapter.title[0])


def test_the_navigation_leads_to_every_section_and_nowhere_else(pages):
    for page in pages.values():
        targets = [a["href"][1:] for a in page.find("a") if a["href"].startswith("#")]
        assert set(targets) - {"main", "failures"} == set(page.sections)


def test_an_anchor_is_one_place(index, pages):
    for page in (index, *pages.values()):
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids)), page.path


def test_all_comparisons_are_in_the_table(pages, results):
    for name in NAMES:
        checks = json.loads((results / name / "result.json").read_bytes())["checks"]
        text = pages[name].text("proof")
        assert f"All {len(checks)} comparisons" in text
        assert pages[name].find("details")
        said = text.partition("comparisons")[2].count(" float")
        assert said == len({(*map(check.get, SHARED),) for check in checks})
        for record in checks:
            assert record["where"] in text
    japanese = Page(results / "apples" / "index.html", "ja").text("proof")
    assert "重み0（kernel）の勾配[" in japanese and "gradient" not in japanese
    assert "小さいはかり：モデル、推論" in japanese and "inference" not in japanese


def test_what_many_comparisons_share_is_said_once_so_that_a_page_stays_light(results):
    (page,) = (page for page in read_pages(results) if page.name == "apples")
    first, *_ = page.content["checks"]
    where = (f"gradient of weight {number} (kernel)[63, 31]" for number in range(2_400))
    page.content["checks"] = [{**first, "where": one} for one in where]
    template = template_environment().get_template("concept.html")
    html = template.render(page=page, before=None, after=None, written=())
    assert html.count("の勾配[63, 31]") == 2_400 and len(html.encode()) < 1_000_000


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
    assert wrong == {"held": 0, "total": 2, "known": 0, "reason": "", "worst": None}, (
        "a shape that differs needs no number"
    )
    held = sum(cell["held"] for cells in rows.values() for cell in cells if cell)
    assert held == sum(record["passed"] for record in checks)


def test_what_a_column_cannot_compute_counts_neither_way(results):
    checks = json.loads((results / "apples" / "result.json").read_bytes())["checks"]
    side = ("keras-jax", "float64")
    left_out = [
        {**record, "ran": record["ran"] and (record["against"], record["dtype"]) != side}
        for record in checks
    ]
    proof = tables.proof("apples", left_out, catalogue.load("apples").task)
    assert side not in proof["columns"] and ("keras-jax", "float32") in proof["columns"]
    none = [{**record, "ran": False} for record in checks]
    assert tables.proof("apples", none, None) == {"columns": [], "rows": []}


def test_data_settings_and_the_command(pages, results):
    text = pages["pears"].text("run")
    assert "sidebyside run pears --backends tensorflow,jax" in text
    assert "10 draws, the first: made-up data, fold 1, drawn with seed 0" in text
    assert "Keras · PyTorch left out: torch is not installed" in text
    assert "Epochs 30" in text and "Batch size 32" in text and "CPU: Imaginary" in text
    assert text.count("How it was read and prepared Read <quickly>.") == 1, "once for all runs"
    assert "<quickly>" not in pages["pears"].html
    japanese = Page(results / "pears" / "index.html", "ja").text("run")
    assert "読み込みと前処理 すばやく読んだ。" in japanese
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
        assert page.path.stat().st_size < 1_000_000
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
