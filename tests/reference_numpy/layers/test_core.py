"""What the table of cases does not say about the core layers."""

import numpy as np
import pytest

import reference_numpy as rn

QUANTIZED = {
    "module": "keras.dtype_policies",
    "class_name": "QuantizedDTypePolicy",
    "config": {"mode": "int8", "source_name": "float32"},
    "registered_name": None,
}


def test_embedding_gradient_adds_up_repeated_rows():
    layer = rn.layers.Embedding(5, 3, dtype="float64")
    x = np.array([[1, 4, 1], [0, 1, 4]])
    dy = np.random.default_rng(0).normal(size=(2, 3, 3))
    dx, (gradient,) = layer.backward(dy, layer.forward(x)[1])
    plain = np.zeros((5, 3))
    for index, row in zip(x.ravel(), dy.reshape(-1, 3)):
        plain[index] += row
    assert dx is None
    np.testing.assert_allclose(gradient, plain, rtol=1e-15)


def test_embedding_of_nothing():
    layer = rn.layers.Embedding(5, 3)
    y, cache = layer.forward(np.zeros((0, 4), "int32"))
    assert y.shape == (0, 4, 3)
    assert not layer.backward(y, cache)[1][0].any()


@pytest.mark.parametrize("index", [5, -6])
def test_embedding_refuses_integers_outside_the_vocabulary(index):
    layer = rn.layers.Embedding(5, 3, name="words")
    with pytest.raises(ValueError, match="'words' has the integers 0 to 4"):
        layer(np.array([[1, index]]))


@pytest.mark.parametrize("penalty", [None, "l2"])
def test_backward_without_a_cache_says_whose_it_needs(penalty):
    layer = rn.layers.Dense(2, name="units", activity_regularizer=penalty)
    y = layer(np.ones((1, 3)))
    with pytest.raises(ValueError, match="'units': backward takes the cache that forward gives"):
        layer.backward(y, None)


def test_embedding_masks_zeros_and_takes_first_values():
    table = np.arange(6.0).reshape(3, 2)
    layer = rn.layers.Embedding(3, 2, mask_zero=True, weights=table)
    x = np.array([[0, 2]])
    assert layer(x).tolist() == [[[0, 1], [4, 5]]]
    assert layer.compute_mask(x).tolist() == [[False, True]]
    assert layer.supports_masking and not rn.layers.Embedding(3, 2).supports_masking
    assert rn.layers.Embedding(3, 2).compute_mask(x) is None


def test_reversible_embedding_masks_integers_only():
    layer = rn.layers.ReversibleEmbedding(3, 2, mask_zero=True, weights=[np.ones((3, 2))])
    assert layer.compute_mask(np.array([[0, 2]])).tolist() == [[False, True]]
    assert layer.compute_mask(np.ones((1, 2, 2)), reverse=True) is None


def test_reverse_dtype_is_the_dtype_of_the_scores():
    layer = rn.layers.ReversibleEmbedding(5, 3, reverse_dtype="float64")
    x = np.ones((2, 4, 3), "float32")
    y, cache = layer.forward(x, reverse=True)
    dx, grads = layer.backward(np.ones_like(y), cache)
    assert y.dtype == "float64" and dx.dtype == grads[0].dtype == "float32"


def test_both_directions_of_a_tied_embedding_in_a_graph():
    tokens = rn.Input((4,), dtype="int32")
    layer = rn.layers.ReversibleEmbedding(6, 3, mask_zero=True)
    model = rn.Model(tokens, layer(layer(tokens), reverse=True))
    assert model.output_shape == (None, 4, 6)
    x = np.array([[1, 0, 5, 2]])
    np.testing.assert_allclose(model(x), layer(layer(x), reverse=True), rtol=1e-6)
    assert model.forward(x)[1].output_masks == [None]


def test_masked_steps_pass_no_gradient():
    layer = rn.layers.Masking()
    y, cache = layer.forward(np.array([[[0.0, 0.0], [0.0, 1.0]]]))
    assert y.tolist() == [[[0, 0], [0, 1]]]
    assert layer.backward(np.ones((1, 2, 2)), cache)[0].tolist() == [[[0, 0], [1, 1]]]


def test_masking_by_an_array_and_its_config():
    layer = rn.layers.Masking(mask_value=np.array([1.0, 2.0]))
    x = np.array([[[1.0, 2.0], [1.0, 1.0]]])
    assert layer(x).tolist() == [[[0, 0], [1, 1]]]
    again = rn.layers.Masking.from_config(layer.get_config())
    assert again.compute_mask(x).tolist() == [[False, True]]
    tensor = {"class_name": "__tensor__", "config": {"value": [1.0, 2.0], "dtype": "float32"}}
    assert rn.layers.Masking.from_config({"mask_value": tensor})(x).tolist() == layer(x).tolist()


