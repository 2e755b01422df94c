"""Attention layers."""

from reference_numpy.layers.attention.additive_attention import AdditiveAttention
from reference_numpy.layers.attention.attention import Attention
from reference_numpy.layers.attention.grouped_query_attention import GroupQueryAttention
from reference_numpy.layers.attention.multi_head_attention import MultiHeadAttention

__all__ = ["AdditiveAttention", "Attention", "GroupQueryAttention", "MultiHeadAttention"]
