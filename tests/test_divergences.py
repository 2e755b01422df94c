"""Known divergences: each is still there, is told of in full, and is found under its name."""

import json
import re
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import keras
import pytest

from comparisons.harness import backends
from comparisons.harness.divergences import DIVERGENCES, divergence, named, reading, running
from comparisons.harness.divergences.outcomes import CANNOT_RUN, MENDED, STANDS
from tests import scripts
from tests.comparisons.harness.test_cli import call

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "docs" / "divergences.py"
WITH_LINKS = ("README.md", "docs", "comparisons", "reference_numpy", "keras_models", "tests")
PLANTED = {
    "stands": "import sys\nprint('heard by nobody')\nassert sys.argv\n",
    "mended": "error = 0.0\nassert error > 1e-9\n",
    "inside": "import fractions\nfractions.Fraction(1, 0)\n",
    "dies": "import os\nos._exit(3)\n",
    "after": "import fractions\nassert fractions.Fraction(1, 2) < 1\n",
}
STATES = {
    "stands": (STANDS, ""),
    "mended": (MENDED, "`assert error > 1e-9` does not hold"),
    "inside": (CANNOT_RUN, "ZeroDivisionError: Fraction(1, 0)"),
    "dies": (CANNOT_RUN, "the process ended with status 3"),
    "after": (STANDS, ""),
}


@pytest.fixture(scope="module")
def document():
    return scripts.load(SCRIPT)


@pytest.fixture
def planted(monkeypatch):
    """Divergences whose reproductions need no framework."""
    known = {
        name: replace(named("sparsemax"), name=name, reproduction=code)
        for name, code in PLANTED.items()
    }
    monkeypatch.setattr(reading, "DIVERGENCES", known)
    monkeypatch.setattr(running, "DIVERGENCES", known)
    return known


@pytest.mark.parametrize("backend", backends.KERAS_BACKENDS)
def test_every_divergence_is_still_there_unless_it_says_that_it_is_mended(backend):
    if reason := backends.missing(backend):
        pytest.skip(reason)
    steps = running.plan((), [backend])
    expected = {known.name: MENDED if known.mended else STANDS for _, known in steps}
    assert [one for one in running.run(steps) if one.state != expected[one.name]] == []


def test_the_page_is_up_to_date(document):
    assert document.PAGE.read_text("utf-8") == document.page(), "run: python docs/divergences.py"
    sections = re.findall(r"^### (.+)$", document.page(), re.MULTILINE)
    assert len(sections) == len(DIVERGENCES) > 100


@pytest.mark.parametrize("name", DIVERGENCES)
def test_a_divergence_is_told_of_in_full(name):
    known = DIVERGENCES[name]
    anchor = re.sub(r"[^\w\- ]", "", known.title[0].lower()).replace(" ", "-")
    assert name == anchor, "the file is named as its heading's anchor"
    assert known.backends and set(known.seen) == {"keras", *known.backends}
    assert re.search(r"^assert ", known.reproduction, re.MULTILINE), "it asserts nothing"
    for concerned in known.concerns:
        attrgetter(concerned.removeprefix("keras."))(keras)


def test_every_link_leads_to_a_divergence():
    links = {}
    for name in WITH_LINKS:
        top = ROOT / name
        for path in [top] if top.is_file() else top.rglob("*.*"):
            if path.suffix in (".py", ".md", ".html", ".toml"):
                for found in re.findall(r"keras-divergences\.md#([\w-]+)", path.read_text("utf-8")):
                    links.setdefault(found, path)
    assert len(links) > 10
    assert {name: path for name, path in links.items() if name not in DIVERGENCES} == {}