def test_einsum_dense_of_an_equation_with_a_diagonal():
    """A letter that stands twice in a term takes the diagonal; off it the gradient is 0."""
    layer = rn.layers.EinsumDense("abb,bc->ac", 3, dtype="float64")
    x = np.random.default_rng(0).normal(size=(2, 4, 4))
    y, cache = layer.forward(x)
    diagonal = np.einsum("abb->ab", x)
    np.testing.assert_allclose(y, diagonal @ layer.kernel, rtol=1e-14)
    dx, (dw,) = layer.backward(np.ones_like(y), cache)
    np.testing.assert_allclose(dw, diagonal.T @ np.ones_like(y), rtol=1e-14)
    np.testing.assert_allclose(dx, np.ones((2, 1, 3)) @ layer.kernel.T * np.eye(4), rtol=1e-14)


def test_einsum_dense_counts_the_inputs_and_outputs_of_its_kernel():
    """Glorot's limit is √(6 / (inputs + outputs)), here of 50 inputs and 2 · 60 outputs."""
    layer = rn.layers.EinsumDense("abc,cde->abde", (None, 2, 60))
    layer.build((None, 3, 50))
    assert 0.98 < np.abs(layer.kernel).max() / (6 / 170) ** 0.5 <= 1


def test_einsum_dense_keeps_the_order_of_three_hidden_axes():
    layer = rn.layers.EinsumDense("...x,xy->...y", 5)
    assert layer.compute_output_shape((None, 2, 3, 4)) == (None, 2, 3, 5)
    assert layer(np.ones((6, 2, 3, 4))).shape == (6, 2, 3, 5)


@pytest.mark.parametrize(
    ("equation", "output_shape", "bias_axes", "shape", "message"),
    [
        ("ab,bc", 3, None, (2, 4), "Invalid einsum equation 'ab,bc'"),
        ("ab, bc->ac", 3, None, (2, 4), "Invalid einsum equation"),
        ("a...,bc->ac...", 3, None, (2, 4), "Invalid einsum equation"),
        ("ab,cd->a", (), None, (2, 4), "Kernel dimension 'c' .* fully specified"),
        ("ab,cd->acd", (3, 4), "e", (2, 4), "bias was requested for the dimensions 'e'"),
        ("ab,bc->ac", 3, "", (2, 4), "bias was requested for the dimensions ''"),
        ("abc,cd->abd", (9, 5), None, (2, 3, 4), "do not match at shared dimension 'b'"),
        ("ab,bc->ad", 3, None, (2, 4), "Dimension 'd' is in the output"),
        ("abc,cd->abd", (3, 5), None, (2, 4), "has 3 axes. Received an input of shape"),
        ("ab,bc->ac", 3, None, (2, 4, 5), "has 2 axes. Received an input of shape"),
        ("abc,cd->abd", 5, None, (2, 3, 4), "has 3 axes, but the output shape"),
    ],
)
def test_einsum_dense_refuses_what_does_not_fit(equation, output_shape, bias_axes, shape, message):
    layer = rn.layers.EinsumDense(equation, output_shape, bias_axes=bias_axes)
    with pytest.raises(ValueError, match=message):
        layer(np.ones(shape))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: rn.layers.Dense(2, lora_alpha="2"), TypeError, "`lora_alpha` must be a number"),
        (
            lambda: rn.layers.Dense(2, quantization_config="int8"),
            NotImplementedError,
            "`quantization_config` is not supported: a quantized layer",
        ),
        (
            lambda: rn.layers.Dense(2, dtype="int8_from_float32"),
            NotImplementedError,
            "'int8_from_float32' is not supported: a quantized layer",
        ),
        (
            lambda: rn.layers.Dense.from_config({"units": 2, "dtype": QUANTIZED}),
            NotImplementedError,
            "'QuantizedDTypePolicy' is not supported: a quantized layer",
        ),
        (lambda: rn.layers.Dense(2).build((None, None)), ValueError, "last axis .* must be known"),
        (lambda: rn.layers.Dense(2)(np.ones(3)), ValueError, "expected min_ndim=2, found ndim=1"),
    ],
)
def test_bad_arguments_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("value", [0, -1, 2.5, True, "2"])
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("units", rn.layers.Dense),
        ("units", rn.layers.LSTM),
        ("units", rn.layers.GRUCell),
        ("filters", lambda n: rn.layers.Conv2D(n, 3)),
        ("groups", lambda n: rn.layers.Conv1D(4, 3, groups=n)),
        ("filters", lambda n: rn.layers.Conv1DTranspose(n, 3)),
        ("filters", lambda n: rn.layers.SeparableConv1D(n, 3)),
        ("depth_multiplier", lambda n: rn.layers.SeparableConv2D(2, 3, depth_multiplier=n)),
        ("depth_multiplier", lambda n: rn.layers.DepthwiseConv1D(3, depth_multiplier=n)),
        ("filters", lambda n: rn.layers.ConvLSTM2D(n, 3)),
        ("input_dim", lambda n: rn.layers.Embedding(n, 2)),
        ("output_dim", lambda n: rn.layers.Embedding(2, n)),
        ("lora_rank", lambda n: rn.layers.Dense(2, lora_rank=n or -1)),
        ("num_heads", lambda n: rn.layers.MultiHeadAttention(n, 2)),
        ("key_dim", lambda n: rn.layers.MultiHeadAttention(2, n)),
        ("value_dim", lambda n: rn.layers.MultiHeadAttention(2, 2, value_dim=n)),
        ("sliding_window", lambda n: rn.layers.MultiHeadAttention(2, 2, sliding_window=n)),
        ("head_dim", lambda n: rn.layers.GroupQueryAttention(n, 4, 2)),
        ("num_key_value_heads", lambda n: rn.layers.GroupQueryAttention(2, 4, n)),
        ("n", rn.layers.RepeatVector),
        ("size", rn.layers.UpSampling1D),
    ],
)
def test_sizes_and_numbers_of_things_are_integers_of_one_or_more(name, make, value):
    with pytest.raises(ValueError, match=f"^`{name}` must be an integer of 1 or more. Received: "):
        make(value)


