"""Attention of one head on inputs as they come."""

from typing import Any

import numpy as np

from reference_numpy import activations, random
from reference_numpy.layers.attention.masks import causal_mask
from reference_numpy.layers.layer import Layer

SCORE_MODES = ("dot", "concat")


class Attention(Layer):
    """Each query gets a mean of the values, weighted by how well their keys match it.

        s = σ q kᵀ                          score_mode "dot"
        s_ij = c Σ_d tanh(σ (q_id + k_jd))  score_mode "concat"
        w = softmax(s)                      over the keys
        y = w v

    σ is the weight `scale`, 1 where `use_scale` is False; c the weight `concat_score_weight`. In
    training w goes through dropout before it meets v.

    Backward:

        dw = dy vᵀ      dv = wᵀ dy      ds = w ⊙ (dw − Σ_j dw w)
        dq = σ ds k     dk = σ dsᵀ q    dσ = Σ ds ⊙ q kᵀ          for "dot"

    Keys that a mask leaves out have 10⁹ (65504 in float16) taken off their score, as in Keras; a
    query that is left all keys without exception therefore sees them all.

    Shapes:
        inputs: a list [query (batch, Tq, d), value (batch, Tv, v)], or with a third, the
            key (batch, Tv, d); without it the value is the key
        mask: a list [query_mask (batch, Tq) or None, value_mask (batch, Tv) or None]
        y: (batch, Tq, v), 0 where the query is masked
        scores, with `return_attention_scores`: w, (batch, Tq, Tv)

    Args:
        use_scale: whether σ is a weight.
        score_mode: `"dot"` (Luong) or `"concat"`.
        dropout: share of w set to 0 in training.
        seed: an integer for dropout that repeats, or None.

    Call arguments:
        return_attention_scores: whether w is returned beside y.
        use_causal_mask: whether query i sees only the keys up to i.

    Raises:
        ValueError: for another score mode, or inputs or masks that are no list of two or three.

    Source: Luong, Pham and Manning, Effective Approaches to Attention-based Neural Machine
    Translation (2015); `keras.layers.Attention`.
    """

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if score_mode not in SCORE_MODES:
            raise ValueError(
                f"Invalid value for argument `score_mode` of layer '{self.name}'. Expected one of "
                f"{SCORE_MODES}. Received: score_mode={score_mode}"
            )
        self.use_scale = use_scale
        self.score_mode = score_mode
        self.dropout = dropout
        self.seed = seed
        self.supports_masking = True
        if dropout > 0:
            self.seed_generator = random.SeedGenerator(seed)

    @property
    def samples_apart(self):
        """Yes, where dropout draws nothing."""
        return "inference" if self.dropout else True

    def build(self, input_shape):
        """Create σ and c, where there are any."""
        self.check_list("inputs", input_shape)
        if self.use_scale:
            self.scale = self.add_weight((), "ones", "scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones", "concat_score_weight")

    def forward(
        self,
        inputs,
        mask=None,
        training=False,
        return_attention_scores=False,
        use_causal_mask=False,
    ):
        """w v (and w), and what backward needs."""
        self.check_list("inputs", inputs)
        if mask is not None:
            self.check_list("mask", mask)
        query, value = inputs[:2]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask, value_mask = (None, None) if mask is None else mask[:2]
        scores, score_cache = self.score(query, key)
        left_out = self.left_out(scores.shape, value_mask, use_causal_mask)
        if left_out is not None:
            far = 65504.0 if scores.dtype == np.float16 else 1e9
            scores = scores - left_out * scores.dtype.type(far)
        probabilities, softmax_cache = activations.softmax.forward(scores)
        weights, kept = probabilities, None
        if training and self.dropout > 0:
            kept = self.seed_generator.keep_mask(scores.shape, self.dropout, scores.dtype)
            weights = probabilities * kept
        y = weights @ value
        if query_mask is not None:
            query_mask = np.asarray(query_mask, bool)[..., None]
            y *= query_mask
        cache = (query, key, value, score_cache, softmax_cache, kept, weights, query_mask)
        cache = (*cache, len(inputs) > 2, return_attention_scores)
        return ((y, weights) if return_attention_scores else y), cache

    def backward(self, dy, cache):
        """[dquery, dvalue] or [dquery, dvalue, dkey], and the gradients of the weights."""
        query, key, value, score_cache, softmax_cache, kept, weights, query_mask = cache[:8]
        has_key, with_scores = cache[8:]
        dy, dscores = dy if with_scores else (dy, None)
        if query_mask is not None:
            dy = dy * query_mask
        dweights = dy @ value.swapaxes(-2, -1)
        if dscores is not None:
            dweights += dscores
        if kept is not None:
            dweights *= kept
        dvalue = weights.swapaxes(-2, -1) @ dy
        ds = activations.softmax.backward(dweights, softmax_cache)
        dquery, dkey, grads = self.score_backward(ds, query, key, score_cache)
        if has_key:
            return [dquery, dvalue, dkey], grads
        return [dquery, dvalue + dkey], grads

    def score(self, query, key):
        """How well every key matches every query, and what `score_backward` needs."""
        if self.score_mode == "dot":
            products = query @ key.swapaxes(-2, -1)
            return (products * self.scale if self.use_scale else products), products
        sums = query[..., :, None, :] + key[..., None, :, :]
        hidden, _ = activations.tanh.forward(sums * self.scale if self.use_scale else sums)
        total = hidden.sum(axis=-1)
        return self.concat_score_weight * total, (sums, hidden, total)

    def score_backward(self, ds, query, key, cache):
        """dquery, dkey and the gradients of the weights."""
        if self.score_mode == "dot":
            grads = [np.sum(ds * cache)] if self.use_scale else []
            if self.use_scale:
                ds = ds * self.scale
            return ds @ key, ds.swapaxes(-2, -1) @ query, grads
        sums, hidden, total = cache
        dsums = activations.tanh.backward((self.concat_score_weight * ds)[..., None], hidden)
        grads = [np.sum(ds * total)]
        if self.use_scale:
            grads.insert(0, np.sum(dsums * sums))
            dsums *= self.scale
        return dsums.sum(axis=-2), dsums.sum(axis=-3), grads

    def left_out(self, shape, value_mask, use_causal_mask):
        """Which keys a query does not see, broadcastable to the scores; None where it sees all."""
        left_out = None
        if value_mask is not None:
            left_out = ~np.asarray(value_mask, bool)
            if left_out.ndim == 2:
                left_out = left_out[:, None, :]
        if use_causal_mask:
            ahead = ~causal_mask(*shape[-2:])
            left_out = ahead if left_out is None else left_out | ahead
        return left_out

    def check_list(self, name, value):
        """Raise ValueError unless `value` is a list of two or three."""
        if not isinstance(value, (list, tuple)) or len(value) not in (2, 3):
            parts = "[query_mask, value_mask]" if name == "mask" else "[query, value]"
            raise ValueError(
                f"Layer '{self.name}' expects `{name}` to be a list of length 2 or 3, namely "
                f"{parts} or the same with a key. Received: {_in_short(value)}"
            )

    def compute_mask(self, inputs, previous_mask=None):
        """The query's mask."""
        return None if previous_mask is None else previous_mask[0]

    def compute_output_shape(self, input_shape, return_attention_scores=False):
        """The query's shape with the value's last size; the scores' shape beside it."""
        query, value = input_shape[:2]
        output = (*query[:-1], value[-1])
        return (output, (*query[:-1], value[-2])) if return_attention_scores else output


def _in_short(value):
    count = f" of length {len(value)}" if isinstance(value, (list, tuple)) else ""
    return type(value).__name__ + count
