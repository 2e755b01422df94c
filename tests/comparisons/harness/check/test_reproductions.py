"""A finding's script: by Keras alone, short, and run; small as it is, it shows the finding."""

import functools
import tempfile
from pathlib import Path

import keras
import numpy as np
import pytest

from comparisons.harness import backends
from comparisons.harness.check import checking, reproductions
from comparisons.harness.check.cases import Case
from comparisons.harness.check.script import LINES, Numbers, construction, script, telling
from comparisons.harness.check.unshown import INTEGERS
from comparisons.harness.divergences import named
from reference_numpy import layers
from tests.comparisons.harness.check.divergent_models import DIVERGENT

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy"),
    pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask attached"),
]


@pytest.fixture
def reproduced(columns, tmp_path):
    """A function that checks a model of `DIVERGENT` and gives its findings with their scripts."""

    def findings(name):
        divergent = DIVERGENT[name]
        keras.utils.set_random_seed(0)
        check = checking.Check(divergent.build(), tmp_path, dtype=divergent.dtype)
        check.run(columns)
        check.reproduce(columns)
        return [finding for finding, _ in check.findings.values() if not finding.convention]

    return findings


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n == "celu" else pytest.mark.slow) for n in DIVERGENT]
)
def test_the_script_is_short_small_and_shows_the_finding(reproduced, name):
    findings = reproduced(name)
    wanted = {b for b in DIVERGENT[name].expected if not backends.missing(b)}
    assert {finding.backend for finding in findings} == wanted
    for finding in findings:
        text = finding.reproduction
        if finding.unshown == INTEGERS and name == "integers":
            assert finding.quantity.startswith("gradient"), finding
            continue
        assert text, finding
        assert text.count("\n") <= LINES and "reference_numpy" not in text
        *_, printed, assertion = text.splitlines()
        assert f'"{finding.backend}"' in text and assertion.startswith("assert")
        assert printed.startswith("# prints ") and printed.endswith(" is right")


def test_an_operation_is_found_where_it_stands_and_has_a_script(columns, tmp_path, monkeypatch):
    keras.utils.set_random_seed(0)
    x = keras.Input((5,))
    y = keras.ops.sparsemax(keras.layers.Dense(4, name="before")(x) * 2.0)
    model = keras.Model(x, keras.layers.Dense(2, name="after")(y))
    (name,) = (one.name for one in model.operations if one.name.startswith("sparsemax"))
    check = checking.Check(model, tmp_path)
    report = check.run(columns)
    assert {(one.layer, one.kind, one.known) for one in report.findings} == {
        (name, "local", named("sparsemax").link)
    }
    assert {finding.backend for finding in report.findings} == set(columns.backends)
    monkeypatch.setattr(checking, "confirmed", lambda texts: texts)
    check.reproduce(columns)
    assert all("keras.ops.sparsemax(x)" in one.reproduction for one in report.findings)


def test_of_several_scripts_those_that_hold_are_told():
    texts = ["print(1)\nassert 1 < 2\n", "print(2)\nassert 2 < 1\n", "1 / 0\n", "print(3)\npass\n"]
    first, *between, last = reproductions.confirmed(texts)
    assert between == [None, None]
    assert (first, last) == ("print(1)\n# prints 1\nassert 1 < 2\n", "print(3)\n# prints 3\npass\n")


def test_scripts_run_in_a_folder_whose_name_the_output_lacks(tmp_path, monkeypatch):
    """As that of a person with such a name, on Windows."""
    (tmp_path / "山田").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "山田"))
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    confirmed = reproductions.confirmed(["print('shown')\nassert 1 < 2"])
    assert confirmed == ["print('shown')\n# prints shown\nassert 1 < 2\n"]


def test_what_scripts_write_is_gone(tmp_path, monkeypatch, columns):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    lines = "import tempfile\nfound = tempfile.mkdtemp()\n"
    assert reproductions.confirmed([f"{lines}print(1)\npass\n"]) != [None]
    assert not list(tmp_path.iterdir())
    for backend in columns.backends:
        found = reproductions.run_on(columns, backend, "float32", lines)
        assert Path(str(found)).parent != Path(tempfile.gettempdir())


