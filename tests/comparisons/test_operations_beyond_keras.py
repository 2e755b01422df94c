"""Operations where Keras on TensorFlow lacks something: float64, a gradient, or the right shape.

Outputs are compared with Keras's in float32 where it has them, the gradients with calculus.
"""

import keras
import numpy as np
import pytest
from keras import ops

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.proof.layer_checks import Reference, keras_quantities
from reference_numpy.operations.sampling import MapCoordinates, ScaleAndTranslate
from tests.comparisons.test_operations_against_keras import precision

GENERAL = np.array([0.913, 0.217, -0.731, -0.303, 1.107, 0.413, 0.0, 0.0])
PROJECTIVE = np.array([0.913, 0.217, -0.731, -0.303, 1.107, 0.413, 0.021, -0.013])
CORNERS = np.array([[0.0, 0.0], [0.0, 4.0], [5.0, 0.0], [5.0, 4.0]])
MOVED = CORNERS + np.array([[0.3, -0.2], [1.1, 0.4], [-0.6, 0.2], [0.5, 0.9]])


def affine(transform, **options):
    return lambda x: ops.image.affine_transform(x, transform, **options)


def adaptive(pool, **options):
    return lambda x: pool(x, (2, 4), **options)


def resize(**options):
    return lambda x: ops.image.resize(x, (4, 3), **options)


SAMPLED = {
    "affine": affine(GENERAL),
    "affine, nearest entry": affine(GENERAL, interpolation="nearest", fill_value=0.5),
    **{
        f"affine, {mode}": affine(GENERAL, fill_mode=mode)
        for mode in ("reflect", "wrap", "nearest")
    },
    "affine, each": affine(np.stack([GENERAL, PROJECTIVE])),
    "projective": affine(PROJECTIVE, fill_value=2.0),
    "perspective": lambda x: ops.image.perspective_transform(x, CORNERS, MOVED),
    "perspective, each": lambda x: ops.image.perspective_transform(
        x, np.stack([MOVED, CORNERS]), np.stack([CORNERS, MOVED])
    ),
    **{kind: resize(interpolation=kind) for kind in ("lanczos3", "lanczos5", "area")},
    **{
        f"{kind}, antialias": resize(interpolation=kind, antialias=True)
        for kind in ("bilinear", "bicubic", "lanczos3")
    },
}
MISSHAPEN = {
    "adaptive max": adaptive(ops.adaptive_max_pool),
    "adaptive average": adaptive(ops.adaptive_average_pool),
    "cross-entropy along another axis": lambda x: ops.categorical_crossentropy(
        ops.softmax(x, axis=1), x * x + 0.1, axis=1
    ),
}


def pair(call, dtype, shape=(5, 6, 2)):
    """Keras's model of the operation, and ours made from it."""
    with precision(dtype):
        x = keras.Input(shape, dtype=dtype)
        theirs = keras.Model([x], call(x))
        return theirs, rn.models.from_keras(theirs)


def images(dtype, shape=(2, 5, 6, 2)):
    return np.random.default_rng(0).standard_normal(shape).astype(dtype)


def assert_calculus(call, shape=(5, 6, 2)):
    _, ours = pair(call, "float64", shape)
    with precision("float64"):
        for record in Reference(ours, [images("float64", (2, *shape))]).calculus("operation"):
            assert record.passed, str(record)


@pytest.mark.parametrize("call", SAMPLED.values(), ids=SAMPLED)
def test_images_as_keras_has_them_in_float32_and_gradients_by_calculus(call):
    theirs, ours = pair(call, "float32")
    x = images("float32")
    y, _ = ours.forward([x])
    assert y.dtype == "float32" and y.shape[1:] == theirs.output_shape[1:]
    np.testing.assert_allclose(y, theirs([x]), atol=2e-5)
    assert_calculus(call)


@pytest.mark.parametrize("kind", ["bilinear", "bicubic", "lanczos3"])
def test_gradients_of_antialiased_resizing_are_keras_s_in_float32(kind):
    theirs, ours = pair(SAMPLED[f"{kind}, antialias"], "float32")
    with precision("float32"):
        reference = Reference(ours, [images("float32")])
        found = keras_quantities(backends.load("tensorflow"), theirs, reference)
        for name, quantity in reference.quantities().items():
            np.testing.assert_allclose(quantity, found[name], atol=2e-5)


@pytest.mark.parametrize("call", MISSHAPEN.values(), ids=MISSHAPEN)
def test_shapes_are_those_of_the_arrays(call):
    theirs, ours = pair(call, "float64")
    x = images("float64")
    with precision("float64"):
        y, _ = ours.forward([x])
    assert ours.output_shape != theirs.output_shape
    assert (len(y), *ours.output_shape[1:]) == y.shape
    np.testing.assert_allclose(y, theirs([x]), rtol=1e-12)
    assert_calculus(call)


