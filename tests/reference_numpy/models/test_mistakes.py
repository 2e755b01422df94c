"""Mistakes that train without a word are told in one line, once, and nothing else is."""

import warnings

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy import layers, losses, metrics

GENERATOR = np.random.default_rng(0)
X = GENERATOR.standard_normal((16, 4))
LABELS = GENERATOR.integers(0, 3, 16)
ONE_HOT, YES = np.eye(3)[LABELS], (LABELS > 0).astype("float64")


def fitted(activation, loss, y, learning_rate=0.01):
    """The warnings of two epochs of a small network."""
    # The same batches and dropout every time; with others cross-entropy of plain numbers may be
    # NaN, which is told, too.
    rn.random.set_seed(1)
    spread = rn.initializers.RandomNormal(0, 3, seed=0)
    units = 1 if y is not LABELS and y.size == len(X) else 3
    end = [layers.Dense(units, name="end", kernel_initializer=spread)]
    end += [layers.Dropout(0.1)] + [layers.Activation(activation)] * (activation is not None)
    model = rn.Sequential([rn.Input((4,)), *end], name="small")
    model.compile(rn.optimizers.SGD(learning_rate), loss)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model.fit(X, y, epochs=2, batch_size=8, verbose=0)
    return [str(one.message) for one in told]


@pytest.mark.parametrize(
    ("activation", "loss", "y", "expected"),
    [
        ("softmax", losses.SparseCategoricalCrossentropy(from_logits=True), LABELS, "takes logits"),
        ("softmax", losses.CategoricalCrossentropy(from_logits=True), ONE_HOT, "ends with softmax"),
        ("sigmoid", losses.BinaryCrossentropy(from_logits=True), YES, "ends with sigmoid"),
        (None, "sparse_categorical_crossentropy", LABELS, "SparseCategoricalCrossentropy(from_lo"),
        (None, "categorical_crossentropy", ONE_HOT, "end the model with softmax"),
        (None, "binary_crossentropy", YES, "end the model with sigmoid"),
        ("softmax", "binary_crossentropy", YES, "softmax over a single unit"),
        ("softmax", "mse", YES, "softmax over a single unit"),
        ("sigmoid", "categorical_crossentropy", YES[:, None], "of a single unit is 0 whatever"),
        (None, "kl_divergence", ONE_HOT, "; end the model with softmax."),
        ("sigmoid", "binary_crossentropy", 2 * YES - 1, "takes labels from 0 to 1 and is given -1"),
        ("sigmoid", "binary_focal_crossentropy", 1 + YES, "for class numbers use 'sparse_cat"),
        ("sigmoid", "categorical_crossentropy", ONE_HOT, "; use softmax, or 'binary_crossentropy'"),
        ("sigmoid", "sparse_categorical_crossentropy", LABELS, "each by itself; use softmax"),
        ("sigmoid", "hinge", 2 * YES - 1, "given those of sigmoid; leave it out, or use tanh"),
        (None, "squared_hinge", 1 + YES, "takes labels -1 and 1, or 0 and 1, and is given 1 to 2"),
        (None, "hinge", -1 - YES, "takes labels -1 and 1, or 0 and 1, and is given -2 to -1"),
    ],
)
def test_told_once(activation, loss, y, expected):
    (told,) = fitted(activation, loss, y)
    assert told.startswith("Model 'small', output '") and expected in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("activation", "loss", "y"),
    [
        ("softmax", "sparse_categorical_crossentropy", LABELS),
        ("softmax", "categorical_crossentropy", ONE_HOT),
        ("sigmoid", "binary_crossentropy", YES),
        ("hard_sigmoid", "binary_crossentropy", YES),
        (None, losses.SparseCategoricalCrossentropy(from_logits=True), LABELS),
        (None, losses.BinaryCrossentropy(from_logits=True), YES),
        (None, "mse", YES),
        ("softmax", "kl_divergence", ONE_HOT),
        ("sigmoid", "binary_crossentropy", 0.9 * YES),
        ("sigmoid", "binary_crossentropy", ONE_HOT),
        (None, "hinge", YES),  # taken as -1 and 1
        ("tanh", "squared_hinge", 2 * YES - 1),
    ],
)
def test_what_is_right_is_passed_over(activation, loss, y):
    assert fitted(activation, loss, y) == []


SEVERAL = np.minimum(ONE_HOT + np.roll(ONE_HOT, 1, axis=0), 1.0)
NUMBERS = 9 * GENERATOR.random(16) - 5


