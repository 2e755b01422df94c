"""Steps of training that err as Keras is known to: what is otherwise beside them is new."""

import keras
import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.check import training as training_module
from comparisons.harness.check.changing import changed
from comparisons.harness.divergences import named
from tests.comparisons.harness.check.test_training import training_of

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
BACKWARDS = named("the-mask-of-a-recurrent-layer-that-goes-backwards").link
TOKENS = named("embeddings-of-repeated-tokens").link
ONE_PATH = named("gradients-of-weights-of-one-path-on-pytorch").link
FORGOTTEN = "activity-regularizers-within-timedistributed"
FROM_A_FILE = "low-rank-adaptation-read-from-a-file"
SOFTPLUS = named("softplus-above-20-on-pytorch").link


def same(array):
    return array


def known_in(training, theirs, backend):
    """What the findings of a backend's steps are called."""
    return [finding.known for finding, _ in training.findings(theirs, backend)]


def two_towers(optimizer):
    """Two models in one, whose layers have one name, as random models of seed 502 had them."""
    keras.utils.set_random_seed(0)
    x = keras.Input((3,))
    towers = [keras.Sequential([keras.layers.Dense(3, name="hidden")]) for _ in range(2)]
    model = keras.Model(x, towers[1](towers[0](x)))
    model.compile(optimizer, "mse")
    return model


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_gradients_of_weights_of_one_path_are_added_up_on_pytorch_alone(trained, optimizer):
    found = {(one.backend, one.known) for one in trained(two_towers(optimizer)).findings}
    assert found == (set() if backends.missing("torch") else {("torch", ONE_PATH)})


@pytest.mark.parametrize(("added", "known"), [(slice(0, 2), ONE_PATH), (slice(2, 4), None)])
def test_the_gradients_of_the_last_weights_of_a_path_are_not_added_up(tmp_path, added, known):
    x = np.random.default_rng(1).standard_normal((4, 3))
    training = training_of(two_towers("sgd"), tmp_path, x)
    sums = [0.0] * 4

    def adding(apply):
        def other(self, gradients, weights=None):
            sums[:] = [past + new for past, new in zip(sums, gradients, strict=True)]
            gradients = list(gradients)
            gradients[added] = sums[added]
            apply(self, gradients, weights)

        return other

    with changed("apply", [rn.optimizers.SGD], adding):
        theirs = training._follow(same)
    assert known_in(training, theirs, "torch") == [known]
    assert known_in(training, theirs, "jax") == [None]


def test_what_differs_is_new_where_rounding_decides_the_second_step(tmp_path, monkeypatch):
    """The random model 71 of seed 601 could not be compared after the first."""
    monkeypatch.setattr(training_module, "comparable", lambda exact, scale: 1)
    x = np.random.default_rng(1).standard_normal((4, 3))
    training = training_of(two_towers("sgd"), tmp_path, x)
    theirs = training._follow(same)
    theirs["weight 0 after step 1"] = theirs["weight 0 after step 1"] * 1.001
    assert known_in(training, theirs, "torch") == [None]


def backwards():
    """The random model 207 of seed 501: its loss leaves out the wrong steps."""
    keras.utils.set_random_seed(0)
    layers = [keras.Input((6,), dtype="int32"), keras.layers.Embedding(3, 2, mask_zero=True)]
    layers += [keras.layers.SimpleRNN(2, return_sequences=True, go_backwards=True)]
    model = keras.Sequential(layers)
    model.compile("adamw", "mse")
    return model


def test_masks_of_what_goes_backwards_are_known_in_the_loss_and_hide_nothing(trained):
    found = {(one.backend, one.known) for one in trained(backwards()).findings}
    installed = {name for name in backends.KERAS_BACKENDS if not backends.missing(name)}
    twice = {("tensorflow", TOKENS)} if "tensorflow" in installed else set()
    assert found == {(backend, BACKWARDS) for backend in installed} | twice


