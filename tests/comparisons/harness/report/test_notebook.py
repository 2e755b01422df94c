"""A concept's notebook, the runs as CSV, and the pages alone as a site."""

import ast
import io
import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import comparisons
from comparisons.harness import catalogue
from comparisons.harness.concept import Settings
from comparisons.harness.execution import Execution
from comparisons.harness.report import write_pages
from comparisons.harness.report.notebook import notebook
from comparisons.harness.report.page import Page
from tests.comparisons.harness import fake_concepts, fake_results
from tests.comparisons.harness.page_parser import Page as Parsed

SETTINGS = {"preset": "default", "seeds": None, "epochs": 2, "device": "auto"}


def sources(content, kind="code"):
    return ["".join(c["source"]) for c in content["cells"] if c["cell_type"] == kind]


def page_of(name):
    """The page of a concept that ran in NumPy alone."""
    settings = {**SETTINGS, "csv": None, "encoding": None}
    content = {"settings": settings, "checks": [], "runs": []}
    result = SimpleNamespace(content=content, settings=Settings(), implementations=["numpy"])
    return Page(name, catalogue.load(name), result)


@pytest.mark.parametrize("name", catalogue.script_names())
def test_a_notebook_holds_both_halves_whole(name):
    content = json.loads(notebook(page_of(name)))
    paths = catalogue.sources(name)
    halves = "\n".join(paths[half].read_text("utf-8") for half in ("numpy", "keras"))
    cells, concept = sources(content), catalogue.load(name)
    code = cells[: cells.index(next(cell for cell in cells if "comparisons.run" in cell))]
    frames = ['result.frame("runs")'] * bool(concept.task)
    frames += ['result.frame("claims")'] * bool(concept.claims)
    shown = cells[len(code) + 1 :]
    assert [cell.splitlines()[-1] for cell in shown] == frames  # a table of nothing shows nothing
    assert all("shares: 0.01 is one point" in cell for cell in shown if "claims" in cell)
    assert ast.dump(ast.parse("\n".join(code))) == ast.dump(ast.parse(halves))
    assert concept.title[0] in sources(content, "markdown")[0]
    assert len({cell["id"] for cell in content["cells"]}) == len(content["cells"])


@pytest.mark.parametrize("beside", [False, True])
def test_the_cells_of_a_notebook_run_one_after_another_and_cheaply(monkeypatch, tmp_path, beside):
    asked = []
    result = SimpleNamespace(frame=asked.append)
    monkeypatch.setattr(comparisons, "run", lambda *a, **k: asked.append((a, k)) or result)
    monkeypatch.setattr(comparisons, "load", lambda f: asked.append(f) or {"dropout": result})
    monkeypatch.chdir(tmp_path)
    if beside:
        Path("result.json").touch()
    known = {}
    for source in sources(json.loads(notebook(page_of("dropout")))):
        exec(source, known)
    anew = ("dropout",), {"epochs": 2, "backends": ["numpy"], "seeds": 1}
    assert asked == [".." if beside else anew, "runs", "claims"]


def test_each_sentence_of_a_concept_is_shown_in_a_paragraph_of_its_language():
    concept = catalogue.load("optimizers")
    paragraphs = concept._repr_markdown_().split("\n\n")
    for new in concept.introduces:
        place = paragraphs.index(f"$${new.equation}$$")
        assert tuple(paragraphs[place + 1 : place + 3]) == new.says


def test_a_notebook_asks_for_the_execution_that_ran():
    page = page_of("dropout")
    page.result.settings = Settings(execution=Execution(jit=False, precision="float64"))
    assert page.call.endswith(", jit=False, precision='float64')")


def test_results_have_a_notebook_and_their_runs_as_csv(results):
    for name in ("scales", "apples", "pears"):
        assert json.loads((results / name / f"{name}.ipynb").read_bytes())["nbformat"] == 4
    found = pd.read_csv(io.BytesIO((results / "pears" / "runs.csv").read_bytes()))
    runs = json.loads((results / "pears" / "result.json").read_bytes())["runs"]
    assert len(found) == len(runs) and list(found["seed"]) == [run["seed"] for run in runs]
    assert any(name.startswith("scores.test.") for name in found)
    assert not (results / "scales" / "runs.csv").exists()  # it trains nothing


def test_a_site_holds_the_pages_and_what_they_need_alone(tmp_path):
    (tmp_path / "concepts").mkdir()
    with fake_concepts.catalogued(tmp_path / "concepts"):
        fake_results.write(tmp_path / "results", ["scales", "pears"])
        for name in ("bench", "conformance"):
            (tmp_path / "results" / name / "jobs").mkdir(parents=True)
            (tmp_path / "results" / name / "index.html").write_text(f"<p>{name}</p>")
            (tmp_path / "results" / name / "jobs" / "Dense.json").write_text("{}")
        before = sorted((tmp_path / "results").rglob("*"))
        site = tmp_path / "public" / "site"
        assert write_pages(tmp_path / "results", site) == site / "index.html"
    assert sorted((tmp_path / "results").rglob("*")) == before
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert {"index.html", "pears/index.html", "pears/pears.ipynb", "assets/vega.js"} <= files
    kinds = {file.rpartition(".")[2] for file in files}
    assert kinds <= {"html", "svg", "png", "css", "js", "ipynb", "csv"}
    index = Parsed(site / "index.html")
    for name in ("bench", "conformance"):
        assert index.find("a", href=f"{name}/index.html")
        assert (site / name / "index.html").read_text() == f"<p>{name}</p>"