def test_a_weight_without_an_initializer_begins_as_in_keras():
    layer = rn.layers.Dense(40, kernel_initializer=None, bias_initializer=None)
    layer.build((None, 20))
    for weight, fans in zip(layer.get_weights(), (20 + 40, 40 + 40), strict=True):
        limit = np.sqrt(6 / fans)
        assert 0.8 * limit < np.abs(weight).max() <= limit  # GlorotUniform
    assert rn.layers.Dense.from_config(layer.get_config()).kernel_initializer is None
    own = rn.layers.Layer()
    assert np.any(own.add_weight((3, 4))) and not np.any(own.add_weight((3, 4), dtype="int64"))


def test_dense_demands_the_size_it_was_built_for():
    layer = rn.layers.Dense(2, name="head")
    layer(np.ones((1, 3)))
    with pytest.raises(ValueError, match="'head' .* axis -1 of input shape to have value 3"):
        layer(np.ones((1, 4)))


@pytest.mark.parametrize("name", ["Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer"])
def test_code_of_a_config_is_never_loaded(name):
    config = {
        "module": "keras.layers",
        "class_name": name,
        "config": {"name": "custom", "function": {"class_name": "__lambda__", "config": {}}},
        "registered_name": None,
    }
    with pytest.raises(NotImplementedError, match=f"'{name}' is not supported: it runs code"):
        rn.layers.deserialize(config)


def test_what_a_layer_takes_as_it_was_is_checked_once(monkeypatch):
    layer, checked = rn.layers.Dense(2, activation="relu"), []
    prepare = rn.layers.Layer.prepare
    monkeypatch.setattr(
        rn.layers.Layer, "prepare", lambda *given: checked.append(1) or prepare(*given)
    )
    x = np.ones((3, 4), "float32")
    found = [layer.forward(x, training=True)[0] for _ in range(3)]
    assert len(checked) == 1
    np.testing.assert_array_equal(found[0], found[2])
    layer.forward(np.ones((5, 4), "float32"))
    assert len(checked) == 2


def test_a_layer_looks_again_at_what_is_not_as_before():
    layer = rn.layers.Dense(2)
    x = np.ones((3, 4), "float32")
    layer(x)
    assert layer(x.astype("float64")).dtype == layer(x.astype("int32")).dtype == "float32"
    with pytest.raises(ValueError, match="expected axis -1 of input shape to have value 4"):
        layer(np.ones((3, 5), "float32"))
    layer.input_spec = rn.layers.InputSpec(ndim=3)
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=2"):
        layer(x)
    layer.input_spec, layer.dtype_policy = None, rn.dtype_policies.get("mixed_float16")
    assert layer(x).dtype == "float16"


def test_arguments_that_a_call_does_not_take():
    for layer in (rn.layers.Dense(2), rn.layers.Add(), rn.layers.LSTM(2)):
        with pytest.raises(ValueError, match=f"A call of the layer '{layer.name}' takes .*0 by"):
            layer()
    with pytest.raises(ValueError, match="takes sequences, .* Received: 0 by position, mask"):
        rn.layers.LSTM(2)(mask=None)
    with pytest.raises(ValueError, match="Input 0 of layer 'd' should be an array, not None"):
        rn.layers.Dense(2, name="d")(None)


def test_a_list_of_numbers_is_an_array():
    """As Keras has it for layers of preprocessing."""
    for layer in (rn.layers.Rescaling(2.0), rn.layers.Discretization([1.0]), rn.layers.ReLU()):
        assert np.array_equal(layer([[0.5, 2.0]]), layer(np.array([[0.5, 2.0]])))
    assert rn.layers.Resizing(2, 3)([[[1], [2]]]).shape == (2, 3, 1)