@pytest.mark.parametrize(
    ("quantity", "known"),
    [
        (None, [BACKWARDS]),
        ("loss after step 1", [None]),
        ("weight 2 after step 1", [BACKWARDS, None]),
    ],
)
def test_what_differs_beside_masks_in_the_order_of_time_is_new(tmp_path, quantity, known):
    x = np.array([[1, 2, 0, 0, 1, 0], [2, 0, 1, 1, 2, 0], [0, 0, 0, 1, 1, 2]])
    training = training_of(backwards(), tmp_path, x)

    with changed("compute_mask", [rn.layers.RNN], lambda own: lambda self, x, mask=None: mask):
        theirs = training._follow(same)
    if quantity:
        theirs[quantity] = theirs[quantity] * 1.001
    assert known_in(training, theirs, "jax") == known


@pytest.mark.parametrize(("off", "known"), [(0.0, [SOFTPLUS]), (1e-9, [None])])
def test_log_cosh_is_cut_where_softplus_is_and_off_by_no_more(tmp_path, off, known):
    """The random model 946 of seed 502: an error of -10.6 needed 709 times the tolerance."""
    keras.utils.set_random_seed(0)
    dense = keras.layers.Dense(2, kernel_initializer="identity")
    model = keras.Sequential([keras.Input((2,)), dense])
    model.compile("sgd", "log_cosh")
    x = np.array([[-11.0, 0.5], [0.25, 11.0]])
    training = training_of(model, tmp_path, x, "float64")

    def by_softplus(f):
        def other(self, t, y):
            z = -2.0 * (y - t)
            softplus = np.where(z > 20, z, np.log1p(np.exp(np.minimum(z, 20))))
            return y - t + softplus - np.log(2.0) + off, y - t

        return other

    def by_its_slope(df):
        def other(self, error):
            z = -2.0 * error
            return 1.0 - 2.0 * np.where(z > 20, 1.0, 1.0 / (1.0 + np.exp(-z)))

        return other

    kind = [rn.losses.LogCosh]
    with changed("f", kind, by_softplus), changed("df", kind, by_its_slope):
        theirs = training._follow(same)
    assert known_in(training, theirs, "torch") == known
    assert known_in(training, theirs, "jax") == [None]


def penalized():
    """A penalty that Keras forgets, beside one that it does not."""
    keras.utils.set_random_seed(0)
    penalty = {"activity_regularizer": "l2"}
    within = keras.layers.TimeDistributed(keras.layers.Dense(3, **penalty))
    layers = [keras.Input((3, 4)), keras.layers.Dense(4, **penalty), within]
    model = keras.Sequential([*layers, keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def adapted():
    """At low rank, and read from a file."""
    keras.utils.set_random_seed(0)
    dense = keras.layers.Dense(3, name="adapted")
    model = keras.Sequential([keras.Input((4,)), dense, keras.layers.Dense(1)])
    dense.enable_lora(2)
    model.compile("adam", "mse")
    return model


@pytest.mark.parametrize(("make", "name"), [(penalized, FORGOTTEN), (adapted, FROM_A_FILE)])
def test_what_all_backends_train_otherwise_is_known(trained, make, name):
    found = {(one.backend, one.known) for one in trained(make()).findings}
    installed = {name for name in backends.KERAS_BACKENDS if not backends.missing(name)}
    assert found == {(backend, named(name).link) for backend in installed}


@pytest.mark.parametrize(("wrong", "known"), [(1.0, [FORGOTTEN]), (1.001, [FORGOTTEN, None])])
def test_what_differs_beside_a_forgotten_penalty_is_new(tmp_path, wrong, known):
    x = np.random.default_rng(1).standard_normal((4, 3, 4))
    training = training_of(penalized(), tmp_path, x)
    theirs = training._follow(same, errors=("penalties_forgotten",))
    last = f"weight 4 after step {training.course.last}"
    theirs[last] = theirs[last] * wrong
    links = [name and named(name).link for name in known]
    assert known_in(training, theirs, "jax") == links
