"""Layers of somebody's own without a NumPy half that stand within other layers."""

import keras
import numpy as np
import pytest

import comparisons
import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.check import own_parts, reading
from comparisons.harness.check.checking import Check

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")

PARTS = '''
import keras


class Scale(keras.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")

    def call(self, x):
        return x * self.scale

    def compute_output_shape(self, input_shape):
        return input_shape


class Shapeless(keras.layers.Layer):
    """Keras finds the shape of its output when it is called."""

    def call(self, x):
        return keras.ops.concatenate([x, x**2], -1)


@keras.saving.register_keras_serializable("own_parts")  # it is copied by its config
class Cell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), name="w")

    def call(self, x, states):
        h = keras.ops.tanh(x @ self.w + states[0])
        return h, [h]

    def get_initial_state(self, batch_size):
        return [keras.ops.ones((batch_size, self.units), self.compute_dtype)]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("own_parts")  # it is copied by its config
class Memory(keras.layers.GRU):
    """Its config does not say what `Bidirectional` asks of it."""

    def get_config(self):
        config = super().get_config()
        config.pop("zero_output_for_mask", None)
        return config


class Drops(keras.layers.SimpleRNNCell):
    pass


class Kernel(keras.layers.Dense):
    pass


class Tokens(keras.layers.Layer):
    """Zeros are padding."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.layers.Embedding(5, 3, mask_zero=True)

    def build(self, input_shape):
        self.inner.build(input_shape)

    def call(self, x):
        return self.inner(x)

    def compute_mask(self, x, mask=None):
        return self.inner.compute_mask(x, mask)


class Penalized(Scale):
    def call(self, x):
        self.add_loss(keras.ops.mean(x**2))
        return super().call(x)
'''


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """What a test registers is gone after it."""
    monkeypatch.setattr(rn.registration, "_registered", {})


def pair(own):
    """A nested model."""
    return keras.Sequential([keras.Input((3,)), own["Scale"](), keras.layers.Dense(2)])


def cells(own):
    return [keras.layers.GRUCell(2), own["Cell"](3)]


L = keras.layers
WITHIN = {
    "TimeDistributed": lambda own: [L.TimeDistributed(own["Scale"]())],
    "TimeDistributed, shape unsaid": lambda own: [L.TimeDistributed(own["Shapeless"]())],
    "TimeDistributed, model": lambda own: [L.TimeDistributed(pair(own))],
    "RNN": lambda own: [L.RNN(own["Cell"](3), return_sequences=True)],
    "StackedRNNCells": lambda own: [L.RNN(cells(own), return_sequences=True)],
    "Bidirectional, cell": lambda own: [
        L.Bidirectional(L.RNN(own["Cell"](3), return_sequences=True))
    ],
    "Bidirectional": lambda own: [L.Bidirectional(own["Memory"](2, return_sequences=True))],
    "Bidirectional, masks": lambda own: [
        L.Masking(),
        L.Bidirectional(own["Memory"](2, return_sequences=True)),
        L.LSTM(2, return_sequences=True),
    ],
    "Bidirectional, zeros at masked steps": lambda own: [
        L.Masking(),
        L.Bidirectional(own["Memory"](2, return_sequences=True)),
    ],
    "SpectralNormalization": lambda own: [L.SpectralNormalization(own["Kernel"](3))],
    "nested": lambda own: [
        keras.Sequential([keras.Input((4, 3)), L.TimeDistributed(own["Scale"]())])
    ],
}


def own_of(folder):
    """The file of parts and what is in it for Keras."""
    parts = folder / "parts.py"
    parts.write_text(PARTS)
    return parts, own_parts.keras_parts(parts)


