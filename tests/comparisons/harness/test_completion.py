"""What a shell completes: commands, names, options and values."""

import os
import re
import subprocess
import sys

import pytest

from comparisons.harness import cli


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("run perceptron_", ["perceptron_learning"]),
        ("conformance MultiHead", ["MultiHeadAttention"]),
        ("divergences adaptive-max", ["adaptive-max-pooling-to-one-entry"]),
        ("run techn", ["techniques"]),
        ("bench M", ["M1", "M2", "M3", "M4", "M5", "M6", "MobileNetV2"]),
        ("bench wi", ["width"]),
        ("run --backends t", ["tensorflow", "torch"]),
        ("check --backends torch,j", ["torch,jax"]),
        ("run --backends torch,", ["torch,tensorflow", "torch,jax"]),
    ],
)
def test_names_are_completed(capsys, monkeypatch, words, found):
    monkeypatch.setenv("_SIDEBYSIDE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"sidebyside {words}")
    monkeypatch.setenv("COMP_CWORD", str(len(words.split())))
    with pytest.raises(SystemExit) as stop:
        cli.main([])
    assert (stop.value.code, capsys.readouterr().out.split()) == (0, found)


@pytest.mark.parametrize("words", ["run drop", "run --dev", "conformance De", "check --backends t"])
def test_what_a_shell_waits_for_imports_nothing_that_takes_long(words):
    count = str(len(words.split()))
    asked = {"_SIDEBYSIDE_COMPLETE": "complete_bash", "COMP_CWORD": count}
    environment = {**os.environ, **asked, "COMP_WORDS": f"sidebyside {words}"}
    command = [sys.executable, "-X", "importtime", "-m", "comparisons"]
    found = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert found.stdout.split() and not re.search(
        r"\b(numpy|pandas|sklearn|keras)$", found.stderr, re.M
    )
