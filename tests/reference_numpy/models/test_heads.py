"""Cross-entropies of saturated probabilities, which are exact only from the logits behind them."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.operations.casting import Cast
from reference_numpy.operations.functions import Sigmoid, Softmax

L = rn.layers
X = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
LABELS = np.array([1, 2, 0])
KERNEL = np.array([[60.0, 0.0, -50.0], [0.0, 70.0, -10.0]])
LOGITS = X @ KERNEL
EXACT, TWICE = (
    np.mean(np.log(np.exp(logits).sum(1)) - logits[range(3), LABELS])
    for logits in (LOGITS, 2 * LOGITS)
)
CLIPPED = -np.log(1e-7)


def nested(*layers, shape=(2,)):
    return rn.Sequential([rn.Input(shape), *layers])


def softmax(**options):
    return L.Dense(3, use_bias=False, activation="softmax", **options)


def logits():
    return L.Dense(3, use_bias=False)


def second_of_two(x):
    """The second output of a nested model."""
    inner = rn.Input((2,))
    return rn.Model(inner, [L.Rescaling(1.0)(inner), L.Identity()(softmax()(inner))])(x)[1]


#: what makes probabilities of an input, by way of something that leaves them as they are
PASSED_ON = {
    "plain": lambda x: softmax()(x),
    "Softmax": lambda x: L.Softmax()(logits()(x)),
    "Softmax by the other end": lambda x: L.Softmax(axis=1)(logits()(x)),
    "operation": lambda x: Softmax()(logits()(x)),
    "operation by the other end": lambda x: Softmax(axis=1)(logits()(x)),
    "Identity": lambda x: L.Identity()(softmax()(x)),
    "linear": lambda x: L.Activation("linear")(L.Activation("softmax")(logits()(x))),
    "Dropout(0)": lambda x: L.Dropout(0.0)(softmax()(x)),
    "GaussianNoise(0)": lambda x: L.GaussianNoise(0.0)(softmax()(x)),
    "ActivityRegularization": lambda x: L.ActivityRegularization()(softmax()(x)),
    "Cast": lambda x: Cast("float64")(softmax()(x)),
    "nested": lambda x: L.Identity()(nested(nested(softmax(), L.Identity()))(x)),
    "nested without": lambda x: nested(L.Identity(), shape=(3,))(softmax()(x)),
    "second of two": lambda x: L.Identity()(second_of_two(x)),
    "Pipeline": lambda x: L.Pipeline([L.Identity()])(L.Pipeline([softmax()])(x)),
    "SpectralNormalization": lambda x: L.SpectralNormalization(softmax())(x),
    "penalized": lambda x: softmax(activity_regularizer=rn.regularizers.L2(1e-300))(x),
}


def model_of(make, rate=1.0):
    """A trained model that ends so; its kernel, the one weight of two axes, is `KERNEL`."""
    x = rn.Input((2,))
    model = rn.Model(x, make(x))
    model.compile(
        rn.optimizers.SGD(rate),
        "sparse_categorical_crossentropy",
        metrics=[rn.metrics.SparseCategoricalCrossentropy()],
    )
    model.set_weights([KERNEL if w.shape == (2, 3) else w for w in model.weights])
    return model


@pytest.mark.parametrize("make", PASSED_ON.values(), ids=PASSED_ON)
def test_the_loss_is_exact_behind_what_passes_probabilities_on(make):
    model = model_of(make)
    loss, metric = model.test_on_batch(X, LABELS)
    assert loss == pytest.approx(EXACT, rel=1e-12) and metric == pytest.approx(EXACT, rel=1e-12)
    if "vector_u" in [record.name for record in model.weight_records]:
        return  # a step of training changes the kernel before it computes with it
    loss, metric = model.train_on_batch(X, LABELS)
    assert loss == pytest.approx(EXACT, rel=1e-12) and metric == pytest.approx(EXACT, rel=1e-12)
    probabilities = np.exp(LOGITS - LOGITS.max(1, keepdims=True))
    probabilities /= probabilities.sum(1, keepdims=True)
    step = X.T @ (probabilities - np.eye(3)[LABELS]) / 3
    np.testing.assert_allclose(model.get_weights()[0], KERNEL - step, rtol=1e-12)


@pytest.mark.parametrize("layer", [L.Dropout, L.GaussianNoise, L.GaussianDropout, L.AlphaDropout])
def test_what_changes_probabilities_in_training_passes_them_on_at_inference(layer):
    # Noise may make a row add up to more than 1, which the loss divides by: the seed says which.
    model = model_of(lambda x: layer(0.1, seed=0)(softmax()(x)))
    assert model.test_on_batch(X, LABELS)[0] == pytest.approx(EXACT, rel=1e-12)
    assert model.train_on_batch(X, LABELS)[0] <= CLIPPED
    assert model.test_on_batch(X, LABELS)[0] == pytest.approx(EXACT, rel=0.02)


@pytest.mark.parametrize(
    "make",
    [lambda: L.Reshape((3,)), lambda: L.ReLU(), lambda: Softmax(), lambda: Cast("float32")],
    ids=["Reshape", "ReLU", "softmax again", "in another dtype"],
)
def test_what_computes_something_of_probabilities_is_left_alone(make):
    model = model_of(lambda x: make()(softmax()(x)))
    assert model.test_on_batch(X, LABELS)[0] <= CLIPPED


def test_probabilities_that_others_need_too():
    """The gradients of all ways add up."""
    x = rn.Input((2,))
    p = softmax()(x)
    after = L.Dense(1, use_bias=False, kernel_initializer="ones")(p)
    model = rn.Model(x, [p, L.Identity()(p), after])
    model.compile(
        rn.optimizers.SGD(1.0), ["sparse_categorical_crossentropy"] * 2 + ["mean_squared_error"]
    )
    start = KERNEL / 40
    model.set_weights([start, np.array([[1.0], [2.0], [-1.0]])])
    targets = [LABELS, LABELS, np.ones((3, 1))]

    def loss(kernel):
        model.set_weights([kernel, np.array([[1.0], [2.0], [-1.0]])])
        return model.test_on_batch(X, targets)[0]

    slopes = np.empty_like(start)
    for place in np.ndindex(start.shape):
        moved = np.zeros_like(start)
        moved[place] = 1e-6
        slopes[place] = (loss(start + moved) - loss(start - moved)) / 2e-6
    loss(start)
    model.train_on_batch(X, targets)
    np.testing.assert_allclose(start - model.get_weights()[0], slopes, rtol=1e-6, atol=1e-9)
    model.set_weights([KERNEL, np.zeros((3, 1))])
    assert model.test_on_batch(X, targets)[0] == pytest.approx(2 * EXACT + 1, rel=1e-12)


def test_two_outputs_of_one_nested_model():
    inner = rn.Input((2,))
    pair = rn.Model(inner, [softmax(name="a")(inner), softmax(name="b")(inner)])
    x = rn.Input((2,))
    first, second = pair(x)
    model = rn.Model(x, [L.Identity()(second), first])
    model.compile(rn.optimizers.SGD(1.0), "sparse_categorical_crossentropy")
    model.set_weights([KERNEL, 2 * KERNEL])
    loss, *_ = model.train_on_batch(X, [LABELS, LABELS])
    assert loss == pytest.approx(EXACT + TWICE, rel=1e-12)
    a, b = model.get_weights()
    assert (a != KERNEL).any() and (b != 2 * KERNEL).any()
    model.layers[1].trainable = False
    model.compile(rn.optimizers.SGD(1.0), "sparse_categorical_crossentropy")
    assert model.test_on_batch(X, [LABELS, LABELS])[0] > 0 and not model.trainable_weights


def test_sigmoid_and_several_axes():
    x = rn.Input((2, 2))
    model = rn.Model(x, L.Identity()(Sigmoid()(L.Dense(3, use_bias=False)(x))))
    model.compile("sgd", "binary_crossentropy", metrics=["binary_crossentropy", "accuracy"])
    model.set_weights([KERNEL])
    data, labels = np.stack([X, X[::-1]], 1), np.zeros((3, 2, 3))
    expected = np.mean(np.maximum(data @ KERNEL, 0) + np.log1p(np.exp(-np.abs(data @ KERNEL))))
    loss, metric, _ = model.test_on_batch(data, labels)
    assert loss == pytest.approx(expected, rel=1e-12) == metric


def test_a_mask_takes_part_in_a_softmax_layer():
    """Along the steps: those that are masked have no probability."""
    ids = rn.Input((3,))
    x = L.Flatten()(L.Embedding(3, 1, mask_zero=True, name="table")(ids))
    model = rn.Model(ids, L.Softmax()(L.Identity()(x), mask=Cast("bool")(ids)))
    model.compile("sgd", "categorical_crossentropy")
    model.set_weights([np.array([[0.0], [1.0], [2.0]])])
    data, target = np.array([[1, 2, 0]]), np.array([[1.0, 0.0, 0.0]])
    assert model.test_on_batch(data, target) == pytest.approx(np.log(1 + np.e), rel=1e-9)


def two_outputs(last):
    """The same probabilities twice."""
    x = rn.Input((2,))
    p = last(x)
    return rn.Model(x, [p, p])


class OwnAccuracy(rn.metrics.SparseCategoricalAccuracy):
    """A metric of one's own, which knows nothing of logits."""

    def update_state(self, y_true, y_pred, sample_weight=None):
        assert np.allclose(y_pred.sum(axis=-1), 1)
        super().update_state(y_true, y_pred, sample_weight)


