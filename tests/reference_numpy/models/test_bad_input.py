"""What a user may do wrong in training is told in one line, and changes nothing."""

import warnings

import numpy as np
import pytest

import reference_numpy as rn
from tests.reference_numpy.models.small_models import LABELS, TARGETS, X, classifier, two_headed

L = rn.layers
NAN = np.where(np.arange(96).reshape(24, 4) == 5, np.nan, X)


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda m: m.fit(X, np.full(24, np.nan)), "`y` contains NaN"),
        (lambda m: m.fit(X, LABELS, sample_weight=np.full(24, np.nan)), "`sample_weight` contains"),
        (lambda m: m.fit(X, LABELS, callbacks=["EarlyStopping"]), "objects.*them: 'EarlyStopping'"),
        (lambda m: m.fit(X, LABELS, callbacks=rn.callbacks.History), "such as `EarlyStopping"),
        (lambda m: m.fit(X, LABELS, validation_data=X), r"`validation_data` .* no targets"),
        (lambda m: m.fit(X, LABELS + 1), "label 3, which is outside of the 3 classes"),
        (lambda m: m.fit(X, LABELS - 1), "label -1, which is outside"),
        (lambda m: m.fit(X[:, :3], LABELS), r"Expected shape \(None, 4\).*\(24, 3\)"),
        (lambda m: m.fit(X[:, None], LABELS), "Expected shape"),
        (lambda m: m.fit(X, LABELS[:5]), r"ambiguous.*'x' sizes: \[24\], 'y' sizes: \[5\]"),
        (lambda m: m.fit(X, LABELS, sample_weight=np.ones(3)), "'sample_weight' sizes"),
        (lambda m: m.fit(X), "no targets `y` were given"),
        (lambda m: m.fit(X[:0], LABELS[:0]), "at least one sample"),
        (lambda m: m.fit(X.tolist(), LABELS), "make an array"),
        (lambda m: m.fit(X.astype(object), LABELS), r"shape \(24, 4\) and dtype object"),
        (lambda m: m.fit(X, LABELS.astype(str)), r"elements of `y`.* shape \(24,\) and dtype <U"),
        (lambda m: m.fit(X, LABELS, sample_weight=LABELS * 1j), "`sample_weight`.*complex128"),
        (lambda m: m.fit(x for x in X), r"Expected shape \(None, 4\).*\(4,\)"),
        (lambda m: m.fit(iter([(X, LABELS)]), LABELS), "`y` cannot be given.*list_iterator"),
        (lambda m: m.fit(iter([(X, LABELS)]), batch_size=4), "`batch_size` cannot be given"),
        (lambda m: m.fit(iter([X]), validation_split=0.5), "`validation_split` needs arrays"),
        (lambda m: m.fit(iter([(X,) * 4])), "tuple of 4"),
        (lambda m: m.fit(iter([("text", LABELS)])), "make an array"),
        (lambda m: m.evaluate(iter([])), "no batch to evaluate"),
        (lambda m: m.predict(iter([])), "no batch to evaluate or predict"),
        (lambda m: m.fit(X, {"other": LABELS}), "structure of `y`.*'other'"),
        (lambda m: m.fit(X, LABELS, batch_size=0), "`batch_size` must be an integer of 1 or more"),
        (lambda m: m.fit(X, LABELS, batch_size=1.5), "batch_size=1.5"),
        (lambda m: m.fit(X, LABELS, steps_per_epoch=-1), "`steps` must be an integer of 1 or more"),
        (lambda m: m.fit(X, LABELS, epochs=-1), "`epochs` must be.*epochs=-1"),
        (lambda m: m.fit(X, LABELS, epochs=1.5), "`epochs` must be.*epochs=1.5"),
        (lambda m: m.fit(X[:1], LABELS[:1], validation_split=0.5), "not sufficient to split"),
        (lambda m: m.fit(X.tolist(), LABELS, validation_split=0.5), "make an array"),
        (lambda m: m.fit(None, LABELS, validation_split=0.5), "at least one sample"),
        (lambda m: m.fit(X, LABELS[:5], validation_split=0.5), r"'x' sizes: \[24\], 'y'.* \[5\]"),
        (lambda m: m.fit(X, LABELS, validation_split=1.5), "at least 0 and below 1.*=1.5"),
        (lambda m: m.fit(X, LABELS, validation_split=-0.1), "at least 0 and below 1.*=-0.1"),
        (lambda m: m.fit(X, class_weight={0: 1.0}), "`class_weight` is given, but no targets"),
        (lambda m: m.train_on_batch(X, class_weight={0: 1.0}), "but no targets"),
        (lambda m: m.fit(X, LABELS.astype(str), class_weight={0: 1.0}), "elements of `y`"),
        (lambda m: m.fit(X, LABELS, class_weight=[1.0, 2.0]), "`class_weight` to be a dictionary"),
        (
            lambda m: m.fit(X, np.zeros((24, 2, 1)), class_weight={0: 1.0}),
            r"`class_weight` needs targets of one label for each sample. .* shape \(24, 2\)",
        ),
        (
            lambda m: m.train_on_batch(X, np.zeros((24, 2, 5, 3)), class_weight={0: 1.0}),
            r"`class_weight` needs targets of one label for each sample. .* shape \(24, 2, 5\)",
        ),
        (
            lambda m: m.fit(X, LABELS, class_weight={0: 1.0}, sample_weight=np.ones(24)),
            "`class_weight` and `sample_weight` together",
        ),
        (
            lambda m: m.fit(X, LABELS, validation_data=(X, LABELS), validation_freq="x"),
            "`validation_freq` to be an integer",
        ),
        (lambda m: m.fit(X, LABELS, validation_freq=0), "`validation_freq` to be.*_freq=0"),
        (lambda m: m.compile("sgdd", "mse"), "Unknown optimizer: 'sgdd'"),
        (lambda m: m.compile("sgd", "msee"), "Unknown loss: 'msee'"),
        (lambda m: m.compile("sgd", "mse", metrics="mae"), "list, tuple, or dict"),
        (lambda m: m.compile("sgd", "mse", loss_weights=2), "`loss_weights` to be a float"),
        (lambda m: m.get_layer("nothing"), "No such layer: nothing"),
        (lambda m: m.get_layer(index=7), "index 7"),
    ],
)
def test_bad_input_is_told_in_one_line(run, message):
    model = classifier()
    before = model.get_weights()
    wrong = pytest.raises((TypeError, ValueError), match=message)
    with warnings.catch_warnings(), wrong as error:
        warnings.filterwarnings("ignore", "Your input ran out of data")
        run(model)
    assert "\n" not in str(error.value)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_single_number_is_no_batch_of_numbers():
    inputs = rn.Input(())
    model = rn.Model(inputs, rn.layers.Rescaling(2.0)(inputs))
    with pytest.raises(ValueError, match=r"Expected shape \(None,\), but .* shape \(\)"):
        model(np.array(3.0, inputs.dtype))


