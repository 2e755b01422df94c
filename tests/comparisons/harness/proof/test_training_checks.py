"""The same training steps in both halves, by `fit` or by a loop of one's own."""

import contextlib
import types

import keras
import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.concept import Preset, Settings, Task
from comparisons.harness.datasets import Dataset
from comparisons.harness.proof import checks, model_checks, training_checks
from comparisons.harness.proof.precision import reference_precision
from reference_numpy import config

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(40, 5)).astype("float32")
Y = np.tanh(X[:, :2] @ np.array([[1.0, -1.0], [0.5, 2.0]])).astype("float32")
DATA = Dataset(X, Y, X, Y, X, Y, ("numbers", "数値"))


def build(library, rate=0.1, momentum=0.9):
    model = library.Sequential(
        [library.layers.Input((5,)), library.layers.Dense(6, "tanh"), library.layers.Dense(2)]
    )
    model.compile(library.optimizers.SGD(rate, momentum=momentum), "mean_squared_error")
    return model


def reference_loop(model, data, generator, batch_size):
    """Noise on the inputs; forward, loss, backward, update."""
    while True:
        chosen = generator.integers(0, len(data.y_train), batch_size)
        noise = 0.1 * generator.standard_normal((batch_size, 5))
        x = data.x_train[chosen]
        x, t = x + noise.astype(x.dtype), data.y_train[chosen]
        y, cache = model.forward(x, training=True)
        _, grads = model.backward(2 * (y - t) / y.size, cache)
        model.optimizer.apply(grads, model.trainable_weights)
        yield {"loss": np.mean((y - t) ** 2)}


def keras_loop(model, data, generator, batch_size):
    """The same by `train_on_batch`."""
    while True:
        chosen = generator.integers(0, len(data.y_train), batch_size)
        noise = 0.1 * generator.standard_normal((batch_size, 5))
        x = data.x_train[chosen]
        yield {"loss": model.train_on_batch(x + noise.astype(x.dtype), data.y_train[chosen])}


@pytest.fixture(scope="module", autouse=True)
def backend():
    return backends.load("tensorflow")


@pytest.fixture
def prove(monkeypatch):
    """A function that proves the steps, parts of the Keras half replaced."""

    def proven(train="", **replaced):
        ours = types.SimpleNamespace(build_model=lambda **a: build(rn, **a), loop=reference_loop)
        theirs = {"build_model": lambda **a: build(keras, **a), "loop": keras_loop, **replaced}
        theirs = types.SimpleNamespace(**theirs)
        for module in (model_checks, training_checks):
            monkeypatch.setattr(module, "reference_half", lambda _: ours)
            monkeypatch.setattr(module, "keras_half", lambda _: theirs)
        arguments = proven.arguments
        task = Task(
            lambda settings, seed: DATA,
            {"default": Preset(1, 8)},
            variants={"model": arguments},
            train=train,
            proven_steps=proven.steps,
        )
        return training_checks.check("concept", task, Settings(), "keras-tensorflow")

    proven.arguments, proven.steps = {}, 50
    return proven


@pytest.mark.parametrize("train", ["", "loop"])
def test_equal_training_is_proven_to_the_last_step(prove, train):
    records = prove(train)
    assert not [str(record) for record in records if not record.passed]
    steps = {record.where.partition("[")[0].rpartition(" ")[2] for record in records}
    assert steps == {"1", "50"}
    assert {record.dtype for record in records} == {"float64", "float32"}


@pytest.mark.parametrize("steps", [5, 7])
@pytest.mark.parametrize("train", ["", "loop"])
def test_a_task_says_how_many_steps_are_proven(prove, train, steps):
    prove.steps = steps
    records = prove(train)
    assert records and all(record.passed and not record.reason for record in records)
    assert {r.where.partition("[")[0].rpartition(" ")[2] for r in records} == {"1", "5"}
    prove.arguments = {"rate": 0.1 * (1 + 1e-4)}
    wrong = prove(train, build_model=lambda rate: build(keras))
    assert not all(record.passed for record in wrong)


@pytest.mark.parametrize("train", ["", "loop"])
def test_a_rate_that_is_one_part_in_ten_thousand_off_is_found(prove, train):
    records = prove(train, build_model=lambda: build(keras, rate=0.1 * (1 + 1e-4)))
    for dtype in ("float64", "float32"):
        assert not all(record.passed for record in records if record.dtype == dtype)


def test_draws_in_another_order_are_found(prove):
    def other(model, data, generator, batch_size):
        generator.random()
        yield from keras_loop(model, data, generator, batch_size)

    assert not all(record.passed for record in prove("loop", loop=other))


