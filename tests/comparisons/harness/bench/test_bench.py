"""`sidebyside bench`: its rows, settings and page on tiny models; no speed is asserted."""

import json
import pickle
import time
from types import SimpleNamespace

import keras
import pytest

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.bench import measuring, models, page, running, settings, terminal
from comparisons.harness.bench.measuring import (
    EPOCH,
    PHASES,
    PREDICT,
    TEXTBOOK,
    TRAIN_STEP,
    Setting,
    Task,
)
from comparisons.harness.bench.models import MODELS, SWEEPS
from comparisons.harness.bench.report import Report, Row, by_model, fastest_keras
from comparisons.harness.bench.settings import Trying, fastest
from comparisons.harness.runs.workers import JobFailed, Refused
from tests.comparisons.harness.bench import tiny
from tests.comparisons.harness.test_cli import call

BACKEND = keras.config.backend()
COLUMN = backends.implementation(BACKEND)
KEYS = {
    *("model", "implementation", "cores", "phase", "milliseconds", "setting", "spread"),
    *("floor_milliseconds", "peak_memory_bytes", "threads"),
}


@pytest.fixture
def quick(monkeypatch):
    """Tiny models, timed for a moment, at one setting each."""
    monkeypatch.setattr(models, "MODELS", tiny.MODELS)
    monkeypatch.setattr(models, "SWEEPS", tiny.SWEEPS)
    monkeypatch.setattr(running, "SECONDS", 0.01)
    monkeypatch.setattr(running, "TRIED_SECONDS", 0.01)
    monkeypatch.setattr(settings, "JIT", {COLUMN: (COLUMN == "keras-jax",)})
    monkeypatch.setattr(running, "ONEDNN", {})


def test_the_command(quick, capsys, tmp_path):
    file = tmp_path / "b.json"
    given = ["bench", "--backends", BACKEND, "--cores", "1", "--repeats", "2"]
    status, out, err = call(capsys, *given, "--out", str(tmp_path), "--json", str(file))
    assert status == 0 and "left" in err
    content = json.loads(file.read_text())
    rows = content["rows"]
    assert all(set(row) > KEYS for row in rows)
    assert [(r["model"], r["implementation"]) for r in rows] == [
        *(("small", implementation) for implementation in ("numpy", COLUMN)),
        *(("depth 1", implementation) for implementation in ("numpy", TEXTBOOK, COLUMN)),
    ]
    for row in rows:
        assert row["reason"] == "" and row["phase"] == TRAIN_STEP
        assert row["cores"] == row["threads"] == 1
        assert 0 < row["spread"][0] <= row["milliseconds"] <= row["spread"][1]
        assert row["floor_milliseconds"] > 0 and row["first_call_milliseconds"] > 0
        assert row["peak_memory_bytes"] > row["data_bytes"] > 0
        assert bool(row["setting"]) == (row["implementation"] == COLUMN)
    peak = {(r["model"], r["implementation"]): r["peak_memory_bytes"] for r in rows}
    for model in ("small", "depth 1"):  # no framework is in NumPy's process
        assert peak[model, "numpy"] < peak[model, COLUMN]
    assert set(content["start_up"]) == {"numpy", COLUMN}
    assert {t["model"] for t in content["tries"]} == {"small", "depth 1"}
    assert min(content["ceilings"].values()) > 0
    assert f"small on {COLUMN}: jit_compile=" in out
    html = (tmp_path / "index.html").read_text()
    assert "How fast: NumPy and Keras" in html and "学習1ステップ" in html
    charts = {path.name for path in (tmp_path / "charts").iterdir()}
    assert charts == {f"{TRAIN_STEP}.svg", f"depth-{TRAIN_STEP}.svg"}


