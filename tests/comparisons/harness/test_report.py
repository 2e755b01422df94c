"""The pages: everything asked for is on them, nothing comes from outside, nothing is half-written.

The results are made up (`fake_results`), except that the perceptron's arrays are its own.
"""

import json
import re

import pytest

from comparisons.harness import catalogue
from comparisons.harness.report import palette, tables, write_pages
from tests.comparisons.harness import fake_results
from tests.comparisons.harness.page_parser import Page

NAMES = ("perceptron", "titanic_mlp", "dropout")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A folder of results with its pages; one concept has checks that fail."""
    folder = tmp_path_factory.mktemp("results")
    fake_results.write(folder, NAMES, failing=("dropout",))
    path = folder / "titanic_mlp" / "result.json"
    content = json.loads(path.read_bytes())
    content["baselines"][1]["name"] = "</script><b>Logistic & co"
    path.write_text(json.dumps(content))
    assert write_pages(folder) == folder / "index.html"
    return folder


@pytest.fixture(scope="module")
def index(results):
    return Page(results / "index.html")


@pytest.fixture(scope="module")
def pages(results):
    return {name: Page(results / name / "index.html") for name in NAMES}


def test_the_first_page_sums_up_every_concept(index):
    assert index.sections == ["concepts", "speed", "environment"]
    text = index.text("concepts")
    for name in NAMES:
        declared = catalogue.load(name)
        assert declared.title in text and declared.title_ja in text and declared.chapter in text
        assert index.find("a", href=f"{name}/index.html")
    for label in ("NumPy", "Keras · TensorFlow", "Keras · JAX"):
        assert label in text
    assert "16/16" in text and "66/70" in text
    assert re.search(r"\d\d\.\d ± \d\.\d % \d\.\d+ ms/step ×\d\.\d", text)
    assert "without dropout" in text and "with dropout" in text
    assert text.count("confirmed") == 2
    assert "Keras · PyTorch is left out: torch is not installed" in text
    assert "optimizers" in text.partition("Without results so far:")[2]
    environment = index.text("environment")
    assert "Imaginary Processor @ 2.80GHz, 2 cores" in environment and "3.15.1" in environment
    assert "torch" not in environment, "a package that is not there has no version"


def test_a_failed_check_is_seen_at_once(index, pages):
    assert "✗ 4 of 119 checks fail" in index.text()
    assert len(index.find("tbody", **{"class": "failed"})) == 1
    page = pages["dropout"]
    assert page.find("a", href="#proof", **{"class": "bad"})
    assert page.find("span", **{"class": "badge bad"}) and page.find("div", **{"class": "alarm"})
    assert "✗ 4 of 70 checks fail" in page.text()
    alarm = page.text("proof").partition("Each cell")[0]
    assert "gradient of weight 1 (bias)[1]" in alarm and "error 0.250" in alarm
    assert "shapes differ: (3,) and (4,)" in alarm and "error ∞" in alarm
    for name in ("perceptron", "titanic_mlp"):
        assert not pages[name].find("div", **{"class": "alarm"})
        assert "fail" not in pages[name].text("proof")


def test_a_concept_without_a_task_shows_no_empty_sections(pages):
    assert pages["perceptron"].sections == [
        *("equations", "code", "proof", "figures", "claims", "run")
    ]
    assert pages["dropout"].sections == [
        *("equations", "code", "proof", "training", "accuracy", "speed", "claims", "run")
    ]
    assert pages["titanic_mlp"].sections[-1] == "run"
    assert "claims" not in pages["titanic_mlp"].sections


@pytest.mark.parametrize("name", NAMES)
def test_the_head_equations_terms_and_code(pages, name):
    page, declared = pages[name], catalogue.load(name)
    for words in (declared.title, declared.title_ja, declared.chapter, declared.summary):
        assert words in page.text()
    assert len(page.find("math", display="block")) == len(declared.equations)
    for _, says in declared.equations:
        assert says in page.text("equations")
    for pair in declared.terms:
        assert all(term in page.text("equations") for term in pair)
    halves = catalogue.sources(name)
    for half, folder in (("numpy", "reference_numpy/concepts"), ("keras", "keras_models")):
        assert f"{folder}/{name}.py" in page.text("code")
        for line in halves[half].read_text("utf-8").splitlines():
            assert " ".join(line.split()) in page.text("code")


def test_the_navigation_leads_to_every_section_and_nowhere_else(pages):
    for page in pages.values():
        targets = [a["href"][1:] for a in page.find("a") if a["href"].startswith("#")]
        assert set(targets) == set(page.sections)


def test_all_comparisons_are_in_the_table(pages, results):
    for name in NAMES:
        checks = json.loads((results / name / "result.json").read_bytes())["checks"]
        text = pages[name].text("proof")
        assert f"All {len(checks)} comparisons" in text
        assert pages[name].find("details") and text.count("✓ holds") + text.count("✗ fails") == len(
            checks
        )
        for record in checks:
            assert record["where"] in text


def test_the_proof_is_grouped_by_what_and_precision(results):
    checks = json.loads((results / "dropout" / "result.json").read_bytes())["checks"]
    proof = tables.proof("dropout", checks)
    assert proof["columns"] == [
        ("calculus", "float64"),
        *(
            (column, dtype)
            for column in ("keras-tensorflow", "keras-jax")
            for dtype in ("float64", "float32")
        ),
    ]
    rows = {row["what"]: row["cells"] for row in proof["rows"]}
    assert list(rows)[:3] == [
        "without dropout: model",
        "with dropout: model",
        "without dropout: model, inference",
    ]
    assert rows["without dropout: layers, one at a time"][0] is None
    assert rows["without dropout: layers, one at a time"][1]["held"] == 2
    wrong = rows["layers, one at a time"][2]
    assert wrong == {"held": 0, "total": 2, "known": 0, "worst": None}, (
        "a shape that differs needs no number"
    )
    held = sum(cell["held"] for cells in rows.values() for cell in cells if cell)
    assert held == sum(record["passed"] for record in checks) == 66


def test_figures_have_titles_in_both_languages_and_files(pages, results):
    page = pages["perceptron"]
    assert "Decision regions 決定領域" in page.text("figures")
    assert "One straight line bounds AND" in page.text("figures")
    for name in NAMES:
        for image in pages[name].find("img"):
            content = (results / name / image["src"]).read_bytes()
            assert content.startswith((b"<svg", b"\x89PNG"))
            assert pages[name].find("a", href=image["src"])


def test_charts_are_drawn_by_the_page_from_its_own_data(pages):
    assert len(pages["perceptron"].specs) == 1 and len(pages["dropout"].specs) == 4
    for page in pages.values():
        for spec in page.specs:
            assert sum(map(len, spec["datasets"].values())) > 0
    loss, accuracy = pages["dropout"].specs[:2]
    rows = [row for data in loss["datasets"].values() for row in data]
    assert {row["metric"] for row in rows} == {"loss"}
    assert {row["part"] for row in rows} == {"training", "validation"}
    assert {row["implementation"] for row in rows} == set(fake_results.COLUMNS)
    # 2 variants, 3 columns, 5 seeds, every epoch, training and validation
    epochs = catalogue.load("dropout").task.presets["default"].epochs
    assert len(rows) == 2 * 3 * 5 * epochs * 2
    assert loss["facet"]["sort"] == ["without dropout", "with dropout"]
    assert "%" in json.dumps(accuracy["spec"])


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

    for page in (pages["dropout"], pages["titanic_mlp"]):
        walk(page.specs)
    assert len(scales) > 5
    for scale in scales:
        assert scale["domain"][:3] == list(fake_results.COLUMNS)
        assert scale["range"][:3] == colors


def test_training_tells_overfitting_and_how_the_curve_is_measured(pages):
    text = pages["dropout"].text("training")
    assert "during the epoch and in training mode" in text
    assert "Loss by epoch" in text and "Accuracy by epoch" in text
    assert "Gap at the end" in text and "Gap at the best epoch" in text
    assert re.search(r"epoch \d+(\.5)? \(\d of 5 runs\)", text)


def test_accuracy_has_intervals_baselines_scores_and_equivalence(pages):
    text = pages["titanic_mlp"].text("accuracy")
    assert "folds of repeated cross-validation" in text and "intervals are corrected" in text
    assert "gives a fifth of it to validation" in text
    assert "ROC AUC" in text and "Log loss" in text and "0.860 ± 0.000" in text
    assert "Random forest ランダムフォレスト" in text and "made-up data for scikit-learn" in text
    assert "Left of the scale: Majority class (12.1%)." in text
    assert "TOST" in text and ("✓ equivalent" in text or "? not shown" in text)
    text = pages["dropout"].text("accuracy")
    assert "corrected" not in text and "ROC AUC" not in text and "scikit-learn" not in text


def test_the_accuracy_axis_spans_what_is_shown(results):
    for name, least in (("titanic_mlp", 70), ("dropout", 90)):
        drawn = (results / name / "charts" / "accuracy.svg").read_text("utf-8")
        low, high = map(float, re.search(r"values from ([\d.]+)% to ([\d.]+)%", drawn).groups())
        assert least < low < high <= 100


def test_speed_has_units_and_the_ratio(pages):
    text = pages["dropout"].text("speed")
    for heading in (
        *("Training step, ms", "÷ NumPy's", "Epoch, s", "Prediction, ms", "Compilation, s"),
        "Peak memory, MB",
    ):
        assert heading in text
    assert "×1.0" in text and "290" in text and "1,649" in text
    (measures,) = (spec for spec in pages["dropout"].specs if "measure" in json.dumps(spec))
    rows = [row for data in measures["datasets"].values() for row in data]
    (step,) = (
        row["median"]
        for row in rows
        if row["key"] == "seconds_per_step"
        and row["implementation"] == "numpy"
        and row["variant"] == "with dropout"
    )
    assert 1.5 < step < 3, "milliseconds"


def test_claims_data_settings_and_the_command(pages):
    declared = catalogue.load("dropout").claims[0]
    text = pages["dropout"].text("claims")
    for words in (declared.claim, declared.claim_ja, declared.source, declared.metric):
        assert words in text
    assert declared.experiment in text and "✓ confirmed" in text and "95 % interval" in text
    text = pages["titanic_mlp"].text("run")
    assert "sidebyside run titanic_mlp --backends tensorflow,jax" in text
    assert "10 draws, the first: made-up data, fold 1, drawn with seed 0" in text
    assert "Keras · PyTorch left out: torch is not installed" in text
    assert "Epochs 30" in text and "Batch size 32" in text and "CPU: Imaginary" in text


def test_nothing_is_loaded_from_outside(index, pages, results):
    for page in (index, *pages.values()):
        for tag, attributes in page.elements:
            for name in ("src", "href", "srcset", "data", "action"):
                address = attributes.get(name)
                if address is None or address == "data:,":
                    continue
                assert not re.match(r"[a-z]+:|//", address), f"<{tag} {name}={address}>"
                if not address.startswith("#"):
                    assert (page.path.parent / address).exists(), address
        assert not re.search(r"@import|url\(", page.html.partition("</head>")[0])
    style = (results / "assets" / "style.css").read_text()
    assert "url(" not in style and "@import" not in style
    assert (results / "assets" / "vega.js").stat().st_size > 500_000


def test_values_are_text_and_never_markup(pages, results):
    page = pages["dropout"]
    assert "layer <script>alert(1)</script> & co" in page.text("proof")
    assert "<script>alert" not in page.html
    page = pages["titanic_mlp"]
    assert "</script><b>Logistic & co" in page.text("accuracy")
    assert any("</script><b>Logistic & co" in json.dumps(spec) for spec in page.specs)
    assert "</script><b>" not in page.html
    for attributes in page.find("script"):
        assert attributes.get("src") or attributes.get("type") == "application/json"


def copied(results, folder, name="perceptron"):
    """A folder with one concept's result and its jobs, no pages."""
    for path in [results / name / "result.json", *(results / name / "jobs").glob("*")]:
        target = folder / path.relative_to(results)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return folder / name / "result.json"


