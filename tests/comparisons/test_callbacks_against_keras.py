"""The callbacks against Keras's: both are told the same training, and must do the same."""

import itertools
import json
import warnings

import numpy as np
import pytest

import reference_numpy as rn

EPOCHS, BATCHES = 14, 3


class Optimizer:
    """As much of an optimizer as callbacks see; the learning rate is kept in float32."""

    built = True

    def __init__(self):
        self._learning_rate = np.float32(0.1)

    @property
    def learning_rate(self):
        return float(self._learning_rate)

    @learning_rate.setter
    def learning_rate(self, value):
        self._learning_rate = np.float32(value)


class Model:
    """As much of a model as callbacks see; writes down what is done to it."""

    built = True
    metrics = ()

    def __init__(self, folder):
        self.folder, self.events = folder, []
        self.optimizer = Optimizer()
        self.stop_training, self.epoch = False, -1
        self.initial_epoch = self._initial_epoch = None

    def get_weights(self):
        return [np.array(self.epoch)]

    def set_weights(self, weights):
        self.events.append(("set_weights", int(weights[0])))

    def note_file(self, kind, path):
        name = str(path).removeprefix(str(self.folder))
        self.events.append((kind, self.epoch, name))
        with open(path, "w") as file:
            file.write(str(self.epoch))

    def save(self, filepath, overwrite=True):
        self.note_file("save", filepath)

    def save_weights(self, filepath, overwrite=True):
        self.note_file("save_weights", filepath)

    def load_weights(self, filepath):
        with open(filepath) as file:
            self.events.append(("load_weights", int(file.read())))


def logs_of(training, epoch):
    """Numbers that fall, rise, stand still and jump; of some epochs one is missing."""
    generator = np.random.default_rng(1000 * training + epoch)
    trend = [2.0 ** -min(epoch, 4), 1.0 + 0.1 * (epoch % 3), 0.5][training % 3]
    noise = 0.0 if training % 2 else 0.05 * generator.standard_normal()
    logs = {"loss": trend, "accuracy": 1 - trend / 2, "val_loss": round(trend + noise, 2)}
    if training == 4 and epoch in (3, 4):
        del logs["val_loss"]
    return logs


def run(callbacks, callback_list, model, training, first_epoch=0, fail_at=None):
    """Tell a list of callbacks of one `fit`; what was logged and done, epoch by epoch."""
    told = callback_list(callbacks, add_history=True, model=model, epochs=EPOCHS, steps=BATCHES)
    model.stop_training = False
    seen = []
    told.on_train_begin()
    first_epoch = model.initial_epoch or model._initial_epoch or first_epoch
    for epoch in range(first_epoch, EPOCHS):
        model.epoch = epoch
        told.on_epoch_begin(epoch)
        for batch in range(BATCHES):
            told.on_train_batch_begin(batch)
            told.on_train_batch_end(batch, {"loss": 1.0})
        if epoch == fail_at:
            return seen
        told.on_epoch_end(epoch, logs_of(training, epoch))
        seen.append((epoch, model.optimizer.learning_rate, model.stop_training))
        if model.stop_training:
            break
    told.on_train_end(logs_of(training, epoch))
    return [*seen, model.history.history, model.history.epoch]


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


def both(keras, tmp_path, make, training, **options):
    """The same training told to both halves' callbacks; what each did."""
    found = []
    for half in (keras, rn):
        folder = tmp_path / half.__name__
        folder.mkdir()
        model = Model(folder)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            callbacks = make(half.callbacks, folder)
            seen = run(callbacks, half.callbacks.CallbackList, model, training, **options)
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        found.append((seen, model.events, files, len(caught)))
    return found


STOPPING = [
    {},
    {"patience": 2},
    {"patience": 2, "restore_best_weights": True},
    {"patience": 1, "min_delta": 0.02, "monitor": "loss"},
    {"patience": 3, "monitor": "accuracy", "mode": "max", "restore_best_weights": True},
    {"patience": 3, "baseline": 0.3, "restore_best_weights": True},
    {"patience": 2, "start_from_epoch": 4, "restore_best_weights": True},
    {"patience": 2, "monitor": "absent", "mode": "min"},
    {"mode": "sideways"},
]
PLATEAUS = [
    {"patience": 2},
    {"patience": 1, "factor": 0.5, "cooldown": 2},
    {"patience": 1, "factor": 0.5, "min_lr": 0.02},
    {"patience": 3, "min_delta": 0.05, "monitor": "loss"},
    {"patience": 2, "monitor": "accuracy", "mode": "max"},
    {"patience": 2, "monitor": "absent", "mode": "min"},
    {"patience": 2, "monitor": "learning_rate", "mode": "min"},
]
CHECKPOINTS = [
    {"filepath": "{epoch:02d}-{val_loss:.2f}.keras", "monitor": "loss"},
    {"filepath": "a/b/best.keras", "save_best_only": True, "monitor": "loss"},
    {"filepath": "best.keras", "save_best_only": True, "verbose": 1},
    {"filepath": "best.weights.h5", "save_best_only": True, "save_weights_only": True},
    {
        "filepath": "{epoch}.keras",
        "save_best_only": True,
        "mode": "max",
        "monitor": "accuracy",
        "initial_value_threshold": 0.7,
    },
    {"filepath": "{epoch}-{batch}.weights.h5", "save_weights_only": True, "save_freq": 4},
]
TRAININGS = range(5)


