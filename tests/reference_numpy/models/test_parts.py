"""A model's batch in parts, each in a thread of its own, and the same batch in one."""

import threading

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy import tree
from reference_numpy.kernels import threads
from reference_numpy.models import parts
from reference_numpy.models.watching import watched

L = rn.layers
X = np.random.default_rng(0).standard_normal((7, 8, 8, 2)).astype("float32")


@pytest.fixture
def three_cores(monkeypatch):
    monkeypatch.setattr(threads, "_cores", lambda: 3)
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 1)
    threads._pool.cache_clear()
    yield
    threads._pool.cache_clear()


def whole(monkeypatch):
    monkeypatch.setattr(threads, "_cores", lambda: 1)


def residual(norm):
    """Two inputs, a fan-out, two outputs."""
    x, z = rn.Input((8, 8, 2), name="x"), rn.Input((3,), name="z")
    a = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    b = norm(L.Conv2D(4, 3, padding="same")(a))
    c = L.GlobalAveragePooling2D()(L.Add()([a, b]))
    joined = L.Concatenate()([c, L.Dense(4, activation="tanh")(z)])
    return rn.Model([x, z], {"y": L.Dense(3)(joined), "image": L.MaxPooling2D(2)(b)})


def batch():
    return [X, np.random.default_rng(1).standard_normal((7, 3)).astype("float32")]


def run(model, training):
    y, cache = model.forward(batch(), training=training)
    generator = np.random.default_rng(2)
    dy = tree.map_structure(lambda a: generator.standard_normal(a.shape).astype(a.dtype), y)
    return y, *model.backward(dy, cache), cache


@pytest.mark.parametrize(
    ("norm", "training", "parts"),
    [
        (L.LayerNormalization(), True, True),
        (L.LayerNormalization(), False, True),
        (L.BatchNormalization(), False, True),
        (L.BatchNormalization(), True, False),
        (L.Dropout(0.5), False, True),
        (L.Dropout(0.5, seed=1), True, False),
        (L.Dense(4, activity_regularizer="l2"), True, False),
    ],
)
def test_parts_make_up_the_whole(three_cores, monkeypatch, norm, training, parts):
    model = residual(norm)
    *found, cache = run(model, training)
    assert (cache.parts is not None) == parts
    if not parts:
        return
    assert len(cache.parts) == 3
    whole(monkeypatch)
    *wanted, cache = run(model, training)
    assert cache.parts is None
    for ours, other in zip(tree.flatten(found), tree.flatten(wanted), strict=True):
        assert ours.dtype == other.dtype
        np.testing.assert_allclose(ours, other, 1e-4, 1e-5)


def test_frozen_layers_and_no_input_gradient(three_cores, monkeypatch):
    model = residual(L.LayerNormalization())
    model.layers[1].trainable = False
    outputs, cache = model.forward(batch())
    dy = tree.map_structure(np.ones_like, outputs)
    dx, grads = model.backward(dy, cache, input_gradient=False)
    assert dx is None
    whole(monkeypatch)
    _, cache = model.forward(batch())
    _, wanted = model.backward(dy, cache, input_gradient=False)
    assert len(grads) == len(model.trainable_weights)
    for ours, other in zip(grads, wanted, strict=True):
        np.testing.assert_allclose(ours, other, 1e-4, 1e-5)


def test_an_output_without_a_gradient(three_cores, monkeypatch):
    model = residual(L.LayerNormalization())
    for cores in (3, 1):
        monkeypatch.setattr(threads, "_cores", lambda cores=cores: cores)
        y, cache = model.forward(batch())
        dx, grads = model.backward({"y": np.ones_like(y["y"]), "image": None}, cache)
        if cores == 3:
            assert cache.parts is not None
            parts = [*dx, *grads]
    for ours, other in zip(parts, [*dx, *grads], strict=True):
        np.testing.assert_allclose(ours, other, 1e-4, 1e-5)


