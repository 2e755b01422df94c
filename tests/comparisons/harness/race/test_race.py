"""`sidebyside race`: its loop, its runs and its command on a tiny network; no speed is asserted."""

import json
from types import SimpleNamespace

import keras
import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.desk import session
from comparisons.harness.race import loops, network, racing, running, terminal
from comparisons.harness.race.racing import Racer, Task
from comparisons.harness.race.recipe import Recipe
from comparisons.harness.race.report import Report, Row
from comparisons.harness.runs.workers import Refused
from tests.comparisons.harness.race import tiny
from tests.comparisons.harness.test_cli import call

BACKEND = keras.config.backend()
COLUMN = backends.implementation(BACKEND)
LOOP = loops.loop(backends.load(BACKEND))
IMAGES = 90  # two batches, and a few that are left out


@pytest.fixture(scope="module")
def racer():
    """A race of two epochs in this process."""
    task = Task(tiny.RECIPE, 1.0, 2, "float32", 1, IMAGES, False)
    return Racer(task, backends.load(BACKEND))


def test_an_epoch_is_its_batches_one_after_another():
    loop, model = LOOP(lambda: tiny.compiled(keras)), tiny.compiled(keras)
    x, y, order = tiny.rows()
    model.set_weights(tiny.weights())
    for chosen in order:
        model.train_on_batch(x[chosen], y[chosen])
    loop.start(tiny.weights())
    loop.epoch(loop.place(x), loop.place(y), loop.share(loop.place(order)))
    for start, ours, theirs in zip(tiny.weights(), loop.weights(), model.get_weights()):
        assert (ours != start).any()
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


def test_the_right_ones_are_counted_as_in_inference():
    loop, (x, y, order) = LOOP(lambda: tiny.compiled(keras)), tiny.rows()
    model = tiny.RECIPE.network(rn)
    model.set_weights(tiny.weights())
    loop.start(tiny.weights())
    labels = y.argmax(-1).astype("int32")
    right = (model.predict(x[order.ravel()], verbose=0).argmax(-1) == labels[order.ravel()]).sum()
    found = loop.correct(loop.place(x), loop.place(labels), loop.share(loop.place(order)))
    assert found == right > 0


def test_a_run_repeats_from_its_seed_whatever_ran_before(racer):
    runs, ends = {}, {}
    for name, seed in (("first", 1), ("other", 2), ("again", 1)):
        runs[name] = racer.race(seed, lambda done, of: None)
        ends[name] = racer.loop.weights()
    assert runs["first"]["accuracies"] == runs["again"]["accuracies"]
    assert all(map(np.array_equal, ends["first"], ends["again"]))
    assert not any(map(np.array_equal, ends["first"], ends["other"]))
    assert len(runs["first"]["seconds"]) == 2 and runs["first"]["seconds"][0] > 0


def test_every_epoch_has_another_order_of_images_that_the_device_holds(racer, monkeypatch):
    orders = []
    monkeypatch.setattr(racer.loop, "epoch", lambda x, y, order: orders.append(order))
    for seed in (0, 1, 0):
        racer.race(seed, lambda done, of: None)
    assert all(keras.ops.is_tensor(order) and order.shape == (2, 40) for order in orders)
    first, second, _, _, again, _ = (keras.ops.convert_to_numpy(o).ravel() for o in orders)
    assert len(set(first)) == 80 and set(first) <= set(range(IMAGES))
    assert (first == again).all() and (first != second).any()


def test_a_run_ends_with_the_target(racer, monkeypatch):
    found = iter([0.5, 1.0])
    monkeypatch.setattr(racer, "epoch", lambda draws: None)
    monkeypatch.setattr(racer, "accuracy", lambda: next(found))
    monkeypatch.setattr(racer, "task", SimpleNamespace(**{**vars(racer.task), "epochs": 9}))
    assert racer.race(0, lambda done, of: None)["accuracies"] == [0.5, 1.0]


def test_what_is_held_out_is_not_trained_on():
    (x, y), (x_held, y_held) = Task(Recipe(), 0.99, 1, "float32", 1, None, True).data()
    (whole, _), (test, _) = Task(Recipe(), 0.99, 1, "float32", 1, None, False).data()
    assert len(x) == len(y) == 55_000 and len(x_held) == len(y_held) == racing.HELD_OUT
    assert len(whole) == running.IMAGES and len(test) == 10_000
    sums = np.sort(np.concatenate([x, x_held]).sum((1, 2), "int64"))
    assert (sums == np.sort(whole.sum((1, 2), "int64"))).all()


def test_the_learning_rate_rises_and_falls():
    rate = network.OneCycle(0.5, steps=10, warm_up=4)
    found = [float(rate(step)) for step in range(10)]
    rising, falling = np.arange(1, 5) / 8, np.arange(6, 0, -1) / 12
    np.testing.assert_allclose(found, [*rising, *falling], rtol=1e-6)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_is_the_networks_alone(precision):
    model = network.compiled(Recipe(), 9, precision)
    assert model.layers[0].compute_dtype == precision.removeprefix("mixed_")
    assert model.layers[-1].compute_dtype == "float32"
    scaled = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert scaled == (precision == "mixed_float16")
    assert keras.config.dtype_policy().name == "float32"


