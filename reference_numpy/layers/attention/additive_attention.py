"""Attention whose scores are those of a small network."""

from typing import Any

import numpy as np

from reference_numpy import activations
from reference_numpy.layers.attention.attention import Attention


class AdditiveAttention(Attention):
    """Attention with the scores s_ij = Σ_d σ_d tanh(q_id + k_jd) (Bahdanau's).

        dσ_d = Σ_ij ds_ij tanh(q_id + k_jd)
        dq_id = Σ_j ds_ij σ_d (1 − tanh²(q_id + k_jd))       dk_jd the same summed over i

    All else is as in `Attention`.

    Shapes:
        inputs: [query (batch, Tq, d), value (batch, Tv, d)] and perhaps key (batch, Tv, d)
        σ = `scale`: (d,)

    Args:
        use_scale: whether σ is a weight; otherwise it is 1.
        dropout: share of the attention weights set to 0 in training.

    Source: Bahdanau, Cho and Bengio, Neural Machine Translation by Jointly Learning to Align and
    Translate (2015); `keras.layers.AdditiveAttention`.
    """

    not_in_config = (*Attention.not_in_config, "score_mode")

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any):
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape):
        """Create σ, where it is a weight."""
        self.check_list("inputs", input_shape)
        if self.use_scale:
            self.scale = self.add_weight((input_shape[0][-1],), "glorot_uniform", "scale")

    def score(self, query, key):
        """Σ σ tanh(q + k), and the hyperbolic tangents."""
        hidden, _ = activations.tanh.forward(query[..., :, None, :] + key[..., None, :, :])
        return (hidden @ self.scale if self.use_scale else hidden.sum(axis=-1)), hidden

    def score_backward(self, ds, query, key, cache):
        """dquery, dkey and [dσ]."""
        hidden, grads = cache, []
        dsums = activations.tanh.backward(ds[..., None], hidden)
        if self.use_scale:
            grads = [np.tensordot(ds, hidden, axes=ds.ndim)]
            dsums *= self.scale
        return dsums.sum(axis=-2), dsums.sum(axis=-3), grads