def test_targets_are_missed_later_too():
    model = classifier(metrics=["acc"])
    model.fit(X, LABELS, verbose=0)
    for run in (
        lambda: model.evaluate(X, verbose=0),
        lambda: model.train_on_batch(X),
    ):
        with pytest.raises(ValueError, match="has a loss, but no targets `y` were given"):
            run()
    model = two_headed(loss=["mse", None], metrics=[[], ["mae"]])
    with pytest.raises(ValueError, match="'right' has a metric, but no targets"):
        model.fit([X, X], [TARGETS], verbose=0)


def test_an_optimizer_is_missed():
    model = classifier(optimizer=None)
    for method in ("fit", "train_on_batch"):
        with pytest.raises(ValueError, match=f"without an optimizer, which `{method}"):
            getattr(model, method)(X, LABELS)
    assert model.evaluate(X, LABELS, verbose=0) > 0


def test_a_metric_that_does_not_fit_names_itself():
    model = classifier(loss="categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
    message = r"'sparse_categorical_accuracy'.*targets of shape \(24, 3\).*outputs of shape \(24, 3"
    with pytest.raises(ValueError, match=message):
        model.fit(X, np.eye(3)[LABELS], verbose=0)


@pytest.mark.parametrize(
    ("options", "y", "message"),
    [
        ({"loss": ["mse"]}, [TARGETS, TARGETS[:, :2]], "has 1 entries, .* 2 outputs"),
        ({"loss": {"left": "mse"}}, [TARGETS, TARGETS[:, :2]], "Expected keys"),
        ({"loss_weights": [1.0, 2.0]}, [TARGETS] * 2, "must match the number of losses"),
        (
            {
                "loss": {"left": "mse", "right": "mse"},
                "loss_weights": {"left": 1.0, "wrong": 2.0},
            },
            [TARGETS, TARGETS[:, :2]],
            "in `loss_weights`.*wrong",
        ),
        (
            {"loss": rn.losses.MeanSquaredError(reduction="none")},
            [TARGETS, TARGETS[:, :2]],
            "'mean_squared_error' of the output 'left' has the reduction 'none'",
        ),
        ({}, {"left": TARGETS, "wrong": TARGETS[:, :2]}, "structure of `y`.*'left', 'right'"),
        ({"metrics": ["mae"]}, [TARGETS, TARGETS[:, :2]], "Invalid `metrics`"),
        ({}, [TARGETS], "structure of `y`"),
        ({}, TARGETS, "structure of `y`"),
        ({}, [TARGETS, TARGETS], "must have the same shape"),
    ],
)
def test_what_does_not_match_the_outputs(options, y, message):
    with pytest.raises(ValueError, match=message):
        two_headed(**options).fit([X, X], y, verbose=0)


def test_metrics_in_the_place_of_weights_are_told_at_once():
    """By their place they are the weights of the losses, as in Keras."""
    model = rn.Sequential([rn.Input((4,)), L.Dense(3)])
    with pytest.raises(ValueError, match=r"third argument.*`metrics=`.*\['accuracy'\]"):
        model.compile("sgd", "mse", ["accuracy"])


def test_a_model_must_be_compiled():
    model = rn.Sequential([rn.Input((4,)), L.Dense(3)])
    for method in ("fit", "evaluate", "train_on_batch", "test_on_batch"):
        with pytest.raises(ValueError, match=f"must call `compile\\(\\)` before using `{method}"):
            getattr(model, method)(X, TARGETS)
    assert model.predict(X, verbose=0).shape == (24, 3)
    model.compile("sgd")
    with pytest.raises(ValueError, match="No loss to compute"):
        model.fit(X, TARGETS, verbose=0)
