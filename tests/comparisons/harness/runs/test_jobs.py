import json
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest

from comparisons.harness import catalogue, chapters
from comparisons.harness.concept import Concept, Demonstration, Introduced, Settings, Task
from comparisons.harness.runs import actions, jobs
from comparisons.harness.runs.jobs import Job
from comparisons.harness.runs.worker import Worker

JOB = Job("perceptron", "train", "numpy", "model", 0)
ABOUT = {"fingerprint": "mark", "choices": {}}


def test_a_job_reads_back_what_was_written(tmp_path):
    jobs.write_job(tmp_path, JOB, ABOUT, {"runs": [1]}, {"a": np.arange(3)})
    assert jobs.read_job(tmp_path, JOB, "mark")["runs"] == [1]
    with np.load(tmp_path / f"{JOB.file_name}.npz") as arrays:
        np.testing.assert_array_equal(arrays["a"], [0, 1, 2])


def test_a_job_made_from_something_else_counts_as_missing(tmp_path):
    jobs.write_job(tmp_path, JOB, ABOUT, {}, {})
    assert jobs.read_job(tmp_path, JOB, "another mark") is None


@pytest.mark.parametrize(
    "content",
    [b"", b'{"fingerprint": "ma', b"[]", b"\xff\xfe", b'{"fingerprint": "mark"}', b"[" * 100_000],
)
def test_a_broken_job_counts_as_missing(tmp_path, content):
    (tmp_path / f"{JOB.file_name}.json").write_bytes(content)
    assert jobs.read_job(tmp_path, JOB, "mark") is None


@pytest.mark.parametrize(
    "edit",
    [
        lambda content: content.pop("column"),
        lambda content: content.pop("checks"),
        lambda content: content.update(seconds="a while"),
        lambda content: content.pop("digest"),
        lambda content: content.update(digest=3),
        lambda content: content["checks"].append({}),
        lambda content: content["checks"][0].update(passed=True),
    ],
)
def test_a_job_that_somebody_changed_counts_as_missing(tmp_path, edit):
    payload = {"column": {}, "seconds": 1.5, "checks": [{"passed": False, "error": np.nan}]}
    jobs.write_job(tmp_path, JOB, ABOUT, payload, {})
    assert jobs.read_job(tmp_path, JOB, "mark")["seconds"] == 1.5
    path = tmp_path / f"{JOB.file_name}.json"
    content = json.loads(path.read_bytes())
    edit(content)
    path.write_text(json.dumps(content))
    assert jobs.read_job(tmp_path, JOB, "mark") is None


def test_a_job_with_broken_or_lost_arrays_counts_as_missing(tmp_path):
    jobs.write_job(tmp_path, JOB, ABOUT, {}, {"a": np.arange(3)})
    assert jobs.read_job(tmp_path, JOB, "mark")
    arrays = tmp_path / f"{JOB.file_name}.npz"
    arrays.write_bytes(arrays.read_bytes()[:-1])
    assert jobs.read_job(tmp_path, JOB, "mark") is None
    arrays.unlink()
    assert jobs.read_job(tmp_path, JOB, "mark") is None


def test_writing_leaves_no_temporary_file_when_it_fails(tmp_path, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "disk full")

    monkeypatch.setattr(jobs.os, "replace", fail)
    with pytest.raises(OSError, match="disk full") as raised:
        jobs.write_atomically(tmp_path / "file.json", b"{}")
    assert raised.value.filename == str(tmp_path / "file.json")
    assert list(tmp_path.iterdir()) == []


def test_json_has_null_where_there_is_no_number():
    content = {"a": np.float32("nan"), "b": [np.inf, np.int64(3)], "c": np.ones(2)}
    assert json.loads(jobs.as_json(content)) == {"a": None, "b": [None, 3], "c": [1.0, 1.0]}


