"""compile, fit, evaluate and predict, without Keras."""

import re
import warnings

import numpy as np
import pytest

import reference_numpy as rn
from tests.reference_numpy.models.small_models import (
    GENERATOR,
    LABELS,
    TARGETS,
    X,
    classifier,
    two_headed,
)

L = rn.layers


def test_one_step_follows_the_gradient_of_the_whole_loss():
    """SGD at rate 1 subtracts the gradient of loss, regularizers and activity penalties."""
    x = rn.Input((4,))
    h = L.Dense(3, activation="tanh", kernel_regularizer="l2", activity_regularizer="l1")(x)
    model = rn.Model(
        x, L.Dense(1, activation="sigmoid", bias_regularizer=rn.regularizers.L1L2(0.1, 0.2))(h)
    )
    model.compile(rn.optimizers.SGD(1.0), "binary_crossentropy")
    model.set_weights([GENERATOR.standard_normal(w.shape) for w in model.weights])
    labels, weights = LABELS[:, None] > 0, GENERATOR.random(24)
    start = model.get_weights()

    def loss(values):
        model.set_weights(values)
        return model.test_on_batch(X, labels, sample_weight=weights)

    expected = loss(start)
    assert model.train_on_batch(X, labels, sample_weight=weights) == expected
    steps = [before - after for before, after in zip(start, model.get_weights(), strict=True)]
    for index, step in enumerate(steps):
        for place in np.ndindex(step.shape):
            moved = [[w.copy() for w in start] for _ in range(2)]
            moved[0][index][place] += 1e-6
            moved[1][index][place] -= 1e-6
            slope = (loss(moved[0]) - loss(moved[1])) / 2e-6
            np.testing.assert_allclose(step[place], slope, rtol=1e-6, atol=1e-9)


def test_fit_learns_and_tells_its_history():
    rn.random.set_seed(0)
    model = classifier(optimizer=rn.optimizers.Adam(0.05), metrics=["accuracy"])
    history = model.fit(X, X.argmax(1) % 3, epochs=60, batch_size=8, verbose=0)
    assert history is model.history
    assert list(history.history) == ["accuracy", "loss"]
    assert len(history.history["loss"]) == 60 and history.epoch == list(range(60))
    assert history.history["accuracy"][-1] > 0.9 > history.history["accuracy"][0]
    assert all(type(value) is float for value in history.history["loss"])


def test_validation_data_and_split():
    def run(**options):
        rn.random.set_seed(0)
        model = classifier(metrics=["accuracy"])
        return model.fit(batch_size=5, epochs=2, verbose=0, **options).history

    split = run(x=X, y=LABELS, validation_split=0.25)
    given = run(x=X[:18], y=LABELS[:18], validation_data=(X[18:], LABELS[18:]))
    assert split == given
    assert list(split) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    sparse = run(x=X, y=LABELS, validation_split=0.25, validation_freq=2)
    assert len(sparse["val_loss"]) == 1 and len(sparse["loss"]) == 2


def test_the_logs_are_means_over_samples():
    model = classifier(optimizer=rn.optimizers.SGD(1e-300), metrics=["accuracy"])
    logs = model.fit(X, LABELS, batch_size=7, verbose=0).history
    loss, accuracy = model.evaluate(X, LABELS, batch_size=5, verbose=0)
    np.testing.assert_allclose(logs["loss"][0], loss, rtol=1e-12)
    np.testing.assert_allclose(logs["accuracy"][0], accuracy, rtol=1e-12)
    p = model.predict(X, verbose=0)
    np.testing.assert_allclose(loss, -np.log(p[range(24), LABELS]).mean(), rtol=1e-12)
    assert accuracy == pytest.approx((p.argmax(1) == LABELS).mean())


def test_early_stopping_ends_fit():
    model = classifier(optimizer=rn.optimizers.SGD(1e-300))
    stop = rn.callbacks.EarlyStopping("loss", patience=2)
    history = model.fit(X, LABELS, epochs=50, shuffle=False, verbose=0, callbacks=stop)
    assert history.epoch == [0, 1, 2]


class Recorder(rn.callbacks.Callback):
    def __init__(self):
        self.calls = []

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(("epoch", epoch))

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append((batch, sorted(logs)))

    def on_test_begin(self, logs=None):
        self.calls.append("test")

    def on_predict_batch_end(self, batch, logs=None):
        self.calls.append(logs["outputs"].shape)