def change(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **values}))


def broken_json(path):
    path.write_text(path.read_text()[:-30])


def another_schema(path):
    change(path, schema=99)


def not_a_result(path):
    path.write_text("[]")


def without_runs(path):
    content = json.loads(path.read_bytes())
    del content["runs"]
    path.write_text(json.dumps(content))


def without_a_verdict(path):
    content = json.loads(path.read_bytes())
    del content["claims"][0]["verdict"]
    path.write_text(json.dumps(content))


def without_arrays(path):
    (path.parent / "jobs" / "demonstrate-numpy-gates-0.npz").unlink()


def broken_arrays(path):
    target = path.parent / "jobs" / "demonstrate-numpy-gates-0.npz"
    target.write_bytes(target.read_bytes()[:200])


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (broken_json, "result.json: not a JSON file; run the concept again"),
        (another_schema, "result.json: schema 99 where 1 is expected"),
        (not_a_result, "result.json: schema None where 1 is expected"),
        (without_runs, "result.json: 'runs' is missing or no list"),
        (without_a_verdict, "result.json: something is missing"),
        (without_arrays, "perceptron: the figures cannot be drawn"),
        (broken_arrays, "perceptron: the figures cannot be drawn"),
    ],
)
def test_a_broken_result_gets_one_line_and_nothing_is_written(results, tmp_path, damage, expected):
    copied(results, tmp_path, "titanic_mlp")
    damage(copied(results, tmp_path))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError) as error:
        write_pages(tmp_path)
    assert expected in str(error.value) and "\n" not in str(error.value)
    assert sorted(tmp_path.rglob("*")) == before, "something was half-written"