def test_plan_has_a_job_for_each_part_column_and_seed():
    task = Task(data=None, presets={}, variants={"with": {}, "without": {}}, baselines=list)
    shown = Demonstration("shown", seeds=2, first_seed=7)
    declared = Concept(("", ""), chapters.LEARNING, ("", ""), demonstrations=(shown,), task=task)
    planned = jobs.plan("any", declared, ["numpy", "keras-jax"], Settings(seeds=1))
    assert sorted(job.file_name for job in planned) == [
        "baseline-numpy-0",
        "check-keras-jax-0",
        "check-numpy-0",
        "demonstrate-keras-jax-shown-7",
        "demonstrate-numpy-shown-7",
        "train-keras-jax-with-0",
        "train-keras-jax-without-0",
        "train-numpy-with-0",
        "train-numpy-without-0",
    ]


def test_a_task_settled_on_some_seeds_is_measured_on_others():
    task = Task(data=None, presets={}, seeds=2, first_seed=5)
    declared = Concept(("", ""), chapters.LEARNING, ("", ""), task=task)
    planned = jobs.plan("any", declared, ["numpy"], Settings())
    assert [job.seed for job in planned if job.action == "train"] == [5, 6]


@pytest.mark.parametrize(("asked", "run"), [(None, [7, 8, 9]), (2, [7, 8]), (20, [7, 8, 9])])
def test_a_demonstration_runs_with_the_seeds_asked_for_but_no_more_than_its_own(asked, run):
    shown = Demonstration("shown", seeds=3, first_seed=7)
    declared = Concept(("", ""), chapters.LEARNING, ("", ""), demonstrations=(shown,))
    planned = jobs.plan("any", declared, ["numpy"], Settings(seeds=asked))
    assert [job.seed for job in planned] == run


@pytest.mark.parametrize("arguments", [None, lambda seed: {}])
def test_numpy_is_proven_by_itself_where_there_is_something_to_prove(arguments):
    thing = Introduced("step", "", ("", ""), arguments, demonstration="shown")
    declared = Concept(("", ""), chapters.LEARNING, ("", ""), introduces=(thing,))
    planned = jobs.plan("any", declared, ["numpy", "keras-jax"], Settings())
    columns = ["numpy", "keras-jax"] if arguments else ["keras-jax"]
    assert [(job.action, job.implementation) for job in planned] == [("check", c) for c in columns]


def test_numpy_is_proven_by_calculus_without_any_keras_column():
    declared = catalogue.load("titanic_mlp")
    planned = jobs.plan("titanic_mlp", declared, ["numpy"], Settings())
    (job,) = (job for job in planned if job.action == "check")
    payload, _ = actions.run(Worker("numpy", "auto"), job, Settings())
    assert {record["against"] for record in payload["checks"]} == {"calculus"}
    assert all(record["passed"] for record in payload["checks"])
    assert len(payload["checks"]) == 3 * 7  # directions, for the input and six weights


def test_keras_is_proven_on_the_cpu_wherever_it_trains():
    asked = []
    worker = Worker("numpy", "auto")
    worker.device = "gpu"
    worker.backend = SimpleNamespace(
        on_device=lambda kind: asked.append(kind) or nullcontext(),
        without_tf32=nullcontext,
        double_precision=nullcontext,
    )
    declared = Concept(("", ""), chapters.LEARNING, ("", ""))
    actions.check(worker, Job("any", "check", "keras-torch"), declared, Settings())
    assert asked == ["cpu"]


def test_what_is_said_of_a_demonstration_is_kept_with_it(monkeypatch):
    half = SimpleNamespace(shown=lambda x: {"y": x + 1})
    monkeypatch.setattr(catalogue, "reference_half", lambda name: half)
    judged = Demonstration(
        "shown", lambda seed: {"x": seed}, judged=lambda x, y: {"both": x["x"] + y["y"]}
    )
    declared = Concept(("", ""), chapters.LEARNING, ("", ""), demonstrations=(judged,))
    job = Job("any", "demonstrate", "numpy", "shown", 3)
    assert actions.demonstrate(SimpleNamespace(backend=None), job, declared) == {"y": 4, "both": 7}
