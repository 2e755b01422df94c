"""Runs: what is done again, what a failure leaves, and how long it takes."""

import json
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

from comparisons.harness import chapters, training
from comparisons.harness.concept import Claim, Concept, Demonstration, Preset, Settings, Task
from comparisons.harness.datasets import Dataset, data_path
from comparisons.harness.runs import crew, estimates, jobs, results, runner, workers
from comparisons.harness.runs.jobs import Job
from comparisons.harness.table_files.question import Question
from comparisons.harness.tabular.task import on_table

COLUMNS = ["numpy", "keras-jax"]


def demonstrated(result):
    """How many jobs of a demonstration were done, larger than none."""
    return [float(len(result.arrays("shown", "keras-jax", seed))) for seed in (0, 1)], [0.0, 0.0]


def concept(timed=False, **options):
    return Concept(
        title=("Example", "例"),
        chapter=chapters.PERCEPTRON,
        summary=("An example.", "例。"),
        demonstrations=(Demonstration("shown", seeds=2, timed=timed),),
        claims=(Claim(("It shows.", "表示する。"), "A book", ("", ""), ("", ""), demonstrated),),
        **options,
    )


class Pool:
    """In place of the processes: does each job at once, but for those that are to fail."""

    failing = ()

    def __init__(self, settings, log_folder, cores=()):
        self.ran, self.cores = [], cores
        Pool.last = self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def start(self, implementation):
        raise workers.WorkerError(f"{implementation}: sees no GPU")

    def run(self, job, progress):
        self.ran.append(job)
        if job in self.failing:
            raise workers.JobFailed("no good")
        payload = {"column": {"device": "cpu"}, "seconds": 2.0, "checks": []}
        return payload, {"y": np.arange(3)} if job.action == "demonstrate" else {}


@pytest.fixture(autouse=True)
def pool(monkeypatch):
    monkeypatch.setattr(crew, "Pool", Pool)
    monkeypatch.setattr(Pool, "failing", ())
    return Pool


def plan(names=("one", "two"), device="auto", columns=COLUMNS, missing=()):
    settings = Settings(device=device)
    concepts = {name: concept() for name in names}
    planned = {name: jobs.plan(name, c, columns, settings) for name, c in concepts.items()}
    return runner.Plan(concepts, settings, columns, dict(missing), planned)


def test_an_interrupted_run_goes_on_with_what_is_missing(tmp_path, pool):
    first = runner.run(plan(), tmp_path)
    assert len(pool.last.ran) == 10
    lost = Job("two", "demonstrate", "numpy", "shown", 1)
    (tmp_path / "two" / "jobs" / f"{lost.file_name}.json").unlink()
    again = runner.run(plan(), tmp_path)
    assert pool.last.ran == [lost]
    assert again[1].content["claims"] == first[1].content["claims"]
    runner.run(plan(), tmp_path)
    assert pool.last.ran == []
    runner.run(plan(), tmp_path, fresh=True)
    assert len(pool.last.ran) == 10
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_failure_is_written_down_and_leaves_nothing_of_an_earlier_run(tmp_path, pool):
    runner.run(plan(), tmp_path)
    bad = Job("one", "demonstrate", "keras-jax", "shown", 1)
    pool.failing = (bad,)
    one, two = runner.run(plan(), tmp_path, fresh=True)
    assert len(pool.last.ran) == 10
    assert not one.passed and two.passed
    (failure,) = one.content["failures"]
    assert Job(**failure["job"]) == bad and failure["reason"] == "no good"
    assert [claim["verdict"] for claim in one.content["claims"]] == ["undecided"]
    assert not list((tmp_path / "one" / "jobs").glob("demonstrate-keras-jax-shown-1.*"))
    pool.failing = ()
    one, _ = runner.run(plan(), tmp_path)
    assert pool.last.ran == [bad] and one.passed and one.content["failures"] == []


def test_a_column_of_which_every_job_failed_is_missing(tmp_path, pool):
    planned = plan(["one"], missing={"keras-torch": {"missing": "torch is not installed"}}.items())
    pool.failing = tuple(job for job in planned.jobs["one"] if job.implementation == "keras-jax")
    (result,) = runner.run(planned, tmp_path)
    assert result.implementations == ["numpy"]
    assert result.content["columns"]["keras-jax"] == {"missing": "no good"}
    assert result.content["columns"]["keras-torch"] == {"missing": "torch is not installed"}


