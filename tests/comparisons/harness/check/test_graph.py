"""What feeds what in a model, and where its lines are drawn."""

from itertools import combinations

import reference_numpy as rn
from comparisons.harness.check.graph import feeding
from comparisons.harness.proof.calls import member_at
from reference_numpy import layers
from reference_numpy.models.layout import LANE, Line, lay_out
from reference_numpy.operations import Operation


def test_nested_models_are_walked_and_operations_are_among_the_layers():
    a, b = rn.Input((4,), name="a"), rn.Input((4,), name="b")
    tower = rn.Sequential(
        [rn.Input((4,)), layers.Dense(3, name="one"), layers.ReLU(name="two")], name="tower"
    )
    added = tower(a) + tower(b * 2.0)
    end = layers.Concatenate(name="end")([added, a])
    model = rn.Model([a, b], layers.Dense(1, name="out")(end))
    scaling, adding = (one.name for one in model.operations if isinstance(one, Operation))
    by_name = {member_at(model, path).name: names for path, names in feeding(model).items()}
    assert by_name == {
        scaling: ["b"],
        "one": ["a", scaling],
        "two": ["tower/one"],
        adding: ["tower/two"],
        "end": [adding, "a"],
        "out": ["end"],
    }


def test_neighbours_are_joined_straight_and_others_by_lines_that_do_not_run_over_each_other():
    takes = {"one": ["x"], "two": ["one"], "three": ["two", "one"], "four": ["three", "x", "one"]}
    drawing = lay_out(takes)
    assert drawing.names == ["x", "one", "two", "three", "four"]
    straight = [line for line in drawing.lines if not line.lane]
    assert straight == [Line(k, k + 1, 0) for k in range(4)]
    aside = [line for line in drawing.lines if line.lane]
    assert {(line.start, line.end) for line in aside} == {(1, 3), (1, 4), (0, 4)}
    for one, other in combinations(aside, 2):
        if one.lane == other.lane:
            assert one.end <= other.start or other.end <= one.start
    assert drawing.left > max(line.lane for line in aside) * LANE
