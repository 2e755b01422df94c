"""The pieces of a page: code in rows, parts of a model, equations, how numbers are written."""

import json

import pytest

from comparisons.harness.report import code, equations, formats, parts, write_pages
from tests.comparisons.harness import fake_results
from tests.comparisons.harness.page_parser import Page


def test_definitions_of_one_name_share_a_row():
    left = (
        '"""Left."""\n\nA = 1\n\n\ndef helper():\n    pass\n\n\n# why\n@f\ndef model():\n    pass\n'
    )
    right = '"""Right."""\n\n\ndef model():\n    pass\n\n\nclass More:\n    x = "<b>"\n'
    rows = code.side_by_side(left, right)
    names = [tuple(stretch and stretch.name for stretch in row) for row in rows]
    assert names == [("", ""), ("helper", None), ("model", "model"), (None, "More")]
    starts = [tuple(stretch and stretch.start for stretch in row) for row in rows]
    assert starts == [(1, 1), (6, None), (10, 4), (None, 8)]
    assert "&lt;b&gt;" in rows[-1][1].html and "<b>" not in rows[-1][1].html
    assert [line.striptags() for line in rows[2][1].lines[:2]] == ["def model():", "pass"]


def test_the_parts_of_a_model_are_found():
    source = (
        "import reference_numpy as rn\n"
        "from reference_numpy import activations\n"
        'rn.layers.Conv2D(8, 3, activation="relu")\n'
        'model.compile(optimizer="adam", loss="mse")\n'
    )
    found = parts.parts(source)
    assert list(found) == ["Conv2D", "Relu", "Adam", "MeanSquaredError"]
    assert [definition.name for definition in found["Conv2D"]][:2] == ["Conv2D", "BaseConv"]
    assert found["Relu"][0].path == "reference_numpy/activations/rectifiers.py"
    assert "backward" in "".join(definition.html for definition in found["Conv2D"])
    family = parts.parts(source + "activations.get(name)\n")
    assert {"Sigmoid", "Softmax", "Tanh"} <= set(family)
    assert parts.parts('import keras\nkeras.layers.Dense(1, activation="relu")\n') == {}


def test_words_in_equations_are_one_identifier():
    assert "<mi>XOR</mi>" in equations.mathml(r"\mathrm{XOR}(x)")
    assert "<mo>&#x0223C;</mo>" in equations.mathml(r"m \sim p")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (formats.digits(0.004123), "0.00412"),
        (formats.digits(1234.5), "1,234"),
        (formats.digits(-1.5e-9), "−1.50×10⁻⁹"),
        (formats.digits(0), "0"),
        (formats.digits(None), "–"),
        (formats.digits(float("inf")), "∞"),
        (formats.percent(-0.0123), "−1.2 %"),
        (formats.percent_interval({"mean": 0.978, "low": 0.975, "high": 0.981}), "97.8 ± 0.3 %"),
        (formats.percent_interval({"mean": 0.978, "low": None, "high": None}), "97.8 %"),
        (formats.interval({"mean": 0.4321, "low": 0.411, "high": 0.4532}), "0.432 ± 0.021"),
        (formats.needed(0), "exact"),
        (formats.needed(0.5), "50.0 %"),
        (formats.needed(62500.0), "62,500 times"),
        (formats.needed(None), "∞"),
        (formats.number(27.5), "27.5"),
        (formats.number(26.0), "26"),
        (formats.points(0.0025), "0.25"),
        (formats.times(2.44), "×2.4"),
    ],
)
def test_how_numbers_are_written(written, expected):
    assert written == expected


def test_a_known_divergence_is_counted_apart_and_not_called_exact(tmp_path):
    fake_results.write(tmp_path, ["activations"], columns=["numpy", "keras-tensorflow"])
    path = tmp_path / "activations" / "result.json"
    content = json.loads(path.read_bytes())
    # What is written of a check that no tolerance bounds: JSON has no infinity.
    content["checks"][0] |= {"error": 0.5, "tolerance": None, "needed": 0.0, "reason": "sparsemax"}
    path.write_text(json.dumps(content))
    write_pages(tmp_path)
    text = Page(tmp_path / "activations" / "index.html").text("proof")
    assert "1 known to diverge" in text
    assert "known divergencesparsemax" in text and "– known" in text


def test_results_of_an_older_version_are_not_in_the_way(tmp_path):
    fake_results.write(tmp_path, ["perceptron"])
    (tmp_path / "dropout").mkdir()
    (tmp_path / "dropout" / "result.json").write_text('{"schema": 0}')
    write_pages(tmp_path)
    page = Page(tmp_path / "index.html")
    assert "Without results so far: activations" in page.text()
    assert not page.find("a", href="dropout/index.html")
