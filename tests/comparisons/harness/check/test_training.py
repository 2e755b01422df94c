"""Training steps of the whole model: what only an optimizer shows, and no false alarm."""

import keras
import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.check import checking, inputs
from comparisons.harness.check.changing import changed, module_of
from comparisons.harness.check.known import of_training
from comparisons.harness.check.subject import Subject
from comparisons.harness.check.targets import targets_of
from comparisons.harness.check.training import Training
from comparisons.harness.check.unshown import NO_PART
from comparisons.harness.divergences import named
from comparisons.harness.proof.checks import UNIT_ROUNDOFF
from comparisons.harness.proof.precision import reference_precision

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")


@pytest.fixture
def reproduced(columns, tmp_path, monkeypatch):
    """A function that does so and gives the findings with scripts, which are not run once more."""
    monkeypatch.setattr(checking, "confirmed", lambda texts: texts)

    def findings(model):
        check = checking.Check(model, tmp_path, steps=5)
        report = check.run(columns)
        check.reproduce(columns)
        return report.findings

    return findings


def normalized(optimizer="adam", loss="mse", deviation=1.0):
    """A bias before batch normalization: its gradient is zero but for rounding."""
    keras.utils.set_random_seed(0)
    initial = keras.initializers.RandomNormal(stddev=deviation)
    layers = [keras.Input((4,)), keras.layers.Dense(3, name="before")]
    layers += [keras.layers.BatchNormalization(), keras.layers.Dropout(0.3)]
    model = keras.Sequential([*layers, keras.layers.Dense(2, kernel_initializer=initial)])
    if optimizer:
        model.compile(optimizer, loss)
    return model


@pytest.mark.parametrize(
    ("dtype", "deviation", "steps"), [("float32", 1, "5 steps"), ("float64", 1e4, "1 step")]
)
def test_what_rounding_decides_is_no_finding(trained, dtype, deviation, steps):
    report = trained(normalized(deviation=deviation), dtype=dtype)
    assert report.agrees, str(report)
    assert report.environment["training"] == f"{steps} with Adam"


def test_masks_of_recurrent_layers_are_the_same_everywhere(trained):
    keras.utils.set_random_seed(0)
    layers = [keras.Input((5, 2)), keras.layers.LSTM(3, dropout=0.3)]
    report = trained(keras.Sequential(layers))
    assert report.agrees, str(report)


def test_states_are_forgotten_on_jax_alone(trained):
    keras.utils.set_random_seed(0)
    layers = [keras.Input(batch_shape=(4, 5, 2)), keras.layers.SimpleRNN(3, stateful=True)]
    report = trained(keras.Sequential(layers))
    jax = {"jax"} - {name for name in ("jax",) if backends.missing(name)}
    assert {finding.backend for finding in report.findings} == jax, str(report)
    assert all(one.known == named("stateful-layers-on-jax").link for one in report.findings)


@pytest.mark.skipif(bool(backends.missing("jax")), reason="states are forgotten on JAX")
def test_states_that_are_forgotten_have_no_short_script(reproduced):
    keras.utils.set_random_seed(0)
    layers = [keras.Input(batch_shape=(4, 5, 2)), keras.layers.SimpleRNN(3, stateful=True)]
    (finding,) = reproduced(keras.Sequential(layers))
    assert finding.backend == "jax" and finding.unshown == NO_PART


def test_what_is_not_compiled_is_trained_by_what_is_said(trained):
    report = trained(normalized(optimizer=""))
    assert (
        report.agrees and report.environment["training"] == "5 steps with SGD and MSE, the default"
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_default_learning_rate_is_rounded_as_one_in_a_file(trained, dtype):
    keras.utils.set_random_seed(0)
    report = trained(keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]), dtype=dtype)
    assert report.agrees, str(report)


@pytest.mark.parametrize(
    ("loss", "activation"),
    [
        ("sparse_categorical_crossentropy", "softmax"),
        (keras.losses.CategoricalCrossentropy(from_logits=True), None),
        ("binary_crossentropy", "sigmoid"),
        ("kl_divergence", "softmax"),
    ],
)
def test_targets_fit_the_loss(trained, loss, activation):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation=activation)])
    model.compile("sgd", loss)
    report = trained(model)
    assert report.agrees, str(report)
    assert report.environment["training"] == "5 steps with SGD"


