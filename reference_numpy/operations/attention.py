"""Attention as an operation on queries, keys and values that are split into heads already."""

import math

import numpy as np

from reference_numpy.layers.attention.dot_product import attend, attend_backward
from reference_numpy.layers.attention.masks import both, causal_mask
from reference_numpy.operations.binary import unbroadcast
from reference_numpy.operations.operation import Operation


class DotProductAttention(Operation, keras="ops.nn"):
    """y = softmax(scale · q kᵀ + bias) v of every head.

    With weights w, ds = w ⊙ (dw − Σ dw w) and dw = dy vᵀ:

        dq = scale · ds k    dk = scale · dsᵀ q    dv = wᵀ dy    dbias = ds    dscale = Σ ds ⊙ q kᵀ

    Shapes:
        query, y: (batch, T, heads, size)   key, value: (batch, S, heads or fewer, size): of fewer
        each serves as many query heads in a row
        bias, mask: broadcastable to (batch, heads, T, S); where the mask is False, a query does
        not see a key, and one that sees none gets the mean of all values
        scale: a number; None for 1 / √size

    Args:
        is_causal: whether keys that come after the query are hidden too.
        flash_attention: which kernel computes it elsewhere; here it makes no difference.

    Raises:
        ValueError: for arrays that do not fit.
        NotImplementedError: for `attn_logits_soft_cap`, which Keras has on TPUs only.
    """

    def __init__(
        self,
        is_causal: bool = False,
        flash_attention: bool | None = None,
        attn_logits_soft_cap: float | None = None,
        name: str | None = None,
    ):
        super().__init__(name)
        if attn_logits_soft_cap is not None:
            raise NotImplementedError(
                f"Operation '{self.name}': `attn_logits_soft_cap` is not supported; Keras has it "
                "on TPUs only."
            )
        self.is_causal, self.flash_attention = is_causal, flash_attention
        self.attn_logits_soft_cap = attn_logits_soft_cap

    def forward(self, query, key, value, bias=None, mask=None, scale=None):
        """The context, and what backward needs."""
        q, k, v = (x.swapaxes(1, 2) for x in self.promoted(query, key, value))
        factor = 1.0 / math.sqrt(q.shape[-1]) if scale is None else scale
        seen = causal_mask(q.shape[-2], k.shape[-2]) if self.is_causal else None
        factor = np.asarray(factor, q.dtype)
        context, _, cache = attend(q * factor, k, v, 1.0, both(mask, seen), bias=bias)
        return context.swapaxes(1, 2), (cache, query, factor, bias, scale)

    def backward(self, dy, cache):
        """dq, dk, dv, dbias, None for the mask, and dscale."""
        cache, query, factor, bias, scale = cache
        dq, dk, dv, ds = attend_backward(dy.swapaxes(1, 2), None, cache)
        dq, dk, dv = (gradient.swapaxes(1, 2) for gradient in (dq, dk, dv))
        dscale = None if scale is None else unbroadcast(dq * query, scale)
        return dq * factor, dk, dv, None if bias is None else unbroadcast(ds, bias), None, dscale

    def shape(self, query, key, value, bias=None, mask=None, scale=None):
        """The query's, with the size of the values."""
        fits = {len(query), len(key), len(value)} == {4}
        fits = fits and query[3] == key[3] and key[1:3] == value[1:3]
        if not fits or None not in (query[2], key[2]) and query[2] % key[2]:
            raise ValueError(
                f"Operation '{self.name}' takes queries (batch, T, heads, size), keys and values "
                "(batch, S, heads, size), of which the queries have a multiple. Received: "
                f"query.shape={query}, key.shape={key}, value.shape={value}"
            )
        return (*query[:3], value[3])