def test_a_model_within_a_model(three_cores):
    inner = rn.Sequential([L.Dense(4, activation="relu"), L.BatchNormalization()])
    assert inner.samples_apart is False  # not built: nobody knows
    model = rn.Sequential([rn.Input((8, 8, 2)), inner, L.Flatten(), L.Dense(2)])
    assert inner.samples_apart == model.samples_apart == "inference"
    assert model.forward(X, training=False)[1].parts is not None
    assert model.forward(X, training=True)[1].parts is None


@pytest.mark.parametrize("given", [False, True])
def test_an_array_among_the_arguments_may_be_of_the_whole_batch(three_cores, given):
    x = rn.Input((5, 4))
    mask = np.random.default_rng(5).integers(0, 2, (7, 3, 5, 5)) if given else None
    y = L.MultiHeadAttention(3, 2)(x, x, attention_mask=mask)
    cache = rn.Model(x, y).forward(X[:, :5, :4, 0], training=True)[1]
    assert (cache.parts is None) == given


def test_training_in_parts_is_training(three_cores, monkeypatch):
    histories = []
    for cores in (3, 1):
        monkeypatch.setattr(threads, "_cores", lambda cores=cores: cores)
        model = residual(L.LayerNormalization())
        generator = np.random.default_rng(3)
        model.set_weights([generator.uniform(-0.3, 0.3, w.shape) for w in model.weights])
        model.compile("sgd", {"y": "mse", "image": "mae"}, metrics={"y": ["mae"]})
        targets = {"y": np.ones((7, 3)), "image": np.zeros((7, 4, 4, 4))}
        weights = {"y": np.arange(7.0), "image": np.ones((7, 4, 4))}
        fitted = model.fit(batch(), targets, epochs=3, verbose=0, sample_weight=weights)
        histories.append(fitted.history)
    for name, values in histories[0].items():
        np.testing.assert_allclose(values, histories[1][name], 1e-4)


@pytest.fixture
def any_batch(three_cores, monkeypatch):
    """Even the smallest is predicted beside others."""
    monkeypatch.setattr(parts, "BESIDE_OTHERS", range(2**24))


def predicted(model, x, batch_size=2, **options):
    """What is predicted in batches of two, and whether in other threads than this one."""
    used, plainly = set(), model.graph.forward

    def noting(*args):
        used.add(threading.current_thread())
        return plainly(*args)

    model.graph.forward = noting
    y = model.predict(x, batch_size, verbose=0, **options)
    assert len(used) == 1 or threading.current_thread() not in used
    return y, threading.current_thread() not in used


def test_batches_predicted_at_once_are_in_order(any_batch, monkeypatch):
    model = residual(L.BatchNormalization())
    found, elsewhere = predicted(model, batch())
    assert elsewhere
    whole(monkeypatch)
    wanted, elsewhere = predicted(model, batch())
    assert not elsewhere
    for ours, other in zip(tree.flatten(found), tree.flatten(wanted), strict=True):
        assert len(ours) == len(X)
        np.testing.assert_allclose(ours, other, 1e-4, 1e-5)


class Failing(L.Layer):
    """Fails with the first batch; the others wait for that to be known."""

    samples_apart = True

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seen, self.known = [], threading.Event()

    def forward(self, x, training=False):
        self.seen.append(x)
        if x[0, 0] == 0:
            raise ArithmeticError("the first batch")
        self.known.wait(30)
        return x, None


def test_no_batch_waits_on_where_one_failed(any_batch):
    failing = Failing()
    model = rn.Sequential([rn.Input((1,)), failing])
    with pytest.raises(ArithmeticError) as kept:
        model.predict(np.arange(100.0)[:, None], 1, verbose=0)
    failing.known.set()
    threads._pool().shutdown()
    assert len(failing.seen) < 10 and kept.value is not None


class Own(rn.Sequential):
    """What it computes may depend on what it has computed before."""

    def forward(self, inputs, training=None, mask=None):
        return super().forward(inputs, training, mask)


class Noting(rn.callbacks.Callback):
    """Is told of every batch before the next one."""


def small(cls=rn.Sequential, layer=L.Flatten):
    return cls([rn.Input(batch_shape=(2, 8, 16)), layer(), L.Dense(2)])