def test_the_command(capsys, monkeypatch):
    monkeypatch.setattr(running, "RECIPE", tiny.RECIPE)
    given = ["--backends", BACKEND, "--images", str(IMAGES), "--epochs", "1", "--seeds", "2"]
    status, out, err = call(capsys, "race", "mnist", *given, "--target", "0", "--json")
    assert status == 0, err
    assert f"{COLUMN}, seed 1" in err
    (row,) = json.loads(out)["rows"]
    assert row["implementation"] == COLUMN and row["device"] == "cpu" and row["reached"] == 2
    assert [len(run["accuracies"]) for run in row["runs"]] == [1, 1]
    low, middle, high = row["seconds_to_target"]
    assert 0 < low <= middle <= high and row["images_per_second"] > 0
    assert row["transfer_seconds"] > 0 and row["compile_seconds"] >= 0


def made_up(*ends):
    """The report of a race on a GPU that ended with these accuracies."""
    runs = [
        {
            "seed": seed,
            "accuracies": [0.95, end],
            "seconds": [1.0, 2.0 + seed],
            "images_per_second": 6e4,
            "device_memory_bytes": 4e8,
        }
        for seed, end in enumerate(ends)
    ]
    row = Row("keras-jax", "gpu", "A card", "float32, TF32", 0.25, 8.5, runs)
    settings = {
        "target": 0.99,
        "epochs": 2,
        "seeds": len(ends),
        "devices": 1,
        "precision": "float32",
        "images": 60_000,
        "batch_size": 480,
        "measured": "the test images",
    }
    machine = {"processor": "P", "cores": 2, "versions": {"keras": "3", "torch": None}}
    return Report(machine, settings, {"keras-torch": "torch is not installed"}, {}, [row])


def test_the_table_says_what_was_reached_and_how_fast():
    report = made_up(0.991, 0.992, 0.993)
    text = "\n".join(terminal.lines(report))
    assert report.holds and "short of" not in text
    assert "2.00 to 4.00" not in text and "3.00  2.50 to 3.50   3 of 3" in text
    assert "99.10 to 99.30 %" in text and "400 MB" in text
    assert "keras-jax on GPU: A card; float32, TF32" in text
    assert "keras-torch: torch is not installed" in text


def test_a_target_that_is_not_reached_is_said(capsys, monkeypatch):
    report = made_up(0.9889, 0.991)
    monkeypatch.setattr(session, "race", lambda *arguments: report)
    status, out, _ = call(capsys, "race", "mnist")
    assert status == 1 and "1 of 2" in out
    assert "keras-jax, seed 0: 98.89 % after 2 epochs, short of 99.00 %" in out
    none = made_up(0.98)
    assert none.rows[0].seconds(0.99) is None and "0 of 1" in "\n".join(terminal.lines(none))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["cifar"], "'cifar' is not one of 'mnist'"),
        (["mnist", "--target", "99"], "Invalid value for '--target'"),
        (["mnist", "--epochs", "0"], "Invalid value for '--epochs'"),
        (["mnist", "--precision", "float8"], "Invalid value for '--precision'"),
        (["mnist", "--backends", "caffe"], "Unknown backend 'caffe'"),
        (["mnist", "--backends", "numpy"], "name a backend to race"),
        (["mnist", "--backends", BACKEND, "--images", "20"], "--images: expected 480 to 60000"),
        (["mnist", "--validation", "--images", "60000"], "--images: expected 480 to 55000"),
        (["mnist", "--backends", "tensorflow", "--devices", "2"], "on JAX alone"),
    ],
)
def test_a_plain_mistake_is_one_line(capsys, arguments, told):
    status, out, err = call(capsys, "race", *arguments)
    assert status == 2 and out == "" and err.count("\n") == 1 and told in err


def test_devices_that_a_batch_cannot_be_parted_on_are_one_line(capsys, monkeypatch):
    monkeypatch.setattr(backends, "missing", lambda name: None)
    status, _, err = call(capsys, "race", "mnist", "--devices", "7")
    assert status == 2 and "--devices: expected a number that parts batches of 480" in err


def test_a_machine_without_a_gpu_is_told(capsys, monkeypatch):
    class Refusing:
        """A process that cannot start."""

        def __init__(self, name, device, log, settings):
            self.reason = f"--device {device}: {name} sees no GPU on this machine; see {log}"

        def answer(self):
            raise Refused(self.reason)

        def stop(self):
            pass

    monkeypatch.setattr(running, "Column", Refusing)
    status, out, err = call(capsys, "race", "mnist", "--device", "gpu", "--backends", BACKEND)
    told = f"sidebyside: --device gpu: {COLUMN} sees no GPU on this machine\n"
    assert status == 2 and out == "" and err.endswith(told)
