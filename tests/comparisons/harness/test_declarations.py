"""What a script declares is told, with the field, where it is not what the field holds."""

from dataclasses import replace

import pytest

from comparisons.harness import chapters, declarations
from comparisons.harness.concept import (
    Claim,
    Concept,
    Demonstration,
    Introduced,
    Preset,
    Task,
    trained_with,
)

SIZES = {"default": Preset(1, 8), "full": Preset(2, 8)}
TASK = Task(data=lambda settings, seed: None, presets=SIZES, variants={"a": {}, "b": {"units": 3}})
STEP = Introduced("step", "y = x", ("Says.", "説明。"), lambda seed: {})
SHOWN = Demonstration("shown")
HOW = ("How.", "方法。")
CLAIM = Claim(("So.", "そう。"), "me", HOW, HOW, lambda result: (1.0, 2.0))
CONCEPT = Concept(
    ("Example", "例"),
    chapters.LEARNING.section(90),
    ("An example.", "例。"),
    introduces=(STEP,),
    equations=(("a = b", ("same", "同じ")),),
    terms=(("load", "荷重"), ("beam", "梁", "layers.Dense")),
    demonstrations=(SHOWN,),
    task=TASK,
    claims=(CLAIM,),
)


def test_a_sound_concept_is_none_to_speak_of():
    declarations.look_over(CONCEPT, Concept)
    declarations.look_over_task(TASK)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"title": "Example"}, "Concept.title: expected a pair, English and Japanese, got 'Exam"),
        ({"title": ("Example", None)}, "Concept.title: expected a pair"),
        ({"chapter": "5"}, "Concept.chapter: expected Chapter, got '5'"),
        ({"introduces": STEP}, r"Concept.introduces: expected tuple\[Introduced, ...\], got In"),
        ({"introduces": STEP}, "; a tuple of one has a comma after it"),
        ({"introduces": [STEP]}, r"Concept.introduces: expected tuple\[Introduced, ...\], got \["),
        ({"introduces": (replace(STEP, arguments={}),)}, "Introduced.arguments: expected Callable"),
        (
            {"introduces": (replace(STEP, arguments=lambda: None),)},
            "Introduced.arguments: expected",
        ),
        ({"introduces": (replace(STEP, says="Says."),)}, "Introduced.says: expected a pair"),
        ({"equations": (("a = b", "same"),)}, "Concept.equations: expected tuple"),
        ({"terms": ("load", "荷重")}, "Concept.terms: expected tuple"),
        ({"demonstrations": SHOWN}, "Concept.demonstrations: expected tuple"),
        ({"claims": (replace(CLAIM, metric="share"),)}, "Claim.metric: expected a pair"),
        ({"figures": []}, "Concept.figures: expected Callable"),
        ({"minutes": "2"}, "Concept.minutes: expected float, got '2'"),
        ({"task": replace(TASK, presets=SIZES["full"])}, r"Task.presets: expected dict\[str, Pre"),
        ({"task": replace(TASK, presets={"full": Preset("1", 2)})}, "Preset.epochs: expected int"),
        ({"task": replace(TASK, data=lambda seed: None)}, "Task.data: expected Callable"),
        ({"task": replace(TASK, scores=("accuracy",))}, "Task.scores: expected tuple"),
        ({"task": replace(TASK, variants=["a"])}, r"Task.variants: expected dict\[str, dict\]"),
        ({"task": replace(TASK, keep_at=1.0)}, r"Task.keep_at: expected tuple\[float, ...\], got"),
    ],
)
def test_a_field_of_another_kind(changed, told):
    with pytest.raises(TypeError, match=told):
        declarations.look_over(replace(CONCEPT, **changed), Concept)


def test_what_is_no_concept():
    with pytest.raises(TypeError, match="CONCEPT: expected Concept, got {}"):
        declarations.look_over({}, Concept)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"presets": {"defualt": Preset(1, 8)}}, "presets: expected 'default' and 'full', got def"),
        ({"presets": {}}, "presets: expected 'default' and 'full', got none"),
        ({"presets": SIZES | {"full": Preset(0, 8)}}, "presets: epochs of 'full': expected 1 or m"),
        ({"presets": SIZES | {"full": Preset(1, 0)}}, "presets: batch_size of 'full': expected 1"),
        ({"seeds": 0}, "seeds: expected 1 or more, got 0"),
        (
            {"variants_ja": {"c": "丙"}},
            "variants_ja names 'c', which is no variant; .* one of a, b",
        ),
    ],
)
def test_a_task_that_cannot_be_trained(changed, told):
    with pytest.raises(ValueError, match=f"^Task.{told}"):
        declarations.look_over_task(replace(TASK, **changed))


def test_an_optimizer_that_there_is_not():
    assert trained_with("Adam")("losses") == ("Optimizer", {"name": "Adam"})
    with pytest.raises(ValueError, match="Unknown optimizer: 'adma'"):
        trained_with("Adma")
