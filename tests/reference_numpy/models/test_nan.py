"""NaN among the inputs, and where it came from when it reaches the loss."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.operations.elementwise import Log
from tests.reference_numpy.models.small_models import LABELS, TARGETS, X, classifier

L = rn.layers
HOLES = X.copy()
HOLES[[2, 7], [0, 3]] = np.nan


def regression(*layers, rate=0.1):
    model = rn.Sequential([rn.Input((4,)), *layers, L.Dense(3, name="last")])
    model.compile(rn.optimizers.SGD(rate), "mse")
    return model


def test_the_other_rows_are_as_without_it():
    model = classifier()
    found, expected = model.predict(HOLES, verbose=0), model.predict(X, verbose=0)
    missing = np.isnan(HOLES).any(axis=1)
    assert np.isnan(found[missing]).all()
    np.testing.assert_array_equal(found[~missing], expected[~missing])


def test_a_model_that_handles_it_is_trained():
    x = rn.Input((4,))
    table = L.Normalization(mean=0.0, variance=1.0)(x)
    model = rn.Model(x, L.Dense(3)(L.Masking(mask_value=0.0)(table * 0.0 + 1.0)))
    assert np.isnan(model(HOLES)).any()  # NaN times 0 is NaN: this one does not
    masked = rn.Sequential([rn.Input((4, 1)), L.Masking(), L.LSTM(2), L.Dense(3)])
    masked.compile("sgd", "mse")
    steps = np.where(np.isnan(HOLES), 0.0, HOLES)[..., None]
    assert np.isfinite(masked.fit(steps, TARGETS, verbose=0).history["loss"]).all()


@pytest.mark.parametrize("training", [True, False])
def test_it_came_with_the_inputs(training):
    model = classifier()
    run = model.train_on_batch if training else model.test_on_batch
    with pytest.warns(UserWarning, match="came with the inputs, and no layer stopped it"):
        assert np.isnan(run(HOLES, LABELS))


def test_the_first_layer_and_step_are_named():
    """Once for a fit, however many batches follow; nothing else changes by it."""
    inner = rn.Sequential([rn.Input((4,)), L.Dense(4, name="d"), Log(name="log")], name="inside")
    model = regression(L.Dropout(0.5, seed=1), L.BatchNormalization(), inner)
    twin = regression(L.Dropout(0.5, seed=1), L.BatchNormalization(), L.Dense(4), Log())
    twin.set_weights(model.get_weights())
    message = r"NaN in step 1 of training: it first arose in the layer 'log' \(Log\) of the model "
    with np.errstate(invalid="ignore", divide="ignore"):
        with pytest.warns(UserWarning, match=f"{message}'inside'.$") as told:
            model.fit(X, TARGETS, epochs=2, shuffle=False, batch_size=12, verbose=0)
        assert len(told) == 1
        with pytest.warns(UserWarning, match="layer 'log"):
            twin.fit(X, TARGETS, epochs=2, shuffle=False, batch_size=12, verbose=0)
    for a, b in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    draws = [m.layers[0].seed_generator.uniform((3,)) for m in (model, twin)]
    np.testing.assert_array_equal(*draws)


def test_a_step_that_spoiled_the_weights():
    model = regression(rate=1e200)
    with np.errstate(over="ignore", invalid="ignore"), pytest.warns(UserWarning) as told:
        model.fit(X, TARGETS, epochs=4, batch_size=24, verbose=0)
    (warning,) = [w for w in told if "is NaN in step" in str(w.message)]
    assert "a step before it left numbers in the weight 'last/kernel'" in str(warning.message)


def test_a_loss_that_makes_it_itself():
    model = regression()
    model.compile("sgd", "poisson")
    model.set_weights([np.zeros((4, 3)), np.full(3, -1.0)])
    with np.errstate(invalid="ignore"), pytest.warns(UserWarning, match="in the loss itself"):
        model.test_on_batch(X, TARGETS)
