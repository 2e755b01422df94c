"""The attention layers: by hand, masks, parts that must agree, and bad input."""

import numpy as np
import pytest

import reference_numpy as rn

RNG = np.random.default_rng(0)
QUERY, VALUE, KEY = (RNG.standard_normal(shape) for shape in ((2, 3, 4), (2, 5, 6), (2, 5, 4)))


def softmax(s):
    e = np.exp(s - s.max())
    return e / e.sum()


def test_attention_by_hand():
    y = rn.layers.Attention(dtype="float64")([QUERY, VALUE, KEY])
    for b in range(2):
        for t in range(3):
            weights = softmax(np.array([QUERY[b, t] @ KEY[b, s] for s in range(5)]))
            np.testing.assert_allclose(y[b, t], sum(w * v for w, v in zip(weights, VALUE[b])))


def test_multi_head_attention_by_hand():
    layer = rn.layers.MultiHeadAttention(2, 3, value_dim=5, dtype="float64")
    y, scores = layer(QUERY, VALUE, KEY, return_attention_scores=True)
    wq, bq, wk, bk, wv, bv, wo, bo = layer.weights
    for b in range(2):
        expected = np.zeros((3, 4)) + bo
        for n in range(2):
            q, k = QUERY[b] @ wq[:, n] + bq[n], KEY[b] @ wk[:, n] + bk[n]
            v = VALUE[b] @ wv[:, n] + bv[n]
            for t in range(3):
                weights = softmax(k @ q[t] / np.sqrt(3))
                np.testing.assert_allclose(scores[b, n, t], weights)
                expected[t] += (weights @ v) @ wo[n]
        np.testing.assert_allclose(y[b], expected)


def test_grouped_query_attention_is_multi_head_attention_with_shared_heads():
    grouped = rn.layers.GroupQueryAttention(3, 4, 2, use_gate=True, dtype="float64")
    value = RNG.standard_normal((2, 5, 4))
    y, cache = grouped.forward(QUERY, value)
    multi = rn.layers.MultiHeadAttention(4, 3, use_gate=True, dtype="float64")
    multi.build((2, 3, 4), (2, 5, 4))
    shared = ("key", "value")
    names = [name for name in ("query", "key", "gate", "value", "output") for _ in range(2)]
    weights = [
        np.repeat(w, 2, axis=w.ndim - 2) if name in shared else w
        for name, w in zip(names, grouped.get_weights(), strict=True)
    ]
    multi.set_weights(weights)
    expected, expected_cache = multi.forward(QUERY, value)
    np.testing.assert_allclose(y, expected)
    dy = RNG.standard_normal(y.shape)
    dx, grads = grouped.backward(dy, cache)
    expected_dx, expected_grads = multi.backward(dy, expected_cache)
    for name, slope in expected_dx.items():
        np.testing.assert_allclose(dx[name], slope)
    for name, grad, given in zip(names, grads, expected_grads, strict=True):
        if name in shared:
            axis = given.ndim - 2
            pairs = (*given.shape[:axis], 2, 2, given.shape[-1])
            given = given.reshape(pairs).sum(axis=axis + 1)
        np.testing.assert_allclose(grad, given, atol=1e-12)


def test_masked_and_future_values_have_no_influence():
    mask = np.array([[True, True, False, True, False]] * 2)
    changed = VALUE.copy()
    changed[:, [2, 4]] = 77.0
    for layer in (rn.layers.MultiHeadAttention(2, 3, dtype="float64"),):
        y = layer(QUERY, VALUE, value_mask=mask)
        np.testing.assert_array_equal(y, layer(QUERY, changed, value_mask=mask))
        assert np.abs(y - layer(QUERY, changed)).max() > 0.1
    x = RNG.standard_normal((2, 5, 4))
    later = x.copy()
    later[:, 3:] = 5.0
    for layer in (
        rn.layers.MultiHeadAttention(2, 3, dtype="float64"),
        rn.layers.GroupQueryAttention(3, 2, 1, dtype="float64"),
    ):
        y, z = layer(x, x, use_causal_mask=True), layer(later, later, use_causal_mask=True)
        np.testing.assert_array_equal(y[:, :3], z[:, :3])
        assert np.abs(y[:, 3:] - z[:, 3:]).min() > 0
    y = rn.layers.Attention(dtype="float64")([x, x], use_causal_mask=True)
    z = rn.layers.Attention(dtype="float64")([later, later], use_causal_mask=True)
    np.testing.assert_array_equal(y[:, :3], z[:, :3])


def test_a_query_that_sees_nothing():
    """The mean of all values by the fused kernel, zero where the weights are given out."""
    layer = rn.layers.MultiHeadAttention(1, 2, use_bias=False, dtype="float64")
    nothing = np.zeros((2, 3, 5), bool)
    y = layer(QUERY, VALUE, attention_mask=nothing)
    wv, wo = layer.weights[2:]
    mean = (VALUE.mean(axis=1) @ wv[:, 0]) @ wo[0]
    np.testing.assert_allclose(y, np.broadcast_to(mean[:, None], y.shape))
    y, scores = layer(QUERY, VALUE, attention_mask=nothing, return_attention_scores=True)
    assert not y.any() and not scores.any()


