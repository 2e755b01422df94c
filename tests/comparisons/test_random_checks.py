"""`sidebyside check` does not cry wolf: of random models, trained too, it finds what is known."""

from collections import Counter
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from comparisons.harness.check.columns import Columns
from comparisons.harness.check.findings import Finding
from comparisons.harness.divergences import named
from tests.comparisons import random_checks

KNOWN = named("elu-of-small-numbers").link


def test_a_couple_of_dozen_random_models_give_no_alarm(tmp_path):
    known = Counter()
    with Columns(["tensorflow"], tmp_path) as columns:
        for number, recipe in enumerate(random_checks.drawn(501, 24)):
            found = random_checks.alarms(columns, recipe, 501, number, known)
            assert not found, f"{recipe}\n" + "\n".join(found)
    assert known


def test_a_number_is_the_same_model_whatever_the_count():
    few, more = random_checks.drawn(1, 20), random_checks.drawn(1, 300)
    assert few == more[:20] and len(more) == 300


@pytest.mark.parametrize(
    ("known", "raised", "told"),
    [(KNOWN, False, ""), (None, False, "2.5 times the tolerance"), (None, True, "FAILED")],
)
def test_an_alarm_is_told_with_its_recipe_and_how_to_check_it_alone(
    monkeypatch, capsys, known, raised, told
):
    """A known finding is none; a check that fails is."""

    def findings(*model):
        if raised:
            raise ArithmeticError("planted")
        return [Finding("dense", "torch", "output", "local", 0.5, 0.2, 2.5, known=known)]

    columns = nullcontext(SimpleNamespace(backends=["torch"]))
    monkeypatch.setattr(random_checks, "Columns", lambda *how: columns)
    monkeypatch.setattr(random_checks, "findings", findings)
    ended = random_checks.main(["--backend", "torch", "--seed", "7", "--only", "1"])
    output = capsys.readouterr().out
    assert ended == (0 if known else 1)
    alone = "python -m tests.comparisons.random_checks --backend torch --seed 7 --only 1"
    assert (alone in output) == ("Recipe(" in output) == (not known)
    assert told in output and (KNOWN in output) == bool(known)