def told_of_targets(units, activation, loss, y, **options):
    """The warnings of a network whose targets are y; `metrics` may be among the options."""
    rn.random.set_seed(0)
    model = rn.Sequential([rn.Input((4,)), layers.Dense(units, activation=activation)])
    model.compile("sgd", loss, metrics=options.pop("metrics", None))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model.fit(X, y, verbose=0, **options)
    return [str(one.message).partition(": ")[2] or str(one.message) for one in told]


@pytest.mark.parametrize(
    ("units", "activation", "loss", "y", "expected"),
    [
        (1, "relu", "mse", NUMBERS, "the model ends with relu, which gives nothing below 0, and "),
        (1, "sigmoid", "mae", YES - 3, "gives 0 to 1, and the targets go from -3 to -2; leave it"),
        (3, "tanh", "huber", 2 * ONE_HOT, "gives -1 to 1, and the targets go from 0 to 2; leave"),
        (3, "softmax", "mse", LABELS[:, None], "(16, 3) and is given (16, 1), each to be compared"),
        (1, None, "mse", ONE_HOT, "given (16, 3), each to be compared with several; give one for"),
        (3, "softmax", "categorical_crossentropy", SEVERAL, "of one class and is given several;"),
        (3, "softmax", "sparse_categorical_crossentropy", LABELS / 2, "takes whole numbers of cla"),
    ],
)
def test_targets_that_do_not_fit(units, activation, loss, y, expected):
    (told,) = told_of_targets(units, activation, loss, y)
    assert expected in told and "\n" not in told


@pytest.mark.parametrize("y", [NUMBERS, 2 * YES - 1])
def test_an_accuracy_of_numbers(y):
    (told,) = told_of_targets(1, None, "mse", y, metrics=["accuracy"])
    assert told.startswith("the metric 'accuracy' counts targets that are 0 or 1 and is given -")
    for right in (YES, YES * (1 + 1e-7)):  # a rounding off is no other label
        assert told_of_targets(1, None, "mse", right, metrics=["accuracy"]) == []


def test_nothing_that_is_trained():
    model = rn.Sequential([rn.Input((4,)), layers.Dense(1, trainable=False)], name="frozen")
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="Model 'frozen' has no weights that are trained."):
        model.fit(X, YES, verbose=0)


@pytest.mark.parametrize("y", [np.sort(LABELS), np.eye(3)[np.sort(LABELS)]])
def test_samples_that_are_sorted_by_class_before_a_split(y):
    loss = ("sparse_" if y.ndim == 1 else "") + "categorical_crossentropy"
    (told,) = told_of_targets(3, "softmax", loss, y, validation_split=0.25)
    assert told.endswith("and the samples are sorted by class; shuffle them first.")


@pytest.mark.parametrize("y", [np.sort(NUMBERS), np.arange(16.0), np.ones(16), YES])
def test_what_is_no_class_or_not_sorted_is_split_without_a_word(y):
    assert told_of_targets(1, None, "mse", y, validation_split=0.25) == []


@pytest.mark.parametrize(
    ("activation", "y"),
    [("relu", YES), ("leaky_relu", NUMBERS), ("elu", NUMBERS), ("softplus", 9 * YES)],
)
def test_targets_within_reach(activation, y):
    assert told_of_targets(1, activation, "mse", y) == []


@pytest.mark.parametrize(
    "last",
    [layers.Reshape((3,)), layers.Permute((1,)), layers.Rescaling(1.0)],
)
def test_probabilities_are_known_by_their_values_too(last):
    model = rn.Sequential([rn.Input((4,)), layers.Dense(3, activation="softmax"), last])
    model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
    with pytest.warns(UserWarning, match="given probabilities, values that add up to 1; leave out"):
        model.fit(X, LABELS, verbose=0)


@pytest.mark.parametrize(
    ("units", "y", "other"),
    [(3, LABELS, "'sparse_categorical_accuracy'"), (1, YES, "'binary_accuracy'")],
)
def test_a_metric_of_one_hot_labels_beside_others(units, y, other):
    model = rn.Sequential([rn.Input((4,)), layers.Dense(units)])
    loss = "mse" if units == 1 else losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, metrics=["CategoricalAccuracy"])
    with pytest.warns(UserWarning, match=f"takes one-hot labels; use {other}, or 'accuracy'"):
        model.fit(X, y, verbose=0)