def test_a_folder_without_results(tmp_path):
    with pytest.raises(ValueError, match="holds no results; `sidebyside run` makes them"):
        write_pages(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_pages_are_written_again_whole(results, tmp_path):
    copied(results, tmp_path)
    write_pages(tmp_path)
    page = tmp_path / "perceptron" / "index.html"
    page.write_text("old")
    write_pages(tmp_path)
    assert "Decision regions" in page.read_text("utf-8")
    assert not list(tmp_path.rglob("*.tmp"))


def test_numpy_alone_one_seed_and_a_diverged_run(tmp_path):
    fake_results.write(tmp_path, ["dropout"], columns=["numpy"])
    path = tmp_path / "dropout" / "result.json"
    content = json.loads(path.read_bytes())
    content["runs"] = [run for run in content["runs"] if run["seed"] == 0]
    content["runs"][0]["history"]["loss"][3:] = [None] * 37
    for row in content["summary"]:
        row["test_accuracy"] |= {"low": None, "high": None, "values": [0.9]}
    content["settings"] |= {"csv": "my file.csv", "seeds": 1, "preset": "full"}
    path.write_text(json.dumps(content))
    write_pages(tmp_path)
    page = Page(tmp_path / "dropout" / "index.html")
    assert "No Keras column ran" in page.text("proof")
    assert "only calculus to compare with" in page.text("proof")
    assert "±" not in page.text("accuracy") and "equivalent" not in page.text("accuracy")
    command = "sidebyside run dropout --backends numpy --full --seeds 1 --csv 'my file.csv'"
    assert command in page.text("run")
    assert Page(tmp_path / "index.html").sections == ["concepts", "environment"]
