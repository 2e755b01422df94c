"""Results that are broken, old, or hold less than usual."""

import json
from dataclasses import replace

import pytest

from comparisons.harness import catalogue
from comparisons.harness.divergences import named
from comparisons.harness.report import write_pages
from comparisons.harness.runs import jobs
from tests.comparisons.harness import fake_concepts, fake_results
from tests.comparisons.harness.page_parser import Page


@pytest.fixture(scope="module", autouse=True)
def results(tmp_path_factory):
    """A folder of results without pages."""
    folder = tmp_path_factory.mktemp("results")
    with fake_concepts.catalogued(tmp_path_factory.mktemp("concepts")):
        fake_results.write(folder, ["scales", "pears"])
        yield folder


def copied(results, folder, name="scales"):
    """A folder with one concept's result and its jobs, no pages."""
    for path in [results / name / "result.json", *(results / name / "jobs").glob("*")]:
        target = folder / path.relative_to(results)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return folder / name / "result.json"


def change(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **values}))


def broken_json(path):
    path.write_text(path.read_text()[:-30])


def nested_too_deep(path):
    path.write_text("[" * 100_000 + "]" * 100_000)


def another_schema(path):
    change(path, schema=99)


def not_a_result(path):
    path.write_text("[]")


def without_runs(path):
    content = json.loads(path.read_bytes())
    del content["runs"]
    path.write_text(json.dumps(content))


def without_a_verdict(path):
    content = json.loads(path.read_bytes())
    del content["claims"][0]["verdict"]
    path.write_text(json.dumps(content))


def without_arrays(path):
    (path.parent / "jobs" / "demonstrate-numpy-curve-0.npz").unlink()


def broken_arrays(path):
    target = path.parent / "jobs" / "demonstrate-numpy-curve-0.npz"
    target.write_bytes(target.read_bytes()[:200])


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (broken_json, "result.json: not a JSON file; run the concept again"),
        (nested_too_deep, "result.json: not a JSON file; run the concept again"),
        (another_schema, f"result.json: schema 99 where {jobs.RESULT_SCHEMA} is expected"),
        (not_a_result, f"result.json: schema None where {jobs.RESULT_SCHEMA} is expected"),
        (without_runs, "result.json: 'runs' is missing or no list"),
        (without_a_verdict, "result.json: something is missing"),
        (without_arrays, "scales: the figures cannot be drawn"),
        (broken_arrays, "scales: the figures cannot be drawn"),
    ],
)
def test_a_broken_result_gets_one_line_and_nothing_is_written(results, tmp_path, damage, expected):
    copied(results, tmp_path, "pears")
    damage(copied(results, tmp_path))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError) as error:
        write_pages(tmp_path)
    assert expected in str(error.value) and "\n" not in str(error.value)
    assert sorted(tmp_path.rglob("*")) == before, "something was half-written"


