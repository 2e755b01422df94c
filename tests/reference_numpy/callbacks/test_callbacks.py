"""The callbacks without Keras: in `fit`, on the screen, and with bad input."""

import math

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.callbacks.callback_list import as_numbers


def model_and_data(learning_rate=0.1):
    """A straight line to fit, with noise."""
    rn.random.set_seed(0)
    generator = np.random.default_rng(0)
    x = generator.standard_normal((32, 3)).astype("float32")
    y = x @ np.array([[1.0], [2.0], [3.0]], "float32")
    model = rn.Sequential([rn.Input((3,)), rn.layers.Dense(1)])
    model.compile(optimizer=rn.optimizers.SGD(learning_rate), loss="mse", metrics=["mae"])
    return model, x, y


def fit(callbacks, epochs=4, verbose=0, learning_rate=0.1, **options):
    model, x, y = model_and_data(learning_rate)
    options = {"batch_size": 8, "validation_split": 0.25, **options}
    history = model.fit(x, y, epochs=epochs, verbose=verbose, callbacks=callbacks, **options)
    return model, history


class Witness(rn.callbacks.Callback):
    """Writes down every call but those of predict."""

    def __init__(self):
        self.calls = []

    def on_train_begin(self, logs=None):
        self.calls.append("train begin")

    def on_train_end(self, logs=None):
        self.calls.append(("train end", sorted(logs)))

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(("epoch begin", epoch))

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(("epoch end", epoch, sorted(logs)))

    def on_batch_begin(self, batch, logs=None):
        self.calls.append(("batch begin", batch))

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append(("batch end", batch, sorted(logs)))

    def on_test_begin(self, logs=None):
        self.calls.append("test begin")

    def on_test_batch_end(self, batch, logs=None):
        self.calls.append(("test batch end", batch))

    def on_test_end(self, logs=None):
        self.calls.append(("test end", sorted(logs)))


def test_fit_tells_everything_in_order():
    witness = Witness()
    fit(witness, epochs=1)
    names = ["loss", "mae"]
    everything = [*names, "val_loss", "val_mae"]
    assert witness.calls == [
        "train begin",
        ("epoch begin", 0),
        *[
            call
            for batch in range(3)
            for call in (("batch begin", batch), ("batch end", batch, names))
        ],
        "test begin",
        ("test batch end", 0),
        ("test end", names),
        ("epoch end", 0, everything),
        ("train end", everything),
    ]
    assert witness.params == {"verbose": 0, "epochs": 1, "steps": 3}


def test_lambda_callback_hears_every_batch():
    heard = []
    callback = rn.callbacks.LambdaCallback(
        on_train_begin=lambda logs: heard.append("begin"),
        on_epoch_end=lambda epoch, logs: heard.append(("epoch", epoch, logs["loss"] > 0)),
        on_train_batch_end=lambda batch, logs: heard.append(("batch", batch)),
        on_test_end=lambda logs: heard.append("tested"),
    )
    fit(callback, epochs=1)
    batches = [("batch", batch) for batch in range(3)]
    assert heard == ["begin", *batches, "tested", ("epoch", 0, True)]


def test_history_is_returned_and_kept():
    model, history = fit([])
    assert model.history is history
    assert history.epoch == [0, 1, 2, 3]
    assert list(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert all(type(value) is float for value in history.history["loss"])


def test_early_stopping_restores_the_best_epoch():
    """The learning rate is so high that only the first epochs get better."""
    spoil = rn.callbacks.LearningRateScheduler(lambda epoch: 0.05 if epoch < 3 else 1.5)
    stop = rn.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    weights = {}
    keep = rn.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: weights.update({epoch: stop.model.get_weights()})
    )
    model, history = fit([spoil, stop, keep], epochs=50)
    assert history.epoch == [0, 1, 2, 3, 4]
    assert (stop.best_epoch, stop.stopped_epoch) == (2, 4)
    for weight, best in zip(model.get_weights(), weights[2], strict=True):
        np.testing.assert_array_equal(weight, best)