def case_ids(case):
    return json.dumps(case)[:80]


@pytest.mark.parametrize("training", TRAININGS)
@pytest.mark.parametrize("arguments", STOPPING, ids=case_ids)
def test_early_stopping(keras, tmp_path, arguments, training):
    theirs, ours = both(keras, tmp_path, lambda half, _: half.EarlyStopping(**arguments), training)
    assert ours == theirs


@pytest.mark.parametrize("training", TRAININGS)
@pytest.mark.parametrize("arguments", PLATEAUS, ids=case_ids)
def test_reduce_lr_on_plateau(keras, tmp_path, arguments, training):
    theirs, ours = both(
        keras, tmp_path, lambda half, _: [half.ReduceLROnPlateau(**arguments)], training
    )
    assert ours == theirs


@pytest.mark.parametrize("name", ["EarlyStopping", "ReduceLROnPlateau"])
def test_a_number_of_unknown_direction_is_refused(keras, tmp_path, name):
    for half in (keras.callbacks, rn.callbacks):
        callback = getattr(half, name)(monitor="absent")
        with pytest.raises(ValueError, match=f"{name} callback received monitor=absent"):
            run(callback, half.CallbackList, Model(tmp_path), 0)


@pytest.mark.parametrize("training", [0, 1])
@pytest.mark.parametrize("arguments", CHECKPOINTS, ids=case_ids)
def test_model_checkpoint(keras, tmp_path, arguments, training):
    def make(half, folder):
        return half.ModelCheckpoint(**{**arguments, "filepath": folder / arguments["filepath"]})

    theirs, ours = both(keras, tmp_path, make, training)
    assert ours == theirs
    assert bool(ours[2]) == (training == 0 or "initial_value_threshold" not in arguments)


@pytest.mark.parametrize("append", [False, True])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("training", [0, 4])
def test_csv_logger(keras, tmp_path, training, separator, append):
    def make(half, folder):
        if append:
            first = half.CSVLogger(folder / "log.csv", separator)
            run(first, half.CallbackList, Model(folder), 1)
        return [half.CSVLogger(folder / "log.csv", separator, append)]

    theirs, ours = both(keras, tmp_path, make, training)
    assert ours == theirs
    lines = ours[2]["log.csv"].decode().splitlines()
    assert len(lines) == 1 + EPOCHS * (2 if append else 1)


@pytest.mark.parametrize("one_argument", [False, True])
def test_learning_rate_scheduler(keras, tmp_path, one_argument):
    def make(half, folder):
        schedule = (lambda epoch: 0.5**epoch) if one_argument else (lambda epoch, rate: rate * 0.9)
        return half.LearningRateScheduler(schedule)

    theirs, ours = both(keras, tmp_path, make, 0)
    assert ours == theirs
    assert len({rate for _, rate, _ in ours[0][:EPOCHS]}) == EPOCHS


@pytest.mark.parametrize("save_freq", ["epoch", 4])
@pytest.mark.parametrize("double_checkpoint", [False, True])
@pytest.mark.parametrize("delete_checkpoint", [False, True])
def test_backup_and_restore(keras, tmp_path, save_freq, double_checkpoint, delete_checkpoint):
    options = {
        "save_freq": save_freq,
        "double_checkpoint": double_checkpoint,
        "delete_checkpoint": delete_checkpoint,
    }

    def make(half, folder):
        # A first training is interrupted in its sixth epoch.
        callback = half.BackupAndRestore(str(folder / "backup"), **options)
        run(callback, half.CallbackList, Model(folder), 0, fail_at=5)
        return half.BackupAndRestore(str(folder / "backup"), **options)

    theirs, ours = both(keras, tmp_path, make, 0)
    assert ours == theirs
    assert ours[0][0][0] == 5, "the training did not go on where it was"


def test_history_goes_on(keras, tmp_path):
    for half in (keras, rn):
        folder = tmp_path / half.__name__
        folder.mkdir()
        history = half.callbacks.History()
        for training, first in itertools.product((0, 1), (0,)):
            run([history], half.callbacks.CallbackList, Model(folder), training, first)
        assert len(history.history["loss"]) == 2 * EPOCHS and len(history.epoch) == EPOCHS
        assert list(history.history) == ["accuracy", "loss", "val_loss"]


def test_messages(keras, tmp_path, capsys):
    """What is printed is the same, word for word."""
    printed = []
    for half in (keras.callbacks, rn.callbacks):
        folder = tmp_path / half.__name__
        folder.mkdir()
        callbacks = [
            half.EarlyStopping(patience=3, verbose=1, restore_best_weights=True),
            half.ReduceLROnPlateau(patience=1, verbose=1),
            half.LearningRateScheduler(lambda epoch, rate: rate, verbose=1),
            half.ModelCheckpoint(folder / "x.keras", save_best_only=True, verbose=1),
        ]
        run(callbacks, half.CallbackList, Model(folder), 1)
        printed.append(capsys.readouterr().out.replace(str(folder), ""))
    assert printed[0] == printed[1]
    for message in ("early stopping", "Restoring model weights", "reducing learning", "setting"):
        assert message in printed[0]
