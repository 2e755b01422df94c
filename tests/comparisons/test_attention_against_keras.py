"""Attention beside Keras where masks come with the inputs rather than as arguments."""

import numpy as np
import pytest

import reference_numpy as rn

RNG = np.random.default_rng(1)
QUERY = RNG.standard_normal((2, 3, 4)).astype("float32")
VALUE = RNG.standard_normal((2, 5, 4)).astype("float32")
QUERY_MASK = np.array([[True, True, False], [True, False, True]])
VALUE_MASK = np.array([[True, True, False, True, False], [False, True, True, True, True]])


@pytest.fixture(scope="module")
def tf():
    import tensorflow

    return tensorflow


def masked(tf, x, mask):
    tensor = tf.constant(x)
    tensor._keras_mask = tf.constant(mask)
    return tensor


# Keras's own grouped attention hands masked tensors to projections that know no masks.
@pytest.mark.filterwarnings("ignore:.*does not support masking")
@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize("name", ["MultiHeadAttention", "GroupQueryAttention"])
def test_masks_of_the_inputs_count_as_in_keras(tf, name, scores):
    import keras

    theirs = getattr(keras.layers, name)(2, 4, *([2] if name.startswith("Group") else []))
    expected = theirs(
        query=masked(tf, QUERY, QUERY_MASK),
        value=masked(tf, VALUE, VALUE_MASK),
        return_attention_scores=scores,
    )
    ours = rn.layers.deserialize(keras.layers.serialize(theirs))
    ours.build((2, 3, 4), (2, 5, 4))
    ours.set_weights(theirs.get_weights())
    y = ours(
        QUERY,
        VALUE,
        query_mask=QUERY_MASK,
        value_mask=VALUE_MASK,
        return_attention_scores=scores,
    )
    for a, b in zip(y if scores else [y], expected if scores else [expected], strict=True):
        np.testing.assert_allclose(a, b, atol=2e-6)
    output = expected[0] if scores else expected
    np.testing.assert_array_equal(output._keras_mask, QUERY_MASK)


def test_configs_of_built_layers_are_keras_configs():
    import keras

    theirs = keras.layers.MultiHeadAttention(2, 4, output_shape=(3, 2))
    theirs.build((2, 3, 4), (2, 5, 4))
    ours = rn.layers.deserialize(keras.layers.serialize(theirs))
    ours.build((2, 3, 4), (2, 5, 4))
    assert ours.get_config() == keras.layers.serialize(theirs)["config"] | {
        "output_shape": (3, 2),
        "attention_axes": (1,),
    }
    name = keras.layers.GroupQueryAttention(2, 4, 2).name
    assert rn.layers.GroupQueryAttention(2, 4, 2).name.startswith("grouped_query_attention")
    assert name.startswith("grouped_query_attention")
