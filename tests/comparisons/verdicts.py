"""What Keras on TensorFlow makes of a line of a table."""

from types import SimpleNamespace

import pytest

from comparisons.harness import backends
from comparisons.harness.conformance.families import FAMILIES
from comparisons.harness.conformance.judging import Row, judge_case
from comparisons.harness.proof.precision import PRECISIONS

IN_EVERY_PRECISION = pytest.mark.parametrize("dtype", PRECISIONS)


def by_line(family: str):
    """Run a test for each line of a family's table."""
    cases = FAMILIES[family].cases
    return pytest.mark.parametrize("line", cases, ids=[title for _, title, _ in cases])


def judged(family: str, line: tuple, dtype: str) -> Row:
    """What comes of a line of a family's table."""
    worker = SimpleNamespace(backend=backends.load("tensorflow"), implementation="keras-tensorflow")
    return judge_case(family, *line[1:], worker, dtype)