def test_the_points_of_a_sweep_share_the_settings_of_its_middle(tmp_path):
    chosen = models.chosen(["M1", "width"])
    bench = running.Bench(chosen, [COLUMN], 1, [TRAIN_STEP], 1, tmp_path, lambda status: None)
    assert bench.representatives == {"M1": "M1", "width": "width 512"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["M7"], "Unknown model 'M7'. Expected one of M1, M2"),
        (["M1", "--cores", "4096"], "--cores: expected 1 to"),
        (["M1", "--cores", "0"], "Invalid value for '--cores'"),
        (["M1", "--repeats", "0"], "Invalid value for '--repeats'"),
        (["M1", "--phase", "backward"], "Invalid value for '--phase'"),
        (["M1", "--backends", "caffe"], "Unknown backend 'caffe'"),
        (["M1", "--backends", "numpy"], "name a backend to measure beside NumPy"),
    ],
)
def test_a_plain_mistake_is_one_line(capsys, tmp_path, arguments, told):
    status, out, err = call(capsys, "bench", *arguments, "--out", str(tmp_path))
    assert status == 2 and out == "" and err.count("\n") == 1 and told in err
    assert not list(tmp_path.iterdir())


def test_a_backend_that_is_missing_is_one_line(capsys, tmp_path, monkeypatch):
    missing = {f"keras-{name}": f"{name} is not installed" for name in backends.KERAS_BACKENDS}
    monkeypatch.setattr(backends, "missing", missing.get)
    status, _, err = call(capsys, "bench", "M1", "--backends", "jax", "--out", str(tmp_path))
    assert status == 2 and err == "sidebyside: jax is not installed\n"
    status, _, err = call(capsys, "bench", "M1", "--out", str(tmp_path))
    assert status == 2 and err.count("\n") == 1 and "torch is not installed" in err


def test_the_models_are_those_of_their_names():
    assert list(models.chosen([])) == [
        *MODELS,
        *(name for sweep in SWEEPS.values() for name in sweep),
    ]
    assert list(models.chosen(["width", "M2"])) == [*SWEEPS["width"], "M2"]
    for sweep, points in SWEEPS.items():
        sizes = [model.size for model in points.values()]
        assert sizes == sorted(sizes) and {model.sweep for model in points.values()} == {sweep}


@pytest.mark.parametrize("name", [n for n in MODELS if n not in ("ResNet50", "MobileNetV2")])
def test_both_libraries_build_the_same_model(name):
    build = MODELS[name].build
    ours, theirs = build(rn), build(keras)
    assert [w.shape for w in ours.get_weights()] == [w.shape for w in theirs.get_weights()]
    assert ours.output_shape == theirs.output_shape


@pytest.fixture
def task(tmp_path):
    """Makes a task of a tiny model in this process, and its worker without a framework."""
    model = tiny.MODELS["small"]
    model.build(rn).save(tmp_path / "small.keras")

    def make(implementation="numpy", phase=TRAIN_STEP, seconds=0.01, **setting):
        file = str(tmp_path / "small.keras")
        return Task(file, model, implementation, phase, Setting(**setting), seconds)

    return make


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("implementation", ["numpy", TEXTBOOK, COLUMN])
def test_a_process_measures_each_phase(task, implementation, phase):
    worker, asked = Process(implementation), task(implementation, phase)
    assert measuring.prepare(worker, asked)["first_call"] > 0
    subject = measuring.subject(worker, asked)
    before = [w.copy() for w in weights(subject)]
    assert measuring.measure(worker, asked)["seconds"] > 0
    assert measuring.subject(worker, asked) is subject
    moved = any((a != b).any() for a, b in zip(before, weights(subject), strict=True))
    assert moved == (phase != PREDICT)


@pytest.mark.parametrize("name", [*MODELS, *SWEEPS["width"]])
def test_a_task_that_comes_twice_is_about_the_same_model(name, monkeypatch):
    monkeypatch.setattr(measuring, "Library", lambda *task: SimpleNamespace(task=task))
    model = {**MODELS, **SWEEPS["width"]}[name]
    asked = Task(f"{name}.keras", model, "numpy", TRAIN_STEP, Setting(), 0.01)
    worker = Process("numpy")
    found = [measuring.subject(worker, pickle.loads(pickle.dumps(asked))) for _ in range(2)]
    assert found[0] is found[1]