def told_of_metric(metric, units=1, activation=None):
    """The warnings of a network on logits, or with the activation, beside a metric."""
    y, kind = (YES[:, None], "Binary") if units == 1 else (ONE_HOT, "Categorical")
    loss = getattr(losses, f"{kind}Crossentropy")(from_logits=activation is None)
    model = rn.Sequential([rn.Input((4,)), layers.Dense(units, activation=activation)])
    model.compile("sgd", loss, metrics=[metric])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model.fit(X, y, verbose=0)
    return [str(one.message) for one in told]


@pytest.mark.parametrize(
    ("metric", "instead"),
    [
        ("accuracy", "use BinaryAccuracy(threshold=0)."),
        (metrics.BinaryIoU([1]), "use BinaryIoU(threshold=0)."),
        (metrics.AUC(), "use AUC(from_logits=True)."),
        (metrics.BinaryCrossentropy(), "use BinaryCrossentropy(from_logits=True)."),
        (metrics.Precision(), "use Precision(thresholds=0)."),
        (metrics.TruePositives([0.2, 0.8]), "use TruePositives(thresholds=0)."),
        (metrics.RecallAtPrecision(0.8), "end the model with sigmoid."),
        (metrics.F1Score(threshold=0.5), "end the model with sigmoid."),
    ],
)
def test_a_metric_of_probabilities_beside_logits(metric, instead):
    (told,) = told_of_metric(metric)
    assert told.endswith(f"as the loss is told by from_logits=True; {instead}")
    assert told_of_metric(metric, activation="sigmoid") == []


@pytest.mark.parametrize(
    ("metric", "units"),
    [
        (metrics.BinaryAccuracy(threshold=0), 1),
        (metrics.AUC(from_logits=True), 1),
        (metrics.Recall(0), 1),
        ("accuracy", 3),
        (metrics.BinaryCrossentropy(from_logits=True), 1),
        (metrics.Precision(top_k=1), 3),
        (metrics.F1Score(), 3),
    ],
)
def test_a_metric_of_logits(metric, units):
    assert told_of_metric(metric, units) == []


def test_numbers_that_grow_too_large_within_a_layer():
    model = rn.Sequential([rn.Input((2,)), layers.Dense(2), layers.Dense(1)])
    model.compile("sgd", "mse")
    large, apart = np.full((2, 2), 1e308), np.array([[1.0], [-1.0]])
    model.set_weights([large, np.zeros(2), apart, np.zeros(1)])
    with pytest.warns(
        UserWarning, match="are too large; scale the inputs, or try a lower learning"
    ):
        model.fit(np.full((4, 2), 1e10), np.ones(4), verbose=0)


def test_a_rate_that_diverges_is_told_in_one_line():
    (told,) = fitted(None, "mse", ONE_HOT, learning_rate=1e200)
    assert told.startswith("The loss of model 'small' is NaN in step ")
    assert told.endswith("try a lower learning rate.")


def test_a_rate_below_0():
    (told,) = fitted(None, "mse", ONE_HOT, learning_rate=-0.1)
    assert told == (
        "Model 'small': the learning rate -0.1 is below 0, so that each step goes up the loss."
    )


@pytest.mark.parametrize(
    ("loss", "y", "other"),
    [
        ("categorical_crossentropy", LABELS, "'sparse_categorical_crossentropy'"),
        ("sparse_categorical_crossentropy", ONE_HOT, "'categorical_crossentropy'"),
        ("categorical_focal_crossentropy", LABELS, "'sparse_categorical_crossentropy'"),
        ("binary_crossentropy", LABELS, "'sparse_categorical_crossentropy'"),
    ],
)
def test_labels_of_the_other_kind_name_the_other_loss(loss, y, other):
    with pytest.raises(ValueError, match=f"use {other}"):
        fitted("softmax", loss, y)


def told_of_layer(layer, rows, shape=(4,), nested=False):
    """The warnings of a step of a network that contains the layer."""
    body = [rn.Input(shape), layer]
    body = [rn.Input(shape), rn.Sequential(body)] if nested else body
    model = rn.Sequential([*body, layers.Flatten(), layers.Dense(1)], name="small")
    model.compile("sgd", "mse")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model.fit(np.ones((rows, *shape)), np.ones(rows), batch_size=rows, verbose=0)
    return [str(one.message) for one in told]


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize(
    ("layer", "rows", "shape", "instead"),
    [
        (layers.BatchNormalization, 1, (4,), "train with more rows a batch"),
        (layers.BatchNormalization, 1, (1, 1, 4), "train with more rows a batch"),
        (layers.LayerNormalization, 8, (1,), "leave it out"),
        (lambda: layers.LayerNormalization((1, 2)), 8, (1, 1), "leave it out"),
        (lambda: layers.GroupNormalization(4), 8, (4,), "leave it out"),
    ],
)
def test_a_normalization_of_a_single_number(layer, rows, shape, instead, nested):
    (told,) = told_of_layer(layer(), rows, shape, nested)
    assert told.startswith("Model 'small', layer '") and told.endswith(
        f"takes the mean of a single number, of inputs of shape {(rows, *shape)}, and gives beta "
        f"whatever they are; {instead}."
    )