@pytest.mark.parametrize(
    ("last", "metrics", "computed"),
    [
        (softmax, None, 0),
        (softmax, ["accuracy"], 0),
        (softmax, ["accuracy", "sparse_top_k_categorical_accuracy"], 1),
        (softmax, [OwnAccuracy()], 1),
        (lambda: softmax(activity_regularizer=rn.regularizers.L2(0.1)), None, 1),
    ],
    ids=["taken by nobody", "by order", "taken by a metric", "by one's own", "penalized"],
)
def test_probabilities_are_computed_where_somebody_takes_them(monkeypatch, last, metrics, computed):
    model = nested(last())
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=metrics)
    model.train_on_batch(X, LABELS)  # which builds it
    forward, calls = rn.activations.Softmax.forward, []
    monkeypatch.setattr(
        rn.activations.Softmax, "forward", lambda self, x: calls.append(x) or forward(self, x)
    )
    model.train_on_batch(X, LABELS)
    assert len(calls) == computed


@pytest.mark.parametrize("of", ["sparse_categorical_accuracy", "categorical_accuracy"])
def test_the_share_of_right_answers_is_that_of_the_logits(of):
    x, labels = np.random.default_rng(0).standard_normal((64, 5)), np.arange(64) % 3
    targets = labels if of.startswith("sparse") else np.eye(3)[labels]
    inputs = rn.Input((5,))
    model = rn.Model(inputs, softmax()(rn.layers.Dense(3)(inputs)))
    model.compile("sgd", of.replace("accuracy", "crossentropy"), metrics=[of])
    share = model.evaluate(x, targets, verbose=0)[1]
    assert 0 < share < 1
    assert share == pytest.approx(np.mean(model.predict(x, verbose=0).argmax(1) == labels))


def test_probabilities_that_another_output_is_too_are_computed():
    model = two_outputs(softmax())
    losses = ["sparse_categorical_crossentropy", "mse"]
    model.compile("sgd", losses)
    other = rn.models.clone_model(model)
    other.set_weights(model.get_weights())
    other.compile("sgd", losses, metrics=[["accuracy"], ["mae"]])
    targets = [LABELS, np.eye(3)[LABELS]]
    for _ in range(2):
        loss = model.train_on_batch(X, targets, return_dict=True)["loss"]
        assert loss == other.train_on_batch(X, targets, return_dict=True)["loss"]
    for w, v in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(w, v)
