"""Merging layers and wrappers with masks on their inputs, against Keras on TensorFlow.

In Keras a mask hangs on the tensor; the table of cases knows only arguments of the call.
"""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.proof import checks

GENERATOR = np.random.default_rng(0)
INPUTS = [GENERATOR.normal(size=(3, 5, 2)) for _ in range(3)]
MASKS = [GENERATOR.uniform(size=(3, 5)) > 0.5 for _ in range(3)]
# Which inputs have a mask.
PATTERNS = [(True, True, True), (True, False, False), (False, True, False), (False, True, True)]


@pytest.fixture(scope="module")
def backend():
    from comparisons.harness import backends

    return backends.load("tensorflow")


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Add", {}),
        ("Average", {}),
        ("Multiply", {}),
        ("Maximum", {}),
        ("Minimum", {}),
        ("Concatenate", {"axis": 1}),
        ("Concatenate", {"axis": -1}),
    ],
)
def test_masks_count_as_in_keras(backend, name, arguments, pattern):
    import keras
    from keras.src.backend import get_keras_mask, set_keras_mask

    masks = [mask if has else None for mask, has in zip(MASKS, pattern)]
    layer = getattr(rn.layers, name)(**arguments, dtype="float64")
    options = {"mask": masks} if name != "Concatenate" else {}
    y, cache = layer.forward(INPUTS, **options)
    dy = GENERATOR.normal(size=y.shape)
    dx, _ = layer.backward(dy, cache)
    keras_layer = getattr(keras.layers, name)(**arguments, dtype="float64")
    seen = []

    def call(tensors):
        for tensor, mask in zip(tensors, masks):
            if mask is not None:
                set_keras_mask(tensor, keras.ops.convert_to_tensor(mask))
        output = keras_layer(tensors)
        seen.append(get_keras_mask(output))
        return output

    outputs, slopes, _ = backend.outputs_and_gradients(call, INPUTS, [], [dy])
    for what, exact, found in zip(["output", *"123"], [y, *dx], [*outputs, *slopes], strict=True):
        tolerance = checks.FACTOR * checks.UNIT_ROUNDOFF["float64"] * np.abs(exact).max()
        record = checks.compare(name, what, "keras", "float64", exact, found, tolerance)
        assert record.passed, str(record)
    mine = layer.compute_mask(INPUTS, masks)
    assert (mine is None) == (seen[0] is None)
    if mine is not None:
        np.testing.assert_array_equal(mine, np.asarray(seen[0]))


@pytest.mark.filterwarnings("ignore:Layer 'spectral_normalization:UserWarning")
def test_the_mask_goes_through_spectral_normalization():
    """Keras warns that it does not, but hands on the tensor on which the layer inside put it."""
    import keras
    from keras.src.backend import get_keras_mask, set_keras_mask

    x = keras.ops.convert_to_tensor(INPUTS[0].astype("float32"))
    set_keras_mask(x, keras.ops.convert_to_tensor(MASKS[0]))
    theirs = keras.layers.SpectralNormalization(keras.layers.Dense(4))(x)
    inputs = rn.Input((5, 2))
    model = rn.Model(inputs, rn.layers.SpectralNormalization(rn.layers.Dense(4))(inputs))
    _, cache = model.forward(INPUTS[0], mask=MASKS[0])
    np.testing.assert_array_equal(cache.output_masks[0], np.asarray(get_keras_mask(theirs)))


@pytest.mark.filterwarnings("ignore:.*was passed an input with a mask attached:UserWarning")
@pytest.mark.filterwarnings("ignore:Exception encountered when calling Grouped:UserWarning")
@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("name", ["MultiHeadAttention", "GroupQueryAttention"])
def test_masks_after_attention(name, nested):
    """Which tensors have a mask when attention has seen them, also from within a nested model."""
    import keras
    from keras import layers
    from keras.src.backend import get_keras_mask

    attention = {
        "MultiHeadAttention": lambda: layers.MultiHeadAttention(2, 4),
        "GroupQueryAttention": lambda: layers.GroupQueryAttention(4, 2, 1),
    }[name]()
    if nested:
        a, b = keras.Input((5, 4), name="a"), keras.Input((6, 4), name="b")
        attention = keras.Model([b, a], attention(b, a))
    tokens = [keras.Input((size,), dtype="int32") for size in (6, 5)]
    query, value = (layers.Embedding(9, 4, mask_zero=True)(t) for t in tokens)
    y = attention([query, value]) if nested else attention(query, value)
    # The output is added, so that all these layers come after it.
    late = [layers.Add()([y, query]), layers.Concatenate(axis=1)([y, value])]
    keras_model = keras.Model(tokens, [y, query, value, *late])
    data = [np.array([[1, 2, 3, 4, 0, 0]]), np.array([[4, 5, 6, 0, 0]])]
    theirs = [get_keras_mask(output) for output in keras_model(data)]
    _, cache = rn.models.from_keras(keras_model).forward(data)
    assert [m is None for m in cache.output_masks] == [m is None for m in theirs]
    for mine, other in zip(cache.output_masks, theirs, strict=True):
        if mine is not None:
            np.testing.assert_array_equal(mine, np.asarray(other))


def masked_block(half):
    """What takes the mask of a tensor that attention has seen: a pooling, a loss, a model."""
    layers = half.layers
    tokens = half.Input((6,), dtype="int32")
    x = layers.Embedding(9, 4, mask_zero=True)(tokens)
    added = layers.Add()([x, layers.MultiHeadAttention(2, 4)(x, x)])
    y = layers.LayerNormalization()(added)
    pooled = layers.GlobalAveragePooling1D()(y)
    inner = half.Input((6, 4))
    model = half.Model(inner, layers.Add()([inner, layers.MultiHeadAttention(2, 4)(inner, inner)]))
    late = model(y)
    dense = half.Sequential([layers.Input((6, 4)), layers.Dense(4)])(x)
    joined = layers.Add()([dense, x])
    words = half.Input((6,), dtype="int32")
    z = half.Model(words, layers.Embedding(9, 4, mask_zero=True)(words))(tokens)
    seen = layers.Add()([z, layers.MultiHeadAttention(2, 4)(z, z)])
    late = [late, layers.GlobalAveragePooling1D()(z), layers.GlobalAveragePooling1D()(seen)]
    return half.Model(tokens, [added, y, pooled, *late, dense, joined, layers.LSTM(3)(joined)])


@pytest.mark.filterwarnings("ignore:.*was passed an input with a mask attached:UserWarning")
def test_masks_of_symbolic_tensors_remain():
    """A model of either half, and one half's model in the other, count the same steps."""
    import keras
    from keras.src.backend import get_keras_mask

    keras_model, model = masked_block(keras), masked_block(rn)
    model.set_weights(keras_model.get_weights())
    tokens = np.array([[1, 2, 3, 4, 0, 0], [5, 6, 0, 0, 0, 0]])
    theirs = keras_model(tokens)
    for ours in (model, rn.models.from_keras(keras_model)):
        outputs, cache = ours.forward(tokens)
        for mine, mask, other in zip(outputs, cache.output_masks, theirs, strict=True):
            np.testing.assert_allclose(mine, other, atol=1e-5)
            assert (mask is None) == (get_keras_mask(other) is None)