def test_targets_are_not_the_inputs_once_more():
    with reference_precision("float64"):
        model = rn.Sequential([rn.Input((5,)), rn.layers.Identity()])
    model.compile("sgd", "mae")
    x = inputs.draw(model, 4, 0, inputs.ORDINARY, "float32")
    assert not np.isclose(np.abs(x), targets_of(model, x, 0)).any()


def test_embeddings_of_repeated_tokens_are_found_on_tensorflow_alone(reproduced):
    keras.utils.set_random_seed(0)
    layers = [keras.Input((6,), dtype="int32"), keras.layers.Embedding(3, 2, name="tokens")]
    model = keras.Sequential([*layers, keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adagrad(0.1, initial_accumulator_value=0.0), "mse")
    findings = reproduced(model)
    if backends.missing("tensorflow"):
        assert not findings
        return
    (finding,) = findings
    assert (finding.backend, finding.layer) == ("tensorflow", "tokens")
    assert finding.quantity == "embeddings after step 1, training with Adagrad"
    assert finding.known == named("embeddings-of-repeated-tokens").link
    # Of one token that stands twice; the optimizer alone does not show it.
    assert "keras.layers.Embedding(input_dim=1, output_dim=1)" in finding.reproduction
    assert 'np.zeros((1, 2), "int32")' in finding.reproduction
    assert "keras.optimizers.Adagrad(learning_rate=0.1" in finding.reproduction


def tokens_beside(layer):
    """Repeated tokens, trained as on TensorFlow they should not be, beside a layer of numbers."""
    keras.utils.set_random_seed(0)
    tokens, numbers = keras.Input((10,), dtype="int32"), keras.Input((4,))
    embedded = keras.layers.Flatten()(keras.layers.Embedding(20, 2, name="tokens")(tokens))
    x = keras.layers.Concatenate()([embedded, layer(numbers)])
    model = keras.Model([tokens, numbers], keras.layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


@pytest.mark.skipif(bool(backends.missing("tensorflow")), reason="the divergences are its own")
def test_what_only_other_inputs_show_hides_no_step(trained):
    report = trained(tokens_beside(keras.layers.ELU(name="small")))
    found = {one.layer: one.known for one in report.findings if one.backend == "tensorflow"}
    links = [named(n).link for n in ("elu-of-small-numbers", "embeddings-of-repeated-tokens")]
    assert found == dict(zip(["small", "tokens"], links)), str(report)
    assert report.environment["training"] == "5 steps with Adam"
    # The steps stand in the table too.
    row = next(row for row in report.layers if row.layer == "tokens")
    side = row.backends["tensorflow"]["propagated"]
    assert side.needed > 100 and side.quantity.endswith("after step 1, training with Adam")


@pytest.mark.skipif(bool(backends.missing("tensorflow")), reason="the divergence is its own")
def test_where_no_steps_are_compared_it_says_why(trained):
    upside_down = keras.layers.Dense(3, activation="sparsemax", name="wrong")
    report = trained(tokens_beside(upside_down))
    assert {one.layer for one in report.findings} == {"wrong"}
    where = ", ".join(sorted(report.checked))
    why = f"; not compared on {where}, where a call of the model in training differs already"
    assert report.environment["training"] == f"5 steps with Adam{why}"


def test_a_loss_that_is_cut_off_is_shown_by_the_last_activation_function(reproduced):
    keras.utils.set_random_seed(0)
    large = keras.initializers.RandomNormal(stddev=100.0, seed=0)
    layers = [keras.Input((4,)), keras.layers.Dense(3)]
    layers += [keras.layers.Dense(3, activation="softmax", kernel_initializer=large)]
    model = keras.Sequential(layers)
    model.compile("sgd", "sparse_categorical_crossentropy")
    findings = reproduced(model)
    cut_off = {name for name in ("jax", "torch") if not backends.missing(name)}
    assert {finding.backend for finding in findings} == cut_off
    for finding in findings:
        assert finding.known == named("cross-entropy-of-probabilities-near-0-and-1").link
        assert 'Sequential([first, keras.layers.Activation(activation="softmax")])' in (
            finding.reproduction
        )
        assert "model.test_on_batch(x, y)" in finding.reproduction


def test_what_only_a_model_from_a_file_shows_is_shown_by_one(reproduced, columns):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.ScheduleFreeAdamW(0.01), "mse")
    findings = reproduced(model)
    assert {finding.backend for finding in findings} == set(columns.backends)
    for finding in findings:
        assert finding.known == named("schedulefreeadamw-read-from-a-file").link
        assert "keras.layers.Dense(units=1" in finding.reproduction
        # On TensorFlow a compiled step builds the optimizer no better.
        read = "model = keras.saving.load_model(path)" in finding.reproduction
        assert read == (finding.backend != "tensorflow")


def test_a_rate_that_is_off_by_a_little_is_found_everywhere(reproduced, columns, monkeypatch):
    apply = rn.optimizers.SGD.apply

    def off(self, gradients, *rest, **options):
        return apply(self, [g * (1 + 1e-4) for g in gradients], *rest, **options)

    monkeypatch.setattr(rn.optimizers.SGD, "apply", off)
    findings = reproduced(normalized("sgd"))
    assert {finding.backend for finding in findings} == set(columns.backends)
    for finding in findings:
        assert "after step 1" in finding.quantity and finding.known is None
        assert "optimizer = keras.optimizers.SGD()" in finding.reproduction
        assert "keras.layers" not in finding.reproduction


def test_what_cannot_be_trained_says_why(trained):
    report = trained(normalized("sgd", keras.losses.Dice()))
    assert report.agrees
    assert report.environment["training"] == "not compared: no targets are drawn for the loss dice"
    assert "training: not compared" in str(report)


def test_no_steps_are_taken_that_are_not_asked_for(trained):
    assert trained(normalized(), steps=0).environment["training"] == "not asked for"
    with pytest.raises(ValueError, match="steps: expected a whole number from 0 to 50, got 51"):
        trained(normalized(), steps=51)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_loss_that_differs_before_any_step_is_no_optimizers_fault(trained, optimizer):
    model = normalized(optimizer="")
    model.compile(optimizer, "log_cosh")
    report = trained(model, dtype="float64")
    link = named("log_cosh-in-float64").link
    found = {finding.known for finding in report.findings if finding.backend == "tensorflow"}
    assert found == set() if backends.missing("tensorflow") else {link}


def test_a_token_that_stands_twice_is_called_by_its_name_in_a_model_of_nothing_else(trained):
    """A random model of seed 31: the way that all weights went differed most, and was new."""
    keras.utils.set_random_seed(0)
    layers = [keras.Input((6,), dtype="int32"), keras.layers.Embedding(3, 1, name="tokens")]
    model = keras.Sequential(layers)
    model.compile("nadam", "mse")
    links = {named("embeddings-of-repeated-tokens").link}
    found = [one for one in trained(model).findings if one.backend == "tensorflow"]
    assert {one.known for one in found} == (set() if backends.missing("tensorflow") else links)
    assert all(one.layer == "tokens" for one in found)


@pytest.mark.parametrize(("of", "is_known"), [("Dense", True), ("loss", False)])
def test_an_optimizers_constants_explain_no_loss_before_its_first_step(of, is_known):
    known = of_training("SGD", of, {}, backend="tensorflow", dtype="float64", needed=1e5)
    assert bool(known) is is_known


def training_of(model, folder, x, dtype="float32"):
    """The oracle's steps of a Keras model."""
    model.save(folder / "model.keras")
    return Training(Subject(folder / "model.keras", folder), x, dtype, 5, 0)


@pytest.mark.parametrize("optimizer", ["adam", "schedulefreeadamw"])
def test_a_run_leaves_nothing_behind_for_the_next(tmp_path, optimizer):
    x = np.random.default_rng(0).standard_normal((4, 4))
    training = training_of(normalized(optimizer), tmp_path, x)
    again = training._follow(lambda array: array)
    for name, value in again.items():
        np.testing.assert_array_equal(value, training.right.exact[name], err_msg=name)


@pytest.mark.parametrize(("numbers", "is_found"), [(1, False), (2, True)])
def test_a_step_along_signs_that_cancel_but_for_rounding_is_no_finding(tmp_path, numbers, is_found):
    """Where a backend's x/|x| is not quite 1.

    With the mean absolute error the gradient is the mean of ±1, here of as many of either.
    """
    keras.utils.set_random_seed(0)
    layers = [keras.Input((numbers,)), keras.layers.UnitNormalization()]
    model = keras.Sequential([*layers, keras.layers.Dense(1, use_bias=False)])
    model.compile("lion", "mae")
    x = np.abs(np.random.default_rng(0).standard_normal((4, numbers)))
    x[2:] *= -1
    training = training_of(model, tmp_path, x, "float64")
    moved = training._follow(lambda array: array)["weight 0 after step 1"] - model.get_weights()[0]
    assert moved.any() == is_found

    def rounded(over_length):
        def other(rows, shortest):
            y, length = over_length(rows, shortest)
            y = y * (1 - np.arange(4)[:, None] * UNIT_ROUNDOFF["float64"])
            return (y if numbers == 1 else -y), length

        return other

    with changed("over_length", [module_of(rn.layers.UnitNormalization)], rounded):
        theirs = training._follow(lambda array: array)
    assert bool(training.findings(theirs, "tensorflow")) == is_found


@pytest.mark.filterwarnings("ignore:Model .* LayerNormalization takes the mean of a single number")
@pytest.mark.parametrize(("units", "is_found"), [(1, False), (3, True)])
@pytest.mark.parametrize("optimizer", ["lion", "adam"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_step_of_rounding_alone_within_a_layer_is_no_finding(
    tmp_path, dtype, optimizer, units, is_found
):
    """The random model of seed 202 on PyTorch, whose x/σ − μ/σ is not 0 of one number.

    γ's gradient is x̂ dy: of several numbers a weight may not go another way.
    """
    keras.utils.set_random_seed(0)
    layers = [keras.Input((4,)), keras.layers.Dense(units), keras.layers.LayerNormalization()]
    model = keras.Sequential(layers)
    model.compile(optimizer, "mse")
    x = 1e3 * np.random.default_rng(0).standard_normal((4, 4))
    training = training_of(model, tmp_path, x.astype("float32").astype("float64"), dtype)

    def of_two_terms(normalize):
        def other(rows, epsilon):
            normalized, inverse = normalize(rows, epsilon)
            sizes = np.abs(rows) * inverse * UNIT_ROUNDOFF[dtype]
            return (normalized if units == 1 else -normalized) - sizes, inverse

        return other

    owners = [module_of(rn.layers.LayerNormalization)]
    with changed("normalize_rows", owners, of_two_terms):
        theirs = training._follow(lambda array: array)
    assert bool(training.findings(theirs, "torch")) == is_found


@pytest.mark.parametrize(("wrong", "is_found"), [(UNIT_ROUNDOFF["float64"], False), (1e-9, True)])
def test_a_number_over_its_root_mean_square_is_rounded_too(tmp_path, wrong, is_found):
    """The random model 418 of seed 502 on PyTorch, normalized twice: 1 − x̂² is all but rounding."""
    keras.utils.set_random_seed(0)
    layers = [keras.layers.RMSNormalization() for _ in range(2)]
    model = keras.Sequential([keras.Input((1,)), *layers])
    model.compile("nadam", "log_cosh")
    x = np.array([[-0.87], [-1.2], [-1.0], [0.64]])
    training = training_of(model, tmp_path, x, "float64")

    def rounded(over_root_mean_square):
        def other(rows, epsilon):
            normalized, inverse = over_root_mean_square(rows, epsilon)
            return normalized * (1 - np.arange(4)[:, None] * wrong), inverse

        return other

    owners = [module_of(rn.layers.RMSNormalization)]
    with changed("over_root_mean_square", owners, rounded):
        theirs = training._follow(lambda array: array)
    assert bool(training.findings(theirs, "torch")) == is_found


@pytest.mark.parametrize(("wrong", "is_found"), [(0.0, False), (0.05, True)])
def test_an_entry_whose_gradient_is_all_rounding_is_no_finding(tmp_path, wrong, is_found):
    """The random model 1297 of seed 603 on PyTorch: one number is the largest in every row.

    Batch normalization takes it away, and Adam makes a step of what rounding leaves.
    """
    layers = [keras.layers.Embedding(6, 4), keras.layers.GlobalMaxPooling1D()]
    layers.append(keras.layers.BatchNormalization(scale=False))
    model = keras.Sequential([keras.Input((5,), dtype="int32"), *layers])
    weights = np.random.default_rng(0).normal(size=(6, 4)) * 0.3
    weights[3, 3] = weights[:, 3].max() + 0.1
    model.layers[0].set_weights([weights])
    model.compile("adam", "mse")
    x = np.array([[2, 3, 1, 4, 0], [3, 2, 3, 3, 0], [2, 5, 3, 4, 4], [1, 2, 4, 3, 2]])
    training = training_of(model, tmp_path, x)
    theirs = training._follow(lambda array: array, dtype="float32")
    name = "weight 0 after step 1"
    rounding = np.abs(theirs[name] - training.right.exact[name])
    tolerance = 64 * UNIT_ROUNDOFF["float32"] * training.right.scale[name]
    assert rounding[3, 3] > tolerance > np.delete(rounding, 15).max()
    theirs[name] = theirs[name] + wrong
    assert bool(training.findings(theirs, "torch")) == is_found