@pytest.mark.parametrize(
    ("layer", "rows", "shape"),
    [
        (lambda: layers.BatchNormalization(), 2, (4,)),
        (lambda: layers.BatchNormalization(), 1, (2, 4)),
        (lambda: layers.BatchNormalization(renorm=True), 1, (4,)),
        (lambda: layers.BatchNormalization(trainable=False), 1, (4,)),
        (lambda: layers.LayerNormalization(), 1, (4,)),
        (lambda: layers.GroupNormalization(2), 1, (4,)),
        (lambda: layers.RMSNormalization(), 1, (4,)),
    ],
)
def test_a_normalization_of_several_numbers(layer, rows, shape):
    assert told_of_layer(layer(), rows, shape) == []


@pytest.mark.parametrize(("wrong", "told"), [(-1, "is given -1;"), (0.5, "is given 0.5;"), (2, "")])
def test_an_embedding_of_what_is_no_place_is_told(wrong, told):
    model = rn.Sequential([rn.Input((2,)), layers.Embedding(3, 2, name="words")], name="small")
    model.compile("sgd", "mse")
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        model.fit(np.array([[0, wrong], [1, 2]]), np.zeros((2, 2, 2)), verbose=0)
    assert [told in str(one.message) for one in found] == [True] * bool(told)
    assert all("Model 'small', layer 'words': Embedding takes" in str(one.message) for one in found)


@pytest.mark.parametrize("nested", [False, True])
def test_a_batch_of_one_row_that_is_left_over_is_told_once(nested):
    def told(rows, layer):
        body = [rn.Input((4,)), layer]
        body = [rn.Input((4,)), rn.Sequential(body)] if nested else body
        model = rn.Sequential([*body, layers.Dense(1)], name="small")
        model.compile("sgd", "mse")
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            model.fit(X[:rows], YES[:rows], batch_size=4, epochs=2, verbose=0)
        return [str(one.message) for one in found]

    (said,) = told(9, layers.BatchNormalization(name="norm"))
    assert said == (
        "Model 'small', a batch of one row that is left over: layer 'norm': BatchNormalization "
        "takes the mean of a single number, of inputs of shape (1, 4), and gives beta whatever "
        "they are; train with more rows a batch."
    )
    assert told(10, layers.BatchNormalization()) == []
    assert told(9, layers.LayerNormalization()) == []


PIXELS = GENERATOR.integers(0, 256, (4, 8, 8, 1))


def told_of_images(x, *first):
    body = [rn.Input(x.shape[1:]), *first, layers.Flatten(), layers.Dense(1, name="end")]
    model = rn.Sequential(body, name="small")
    model.compile(rn.optimizers.SGD(1e-7), "mse")
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        model.fit(x, YES[:4], epochs=2, verbose=0)
    return [str(one.message) for one in found]


@pytest.mark.parametrize("kind", ["uint8", "int64", "float32"])
@pytest.mark.parametrize("convolutional", [False, True])
def test_images_as_they_are_stored_are_told_once(kind, convolutional):
    first, name = [layers.Dropout(0.1)], "end"
    if convolutional:
        first, name = [layers.Conv2D(2, 3, name="first")], "first"
    (said,) = told_of_images(PIXELS.astype(kind), *first)
    assert said == (
        f"Model 'small', layer '{name}' is given whole numbers up to {PIXELS.max()}, as the "
        "pixels of images are stored; divide them by 255, or begin with Rescaling(1 / 255)."
    )


@pytest.mark.parametrize(
    ("x", "first"),
    [
        (PIXELS / 255, []),
        (PIXELS, [layers.Rescaling(1 / 255)]),
        (PIXELS, [layers.BatchNormalization()]),
        (PIXELS - 128.0, []),
        (PIXELS * 2, []),
        (PIXELS + 0.5, []),
        (PIXELS // 3, []),
        (PIXELS[:, :2], []),
    ],
)
def test_what_is_no_image_or_is_rescaled_is_passed_over(x, first):
    assert told_of_images(x, *first) == []
