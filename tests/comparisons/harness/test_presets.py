"""A preset may build a task's models otherwise than the default one does."""

import pytest

from comparisons.harness import catalogue, chapters, declarations
from comparisons.harness.concept import Concept, Preset, Settings, Task
from comparisons.harness.given import by_name
from comparisons.harness.runs import halves
from comparisons.harness.training import NumpyHalf, sized

VARIANTS = {"small": {"units": 3, "rate": 0.1}, "large": {"units": 30}}


def task(**presets):
    return Task(data=None, presets=presets, variants=VARIANTS)


def test_a_preset_changes_the_arguments_that_it_names(monkeypatch):
    sizes = {"default": Preset(1, 8), "full": Preset(5, 8, 7, {"small": {"rate": 0.2, "steps": 9}})}
    concept = Concept(("", ""), chapters.LEARNING, ("", ""), task=task(**sizes))
    monkeypatch.setattr(catalogue, "load", lambda name: concept)
    assert catalogue.declared("any", Settings()).task.variants == VARIANTS
    full = catalogue.declared("any", Settings("full", epochs=2)).task
    assert full.variants == {
        "small": {"units": 3, "rate": 0.2, "steps": 9},
        "large": {"units": 30},
    }
    assert full.preset(Settings("full", epochs=2)) == Preset(2, 8, 7, sizes["full"].build)
    assert concept.task.variants == VARIANTS


def test_many_rows_of_an_own_file_come_in_larger_batches():
    size, own = Preset(30, 32), Settings(csv="mine.csv")
    assert sized(size, own, 837) == sized(size, own, 16_000) == size
    assert sized(size, own, 320_000) == Preset(30, 640)
    assert sized(size, Settings(), 320_000) == size


@pytest.mark.parametrize(
    ("presets", "told"),
    [
        ({"full": {"rate": {}}}, "'full' builds 'rate', which is no variant; .* small, large"),
        ({"full": {"small": 0.2}}, "'full' builds 'small' with 0.2; expected a dictionary"),
        ({"default": {"small": {}}}, "'default' has a `build`; `variants` is the place"),
    ],
)
def test_what_cannot_be_built_is_told(presets, told):
    sizes = {"default": Preset(1, 8), "full": Preset(1, 8)}
    sizes |= {name: Preset(1, 8, build=build) for name, build in presets.items()}
    with pytest.raises((ValueError, TypeError), match=f"Task.presets: {told}"):
        declarations.look_over_task(task(**sizes))


LARGER = [
    (name, preset)
    for name in catalogue.script_names()
    if (found := catalogue.load(name).task)
    for preset, size in found.presets.items()
    if size.build
]


@pytest.mark.parametrize(("name", "preset"), LARGER)
def test_what_a_preset_builds_can_be_built(name, preset):
    declared = catalogue.declared(name, Settings(preset))
    halves.look_over(name, declared)
    for arguments in declared.task.variants.values():
        built = NumpyHalf(name).build(declared.task.build, arguments, 0)
        assert all(model.count_params() for model in by_name(built).values())