def test_the_proof_ends_where_rounding_takes_over(prove):
    prove.arguments = {"rate": 2.0, "momentum": 0.9}
    records = prove()
    assert records
    assert not [str(record) for record in records if not record.passed]
    assert all("rounding decides" in record.reason for record in records)


class Rounding(rn.Sequential):
    """A column that rounds in its own way: after each step every weight moves by one rounding."""

    generator, unit = None, 0.0

    def train_on_batch(self, *arguments):
        logs = super().train_on_batch(*arguments)
        sign = self.generator.choice
        self.set_weights(
            [w * (1 + self.unit * sign([-1.0, 1.0], w.shape)) for w in self.get_weights()]
        )
        return logs

    def _flatten_layers(self):
        return self.layers

    def _symbolic_build(self, data_batch):
        """The reference makes its state as it goes."""


def build_kinked(rate, kind=rn.Sequential, seed=0):
    model = kind(
        [
            rn.layers.Input((5,)),
            rn.layers.Dense(64, "relu", dtype="float64"),
            rn.layers.Dense(2, dtype="float64"),
        ]
    )
    model.compile(rn.optimizers.SGD(rate, momentum=0.9), "mean_squared_error")
    model.generator = np.random.default_rng(seed)
    model.unit = checks.UNIT_ROUNDOFF[config.floatx()]
    return model


@pytest.fixture
def prove_kinked(monkeypatch):
    """A function that proves steps of ReLU beside a column that rounds in its own way."""

    @contextlib.contextmanager
    def precision(dtype):
        with training_checks.reference_precision(dtype):
            yield

    def proven(seed, rate=0.1, fault=1.0):
        generator = np.random.default_rng(1000 + seed)
        x = generator.normal(size=(400, 5)).astype("float32")
        y = np.tanh(x[:, :2] @ np.array([[1.0, -1.0], [0.5, 2.0]])).astype("float32")
        data = Dataset(x, y, x, y, x, y, ("numbers", "数値"))
        ours = types.SimpleNamespace(build_model=lambda: build_kinked(rate))
        theirs = types.SimpleNamespace(
            build_model=lambda: build_kinked(rate * fault, Rounding, seed)
        )
        for module in (model_checks, training_checks):
            monkeypatch.setattr(module, "reference_half", lambda _: ours)
            monkeypatch.setattr(module, "keras_half", lambda _: theirs)
            monkeypatch.setattr(module, "precision", precision)
        monkeypatch.setattr(training_checks, "numpy_draws", contextlib.nullcontext)
        task = Task(lambda settings, seed: data, {"default": Preset(1, 8)})
        return training_checks.check("concept", task, Settings(), "rounding")

    return proven


@pytest.mark.parametrize("seed", [*range(8), 186])
def test_other_roundings_are_no_fault_even_across_a_kink(prove_kinked, seed):
    """With seed 186 the column crosses a kink that no jitter of one rounding crosses."""
    assert max(record.needed for record in prove_kinked(seed)) < 0.5


@pytest.mark.parametrize("rate", [0.1, 0.001])
@pytest.mark.parametrize("seed", [0, 186])
def test_a_rate_that_is_off_is_found_among_other_roundings(prove_kinked, seed, rate):
    records = prove_kinked(seed, rate, 1 + 1e-4)
    for dtype in ("float64", "float32"):
        assert max(r.needed for r in records if r.dtype == dtype) > 2