def model_of(layers, x):
    """The layers and a dense one, with other numbers than they begin with."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(x.shape[1:], dtype=x.dtype.name), *layers])
    model.add(L.Dense(2, name="end"))
    model(x)  # Keras lets a Sequential model wait for it where a layer does not say its shape
    draw = np.random.default_rng(1).normal
    model.set_weights([draw(size=w.shape) for w in model.get_weights()])
    return model


def steps():
    """Sequences, of which some steps are zeros."""
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    x[0, 2] = x[1, 0] = x[1, 3] = 0.0
    return x


@pytest.mark.parametrize("within", WITHIN)
def test_it_is_computed_and_differentiated(within, tmp_path):
    parts, own = own_of(tmp_path)
    keras.utils.set_random_seed(0)
    theirs = model_of(WITHIN[within](own), steps())
    theirs.save(tmp_path / "own.keras")
    loaded = own_parts.load(parts, None)
    ours = reading.read(tmp_path / "own.keras", loaded, "own.keras", compile=False)
    reading.lend(ours, lambda: reading.of_keras(tmp_path / "own.keras", loaded))
    y, cache = ours.forward(steps())
    dy = np.random.default_rng(2).normal(size=y.shape).astype("float32")
    dx, grads = ours.backward(dy, cache)
    backend = backends.load(keras.config.backend())
    (their_y,), their_dx, their_grads = backend.outputs_and_gradients(
        theirs, steps(), theirs.trainable_variables, [dy]
    )
    for found, right in zip([y, dx, *grads], [their_y, *their_dx, *their_grads], strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-4, atol=1e-5)


def test_a_mask_that_it_makes_goes_on(tmp_path):
    parts, own = own_of(tmp_path)
    tokens = np.array([[1, 2, 0, 0], [3, 0, 4, 1]])
    theirs = model_of([own["Tokens"](), L.LSTM(3)], tokens)
    theirs.save(tmp_path / "own.keras")
    loaded = own_parts.load(parts, None)
    ours = reading.read(tmp_path / "own.keras", loaded, "own.keras", compile=False)
    reading.lend(ours, lambda: theirs)
    right = keras.ops.convert_to_numpy(theirs(tokens))
    np.testing.assert_allclose(ours.predict(tokens, verbose=0), right, rtol=1e-5, atol=1e-6)


def checked(layers, folder, columns, steps=0):
    """What a check of the layers finds, the file of parts beside them."""
    parts, own = own_of(folder)
    model = model_of(layers(own), np.ones((2, 4, 3), "float32"))
    model.compile("sgd", "mse")
    model.save(folder / "own.keras")
    loaded = own_parts.load(parts, None)
    return Check(folder / "own.keras", folder, own=loaded, steps=steps).run(columns)


def test_it_is_not_judged_and_all_around_it_is(columns, tmp_path):
    around = L.Dense(3, name="before"), "wrap", "both"
    found = checked(
        lambda own: [
            around[0],
            L.TimeDistributed(own["Scale"](), name=around[1]),
            L.Bidirectional(L.RNN(own["Cell"](3), return_sequences=True), name=around[2]),
        ],
        tmp_path,
        columns,
        steps=1,
    )
    assert found.agrees, found
    name = keras.config.backend()
    told = f"taken from {name}, not judged"
    assert found.environment["own"] == {"Scale": told, "Cell": told}
    assert found.environment["training"].startswith("1 step with SGD")
    kinds = {row.layer: set(row.backends[name]) for row in found.layers}
    assert kinds["wrap"] == kinds["both"] == {"propagated"}
    assert kinds["before"] == kinds["end"] == {"local", "propagated"}


def test_no_steps_are_compared_where_it_adds_a_loss(columns, tmp_path):
    layers = [lambda own: [L.TimeDistributed(own["Penalized"](name="penalized"))]]
    found = checked(*layers, tmp_path, columns, steps=1)
    told = "not compared: penalized adds a loss of its own, which has no NumPy half"
    assert found.environment["training"] == told


def test_a_cell_whose_masks_keras_keeps_is_refused_in_training(columns, tmp_path):
    def layers(own):
        return [L.RNN(own["Drops"](3, dropout=0.5, name="drops"))]

    with pytest.raises(ValueError, match=r"'drops': the dropout masks.*Give Drops a NumPy half"):
        checked(layers, tmp_path, columns)


@pytest.mark.parametrize(
    ("within", "class_name", "weight"),
    [
        ("TimeDistributed", "Scale", "scale (3,)"),
        ("TimeDistributed, model", "Scale", "scale (3,)"),
        ("Bidirectional", "Memory", "cell/kernel (3, 6)"),
    ],
)
def test_diff_finds_its_weights(within, class_name, weight, tmp_path):
    parts, own = own_of(tmp_path)
    keras.utils.set_random_seed(0)
    layers = WITHIN[within](own)
    layers[0].name = "wrap"
    model = model_of(layers, steps())
    model.save(tmp_path / "a.keras")
    moved = model.layers[0].weights[0]
    moved.assign_add(np.full(moved.shape, 0.5))
    model.save(tmp_path / "b.keras")
    same = comparisons.diff(tmp_path / "a.keras", tmp_path / "a.keras", custom=parts)
    found = comparisons.diff(tmp_path / "a.keras", tmp_path / "b.keras", custom=parts)
    (told,) = found.weights
    assert (told.where, told.what) == ("wrap", weight)
    assert told.largest == pytest.approx(0.5) and found.first == "wrap"
    assert found.own == {class_name: f"taken from {keras.config.backend()}"}
    assert same.same and not found.same
