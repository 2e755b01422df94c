"""Every divergence that is told of in docs/keras-divergences.md is still there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from comparisons.harness import backends
from comparisons.harness.proof.divergences import DIVERGENCES

TEXT = (Path(__file__).parents[1] / "docs" / "keras-divergences.md").read_text()
SECTIONS = dict(re.findall(r"^## (.+?)\n(.+?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def test_every_declared_divergence_is_told_of():
    assert SECTIONS
    assert {divergence.name for divergence in DIVERGENCES} <= set(SECTIONS)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_divergence_is_still_there(name):
    (code,) = re.findall(r"```python\n(.+?)```", SECTIONS[name], re.DOTALL)
    assert re.search(r"^assert ", code, re.MULTILINE), "the reproduction asserts nothing"
    backend = (re.match(r"# Keras on (\w+)\n", code) or ["", "tensorflow"])[1]
    if reason := backends.missing(backend):
        pytest.skip(reason)
    if backend == "tensorflow":
        backends.load(backend)
        exec(compile(code, name, "exec"), {})
    else:  # a process runs Keras on one backend only
        environment = {**os.environ, "KERAS_BACKEND": backend}
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
