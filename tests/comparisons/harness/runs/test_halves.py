"""A concept whose halves lack what its script names is told with file and field."""

import pytest

from comparisons.harness import catalogue, chapters
from comparisons.harness.concept import Concept, Demonstration, Introduced, Preset, Task
from comparisons.harness.runs import halves

NUMPY = """
import numpy as np
from reference_numpy.concepts.other import step as taken

TABLE: dict = {}
first, (second, third) = 1, (2, 3)


def build_model():
    pass


class Walk:
    pass


def step():
    pass


def shown():
    pass
"""
KERAS = "def build_model():\n    pass\n\n\ndef step():\n    pass\n\n\ndef shown():\n    pass\n"


@pytest.fixture
def files(tmp_path, monkeypatch):
    found = {half: tmp_path / half / "any.py" for half in ("numpy", "keras", "script")}
    for half, text in (("numpy", NUMPY), ("keras", KERAS)):
        found[half].parent.mkdir()
        found[half].write_text(text)
    monkeypatch.setattr(catalogue, "sources", lambda name: found)
    return found


def concept(**options):
    return Concept(("", ""), chapters.LEARNING, ("", ""), **options)


def thing(name="step", **options):
    return Introduced(name, "", ("", ""), **options)


def task(**options):
    return Task(data=None, presets={"default": Preset(1, 1)}, **options)


def test_what_a_module_defines(files):
    assert halves.top_level_names(files["numpy"]) == {
        *("np", "taken", "TABLE", "first", "second", "third"),
        *("build_model", "Walk", "step", "shown"),
    }


def test_a_sound_concept_is_none_to_speak_of(files):
    shown = Demonstration("shown")
    introduces = (thing(arguments=dict, helpers=("taken",)), thing("Walk", demonstration="shown"))
    halves.look_over("any", concept(task=task(), introduces=introduces, demonstrations=(shown,)))


@pytest.mark.parametrize(
    ("declared", "half", "named", "field"),
    [
        (concept(task=task(build="bild")), "numpy", "bild", "Task.build"),
        (concept(task=task(train="taken")), "keras", "taken", "Task.train"),
        (concept(task=task(predict="guess")), "numpy", "guess", "Task.predict"),
        (concept(task=task(keep="Walk")), "keras", "Walk", "Task.keep"),
        (
            concept(demonstrations=(Demonstration("show"),)),
            "numpy",
            "show",
            "Demonstration.function",
        ),
        (concept(introduces=(thing("Walk", arguments=dict),)), "keras", "Walk", "Introduced.name"),
        (concept(introduces=(thing(helpers=("aid",)),)), "numpy", "aid", "Introduced.helpers"),
        (concept(introduces=(thing(demonstration="show"),)), "script", "show", "Introduced"),
    ],
)
def test_what_is_lacking_is_named_with_file_and_field(files, declared, half, named, field):
    with pytest.raises(ValueError) as error:
        halves.look_over("any", declared)
    assert str(error.value).startswith(f"{files[half]}: ")
    assert f"'{named}'" in str(error.value) and field in str(error.value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("layers.Dropuot", "; did you mean 'layers.Dropout'?"),
        ("layer.Dropout", ""),
        ("Dropout", ""),
        ("layers.Dropout.forwards", "; did you mean 'layers.Dropout.forward'?"),
    ],
)
def test_a_term_that_is_not_in_the_library(files, name, hint):
    terms = (("load", "荷重"), ("dropout", "ドロップアウト", "layers.Dropout"))
    halves.look_over("any", concept(terms=terms))
    with pytest.raises(ValueError) as error:
        halves.look_over("any", concept(terms=(*terms, ("out", "外", name))))
    assert str(error.value) == (
        f"{files['script']}: Concept.terms: 'out' is named '{name}', which is not in the library"
        f"{hint}"
    )


def test_a_half_that_is_no_python_or_not_there(files):
    files["keras"].write_text("x = 1\ndef f(:\n")
    with pytest.raises(ValueError, match=r"any.py, line 2: invalid syntax"):
        halves.look_over("any", concept(task=task()))
    files["keras"].unlink()
    with pytest.raises(ValueError, match=r"any.py: No such file"):
        halves.look_over("any", concept(task=task()))


@pytest.mark.parametrize("half", ["numpy", "keras"])
def test_an_argument_that_a_builder_does_not_take(files, half):
    for own in ("numpy", "keras"):
        text = files[own].read_text()
        files[own].write_text(text.replace("build_model()", "build_model(units, rate=0.1)"))
    declared = concept(task=task(variants={"a": {"units": 3}, "b": {"units": 3, "rate": 0.2}}))
    halves.look_over("any", declared)
    lacking = concept(task=task(variants={"a": {"units": 3}, "b": {"rate": 0.2}}))
    with pytest.raises(ValueError, match="build_model needs 'units', which .* do not give 'b'"):
        halves.look_over("any", lacking)
    files[half].write_text(files[half].read_text().replace("rate=", "speed="))
    with pytest.raises(ValueError, match="build_model takes no 'rate', which .* give 'b'") as error:
        halves.look_over("any", declared)
    assert str(error.value).startswith(f"{files[half]}: ")
    files[half].write_text(files[half].read_text().replace("speed=0.1", "**others"))
    halves.look_over("any", declared)
