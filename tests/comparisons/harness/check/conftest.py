"""Processes of the backends that the tests share, since each takes seconds to start."""

import tempfile
from pathlib import Path

import pytest

from comparisons.harness import backends
from comparisons.harness.check.checking import Check
from comparisons.harness.check.columns import Columns


@pytest.fixture(scope="session")
def columns(tmp_path_factory):
    """All backends that are installed."""
    with Columns(None, tmp_path_factory.mktemp("columns")) as found:
        yield found


@pytest.fixture
def checked(columns, tmp_path):
    """A function that checks a Keras model on all backends, each in a folder of its own."""

    def check(model, dtype="float32"):
        folder = Path(tempfile.mkdtemp(dir=tmp_path))  # where no other model's files are
        report = Check(model, folder, dtype=dtype).run(columns)
        installed = {name for name in backends.KERAS_BACKENDS if not backends.missing(name)}
        assert {n for n, state in columns.states().items() if state == "checked"} == installed
        return report

    return check


@pytest.fixture
def trained(columns, tmp_path):
    """A function that checks a Keras model on all backends, with some steps."""

    def check(model, steps=5, dtype="float32"):
        return Check(model, tmp_path, steps=steps, dtype=dtype).run(columns)

    return check