def test_integer_images_are_sampled_as_in_keras():
    images = np.random.default_rng(0).integers(0, 200, (2, 5, 6, 2)).astype("uint8")
    x = keras.Input((5, 6, 2), dtype="uint8")
    theirs = keras.Model([x], affine(GENERAL)(x))
    y, _ = rn.models.from_keras(theirs).forward([images])
    np.testing.assert_array_equal(y, theirs([images]))


def test_integer_images_are_scaled_and_rounded():
    """Keras on TensorFlow fails, since it clips floating numbers at whole ones."""
    x, arguments = np.arange(48).reshape(2, 4, 6) % 7, ((2, 5, 6), [1.3], [0.1])
    scaled = ScaleAndTranslate([1], "cubic")
    y = scaled(x, *arguments)
    assert y.dtype == x.dtype
    np.testing.assert_array_equal(y, np.clip(np.round(scaled(x * 1.0, *arguments)), 0, 6))


def test_convolution_with_its_channels_first():
    """TensorFlow convolves so on GPUs alone: the same numbers as with the channels last."""
    kernel = images("float64", (3, 2, 5, 4))
    options = {"strides": 2, "padding": "same"}
    _, first = pair(
        lambda x: ops.conv(x, kernel, data_format="channels_first", **options), "float64"
    )
    _, last = pair(lambda x: ops.conv(x, kernel, **options), "float64", (6, 2, 5))
    x = images("float64")
    moved = np.moveaxis(x, 1, -1)
    with precision("float64"):
        (y, cache), (z, other) = first.forward([x]), last.forward([moved])
        assert y.shape[1:] == first.output_shape[1:]
        np.testing.assert_array_equal(np.moveaxis(y, 1, -1), z)
        (dx,), (dz,) = first.backward(y, cache)[0], last.backward(z, other)[0]
        np.testing.assert_array_equal(np.moveaxis(dx, 1, -1), dz)


def test_blur_takes_height_and_width_in_this_order():
    """Keras takes sigma the wrong way round, and mixes up what is not square."""
    _, ours = pair(lambda x: ops.image.gaussian_blur(x, (3, 5), (0.5, 2.0)), "float64")
    impulse = np.zeros((1, 5, 6, 2))
    impulse[0, 2, 2] = 1.0
    with precision("float64"):
        y, _ = ours.forward([impulse])
    rows, columns = y[0, 1:4, 2, 0], y[0, 2, :5, 0]
    np.testing.assert_allclose(rows / rows[1], np.exp(-np.array([1, 0, 1]) / 0.5))
    np.testing.assert_allclose(columns / columns[2], np.exp(-np.array([4, 1, 0, 1, 4]) / 8.0))
    np.testing.assert_allclose(y.sum(), 2.0)
    assert_calculus(lambda x: ops.image.gaussian_blur(x, (3, 5), (0.5, 2.0)))


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("reflect", [3, 2, 1, 1, 4, 4, 3, 2]), ("mirror", [4, 3, 2, 1, 4, 3, 2, 1])],
)
def test_numbers_outside_are_mirrored(mode, expected):
    """Keras's mirror all without the border before the first, and go wrong behind the last."""
    places = np.array([[-3.0, -2.0, -1.0, 0.0, 3.0, 4.0, 5.0, 6.0]])
    y = MapCoordinates(1, mode)(np.array([1.0, 2.0, 3.0, 4.0]), places)
    np.testing.assert_array_equal(y, expected)


def test_one_key_head_serves_all_queries():
    """Keras on TensorFlow cannot compute it, though it says so."""
    with precision("float64"):
        tensors = [keras.Input((5, 4, 3)), keras.Input((3, 1, 3))]
        shared = keras.Model(tensors, ops.dot_product_attention(tensors[0], tensors[1], tensors[1]))
        ours = rn.models.from_keras(shared)
        query, key = images("float64", (2, 5, 4, 3)), images("float64", (2, 3, 1, 3))
        y, _ = ours.forward([query, key])
        repeated = np.repeat(key, 4, axis=2)
        np.testing.assert_allclose(
            y, ops.dot_product_attention(query, repeated, repeated), atol=1e-7
        )
        for record in Reference(ours, [query, key]).calculus("operation"):
            assert record.passed, str(record)


def test_gradient_of_logits_for_targets_that_do_not_add_up_to_one():
    """TensorFlow's takes for granted that they do."""
    assert_calculus(
        lambda x: ops.categorical_crossentropy(x * x, x, from_logits=True), shape=(4, 3)
    )


def test_keras_files_with_adaptive_pooling_are_read(tmp_path):
    """Keras writes them, but cannot read them back."""
    theirs, ours = pair(adaptive(ops.adaptive_max_pool, data_format="channels_first"), "float32")
    theirs.save(tmp_path / "model.keras")
    read = rn.saving.load_model(tmp_path / "model.keras")
    x = images("float32")
    np.testing.assert_array_equal(read.forward([x])[0], ours.forward([x])[0])