def test_a_difference_that_only_rounding_makes_gets_no_script(columns, tmp_path, monkeypatch):
    """Where the backend is right, no candidate shows anything, not even the first."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="sound")])
    check = checking.Check(model, tmp_path)
    judged = []
    judge = checking.judge

    def noting(*how):
        found = judge(*how)
        judged.extend(one for one in found if one.place.layer == "sound")
        return found

    monkeypatch.setattr(checking, "judge", noting)
    check.run(columns)
    backend = columns.backends[0]
    assert judged
    how = backend, "float32"
    run = functools.partial(reproductions.run_on, columns, *how)
    with pytest.raises(reproductions.NotShown, match="the call alone, .* does not show it"):
        reproductions.reproduce(judged[0], *how, run)


def case(**changes):
    made = {
        "backend": "torch",
        "dtype": "float32",
        "class_name": "Dense",
        "arguments": {"units": 2},
        "inputs": (Numbers(np.float32([[0.1, 2.0]])),),
        "lengths": (None,),
        "names": (),
        "masks": (),
        "options": {},
        "weights": None,
        "cotangent": None,
        "output": None,
        "quantity": "output 0",
    }
    return Case(**{**made, **changes})


def test_numbers_are_written_with_the_digits_that_they_have():
    assert str(Numbers(np.float32([[0.1, -2.5]]))) == 'np.array([[0.1, -2.5]], "float32")'
    assert str(Numbers(np.int32([3]))) == 'np.array([3], "int32")'
    drawn = Numbers.drawn((2, 3), 5, "float32")
    assert str(drawn) == 'np.random.default_rng(5).normal(size=(2, 3)).astype("float32")'
    assert np.array_equal(eval(str(drawn), {"np": np}), drawn.array)


def test_only_arguments_that_matter_are_written():
    layer = layers.Conv2D(4, 3, padding="same", kernel_initializer="zeros", name="mine")
    found = telling(type(layer), layer.get_config())
    assert found["filters"] == 4 and found["padding"] == "same"
    assert not {"name", "dtype", "strides", "kernel_initializer", "use_bias"} & set(found)
    inner = layers.TimeDistributed(layers.Dense(3, activation="relu"))
    written = construction(
        "keras.layers", "TimeDistributed", telling(type(inner), inner.get_config())
    )
    assert written == (
        'keras.layers.TimeDistributed(layer=keras.layers.Dense(units=3, activation="relu"))'
    )


def test_a_script_that_is_too_long_is_none():
    long = case(inputs=(Numbers(np.random.default_rng(0).normal(size=(30, 20))),))
    assert script(long, {}, (0,), 1.0, 1e-6) is None
    assert script(case(), {}, (0, 0), 1.0, 1e-6) is not None


def test_what_keras_gives_in_fewer_digits_is_subtracted_in_more():
    """A low-rank Dense in float64 has gradients in float32, beside which the right one is too."""
    text = script(case(dtype="float64"), {}, (0, 0), 0.08099033052667415, 5.8e-16)
    names = {"found": np.float32([[0.08099033052667415]])}
    with pytest.raises(AssertionError):
        exec(
            "found = found[0, 0]\n" + text.splitlines()[-1], {**names, "right": 0.08099033052667415}
        )
    exec("\n".join(text.splitlines()[-4:]), names)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_scripts_of_every_quantity_run(columns, dtype):
    """Outputs, and gradients of an input and of a weight, with cotangents and without."""
    x = Numbers(np.array([[0.1, 2.0]], dtype))
    dy = Numbers(np.array([[1.0, -1.0]], dtype))
    weight = layers.Dense(2)
    weight(x.array)
    for backend in columns.backends:
        for quantity in ("output 0", "gradient of input 0", "gradient of weight 0 (kernel)"):
            for cotangent in (None, dy) if quantity != "output 0" else (None,):
                made = case(
                    backend=backend,
                    dtype=dtype,
                    inputs=(x,),
                    quantity=quantity,
                    cotangent=cotangent,
                )
                request = reproductions.run_lines, dtype, made.computing()
                found = dict(columns.ask(*request, of=backend))[backend]
                assert not isinstance(found, str), found
                assert found.dtype == dtype
                w = np.random.default_rng(1).uniform(0.5, 1.5, (2, 2))
                up = np.ones((1, 2)) if cotangent is None else dy.array
                b = np.random.default_rng(1).uniform(0.5, 1.5, 6)[4:]
                right = {
                    "output 0": x.array @ w + b,
                    "gradient of input 0": up @ w.T,
                    "gradient of weight 0 (kernel)": x.array.T @ up,
                }[quantity]
                np.testing.assert_allclose(found, right, rtol=1e-6)