def test_masks_travel_to_the_output():
    tokens = rn.Input((4,), dtype="int32")
    embedded = rn.layers.Embedding(10, 6, mask_zero=True)(tokens)
    for layer in (
        rn.layers.MultiHeadAttention(2, 3),
        rn.layers.GroupQueryAttention(3, 2, 1),
    ):
        model = rn.Model(tokens, rn.layers.GlobalAveragePooling1D()(layer(embedded, embedded)))
        short, padded = np.array([[3, 5, 0, 0]]), np.array([[3, 5, 7, 7]])
        weights = model.get_weights()
        weights[0][0] = 100.0  # the vector of the padding must not matter
        model.set_weights(weights)
        y = model.predict(short, verbose=0)
        weights[0][0] = -100.0
        model.set_weights(weights)
        np.testing.assert_allclose(model.predict(short, verbose=0), y, rtol=1e-5)
        assert np.abs(model.predict(padded, verbose=0) - y).max() > 1e-3
    assert rn.layers.Attention().compute_mask([QUERY, VALUE], ["mask", None]) == "mask"
    assert rn.layers.Attention().compute_mask([QUERY, VALUE], None) is None


def test_flash_attention_changes_nothing_but_the_speed():
    plain = rn.layers.MultiHeadAttention(2, 3, dtype="float64")
    y = plain(QUERY, VALUE)
    flash = rn.layers.MultiHeadAttention(2, 3, flash_attention=True, dtype="float64")
    flash.build((2, 3, 4), (2, 5, 6))
    flash.set_weights(plain.get_weights())
    np.testing.assert_array_equal(flash(QUERY, VALUE), y)
    with pytest.raises(ValueError, match="scores is not supported when flash"):
        flash(QUERY, VALUE, return_attention_scores=True)


@pytest.mark.parametrize(
    ("name", "sizes"), [("MultiHeadAttention", (2, 3)), ("GroupQueryAttention", (3, 4, 2))]
)
def test_a_batch_of_no_samples(name, sizes):
    layer = getattr(rn.layers, name)(*sizes)
    y, cache = layer.forward(QUERY[:0], KEY[:0])
    dx, grads = layer.backward(y, cache)
    assert y.shape == dx["query"].shape == (0, 3, 4)
    assert not any(grad.any() for grad in grads)


def test_symbolic_calls_know_all_shapes():
    query, value = rn.Input((3, 4)), rn.Input((5, 6))
    layer = rn.layers.MultiHeadAttention(2, 3, output_shape=7)
    y, scores = layer(query, value, return_attention_scores=True)
    assert (y.shape, scores.shape) == ((None, 3, 7), (None, 2, 3, 5))
    y, scores = rn.layers.AdditiveAttention()([query, query], return_attention_scores=True)
    assert (y.shape, scores.shape) == ((None, 3, 4), (None, 3, 3))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: rn.layers.Attention(score_mode="cosine"), "score_mode.*score_mode=cosine"),
        (lambda: rn.layers.Attention()(QUERY), "list of length 2 or 3"),
        (lambda: rn.layers.Attention()([QUERY]), "list of length 2 or 3"),
        (lambda: rn.layers.Attention()([QUERY, KEY], mask=np.ones(3)), "`mask`.*list of length"),
        (lambda: rn.layers.MultiHeadAttention(0, 2), "`num_heads`.*num_heads=0"),
        (lambda: rn.layers.MultiHeadAttention(2, 2.5), "`key_dim`.*key_dim=2.5"),
        (lambda: rn.layers.MultiHeadAttention(2, 2, value_dim=-1), "`value_dim`.*value_dim=-1"),
        (lambda: rn.layers.MultiHeadAttention(2, 2, attention_axes="1"), "attention_axes=1"),
        (lambda: rn.layers.MultiHeadAttention(2, 2, sliding_window=0), "sliding_window=0"),
        (
            lambda: rn.layers.MultiHeadAttention(2, 2, dropout=0.1, flash_attention=True),
            "dropout.*flash",
        ),
        (
            lambda: rn.layers.MultiHeadAttention(2, 2)(QUERY, VALUE, np.ones((2, 4, 6))),
            r"must be equal.*\(2, 5, 6\).*\(2, 4, 6\)",
        ),
        (
            lambda: rn.layers.MultiHeadAttention(2, 2)(
                QUERY, VALUE, attention_mask=np.ones((2, 3, 4), bool)
            ),
            r"mask of shape \(2, 3, 4\).*\(3,\) and \(5,\)",
        ),
        (
            lambda: rn.layers.MultiHeadAttention(2, 2)(
                QUERY,
                VALUE,
                value_mask=np.ones((2, 5), bool),
                attention_mask=np.ones((2, 3, 3, 5), bool),
            ),
            r"shapes \(2, 1, 5\) and \(2, 3, 3, 5\) do not fit together",
        ),
        (
            lambda: rn.layers.MultiHeadAttention(2, 2)(
                QUERY, VALUE, attention_mask=np.ones((2, 3, 3, 5), bool)
            ),
            r"shape \(2, 3, 3, 5\) does not fit scores of shape \(2, 2, 3, 5\)",
        ),
        (
            lambda: rn.layers.MultiHeadAttention(2, 2, sliding_window=2)(
                np.ones((1, 2, 3, 4)), np.ones((1, 2, 3, 4))
            ),
            r"`sliding_window` needs one attention axis.*\(1, 2\)",
        ),
        (lambda: rn.layers.GroupQueryAttention(2, 3, 2), "divisible.*num_query_heads=3"),
        (lambda: rn.layers.GroupQueryAttention(0, 2, 2), "`head_dim`.*head_dim=0"),
        (lambda: rn.layers.GroupQueryAttention(2, 2, 0), "num_key_value_heads=0"),
        (
            lambda: rn.layers.GroupQueryAttention(2, 2, 1).compute_output_shape(
                (2, 3, 4), (2, 5, 6)
            ),
            r"last dimension.*\(2, 3, 4\).*\(2, 5, 6\)",
        ),
    ],
)
def test_bad_input_is_refused_in_one_line(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