def test_callbacks_are_told():
    model, recorder = classifier(), Recorder()
    model.fit(
        X, LABELS, batch_size=12, initial_epoch=3, epochs=4, verbose=0, callbacks=[recorder],
        validation_data=(X, LABELS),
    )  # fmt: skip
    assert recorder.calls == [("epoch", 3), (0, ["loss"]), (1, ["loss"]), "test"]
    recorder.calls.clear()
    model.predict(X, batch_size=16, verbose=0, callbacks=recorder)
    assert recorder.calls == [(16, 3), (8, 3)]


def test_class_weights_are_sample_weights():
    weights = {0: 2.0, 2: 0.5}
    samples = np.array([2.0, 1.0, 0.5])[LABELS]
    one_hot = np.eye(3)[LABELS]
    by_class = classifier(loss="categorical_crossentropy")
    by_sample = classifier(loss="categorical_crossentropy")
    by_sample.set_weights(by_class.get_weights())
    options = {"shuffle": False, "batch_size": 6, "verbose": 0}
    a = by_class.fit(X, one_hot, class_weight=weights, **options).history
    b = by_sample.fit(X, one_hot, sample_weight=samples, **options).history
    assert a == b


def test_class_weights_of_one_label_with_further_axes():
    column = rn.Sequential([rn.Input((4,)), L.Dense(1), L.Reshape((1, 1))])
    column.compile("sgd", "mse")
    weights = {0: 2.0, 2: 0.5}
    samples = np.array([2.0, 1.0, 0.5])[LABELS]
    targets = LABELS.astype(float).reshape(24, 1, 1)
    expected = column.test_on_batch(X, targets, sample_weight=samples)
    assert column.train_on_batch(X, targets, class_weight=weights) == pytest.approx(expected)


def order(shuffle, epochs=2, **options):
    """The samples in the order in which `fit` sees them."""
    seen = []
    model = rn.Sequential([rn.Input((1,)), L.Dense(1)])
    model.compile("sgd", "mse")
    step = model.train_step
    model.train_step = lambda x, y, w: (seen.extend(x[:, 0].tolist()), step(x, y, w))
    data = np.arange(10.0)[:, None]
    model.fit(
        data, data, batch_size=4, epochs=epochs, shuffle=shuffle, verbose=0,
        callbacks=[rn.callbacks.TerminateOnNaN()], **options,
    )  # fmt: skip
    return seen


def test_the_order_of_samples():
    straight = list(range(10))
    assert order(False) == straight * 2
    rn.random.set_seed(3)
    first = order(True)
    rn.random.set_seed(3)
    assert order(True) == first
    assert sorted(first[:10]) == straight and first[:10] != straight and first[:10] != first[10:]
    state = np.random.RandomState(1)
    drawn = [*state.permutation(10), *state.permutation(10)]
    assert order(np.random.RandomState(1)) == drawn
    within = order("batch", epochs=1)
    assert [sorted(within[i : i + 4]) for i in (0, 4, 8)] == [
        [0, 1, 2, 3], [4, 5, 6, 7], [8, 9],
    ]  # fmt: skip


def test_steps_per_epoch_go_on_in_the_next_epoch():
    assert order(False, epochs=2, steps_per_epoch=1) == list(range(8))
    with pytest.warns(UserWarning, match="ran out of data"):
        assert order(False, epochs=3, steps_per_epoch=2) == [*range(8), 8, 9, *range(8)]
    with pytest.warns(UserWarning, match="ran out of data"):
        assert order(False, epochs=1, steps_per_epoch=4) == list(range(10))


@pytest.mark.parametrize("steps", [None, 2, 3])
def test_a_generator_to_validate_with_gives_the_same_batches_again(steps):
    """However many batches an epoch takes of it, none is skipped and no more are drawn."""
    drawn = []

    def batches():
        for start in range(0, 24, 8):
            drawn.append(start)
            yield X[start : start + 8], LABELS[start : start + 8]

    model = classifier(optimizer=rn.optimizers.SGD(1e-300))
    losses = model.fit(
        X, LABELS, epochs=3, verbose=0, validation_data=batches(), validation_steps=steps
    ).history["val_loss"]
    samples = 8 * (steps or 3)
    expected = model.evaluate(X[:samples], LABELS[:samples], batch_size=8, verbose=0)
    assert losses == [expected] * 3 and drawn == list(range(0, samples, 8))


