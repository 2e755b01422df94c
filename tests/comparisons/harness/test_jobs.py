import json
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest

from comparisons.harness import catalogue, jobs, model_checks, runner
from comparisons.harness.actions import Worker
from comparisons.harness.concept import Settings
from comparisons.harness.jobs import Job

JOB = Job("perceptron", "train", "numpy", "model", 0)


def test_a_job_reads_back_what_was_written(tmp_path):
    jobs.write_job(tmp_path, JOB, "mark", {"runs": [1]}, {"a": np.arange(3)})
    assert jobs.read_job(tmp_path, JOB, "mark")["runs"] == [1]
    with np.load(tmp_path / f"{JOB.file_name}.npz") as arrays:
        np.testing.assert_array_equal(arrays["a"], [0, 1, 2])


def test_a_job_made_from_something_else_counts_as_missing(tmp_path):
    jobs.write_job(tmp_path, JOB, "mark", {}, {})
    assert jobs.read_job(tmp_path, JOB, "another mark") is None


@pytest.mark.parametrize("content", [b"", b'{"fingerprint": "ma', b"[]", b"\xff\xfe"])
def test_a_broken_job_counts_as_missing(tmp_path, content):
    (tmp_path / f"{JOB.file_name}.json").write_bytes(content)
    assert jobs.read_job(tmp_path, JOB, "mark") is None


def test_a_job_with_broken_or_lost_arrays_counts_as_missing(tmp_path):
    jobs.write_job(tmp_path, JOB, "mark", {}, {"a": np.arange(3)})
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


def test_fingerprint_depends_on_what_the_result_depends_on(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("a\n1\n")
    base = jobs.fingerprint(JOB, Settings())
    assert jobs.fingerprint(JOB, Settings(seeds=9)) == base  # more seeds keep those done
    assert jobs.fingerprint(JOB, Settings(epochs=1)) != base
    assert jobs.fingerprint(JOB, Settings(preset="full")) != base
    with_csv = jobs.fingerprint(JOB, Settings(csv=str(own)))
    own.write_text("a\n2\n")
    assert base != with_csv != jobs.fingerprint(JOB, Settings(csv=str(own)))


def test_plan_has_a_job_for_each_part_column_and_seed():
    declared = catalogue.load("dropout")
    planned = jobs.plan("dropout", declared, ["numpy", "keras-jax"], Settings(seeds=2))
    trained = [(j.implementation, j.part, j.seed) for j in planned if j.action == "train"]
    assert sorted(trained) == sorted(
        (column, variant, seed)
        for column in ("numpy", "keras-jax")
        for variant in ("with dropout", "without dropout")
        for seed in (0, 1)
    )
    checked = [j.implementation for j in planned if j.action == "check"]
    assert checked == ["numpy", "keras-jax"]


def test_numpy_is_proven_by_calculus_without_any_keras_column():
    declared = catalogue.load("titanic_mlp")
    planned = jobs.plan("titanic_mlp", declared, ["numpy"], Settings())
    (job,) = (job for job in planned if job.action == "check")
    payload, _ = Worker("numpy", "auto").run(job, Settings())
    assert {record["against"] for record in payload["checks"]} == {"calculus"}
    assert all(record["passed"] for record in payload["checks"])
    assert len(payload["checks"]) == 3 * 7  # directions, for the input and six weights


def test_keras_is_proven_on_the_cpu_wherever_it_trains(monkeypatch):
    asked = []
    worker = Worker("numpy", "auto")
    worker.device = "gpu"
    worker.backend = SimpleNamespace(on_device=lambda kind: asked.append(kind) or nullcontext())
    monkeypatch.setattr(model_checks, "check", lambda *arguments: [])
    worker.check(Job("perceptron", "check", "keras-torch"), catalogue.load("perceptron"), Settings())
    assert asked == ["cpu"]


def test_an_interrupted_run_goes_on_with_what_is_missing(tmp_path):
    def run():
        (result,) = runner.run(runner.plan(["perceptron"], Settings(), ["numpy"]), tmp_path)
        return result

    first = run()
    folder = tmp_path / "perceptron" / "jobs"
    written = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    lost = "demonstrate-numpy-gates-0.json"
    (folder / lost).unlink()
    again = run()
    after = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    changed = {name for name in after if after[name] != written[name]}
    assert changed == {lost, lost.replace(".json", ".npz")}
    assert again.content["claims"] == first.content["claims"]
    assert not list(tmp_path.rglob("*.tmp"))