@pytest.mark.parametrize("metric", ["accuracy", "mae"])
def test_metrics_know_which_way_is_better(metric):
    rn.random.set_seed(0)
    model = rn.Sequential([rn.Input((3,)), rn.layers.Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[metric])
    stop = rn.callbacks.EarlyStopping(monitor=metric, patience=3)
    model.fit(np.ones((4, 3)), np.ones((4, 1)), epochs=1, verbose=0, callbacks=stop)
    assert stop.direction == {"accuracy": "max", "mae": "min"}[metric]


def test_reduced_learning_rates_are_logged():
    _, history = fit(rn.callbacks.ReduceLROnPlateau(patience=1, factor=0.5, min_delta=1e9))
    assert history.history["learning_rate"] == pytest.approx([0.1, 0.1, 0.05, 0.025])


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning", "ignore:invalid:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:The loss of model .* is NaN")
def test_training_ends_with_the_loss(capsys):
    model, history = fit(rn.callbacks.TerminateOnNaN(), epochs=50, learning_rate=1e15)
    assert history.epoch == [0] and not math.isfinite(history.history["loss"][0])
    assert "Invalid loss, terminating training" in capsys.readouterr().out
    with pytest.raises(RuntimeError, match="NaN or Inf loss encountered at batch"):
        fit(rn.callbacks.TerminateOnNaN(raise_error=True), learning_rate=1e15)


def test_logs_become_numbers_in_order():
    logs = {"b": np.float32(0.5), "a": {"z": np.array(1), "y": 2}, "c": "text", "d": [1, 2]}
    found = as_numbers(logs)
    assert list(found) == ["z", "y", "b", "c", "d"] or list(found) == ["y", "z", "b", "c", "d"]
    assert found == {"y": 2.0, "z": 1.0, "b": 0.5, "c": "text", "d": [1, 2]}
    assert type(found["b"]) is float


def test_every_method_is_handed_on():
    hooks = [name for name in vars(rn.callbacks.Callback) if name.startswith("on_")]
    heard = []
    teller = rn.callbacks.LambdaCallback(
        **{hook: lambda *args, hook=hook, logs=None: heard.append((hook, args)) for hook in hooks}
    )
    told = rn.callbacks.CallbackList([[teller], [rn.callbacks.Callback()]])
    for hook in hooks:
        positions = [7] if "batch" in hook or "epoch" in hook else []
        getattr(told, hook)(*positions, logs={"loss": 1})
        assert heard.pop() == (hook, tuple(positions))
    assert not heard and len(hooks) == 16


class TestProgbarLogger:
    """What `fit` prints; no terminal listens here, so that every line comes once."""

    @pytest.mark.parametrize("verbose", ["auto", 1, 2])
    def test_a_line_an_epoch(self, capsys, verbose):
        fit([], epochs=2, verbose=verbose)
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "Epoch 1/2" and lines[2] == "Epoch 2/2" and len(lines) == 4
        assert lines[3].startswith("3/3 ") and ("━━━━" in lines[3]) == (verbose != 2)
        for name in ("loss", "mae", "val_loss", "val_mae"):
            assert f"- {name}: " in lines[3]

    def test_silence(self, capsys):
        fit([], verbose=0)
        assert capsys.readouterr().out == ""

    def test_evaluate_and_predict_have_their_lines(self, capsys):
        model, x, y = model_and_data()
        model.evaluate(x, y, batch_size=8, verbose=1)
        model.predict(x, batch_size=8, verbose=1)
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 2 and all(line.startswith("4/4 ") for line in lines)
        assert "- loss: " in lines[0] and "loss" not in lines[1]

    def test_a_terminal_sees_the_bar_grow(self, capsys, monkeypatch):
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setattr(rn.callbacks.progbar_logger, "INTERVAL", 0.0)
        logger = rn.callbacks.ProgbarLogger()
        logger.set_params({"verbose": 1, "epochs": 1, "steps": 4})
        logger.on_epoch_begin(0)
        for batch in range(4):
            logger.on_train_batch_end(batch, {"loss": 0.5})
        logger.on_epoch_end(0, {"loss": 1e-5})
        drawn = capsys.readouterr().out.split("\r\x1b[2K")[1:]
        assert [line.split()[0] for line in drawn] == ["1/4", "2/4", "3/4", "4/4", "4/4"]
        assert [line.count("━") for line in drawn] == [5, 10, 15, 20, 20]
        assert drawn[0].endswith("- loss: 0.5000") and drawn[-1].endswith("- loss: 1.0000e-05\n")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda c: c.ReduceLROnPlateau(factor=1.0), "does not support a factor >= 1.0"),
        (lambda c: c.ModelCheckpoint("x.ckpt"), "must end in `.keras`.*filepath=x.ckpt"),
        (
            lambda c: c.ModelCheckpoint("x.keras", save_weights_only=True),
            "must end in `.weights.h5`",
        ),
        (lambda c: c.ModelCheckpoint("x.keras", save_freq="batch"), "Unrecognized save_freq"),
        (lambda c: c.BackupAndRestore(""), "Empty `backup_dir`"),
        (lambda c: c.BackupAndRestore("x", save_freq=1.5), "Unrecognized save_freq: 1.5"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make(rn.callbacks)


def test_bad_schedules_and_paths_are_refused(tmp_path):
    with pytest.raises(ValueError, match="should be a float. Got: None"):
        fit(rn.callbacks.LearningRateScheduler(lambda epoch: None))
    with pytest.raises(KeyError, match="Failed to format this callback filepath.*absent"):
        fit(rn.callbacks.ModelCheckpoint(tmp_path / "{absent}.keras"))
    (tmp_path / "folder.keras").mkdir()
    with pytest.raises(OSError, match="existing directory"):
        fit(rn.callbacks.ModelCheckpoint(tmp_path / "folder.keras"))
    with pytest.warns(UserWarning, match="mode 'up' is unknown"):
        rn.callbacks.EarlyStopping(mode="up")


def test_a_backup_leaves_other_files_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    callback = rn.callbacks.BackupAndRestore(tmp_path)
    (tmp_path / "latest.weights.h5").write_text("")
    (tmp_path / "training_metadata.json").write_text("{}")
    callback.on_train_end()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_messages_name_the_optimizer_of_several(capsys):
    optimizers = [rn.optimizers.SGD(0.5, name="slow"), rn.optimizers.SGD(0.5, name="fast")]
    places = rn.optimizers.OptimizerMap(optimizers[0], {"head/.*": optimizers[1]})
    model = rn.Sequential([rn.Input((1,)), rn.layers.Dense(1, name="head")])
    model.compile(rn.optimizers.MultiOptimizer(places), "mse")
    callback = rn.callbacks.LearningRateScheduler(lambda epoch: 0.25, verbose=1)
    model.fit(np.ones((2, 1)), np.ones((2, 1)), callbacks=[callback], verbose=0)
    printed = capsys.readouterr().out
    for name in ("slow", "fast"):
        assert f"Epoch 1: LearningRateScheduler setting {name} learning rate to 0.25." in printed