def test_a_folder_without_results(tmp_path):
    with pytest.raises(ValueError, match="holds no results; `sidebyside run` makes them"):
        write_pages(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_pages_are_written_again_whole(results, tmp_path):
    copied(results, tmp_path)
    write_pages(tmp_path)
    page = tmp_path / "scales" / "index.html"
    page.write_text("old")
    write_pages(tmp_path)
    assert "Turn by load" in page.read_text("utf-8")
    assert not list(tmp_path.rglob("*.tmp"))


def test_numpy_alone_one_seed_and_a_diverged_run(tmp_path):
    fake_results.write(tmp_path, ["apples"], columns=["numpy"])
    path = tmp_path / "apples" / "result.json"
    content = json.loads(path.read_bytes())
    content["runs"] = [run for run in content["runs"] if run["seed"] == 0]
    run = content["runs"][0]
    run["history"]["loss"][3:] = [None] * 9
    run |= {"best_epoch_gap": None, "generalisation_gap": None}
    run["scores"]["train"]["error"] = None
    for row in content["summary"]:
        row["scores"]["error"] |= {"low": None, "high": None, "values": [0.9]}
        row["scores"]["ripe"] = row["generalisation_gap"] = None
    own = {"csv": "my file.csv", "encoding": "cp932"}
    how = {"jit": True, "precision": "mixed_float16", "steps_per_execution": 5}
    content["settings"] |= {**own, "seeds": 1, "preset": "full", "execution": how}
    run["compiled"] = "jit_compile=True, steps_per_execution=5"
    content["claims"][0] |= {"verdict": "undecided", "interval": None, "seeds": 1}
    path.write_text(json.dumps(content))
    write_pages(tmp_path)
    page = Page(tmp_path / "apples" / "index.html")
    assert "No Keras column ran" in page.text("proof")
    assert "with itself and with calculus alone" in page.text("proof")
    assert "±" not in page.text("scores") and "equivalent" not in page.text("scores")
    command = "sidebyside run apples --backends numpy --full --seeds 1 --csv 'my file.csv'"
    asked = "--jit --precision mixed_float16 --steps-per-execution 5"
    assert f"{command} --encoding cp932 {asked}" in page.text("run")
    assert f"{asked} concerns the training of the Keras columns" in page.text("run")
    assert run["compiled"] in page.text("run")
    in_full = command.replace(" --seeds 1", "")
    assert page.text("claims").count(f"nothing is decided. {in_full}") == 1
    assert Page(tmp_path / "index.html").sections == ["concepts", "environment"]


def test_a_single_epoch_is_points(tmp_path):
    fake_results.write(tmp_path, ["apples"], columns=["numpy"])
    path = tmp_path / "apples" / "result.json"
    runs = json.loads(path.read_bytes())["runs"]
    for run in runs:
        run["history"] = {name: values[:1] for name, values in run["history"].items()}
    change(path, runs=runs)
    write_pages(tmp_path)
    drawn = [spec for spec in Page(tmp_path / "apples" / "index.html").specs if "facet" in spec]
    (loss, *_) = (json.dumps(spec) for spec in drawn if '"epoch"' in json.dumps(spec))
    assert '"shape"' in loss and '"line"' not in loss and '"opacity": 1' in loss


def test_figures_that_need_a_failed_job_are_left_out(results, tmp_path):
    path = copied(results, tmp_path)
    without_arrays(path)
    job = {"concept": "scales", "action": "demonstrate", "implementation": "numpy"}
    change(path, failures=[{"job": {**job, "part": "curve", "seed": 0}, "reason": "killed"}])
    write_pages(tmp_path)
    page = Page(tmp_path / "scales" / "index.html")
    assert "figures" not in page.sections
    assert "computation: curve, seed 0 NumPy killed" in page.text("failures")


def test_figures_that_are_wrong_are_told_with_file_and_field(results, tmp_path, monkeypatch):
    copied(results, tmp_path)
    wrong = replace(fake_concepts.CONCEPTS["scales"], figures=lambda result: result.lacking)
    monkeypatch.setitem(fake_concepts.CONCEPTS, "scales", wrong)
    with pytest.raises(
        ValueError, match=r"script_scales.py: Concept.figures: AttributeError: .*lacking"
    ):
        write_pages(tmp_path)


def test_networks_of_a_half_that_is_broken_are_left_out(results, tmp_path, monkeypatch):
    path = copied(results, tmp_path, "pears")
    monkeypatch.setattr(catalogue, "reference_half", lambda name: 1 / 0)
    with pytest.raises(ValueError, match=r"script_pears.py: Task.build: ZeroDivisionError"):
        write_pages(tmp_path)
    job = {"concept": "pears", "action": "check", "implementation": "numpy", "part": "", "seed": 0}
    change(path, failures=[{"job": job, "reason": "no module"}])
    write_pages(tmp_path)
    assert "no module" in (tmp_path / "pears" / "index.html").read_text("utf-8")


def test_a_known_divergence_is_counted_apart_and_leads_to_what_it_is(results, tmp_path):
    path = copied(results, tmp_path)
    content = json.loads(path.read_bytes())
    reason = named("sparsemax").told[0]
    # What is written of a check that no tolerance bounds: JSON has no infinity.
    (record,) = (
        r
        for r in content["checks"]
        if (r["what"], r["against"]) == ("scales: weigh", "keras-jax")
        and (r["dtype"], r["where"].partition("[")[0]) == ("float32", "output 0")
    )
    record |= {"error": 0.5, "tolerance": None, "needed": 0.0, "reason": reason}
    path.write_text(json.dumps(content))
    write_pages(tmp_path)
    page = Page(tmp_path / "scales" / "index.html")
    assert "1 known to diverge" in page.text("introduces-weigh")
    assert "float32 · known divergence" in page.text("proof") and reason in page.text("proof")
    places = ("what is introduced", "the table", "the list of all, by name", "and why")
    assert len(page.find("a", href="../divergences.html#sparsemax")) == len(places)
    for language, word in (("en", "Where Keras diverges"), ("ja", "既知の相違")):
        told = Page(tmp_path / "divergences.html", language)
        assert told.sections == ["sparsemax"] and word in told.text()
    assert "import keras" in told.text("sparsemax"), "the reproduction"
    assert Page(tmp_path / "index.html").find("a", href="divergences.html")


def test_results_of_an_older_version_are_not_in_the_way(results, tmp_path):
    copied(results, tmp_path)
    (tmp_path / "pears").mkdir()
    (tmp_path / "pears" / "result.json").write_text('{"schema": 0}')
    write_pages(tmp_path)
    page = Page(tmp_path / "index.html")
    assert "Without results so far: apples, pears. sidebyside run makes them." in page.text()
    assert not page.find("a", href="pears/index.html")