def test_a_machine_without_a_gpu_is_told_before_any_job(tmp_path, pool):
    with pytest.raises(workers.WorkerError, match="numpy|keras-jax: sees no GPU"):
        runner.run(plan(device="gpu"), tmp_path)
    assert pool.last.ran == [] and not list(tmp_path.rglob("*.json"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(seeds=0), "seeds: expected a whole number from 1, got 0"),
        (Settings(epochs=-1), "epochs: expected a whole number from 1, got -1"),
        (Settings(device="tpu"), "device: expected one of auto, cpu, gpu, got 'tpu'"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(ValueError, match=message):
        runner.plan([], settings, None)


def test_the_progress_of_a_run(tmp_path):
    told = []
    runner.run(plan(["one"]), tmp_path, tell=told.append)
    assert [status.done for status in told if status.what] == [0, 1, 2, 3, 4]
    assert told[0].what == "" and told[0].left == pytest.approx(30 + 2 * estimates.START_SECONDS)
    assert told[-1].done == told[-1].total == 5 and told[-1].share == 1.0 and told[-1].left == 0.0
    told.clear()
    runner.run(plan(["one"]), tmp_path, tell=told.append)
    assert [(status.done, status.total, status.left) for status in told] == [(5, 5, 0.0)]


TRAINED = concept(
    minutes=2.0,
    task=Task(
        lambda settings, seed: None, {"default": Preset(10, 8), "full": Preset(40, 8)}, seeds=2
    ),
)


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(crew, "cores", lambda: [0, 1])
    monkeypatch.setattr(runner, "cores", lambda: [0, 1])


def several_workers(workers=2):
    settings = Settings()
    concepts = {"one": TRAINED, "two": concept(timed=True)}
    planned = {name: jobs.plan(name, c, COLUMNS, settings) for name, c in concepts.items()}
    return runner.Plan(concepts, settings, COLUMNS, {}, planned, workers)


@pytest.mark.usefixtures("two_cores")
def test_what_is_timed_runs_alone_and_the_rest_side_by_side(tmp_path, pool, monkeypatch):
    under_way, ran, lock = set(), [], threading.Lock()

    def run(self, job, progress):
        with lock:
            under_way.add(job)
            ran.append((job, tuple(self.cores)))
        time.sleep(0.02)
        with lock:
            others = under_way - {job}
            under_way.discard(job)
        if jobs.is_timed(job, several_workers().concepts[job.concept]):
            assert not others and not self.cores
        else:
            assert len(self.cores) == 1
        met.update(others)
        payload = {"column": {"device": "cpu"}, "seconds": 0.0}
        return payload, {"y": np.arange(3)} if job.action == "demonstrate" else {}

    met = set()
    monkeypatch.setattr(pool, "run", run)
    runner.run(several_workers(), tmp_path)
    assert met, "no two jobs ever ran side by side"
    assert sorted({cores for _, cores in ran}) == [(), (0,), (1,)]
    assert {job for job, _ in ran} == {j for js in several_workers().jobs.values() for j in js}
    assert {job.seed for job, cores in ran if job.action == "train" and not cores} == {0}
    assert all(not cores for job, cores in ran if job.concept == "two" and job.part)


@pytest.mark.usefixtures("two_cores")
def test_jobs_run_beside_those_of_the_next_concept(tmp_path, pool, monkeypatch):
    planned = several_workers()
    one, two = (
        [job for job in found if not jobs.is_timed(job, planned.concepts[name])]
        for name, found in planned.jobs.items()
    )
    next_begun, met = threading.Event(), []

    def run(self, job, progress):
        if job == one[-1]:
            met.append(next_begun.wait(10))
        elif job == two[0]:
            next_begun.set()
        return {"column": {"device": "cpu"}, "seconds": 0.0}, {"y": np.arange(3)}

    monkeypatch.setattr(pool, "run", run)
    runner.run(planned, tmp_path)
    assert met == [True], "the next concept's first job waited for this one's last"


@pytest.mark.usefixtures("two_cores")
def test_what_ends_one_worker_ends_the_run_and_leaves_what_was_done(tmp_path, pool, monkeypatch):
    def run(self, job, progress):
        if job.seed == 1:
            raise workers.WorkerError("keras-jax: cannot start")
        return {"column": {"device": "cpu"}, "seconds": 0.0}, {"y": np.arange(3)}

    monkeypatch.setattr(pool, "run", run)
    with pytest.raises(workers.WorkerError, match="keras-jax: cannot start"):
        runner.run(several_workers(), tmp_path)
    assert (tmp_path / "one" / "jobs" / "check-keras-jax-0.json").exists()


@pytest.mark.parametrize(("cores", "possible"), [([0], "1"), ([0, 1], "1 to 2")])
def test_more_workers_than_cores_are_refused(monkeypatch, cores, possible):
    monkeypatch.setattr(runner, "cores", lambda: cores)
    with pytest.raises(ValueError, match=f"d {possible}, one a core that it may use, got 3"):
        runner.plan([], Settings(), None, workers=3)


def test_speeds_are_those_of_runs_that_were_timed_alone():
    runs = [{"seed": 0, "alone": True}, {"seed": 1, "alone": False}, {"seed": 2, "alone": True}]
    assert [run["seed"] for run in results.timed(runs)] == [0, 2]
    assert results.timed(runs[1:2]) == runs[1:2]


def test_an_estimate_by_what_the_concept_declares(tmp_path):
    def expected(columns, settings):
        planned = jobs.plan("one", TRAINED, columns, settings)
        return sum(estimates.seconds(job, TRAINED, settings, tmp_path, {}) for job in planned)

    default = expected(COLUMNS, Settings())
    assert default == pytest.approx(120)
    both = expected([*COLUMNS, "keras-torch"], Settings())
    assert default < both < 2 * default
    trained = 120 * 4 / 10  # four of the ten jobs
    assert expected(COLUMNS, Settings(preset="full")) == pytest.approx(120 + 3 * trained)
    assert expected(COLUMNS, Settings(epochs=5)) == pytest.approx(120 - trained / 2)
    assert expected(COLUMNS, Settings(seeds=4)) == pytest.approx(120 + trained)


def test_an_estimate_for_a_large_file(tmp_path):
    def expected(action, size):
        (tmp_path / "own.csv").write_bytes(bytes(size))
        settings = Settings(csv=str(tmp_path / "own.csv"))
        return estimates.seconds(Job("one", action, "numpy"), TRAINED, settings, tmp_path, {})

    own = data_path("titanic.csv").stat().st_size
    small, large, huge = 100, 30 * own, 400 * own
    for action in ("train", "baseline"):
        assert expected(action, small) == pytest.approx(12, abs=0.1)
        assert expected(action, large) == pytest.approx(360 + large / 1e6)
        assert expected(action, huge) == pytest.approx(360 + huge / 1e6)
    assert expected("check", huge) == pytest.approx(12 + huge / 1e6)


def test_an_estimate_for_a_table_follows_from_its_rows(tmp_path):
    (tmp_path / "own.csv").write_bytes(bytes(30_000_000))

    def expected(rows):
        table = Question(str(tmp_path / "own.csv"), "y", "classes", (), rows, ("a", "b"), folds=2)
        settings, concept = Settings(seeds=1, epochs=1, table=table), on_table(table)
        planned = jobs.plan("own_table", concept, COLUMNS, settings)
        return sum(estimates.seconds(job, concept, settings, tmp_path, {}) for job in planned)

    assert expected(1_000) < 60 < expected(500_000) < 600


def test_an_estimate_by_the_last_run(tmp_path):
    job = Job("one", "train", "numpy", "model", 0)
    about = {"fingerprint": "of an older version", "choices": {"epochs": 10}}
    jobs.write_job(tmp_path, job, about, {"seconds": 7.0}, {})
    assert estimates.seconds(job, TRAINED, Settings(), tmp_path, {"epochs": 10}) == 7.0
    assert estimates.seconds(job, TRAINED, Settings(), tmp_path, {"epochs": 20}) == 12.0
    (tmp_path / f"{job.file_name}.json").write_text(json.dumps({"seconds": "7"}))
    assert estimates.seconds(job, TRAINED, Settings(), tmp_path, {"epochs": 10}) == 12.0


def test_time_left_follows_how_long_jobs_really_take(monkeypatch):
    now, told = [0.0], []
    monkeypatch.setattr(estimates.time, "monotonic", lambda: now[0])
    done = [Job("one", "train", "numpy", "model", seed) for seed in range(4)]
    clock = estimates.Clock(dict.fromkeys(done, 10.0), 3, told.append)
    assert told[-1].left == 40.0 and (told[-1].done, told[-1].total) == (3, 7)
    with clock.doing(done[0], "first", "splits") as progress:
        progress(0, 4)
        assert told[-1].left == pytest.approx(40) and told[-1].parts == (0, 4, "splits")
        now[0] += 15.0
        progress(3, 4)
        assert told[-1].left == pytest.approx(5 + 30) and told[-1].parts == (3, 4, "splits")
        now[0] += 5.0
    assert 35 < told[-1].left < 60, "the jobs take twice as long as expected"
    assert told[-1].share == pytest.approx(1 / 4)
    shares = [status.share for status in told]
    assert shares == sorted(shares)


def test_time_left_of_jobs_side_by_side(monkeypatch):
    now, told = [0.0], []
    monkeypatch.setattr(estimates.time, "monotonic", lambda: now[0])
    clock = estimates.Clock(dict.fromkeys("abc", 10.0), 0, told.append, 2, alone="c")
    assert told[-1].left == 20.0, "two at once, then one alone"
    with clock.doing("a", "first"), clock.doing("b", "second"):
        now[0] += 10.0
    assert told[-1].left == 10.0 and told[-1].done == 2
    with clock.doing("c", "third"):
        now[0] += 10.0
    assert told[-1].left == 0.0 and told[-1].share == 1.0


def test_epochs_count_on_from_dataset_to_dataset(monkeypatch):
    class Run:
        kept = {}

        def __init__(self, *arguments):
            self.progress = arguments[-1]

        def record(self):
            self.progress(1, 2)
            self.progress(2, 2)
            return {}

    told = []
    one = Dataset(*np.zeros((6, 1)), ("numbers", "数値"))
    task = Task(lambda settings, seed: [one, one], {})
    monkeypatch.setattr(training, "Run", Run)
    declared = SimpleNamespace(task=task)
    training.train(declared, None, "model", 0, Settings(), lambda *epochs: told.append(epochs))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
