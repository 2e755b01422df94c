"""Attention between queries, keys and values of heads.

Keras rounds scales to float32, which those here are exact in.
"""

import numpy as np

from comparisons.harness.conformance.operation_cases.case import Case, Draw

QUERY, KEY = Draw((5, 2, 4)), Draw((3, 2, 4))
BASIC = (QUERY, KEY, KEY)


def attention(**options):
    """The call with further arguments by name."""
    return lambda ops, *three: ops.dot_product_attention(*three, **options)


def seen():
    """A mask in which one query sees no key."""
    return np.tri(5, 3, -1, bool)[None, None]


CASES = [
    Case("DotProductAttention", attention(), BASIC),
    Case("DotProductAttention-causal", attention(is_causal=True), BASIC),
    Case("DotProductAttention-scale", attention(scale=0.25), BASIC),
    Case("DotProductAttention-constant-mask", attention(mask=seen()), BASIC),
    Case(
        "DotProductAttention-bias-and-mask",
        lambda ops, q, k, v, bias, mask: ops.dot_product_attention(
            q, k, v, bias=bias, mask=mask, is_causal=True
        ),
        (*BASIC, Draw((1, 5, 3)), Draw((2, 1, 3), "bool")),
    ),
    Case(
        "DotProductAttention-computed-scale",
        lambda ops, q, k, v: ops.dot_product_attention(q, k, v, scale=ops.mean(q)),
        BASIC,
    ),
    Case("DotProductAttention-grouped", attention(), (Draw((5, 4, 4)), Draw((3, 2, 4)), KEY)),
]