ROWS = np.ones((6, 8, 16), "float32")


def test_a_small_model_is_predicted_at_once(any_batch):
    assert predicted(small(), ROWS)[1]


@pytest.mark.parametrize(
    ("model", "x", "options"),
    [
        (small, ROWS, {"callbacks": [Noting()]}),
        (small, ROWS[:2], {}),  # a single batch
        (small, iter([(ROWS[:2],), (ROWS[2:4],)]), {"batch_size": None}),
        (lambda: small(Own), ROWS, {}),
        (lambda: small(layer=lambda: L.LSTM(2, stateful=True)), ROWS, {}),
    ],
    ids=[
        "a callback",
        "one batch",
        "a generator",
        "a forward of its own",
        "a layer that remembers",
    ],
)
def test_batches_are_predicted_one_by_one_where_somebody_could_tell(any_batch, model, x, options):
    assert not predicted(model(), x, **options)[1]


def test_watched_batches_are_predicted_one_by_one(any_batch):
    with watched(lambda layer, args, kwargs, y, cache: (y, cache)):
        assert not predicted(small(), ROWS)[1]


def test_batches_that_are_small_or_large_are_predicted_one_by_one(three_cores, monkeypatch):
    model = small()
    for sizes in (range(2**17, 2**24), range(1)):
        monkeypatch.setattr(parts, "BESIDE_OTHERS", sizes)
        assert not predicted(model, ROWS)[1]


def rows_at_a_time(model, x, batch_size=2, **options):
    """How many samples each of the computations has that `predict` makes."""
    found, plainly = [], model.graph.forward

    def noting(inputs, *args):
        found.append(len(inputs[0]))
        return plainly(inputs, *args)

    model.graph.forward = noting
    y = model.predict(x, batch_size, **{"verbose": 0, **options})
    assert len(y) == sum(found)
    return found


def rows_apart(size=(8, 16), layer=L.Flatten):
    return rn.Sequential([rn.Input(size), layer(), L.Dense(2)])


@pytest.mark.parametrize(("held", "rows"), [(2**19, [7]), (2 * 2 * 258, [4, 3]), (0, [2, 2, 2, 1])])
def test_small_batches_are_predicted_together_as_far_as_the_caches_hold(monkeypatch, held, rows):
    monkeypatch.setattr(parts, "IN_CACHE", held)  # 258 numbers of each sample
    x = np.random.default_rng(4).standard_normal((7, 8, 16)).astype("float32")
    model = rows_apart()
    assert rows_at_a_time(model, x) == rows
    np.testing.assert_allclose(model.predict(x, 2, verbose=0), model.forward(x)[0], 1e-5, 1e-6)


def test_together_they_are_some_for_each_thread(any_batch):
    assert sorted(rows_at_a_time(rows_apart(), np.ones((12, 8, 16), "float32"))) == [4, 4, 4]


def test_the_progress_of_batches_predicted_together_counts_each(monkeypatch):
    seen, shown = [], rn.callbacks.ProgbarLogger
    monkeypatch.setattr(parts, "IN_CACHE", 3 * 2 * 258)
    monkeypatch.setattr(shown, "advance", lambda self, batch, logs: seen.append(batch))
    rows = rows_at_a_time(rows_apart(), np.ones((7, 8, 16), "float32"), verbose=2)
    assert rows == [6, 1] and seen == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("model", "options"),
    [
        (rows_apart, {"callbacks": [Noting()]}),
        (rows_apart, {"steps": 3}),
        (lambda: rows_apart((None, 16), L.GlobalAveragePooling1D), {}),
        (lambda: small(layer=lambda: L.LSTM(2, stateful=True)), {}),
        (lambda: rows_apart(layer=lambda: L.GRU(2, dropout=0.5)), {}),
    ],
    ids=["a callback", "steps", "an unknown size", "a layer that remembers", "a layer that draws"],
)
def test_batches_are_predicted_apart_where_that_is_wanted(model, options):
    assert rows_at_a_time(model(), ROWS, **options) == [2, 2, 2]
