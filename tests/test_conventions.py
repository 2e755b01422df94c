"""What each half gives where there is no derivative: every row of the table, and its page."""

import json
from pathlib import Path

import numpy as np
import pytest

from comparisons.harness import backends
from comparisons.harness.conventions import CONVENTIONS
from tests import scripts
from tests.comparisons.harness.test_backends import in_a_process

SCRIPT = Path(__file__).parents[1] / "docs" / "conventions.py"
ALL = """
import json
from comparisons.harness import backends
from comparisons.harness.conventions import CONVENTIONS
backend = backends.load({name!r})
print(json.dumps([one.found_by_keras(backend) for one in CONVENTIONS]))
"""


@pytest.fixture(scope="module")
def document():
    return scripts.load(SCRIPT)


def test_the_page_is_up_to_date(document):
    assert document.PAGE.read_text("utf-8") == document.page(), "run: python docs/conventions.py"
    assert document.page().count("\n| `") == len(CONVENTIONS)


@pytest.mark.parametrize("one", CONVENTIONS, ids=lambda one: f"{one.call} at {one.point}")
def test_what_the_numpy_half_gives(one):
    backends.load("tensorflow")
    np.testing.assert_allclose(one.found_by_numpy(), one.numpy, rtol=1e-6)


@pytest.mark.parametrize("name", backends.KERAS_BACKENDS)
def test_what_keras_gives(name):
    if reason := backends.missing(name):
        pytest.skip(reason)
    if name == "tensorflow":  # this process has it
        backend = backends.load(name)
        found = [one.found_by_keras(backend) for one in CONVENTIONS]
    else:
        found = json.loads(in_a_process(ALL.format(name=name)))
    wrong = [
        f"{one.call} at {one.point}: {own}"
        for one, own in zip(CONVENTIONS, found, strict=True)
        if not np.allclose(own, one.gradient(name), 1e-6, 0, equal_nan=True)
    ]
    assert not wrong, "\n".join(wrong)
