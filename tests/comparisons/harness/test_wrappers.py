"""Models of both halves as estimators of scikit-learn, by its own checks and within its tools."""

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import reference_numpy as rn
from comparisons import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer

X, Y = load_iris(return_X_y=True)
NAMES = load_iris().target_names[Y]
OF_NUMBERS = {"activation": None, "loss": "mse"}


def network(X, y, activation="softmax", loss="categorical_crossentropy", units=16, half=rn):
    """A small model that begins with the same weights each time."""

    def dense(units, activation, seed):
        initializer = half.initializers.GlorotUniform(seed=seed)
        return half.layers.Dense(units, activation=activation, kernel_initializer=initializer)

    model = half.Sequential(
        [half.Input(X.shape[1:]), dense(units, "relu", 1), dense(y.shape[1], activation, 2)]
    )
    model.compile(half.optimizers.Adam(0.03), loss)
    return model


@pytest.mark.parametrize(
    "estimator",
    [
        SKLearnClassifier(network, fit_kwargs={"epochs": 10, "shuffle": False}),
        SKLearnRegressor(network, model_kwargs=OF_NUMBERS, fit_kwargs={"shuffle": False}),
        SKLearnTransformer(network, model_kwargs=OF_NUMBERS, fit_kwargs={"shuffle": False}),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_every_check_of_scikit_learn_holds(estimator):
    found = check_estimator(estimator, on_skip=None)
    assert sum(one["status"] == "passed" for one in found) > 35


def test_a_pipeline_is_searched_and_scored():
    wrapped = SKLearnClassifier(network, fit_kwargs={"epochs": 15})
    pipeline = make_pipeline(StandardScaler(), wrapped)
    grid = {f"{wrapped.__class__.__name__.lower()}__fit_kwargs": [{"epochs": 0}, {"epochs": 15}]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, NAMES)
    assert search.best_score_ > 0.8 and search.predict(X[:1]) == ["setosa"]
    assert search.best_estimator_[-1].classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert len(search.best_estimator_[-1].history_.epoch) == 15
    two = Y < 2
    assert cross_val_score(pipeline, X[two], NAMES[two], cv=3, scoring="roc_auc").min() > 0.9


def test_a_given_model_is_trained_anew_or_on():
    model = network(X, np.eye(3))
    before = model.get_weights()
    anew = SKLearnClassifier(model, fit_kwargs={"epochs": 2, "shuffle": False})
    first = anew.fit(X, NAMES).history_.history["loss"]
    assert clone(anew).fit(X, NAMES).history_.history["loss"] == first and len(first) == 2
    np.testing.assert_array_equal(before[0], model.get_weights()[0])
    on = SKLearnClassifier(model, True, fit_kwargs={"epochs": 2, "shuffle": False})
    assert clone(on).model is not model
    assert on.fit(X, NAMES).history_.history["loss"] == first and on.model_ is model
    assert on.fit(X, NAMES).history_.history["loss"][0] < first[1]


def test_models_of_keras_too():
    model = network(X, np.eye(3), half=keras)
    before, same = model.get_weights(), rn.models.from_keras(model)
    once = {"epochs": 1, "shuffle": False}
    copied = clone(SKLearnClassifier(model, fit_kwargs=once)).fit(X, NAMES)
    assert len(copied.history_.epoch) == 1 and set(copied.predict(X[:9])) < set(NAMES)
    np.testing.assert_array_equal(before[0], model.get_weights()[0])
    of_keras, of_numpy = (
        SKLearnClassifier(half, True, fit_kwargs=once).fit(X, NAMES).predict_proba(X)
        for half in (model, same)
    )
    np.testing.assert_allclose(of_keras, of_numpy, rtol=1e-4)


def test_plain_mistakes():
    with pytest.raises(NotFittedError):
        SKLearnClassifier(network).predict(X)
    logits = {"activation": None, "loss": rn.losses.CategoricalCrossentropy(from_logits=True)}
    with pytest.raises(ValueError, match="gives no probabilities: end it with softmax"):
        SKLearnClassifier(network, model_kwargs=logits).fit(X, Y).predict_proba(X)
    for given in (rn.Sequential([rn.Input((4,)), rn.layers.Dense(3)]), lambda X, y: None):
        with pytest.raises(ValueError, match="to give a compiled model, not (<Sequential|None)"):
            SKLearnClassifier(given).fit(X, Y)
    with pytest.raises(ValueError, match="use 'categorical_crossentropy'"):
        sparse = {"loss": "sparse_categorical_crossentropy"}
        SKLearnClassifier(network, model_kwargs=sparse).fit(X, Y)