def test_an_epoch_has_its_validation(task):
    subject = measuring.Library(task(phase=EPOCH), None)
    fit, histories = subject.model.fit, []
    subject.model.fit = lambda *args, **given: histories.append(fit(*args, **given).history)
    subject.measure()
    assert [len(history["val_loss"]) for history in histories] == [1]


def test_of_a_fit_the_start_and_the_first_epoch_are_left_out(task, monkeypatch):
    subject, at = measuring.Library(task(), None), iter([0.0, 5.0, 8.0])
    monkeypatch.setattr(measuring.time, "perf_counter", lambda: next(at))
    assert subject.measure() == 3.0 / subject.steps


class Process:
    """A column's process, which is this one."""

    def __init__(self, implementation):
        self.backend = backends.load(BACKEND) if implementation == COLUMN else None


def weights(subject):
    if hasattr(subject.model, "steps"):
        return [w for step in subject.model.steps for w in step.weights]
    return subject.model.get_weights()


def test_a_timed_call_takes_about_as_long_as_it_is_to(task, monkeypatch):
    asked = task(seconds=1.0, steps_per_execution=20)
    subject = measuring.Subject.__new__(measuring.Subject)
    subject.task, subject.batch_size, subject.at_once, subject.shape = asked, 4, 20, (3,)
    for step, steps in ((0.011, 80), (5.0, 20), (1e-6, measuring.MOST_STEPS)):
        subject.measure = lambda step=step: step
        subject.choose_steps()
        assert subject.steps == steps and subject.x.shape == (4 * steps, 3)
    # The start of an epoch takes long: of 20 steps a step seems to take 0.0104 s, of 80 half of it.
    subject.measure = lambda: 0.0034 + 0.14 / subject.steps
    subject.choose_steps()
    assert subject.steps == 180
    subject.shape = (2**20,)
    subject.choose_steps()
    assert subject.x.nbytes <= 20 * 4 * 4 * 2**20


class FakeColumn:
    """A process that answers from a list; what is an exception is raised."""

    def __init__(self, answers):
        self.answers, self.asked, self.stopped = answers, [], False
        self.process = SimpleNamespace(kill=lambda: None)

    def send(self, function, asked):
        self.asked.append(asked.setting)

    def answer(self):
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return {"seconds": found, "first_call": 1.0}

    def stop(self):
        self.stopped = True


def test_several_steps_an_execution_are_tried_at_the_better_compilation(task):
    column = FakeColumn([0.02, 0.01, 0.005])
    with Trying(lambda: column, True) as trying:
        tries = list(trying.tries(task("keras-tensorflow")))
    assert column.asked == [
        Setting(False, 1, True),
        Setting(True, 1, True),
        Setting(True, 20, True),
    ]
    assert fastest(tries).task.setting == column.asked[2] and column.stopped


def test_a_long_step_is_tried_one_at_a_time(task):
    column = FakeColumn([0.2, 0.3])
    tries = list(Trying(lambda: column, True).tries(task("keras-tensorflow")))
    assert fastest(tries).task.setting == Setting(False, 1, True) and len(tries) == 2


def test_a_setting_that_fails_is_left_out_and_a_process_that_dies_is_started_again(task):
    dies = FakeColumn([0.01, JobFailed("the process ended with status 1; see /tmp/x.log")])
    lives = FakeColumn([Refused("RuntimeError: no compiler; see /tmp/x.log"), 0.02])
    started = iter([dies, lives])
    trying = Trying(lambda: next(started), None)
    first, second = trying.tries(task("keras-torch"))
    assert second.reason == "the process ended with status 1" and dies.stopped
    assert fastest([first, second]) is first
    first, second = trying.tries(task("keras-torch"))
    assert first.reason == "RuntimeError: no compiler" and fastest([first, second]) is second
    assert first.as_dict()["milliseconds"] is None and second.as_dict()["milliseconds"] == 20.0