def test_a_generator_that_ends_ends_training():
    model = classifier()
    batches = ((X, LABELS) for _ in range(5))
    with pytest.warns(UserWarning, match="ran out of data; interrupting training"):
        history = model.fit(batches, steps_per_epoch=2, epochs=9, verbose=0)
    assert len(history.history["loss"]) == 3  # the last of one batch alone


def test_a_list_of_pairs_goes_by_its_iterator():
    rows = [(X[:9], LABELS[:9]), (X[9:], LABELS[9:])]
    one, two = classifier(), classifier()
    two.set_weights(one.get_weights())
    one.fit(iter(rows), verbose=0)
    for x, y in rows:
        two.train_on_batch(x, y)
    for a, b in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_frozen_weights_stay_and_constraints_hold():
    first = L.Dense(5)
    model = rn.Sequential([rn.Input((4,)), first, L.Dense(3, kernel_constraint="non_neg")])
    first.trainable = False
    model.compile(rn.optimizers.SGD(0.5), "mse")
    before = first.get_weights()
    model.fit(X, TARGETS, verbose=0)
    for a, b in zip(before, first.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert (model.layers[1].kernel >= 0).all() and (model.layers[1].kernel == 0).any()


def test_losses_and_weights_of_several_outputs():
    model = two_headed(["mse", "mae"], loss_weights=[0.5, 2.0], metrics=[["mae"], None])
    y, start = [TARGETS, TARGETS[:, :2]], model.get_weights()
    logs = model.test_on_batch([X, X], y, return_dict=True)
    left, right = model([X, X])
    np.testing.assert_allclose(logs["left_loss"], ((left - y[0]) ** 2).mean())
    np.testing.assert_allclose(logs["right_loss"], np.abs(right - y[1]).mean())
    np.testing.assert_allclose(logs["loss"], 0.5 * logs["left_loss"] + 2 * logs["right_loss"])
    np.testing.assert_allclose(logs["left_mae"], np.abs(left - y[0]).mean())
    assert sorted(logs) == ["left_loss", "left_mae", "loss", "right_loss"]
    bias = model.layers[-1].bias.copy()
    model.optimizer.learning_rate = 1.0
    model.train_on_batch([X, X], y)
    slope = 2 * np.sign(right - y[1]).sum(axis=0) / right.size  # weight 2, mean absolute error
    np.testing.assert_allclose(bias - model.layers[-1].bias, slope)
    model.set_weights(start)
    by_name = two_headed({"left": "mse", "right": "mae"}, loss_weights={"left": 0.5, "right": 2.0})
    by_name.set_weights(model.get_weights())
    inputs, targets = {"a": X, "b": X}, {"left": y[0], "right": y[1]}
    assert by_name.test_on_batch(inputs, targets)[0] == logs["loss"]


def test_an_output_without_a_loss():
    model = two_headed(["mse", None])
    before = model.get_weights()
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        model.train_on_batch([X, X], [TARGETS, None])
    changed = [bool((a != b).any()) for a, b in zip(before, model.get_weights(), strict=True)]
    assert changed == [True, True, True, True, False, False]


def test_penalties_are_a_loss_too():
    layer = L.Dense(3, activity_regularizer="l2")
    model = rn.Sequential([rn.Input((4,)), rn.Sequential([layer])])
    model.compile("sgd")
    loss = model.evaluate(X, verbose=0)
    assert loss == pytest.approx(0.01 * (model(X) ** 2).sum() / 24)
    model.fit(X, verbose=0)
    assert model.evaluate(X, verbose=0) < loss


def test_the_last_layer_of_a_model_within_is_the_last_layer():
    """The same training as without the model around it, frozen or not."""
    layers = [[L.Dense(5, activation="tanh"), L.Dense(3, activation="softmax")] for _ in range(2)]
    flat = rn.Sequential([rn.Input((4,)), *layers[0]])
    inner = rn.Sequential([rn.Sequential([rn.Input((5,)), layers[1][1]])])
    nested = rn.Sequential([rn.Input((4,)), layers[1][0], inner])
    nested.set_weights([60.0 * w for w in flat.get_weights()])
    flat.set_weights(nested.get_weights())
    for model in (flat, nested):
        model.compile("sgd", "sparse_categorical_crossentropy")
    for trainable in (True, False):
        flat.layers[-1].trainable = inner.trainable = trainable
        losses = [m.fit(X, LABELS, verbose=0, shuffle=False).history for m in (flat, nested)]
        assert losses[0] == losses[1]
        for a, b in zip(flat.get_weights(), nested.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    assert max(losses[0]["loss"]) > 17  # more than clipped probabilities can tell


def test_masked_steps_do_not_count_in_the_loss():
    model = rn.Sequential([rn.Input((4, 2)), L.Masking(), L.LSTM(3, return_sequences=True)])
    model.compile("sgd", "mse")
    x = GENERATOR.standard_normal((3, 4, 2))
    x[1, 2:] = 0
    y = GENERATOR.standard_normal((3, 4, 3))
    errors = ((model(x) - y) ** 2).mean(-1)
    kept = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 1]])
    np.testing.assert_allclose(model.test_on_batch(x, y), (errors * kept).sum() / kept.sum())


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_dtypes_are_kept(dtype):
    rn.config.set_floatx("float32")
    layers = [L.Dense(8, activation="relu", dtype=dtype), L.Dense(3, dtype=dtype)]
    model = rn.Sequential([rn.Input((4,)), *layers])
    optimizer = rn.optimizers.Adam(0.01)
    model.compile(optimizer, "mse", metrics=["mae"])
    seen = []
    apply = optimizer.apply
    optimizer.apply = lambda grads, weights=None: (seen.extend(grads), apply(grads, weights))
    losses = model.fit(X, TARGETS, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert {g.dtype for g in seen} == {w.dtype for w in model.weights} == {np.dtype("float32")}
    assert {v.value.dtype.name for v in optimizer.variables} == {"float32", "int64"}
    expected = "float32" if dtype == "float32" else "float16"
    assert model.predict(X, verbose=0).dtype == expected


def test_predict_keeps_the_structure():
    x = rn.Input((4,))
    model = rn.Model(x, {"p": [L.Dense(2)(x), L.Dense(3)(x)], "q": x})
    found = model.predict(X, batch_size=7, verbose=0)
    assert {"p": [a.shape for a in found["p"]], "q": found["q"].shape} == {
        "p": [(24, 2), (24, 3)], "q": (24, 4),
    }  # fmt: skip
    direct = model.predict_on_batch(X)
    np.testing.assert_allclose(found["p"][1], direct["p"][1], rtol=1e-14)


def test_what_the_screen_shows(capsys):
    model = classifier()
    model.fit(X, LABELS, epochs=2, batch_size=12, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/2" and lines[2] == "Epoch 2/2" and len(lines) == 4
    assert re.fullmatch(r"2/2 - \d+s - \d+(us|ms|s)/step - loss: \d\.\d{4}", lines[1])
    model.evaluate(X, LABELS)
    assert "1/1 " in capsys.readouterr().out
    model.predict(X)
    assert "1/1 " in capsys.readouterr().out
    model.fit(X, LABELS, verbose=0)
    assert capsys.readouterr().out == ""


def test_summary(capsys):
    shared = L.Dense(4, name="shared")
    x = rn.Input((4,), name="x")
    inner = rn.Sequential([rn.Input((4,)), L.Dense(2, name="inside")], name="inner")
    model = rn.Model(x, inner(shared(shared(x))), name="whole")
    model.compile("adam", "mse")
    model.fit(X, TARGETS[:, :2], verbose=0)
    capsys.readouterr()
    model.summary(expand_nested=True, show_trainable=True)
    text = capsys.readouterr().out
    assert 'Model: "whole"' in text and " Total params: 92 (" in text
    assert " Trainable params: 30 (240.00 B)" in text
    assert " Optimizer params: 62 (" in text
    assert "shared (Dense)" in text and "x[0][0], shared[0][0]" in text
    assert "└ inside (Dense)" in text and "(None, 2)" in text
    assert len({len(line) for line in text.splitlines() if line[0] in "┏┃┡│├└"}) == 1
    unbuilt = rn.Sequential([L.Dense(3)])
    texts = []
    unbuilt.summary(print_fn=texts.append)
    assert "0 (unbuilt)" in texts[0] and "?" in texts[0]


def test_thawing_after_compile_needs_another_compile():
    first = L.Dense(5)
    model = rn.Sequential([rn.Input((4,)), first, L.Dense(3)])
    first.trainable = False
    model.compile("sgd", "mse")
    model.fit(X, TARGETS, verbose=0)
    first.trainable = True
    with pytest.raises(ValueError, match="can only change the arrays that it was built with"):
        model.fit(X, TARGETS, verbose=0)
    model.compile("sgd", "mse")
    model.fit(X, TARGETS, verbose=0)


def test_no_warnings_in_an_ordinary_run():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        classifier(metrics=["accuracy"]).fit(X, LABELS, verbose=0)