@pytest.mark.parametrize(
    ("installed", "stands"),
    [("3.9.0", True), ("3.12.4", True), ("3.15.1", False), ("3.16.0.dev2026", False)],
)
def test_where_keras_has_mended_it_a_divergence_explains_nothing(monkeypatch, installed, stands):
    monkeypatch.setattr(divergence, "version", {"keras": installed}.get)
    known = named("softmax-with-a-mask-of-numbers")
    assert known.meets("tensorflow", "Softmax", {}, "float32", "output 0") is stands


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title = 1 2", "Expected newline"),
        ('figures = "1"\n', "unknown key 'figures'; known are name, title"),
        ('title = ["a", "b"]\n', "the key 'concerns' is missing"),
        ('[shows]\nreason = ["a", "b"]\nclasses = ["ReLU"]\n', "unknown key 'classes'"),
        ('[shows]\nreason = ["a", "b"]\nwhere = [{ clases = ["ReLU"] }]\n', "unknown key 'clases'"),
        ('[shows]\nreason = ["a", "b"]\ndigits = "float32"\n', "give 'factor' too"),
    ],
)
def test_a_broken_file_is_one_line(tmp_path, text, told):
    (tmp_path / "broken.toml").write_text(text)
    with pytest.raises(ValueError) as caught:
        reading.read(tmp_path / "broken.toml")
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'broken.toml'}: ") and told in message
    assert "\n" not in message


def test_what_comes_of_reproductions(planted):
    steps = [("tensorflow", known) for known in planted.values()]
    found = list(running.run(steps))
    assert {one.name: (one.state, one.reason) for one in found} == STATES
    assert [one.name for one in found] == list(planted)


def test_what_reproductions_write_is_gone(planted, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    writing = replace(
        planted["stands"], reproduction="import tempfile\nassert tempfile.mkdtemp()\n"
    )
    (found,) = running.run([("tensorflow", writing)])
    assert found.state == STANDS and not list(tmp_path.iterdir())


def test_what_does_not_stand_is_run_again_by_itself(planted):
    """A reproduction that another one disturbs is not taken for mended."""
    first = replace(planted["stands"], reproduction="import json\njson.disturbed = True\n")
    second = replace(
        planted["mended"], reproduction="import json\nassert not hasattr(json, 'disturbed')\n"
    )
    found = list(running.run([("tensorflow", first), ("tensorflow", second)]))
    assert [one.state for one in found] == [STANDS, STANDS]


def test_the_command(capsys, planted):
    status, out, err = call(capsys, "divergences", "--backends", "tensorflow")
    assert status == 1 and "left" in err
    assert out.splitlines() == [
        "mended: mended on tensorflow; `assert error > 1e-9` does not hold",
        "inside: cannot run here on tensorflow; ZeroDivisionError: Fraction(1, 0)",
        "dies: cannot run here on tensorflow; the process ended with status 3",
        "stands: stands on tensorflow",
        "after: stands on tensorflow",
        "stands: 2, mended: 1, cannot run here: 2",
    ]
    given = ["divergences", "stands", "dies", "--backends", "tensorflow", "--json"]
    status, out, _ = call(capsys, *given)
    content = json.loads(out)
    assert status == 0 and {"processor", "versions"} <= set(content["environment"])
    assert content["divergences"] == [
        {"name": name, "backend": "tensorflow", "state": state, "reason": reason}
        for name, (state, reason) in STATES.items()
        if name in ("stands", "dies")
    ]


def test_a_backend_that_is_not_installed_cannot_run(planted, monkeypatch):
    monkeypatch.setattr(backends, "missing", lambda name: f"{name} is not installed")
    (found,) = running.run(running.plan(["mended"])[:1])
    assert (found.state, found.reason) == (CANNOT_RUN, "tensorflow is not installed")
    with pytest.raises(ValueError, match="jax is not installed"):
        running.plan(["mended"], ["jax"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["Bicubic"], "No divergence 'Bicubic'; did you mean 'bicubic-interpolation' or 'bic"),
        (["sparsemx"], "No divergence 'sparsemx'; did you mean 'sparsemax'?"),
        (["sparsemax", "--backends", "numpy"], "Unknown backend 'numpy'. Expected one of"),
        (["stateful-layers-on-jax", "--backends", "tensorflow"], "that was seen on jax"),
    ],
)
def test_a_plain_mistake_is_one_line(capsys, arguments, told):
    status, out, err = call(capsys, "divergences", *arguments)
    assert status == 2 and out == "" and err.count("\n") == 1 and told in err
