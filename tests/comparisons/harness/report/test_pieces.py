"""The pieces of a page: code in rows, links to other pages, equations, numbers, tables."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import vl_convert

from comparisons.harness import catalogue, chapters, scores
from comparisons.harness.bilingual import LANGUAGES, both, in_language
from comparisons.harness.concept import Concept
from comparisons.harness.report import (
    charts,
    code,
    equations,
    formats,
    introductions,
    language,
    pictures,
    tables,
)
from comparisons.harness.statistics import interval

LONGEST = 8  # names that are drawn: which is the widest depends on the letters


def side_by_side(left, right):
    return code.side_by_side(code.stretches(left), code.stretches(right))


def test_definitions_of_one_name_share_a_row():
    left = (
        '"""Left."""\n\nimport a\n\nA = 1\n\n\ndef helper():\n    pass\n\n\n# why\n@f\n'
        "def model():\n    pass\n\n\nRATES = {}\nMORE = 2\n"
    )
    right = '"""Right."""\n\n\ndef model():\n    return 1\n\n\nclass More:\n    x = "<b>"\n'
    rows = side_by_side(left, right)
    names = [tuple([s.name for s in half] for half in (row.ours, row.theirs)) for row in rows]
    assert names == [
        ([""], [""]),
        (["A", "helper"], []),
        (["model"], ["model"]),
        (["RATES"], ["More"]),
    ]
    starts = [[s.start for s in (*row.ours, *row.theirs)] for row in rows]
    assert starts == [[1, 1], [5, 8], [12, 4], [18, 8]]
    assert "&lt;b&gt;" in rows[-1].theirs[0].html and "<b>" not in rows[-1].theirs[0].html
    model = [line.striptags() for line in rows[2].ours[0].lines]
    assert model == ["# why", "@f", "def model():", "pass"]


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("def f():\n    return rn.layers.A(1)", "def f():\n    return layers.A(\n        1)", True),
        ("def f():\n    return rn.Sequential()", "def f():\n    return keras.Sequential()", True),
        (
            'def f():\n    """One."""\n    return 1',
            'def f():\n    """Another."""\n    return 1',
            True,
        ),
        ("def f():\n    return rn.layers.A(1)", "def f():\n    return layers.A(2)", False),
        ("def f():\n    return np.exp(1)", "def f():\n    return ops.exp(1)", False),
        ("import numpy", "import numpy", False),  # heads are shown as they are
    ],
)
def test_code_is_the_same_but_for_the_librarys_name(ours, theirs, same):
    (row,) = side_by_side(ours, theirs)
    assert row.same is same


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("import reference_numpy as rn\nrn.layers.Dense(1)", "layers.Dense"),
        ("from reference_numpy import activations\nactivations.get", "activations.get"),
        ('import reference_numpy as rn\nrn.layers.Dense(1, activation="relu")', "activations.relu"),
        ('m.compile(loss="mse")', "losses.MeanSquaredError"),
        ('m.compile(optimizer="adam")', "optimizers.Adam"),
        ("from reference_numpy.concepts.dropout import mask", "dropout.mask"),
        ("from reference_numpy.concepts import dropout\ndropout.mask(1)", "dropout.mask"),
    ],
)
def test_what_a_half_uses_is_read_off_its_text(written, used):
    assert used in list(introductions._used(introductions.ast.parse(written)))


@pytest.mark.parametrize(
    ("returned", "member"),
    [
        ("layers.Dropout(rate)", "layers.Dropout"),
        ("keras.optimizers.SGD(learning_rate=1)", "optimizers.SGD"),
        ("keras.activations.relu", "activations.relu"),
        ('layers.Activation("tanh")', "activations.tanh"),
        ("lambda x: x", None),
        ("ops.exp(x)", None),
    ],
)
def test_what_a_keras_half_returns_is_what_it_introduces(returned, member):
    assert introductions._member(introductions.ast.parse(returned).body[0].value) == member


def test_a_class_is_introduced_by_the_first_concept_in_the_order_of_chapters():
    """Others return it too, and stand before that one in the alphabet."""
    assert "Dense" in catalogue.sources("backpropagation")["keras"].read_text("utf-8")
    assert introductions._introduced()["layers.Dense"] == ("perceptron", "weighted_sum")


@pytest.mark.parametrize("name", ["Windows.of", "Windows.tiles", "Windows.pad", "blocks"])
def test_a_method_of_any_kind_is_shown(name):
    """A class method, a cached property, a method, a function."""
    record = {"module": "reference_numpy.kernels.windows", "name": name}
    shown = introductions._function(record, "im2col")
    assert f"def {name.split('.')[-1]}(" in shown.stretch.text


def test_what_code_calls_is_shown_with_it_in_both_halves():
    sources = catalogue.sources("data_augmentation")
    halves = {half: code.stretches(sources[half].read_text("utf-8")) for half in ("numpy", "keras")}
    row = introductions.rows("data_augmentation", halves, {"checks": []})[0]
    for stretches in (row.ours, row.theirs):
        assert any("def bilinear_sampling(" in stretch.text for stretch in stretches)


def test_what_was_compared_is_words_or_the_name_of_a_function_as_code():
    assert tables.subject("graphs", "graphs: random_graph") == ("`random_graph`",) * 2
    assert tables.subject("graphs", "graphs: training")[1] == "学習"


def test_words_in_equations_are_one_identifier():
    assert "<mi>XOR</mi>" in equations.mathml(r"\mathrm{XOR}(x)")
    assert "<mo>&#x0223C;</mo>" in equations.mathml(r"m \sim p")


@pytest.mark.parametrize(
    ("latex", "told"),
    [
        (r"\frac{a}{b", "a brace has no other"),
        (r"\fraction{a}{b}", r"unknown command \\fraction"),
        (r"\left( a", "ExtraLeftOrMissingRightError"),
        (r"\begin{cases} a", "MissingEndError"),
    ],
)
def test_what_is_no_equation_is_told_with_file_and_field(latex, told):
    concept = Concept(("", ""), chapters.LEARNING, ("", ""), equations=((latex, ("", "")),))
    with pytest.raises(ValueError, match=rf"dropout.py: Concept.equations: ValueError: .*{told}"):
        equations.look_over("dropout", concept)


@pytest.mark.parametrize("name", catalogue.script_names())
def test_every_equation_can_be_shown(name):
    equations.look_over(name, catalogue.load(name))


def test_an_equation_has_a_line_for_each_part():
    assert len(equations.lines(r"a = b, \quad c = d \quad e")) == 3
    cases = r"h = \begin{cases} 0 & \quad x \\ 1 & y \end{cases}, \quad z"
    assert len(equations.lines(cases)) == 2 and len(equations.lines(r"\frac{a \quad b}{c}")) == 1
    assert "," not in equations.lines(r"a, \quad b")[0]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (formats.digits(0.004123), "0.00412"),
        (formats.digits(1234.5), "1,234"),
        (formats.digits(-1.5e-9), "−1.50×10⁻⁹"),
        (formats.digits(0), "0"),
        (formats.digits(None), "–"),
        (formats.digits(float("inf")), "∞"),
        (formats.amount(-0.0123, "%"), ("−1.2 %", "−1.2%")),
        (formats.amount(0.43219, "nats"), ("0.432 nats", "0.432ナット")),
        (formats.amount(None, "nats"), ("–", "–")),
        (formats.interval({"mean": 0.978, "low": 0.975, "high": 0.981}, "%")[0], "97.8 ± 0.3 %"),
        (formats.interval({"mean": 0.978, "low": None, "high": None}, "%")[0], "97.8 %"),
        (formats.interval({"mean": 0.4321, "low": 0.411, "high": 0.4532}, "")[0], "0.432 ± 0.021"),
        (formats.interval({"mean": 195.4, "low": 190.4, "high": 200.4}, "")[0], "195 ± 5"),
        (formats.interval({"mean": 2e-9, "low": 1e-9, "high": 3e-9}, "kg")[0][:10], "2.00×10⁻⁹ "),
        (formats.difference(0.0252, "%"), ("2.5 points", "2.5ポイント")),
        (formats.difference(-3.0, "steps"), ("−3.00 steps", "−3.00ステップ")),
        (formats.difference({"mean": 0.1, "low": 0.05, "high": 0.15}, "%")[0], "10.0 ± 5.0 points"),
        (formats.difference(-0.0004, "%"), ("0.0 points", "0.0ポイント")),
        (formats.needed(0)[0], "exact"),
        (formats.needed(0.0002), ("< 0.1 %", "0.1%未満")),
        (formats.needed(0.5), ("50.0 %", "50.0%")),
        (formats.needed(62500.0), ("62,500 times", "62,500倍")),
        (formats.needed(None)[0], "∞"),
        (formats.number(27.5), "27.5"),
        (formats.number(26.0), "26"),
        (formats.times(2.44), "×2.4"),
        (formats.label("keras-jax")[0], "Keras · JAX"),
        (formats.label("calculus"), ("calculus", "数値微分")),
    ],
)
def test_how_numbers_are_written(written, expected):
    assert written == expected


def test_a_table_by_column_says_what_is_the_same_once():
    rows = [{"x": 1.5, "name": "a", "all": "z"}, {"x": None, "name": "b", "all": "z", "more": 3}]
    assert pictures.columnar(rows) == {
        "rows": 2,
        "columns": {
            "x": {"list": [1.5, None]},
            "name": {"of": ["a", "b"], "at": [0, 1]},
            "all": {"all": "z"},
            "more": {"list": [None, 3]},
        },
    }
    assert pictures.columnar([]) == {"rows": 0, "columns": {}}


def test_values_stand_in_both_halves_and_are_escaped():
    text = language.say(("<{n}> of {what}", "{what}の{n}"), n=3, what=("a & b", "甲"))
    assert text == (
        '<span class="en" lang="en">&lt;3&gt; of a &amp; b</span>'
        '<span class="ja" lang="ja">甲の3</span>'
    )
    assert language.say(("a {b}", "a {b}")) == "a {b}", "a concept's own braces stay"
    assert language.say("<") == "&lt;"


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("gradient of weight 0 (kernel)[1, 2]", "重み0（kernel）の勾配[1, 2]"),
        ("output 1[0]", "出力1[0]"),
        ("weight 2 (bias) after step 5[3]", "ステップ5後の重み2（bias）[3]"),
        (
            "beyond step 10 rounding decides where it goes",
            "ステップ10より先は、丸め誤差によって結果が変わる",
        ),
        ("something nobody knows", "something nobody knows"),
    ],
)
def test_what_records_say_is_said_in_japanese(english, japanese):
    assert language.recorded(english) == (english, japanese)


@pytest.mark.parametrize(
    ("values", "top"),
    [
        ([2.0, 1.0, 2.2, 1.5], None),
        ([2.0, 1.0, 2.2, 1e22], 2.31),
        ([0.1, 0.9, 0.1, 5.0], None),
        ([2.0, 1.0, 2.2, np.nan], None),
    ],
)
def test_a_run_that_diverged_does_not_flatten_the_others(values, top):
    curves = pd.DataFrame({"epoch": [1, 2, 1, 2], "value": values})
    assert charts.ceiling(curves) == (None if top is None else pytest.approx(top))


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_beside_the_rows_of_a_chart_are_whole(language):
    """The longest that concepts have, in the charts of scores, of speed and of its ratios."""
    place = LANGUAGES.index(language)
    tasks = ((name, catalogue.load(name).task) for name in catalogue.script_names())
    names = [
        (name, charts.variant_name(task, variant))
        for name, task in tasks
        if task and len(task.variants) > 1
        for variant in task.variants
    ]
    longest = sorted(names, key=lambda one: width(one[1][place]))[-LONGEST:]
    entries = sorted(names, key=lambda one: width(one[0] + one[1][place]))[-LONGEST:]
    variants = dict(pair for _, pair in longest)
    task = SimpleNamespace(variants=variants, variants_ja=variants, scores=(scores.ACCURACY,))
    column, times = "keras-tensorflow", dict.fromkeys(charts.SPEEDS, 1.0)
    rows = [
        {"name": pair, "implementation": column, "scores": {"accuracy": interval([0.8, 0.9])}}
        for pair in variants.items()
    ]
    runs = [{"variant": name, "implementation": column, **times} for name in variants]
    ratios = [
        {
            "entry": both(*(f"{name} ({half})" for half in pair)),
            "implementation": column,
            "ratio": 2.0,
        }
        for name, pair in entries
    ]
    for chart in (
        charts.scores(rows, [], task, [column]),
        charts.speed(SimpleNamespace(content={"runs": runs}), task, [column]),
        charts.speed_ratios(ratios, [column]),
    ):
        drawn = vl_convert.vegalite_to_svg(in_language(chart.spec, language))
        assert drawn.count("<text") > len(variants)
        assert re.findall("[^>]*…", drawn) == [], chart.name


def width(text):
    """About how wide it is: what is no ASCII counts twice."""
    return sum(1 + (not letter.isascii()) for letter in text)


def test_no_line_breaks_between_a_number_and_what_belongs_to_it():
    said = language.say(("At 97.8 ± 0.3 % of all, `5 %`", "全体の97.8 ± 0.3%"))
    assert "At 97.8\xa0±\xa00.3\xa0% of all, <code>5\xa0%</code>" in said
    assert "全体の97.8\xa0±\xa00.3%" in said
    values = {"low": ("8.1 ×", "8.1 ×"), "high": "8.5 %"}
    assert language.say("{low} to {high}", **values) == "8.1\xa0× to 8.5\xa0%"


def test_what_stands_between_backticks_is_code():
    assert language.say(("call `fit`, a < b", "`fit`を呼ぶ")) == (
        '<span class="en" lang="en">call <code>fit</code>, a &lt; b</span>'
        '<span class="ja" lang="ja"><code>fit</code>を呼ぶ</span>'
    )