def test_a_compilation_that_does_not_end_is_given_up(task, monkeypatch):
    monkeypatch.setattr(settings, "LONGEST_TRY", 0.1)
    killed = []
    column = FakeColumn([0.01])
    column.process.kill = lambda: killed.append(True)
    at_once = column.answer

    def answer():
        if column.answers:
            return at_once()
        while not killed:
            time.sleep(0.01)
        raise JobFailed("was ended by SIGKILL")

    column.answer = answer
    plain, compiled = Trying(lambda: column, None).tries(task("keras-torch"))
    assert plain.seconds == 0.01 and compiled.reason == "no end in 0 s" and column.stopped


def test_what_cannot_be_done_without_takes_as_long_as_it_takes(task, monkeypatch):
    monkeypatch.setattr(settings, "LONGEST_TRY", 0.0)
    column, killed = FakeColumn([0.2]), []
    column.process.kill = lambda: killed.append(True)
    at_once = column.answer
    column.answer = lambda: time.sleep(0.1) or at_once()
    (only,) = Trying(lambda: column, None).tries(task("keras-jax"))
    assert only.seconds == 0.2 and not killed


def made_up(**numpy):
    """A report on one model, which TensorFlow could not train."""
    row = {"model": "M1", "sweep": "", "size": None, "cores": 1, "phase": TRAIN_STEP}
    known = {
        "threads": 1,
        "spread": (1.0, 3.0),
        "floor_milliseconds": 0.5,
        "first_call_milliseconds": 9.0,
        "peak_memory_bytes": 10**8,
        "data_bytes": 10**6,
    }
    rows = [
        Row(**row, implementation="numpy", **{**known, "milliseconds": 2.0, **numpy}),
        Row(**row, implementation="keras-tensorflow", reason="RuntimeError: <no kernel>"),
        Row(**row, implementation="keras-jax", **known, milliseconds=4.0, setting="a=1"),
    ]
    how = {"cores": 1, "repeats": 3, "phases": [TRAIN_STEP]}
    environment = {
        "processor": "P",
        "cores": 2,
        "system": "S",
        "python": "3",
        "versions": {"k": "1"},
    }
    rates = {"multiplications": 5e10, "copied_bytes": 1e10}
    lost = {"keras-torch": "torch is not installed (pip install torch)"}
    return Report(environment, how, lost, {"numpy": 0.25}, rates, [], rows)


def test_a_row_says_which_share_of_the_floor_it_reaches():
    report = made_up()
    assert [row.share for row in report.rows] == [0.25, None, 0.125]
    (rows,) = by_model(report.of(TRAIN_STEP)).values()
    assert fastest_keras(rows) == 4.0 and report.of(TRAIN_STEP, "width") == []


def test_the_table_and_the_page_say_what_could_not_be_measured(tmp_path):
    report = made_up()
    text = "\n".join(terminal.lines(report))
    assert "M1 on keras-tensorflow: RuntimeError: <no kernel>" in text
    assert "keras-torch: torch is not installed" in text
    assert text.splitlines()[8].split() == ["M1", "2.00", "–", "4.00", "0.500", "0.500", "25", "%"]
    html = page.write(report, tmp_path / "bench").read_text()
    assert "../index.html" not in html
    assert "RuntimeError: &lt;no kernel&gt;" in html and "M1" in html
    assert "torch is not installed" in html


def test_a_page_among_results_leads_to_their_first_page(tmp_path):
    (tmp_path / "index.html").touch()
    assert 'href="../index.html"' in page.write(made_up(), tmp_path / "bench").read_text()


def test_a_model_that_nothing_could_measure_is_told_too(tmp_path):
    report = made_up(milliseconds=None, reason="killed")
    assert "M1 on numpy: killed" in "\n".join(terminal.lines(report))
    assert "killed" in page.write(report, tmp_path).read_text()