def test_the_state_of_a_model_is_made_before_its_first_step():
    model = build(keras)
    model.compile(keras.optimizers.Adam(), "mean_squared_error", metrics=["mean_absolute_error"])
    start = model.get_weights()
    training_checks.make_state(model, DATA)
    made = len(model.variables) + len(model.optimizer.variables) + len(model.metrics_variables)
    assert model.optimizer.built and int(model.optimizer.iterations.numpy()) == 0
    for before, after in zip(start, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    model.train_on_batch(X[:8], Y[:8])
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    assert len(variables) == made


def test_a_kink_within_the_tolerance_of_float32_counts_there_from_the_first_step():
    unit = checks.UNIT_ROUNDOFF["float32"]

    def repeat(jitter=lambda array: array, last=2):
        x = jitter(np.ones(1))
        y = x + 1e6 * np.maximum(0.0, x - 1 - 2 * training_checks.ROUNDINGS * unit)
        return {
            f"weight {i} after step {step}": w
            for step in range(1, last + 1)
            for i, w in enumerate((x, y))
        }

    exact = repeat()
    scale = training_checks.scales(repeat, exact, exact, {"": list(np.ones((2, 1)))})
    crossed = abs(repeat(lambda x: x * (1 + checks.FACTOR * unit))["weight 1 after step 2"] - 1)
    for step in (1, 2):
        name = f"weight 1 after step {step}"
        assert scale["float32"].pop(name) * checks.FACTOR * unit >= crossed
    assert len(scale["float32"]) == 2 and max(scale["float32"].values()) < 1.01
    assert len(scale["float64"]) == 4 and max(scale["float64"].values()) < 1.01


@pytest.mark.parametrize(("off", "dtype"), [(1, "float32"), (1, "float64"), (1e4, "float64")])
def test_a_statistic_that_rounds_once_for_many_numbers_is_no_fault(off, dtype):
    """The first input is nearly the same everywhere, so that normalization hides its weights."""
    draw = np.random.default_rng(0)
    x, t = draw.normal(size=(8, 500, 2)), draw.normal(size=(8, 500, 1))
    x[..., 0] = 1 + 1e-5 * x[..., 0]
    unit = checks.UNIT_ROUNDOFF[dtype]

    def repeat(jitter=lambda array: array, within=None, last=1, dtype="float64"):
        with reference_precision(dtype):
            rn.random.set_seed(0)
            dense = rn.layers.Dense(3, use_bias=False)
            normalization = rn.layers.BatchNormalization()
            activation = rn.layers.Activation("selu")
            model = rn.Sequential([rn.Input((500, 2)), dense, normalization, activation])
            model.compile(rn.optimizers.Adam(), "mean_squared_error")
            weights.setdefault("", model.get_weights())
            model.set_weights([jitter(weight) for weight in weights[""]])
            moved, wanted = jitter(x), np.repeat(t, 3, axis=-1)
            steps = ({"loss": model.train_on_batch(moved, wanted)} for _ in range(1))
            with training_checks.moved_statistics(within) if within else contextlib.nullcontext():
                return training_checks.follow(model, steps, None if within else jitter, last)

    weights = {}
    exact = repeat()
    name = "weight 0 after step 1"
    scale = training_checks.scales(repeat, exact, exact, weights)[dtype][name]
    other = repeat(within=lambda statistic: statistic * (1 + off * unit))
    needed = np.abs(other[name] - exact[name]).max() / (checks.FACTOR * unit * scale)
    assert (needed <= 1) == (off == 1)


@pytest.mark.parametrize("hidden", ["normalization", "softmax"])
@pytest.mark.parametrize("optimizer", ["adam", "lion"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_gradient_that_is_rounding_alone_is_no_fault(dtype, optimizer, hidden):
    """Batch normalization does not see a bias before it, nor attention that of its keys."""
    draw = np.random.default_rng(0)
    x, t = draw.normal(size=(8, 4, 6)), 1e4 * draw.normal(size=(8, 4, 2))

    def repeat(jitter=lambda array: array, last=5, dtype="float64"):
        with reference_precision(dtype):
            rn.random.set_seed(0)
            inputs = rn.Input((4, 6))
            if hidden == "softmax":
                y = rn.layers.MultiHeadAttention(2, 3)(inputs, inputs)
            else:
                y = rn.layers.BatchNormalization()(rn.layers.Dense(6)(inputs))
            model = rn.Model(inputs, rn.layers.Dense(2)(y))
            model.compile(optimizer, "mean_squared_error")
            weights.setdefault("", model.get_weights())
            model.set_weights([jitter(weight) for weight in weights[""]])
            moved = jitter(x).astype(dtype)
            steps = ({"loss": model.train_on_batch(moved, t.astype(dtype))} for _ in range(last))
            return training_checks.follow(model, steps, jitter, last)

    weights = {}
    exact = repeat()
    scale = training_checks.scales(repeat, exact, exact, weights)[dtype]

    generator, unit = np.random.default_rng(100), checks.UNIT_ROUNDOFF[dtype]

    def other(array):
        moved = array * (1 + unit * generator.choice([-1.0, 1.0], array.shape))
        return moved.astype(array.dtype)

    def needed(theirs):
        kept = {name: exact[name] for name in exact if name.endswith(("step 1", "step 5"))}
        theirs = {name: theirs[name] for name in kept}
        return max(r.needed for r in checks.compare_all("", "", dtype, kept, theirs, scale))

    theirs = repeat(other, dtype=dtype)
    assert needed(theirs) <= 1
    kernel, off = "weight 0 after step 1", {"float64": 1e-6, "float32": 0.1}[dtype]
    theirs[kernel] = theirs[kernel] + off * (exact[kernel] - weights[""][0])
    assert needed(theirs) > 1


def test_the_way_of_weights_that_diverge_is_a_number():
    """The square of what they have moved is none."""
    start = {"": [np.ones(2)]}
    name = training_checks.weight_name("", 0, 1)
    exact, run = ({name: 1 + off * np.array([1e200, -2e200])} for off in (1, 1.5))
    ways = training_checks.ways_of(run, exact, start)
    assert list(ways.values()) == pytest.approx([1.5])
