"""Attention in which several query heads share one key and value head."""

from typing import Any

from reference_numpy.annotations import Named
from reference_numpy.layers.argument_validation import positive_integer
from reference_numpy.layers.attention.projected_attention import ProjectedAttention
from reference_numpy.serialization import unique_name


class GroupQueryAttention(ProjectedAttention):
    """Multi-head attention with fewer key and value heads than query heads.

        q_u = x_q Wq_u     k_g = x_k Wk_g     v_g = x_v Wv_g       g = u // (U / G)
        c_u = softmax(q_u k_gᵀ / √head_dim) v_g                    (⊙ sigmoid(x_q Wg_u))
        y = Σ_u c_u Wo_u

    with a bias to each projection if `use_bias`. The gradients of a shared head are the sums over
    the query heads that share it. With G = U it is multi-head, with G = 1 multi-query attention.
    A query that every key is masked for is treated as in `MultiHeadAttention`.

    Shapes:
        query (batch, T, d)   value (batch, S, d)   key (batch, S, dk), the value if None
        Wq: (d, U, head_dim)  Wk: (dk, G, head_dim) Wv: (d, G, head_dim)  Wo: (U, head_dim, d)
        y: (batch, T, d)      scores, with `return_attention_scores`: (batch, U, T, S)

    Args:
        head_dim: size of a head.
        num_query_heads, num_key_value_heads: U and G; G divides U.
        activity_regularizer: penalty on what each projection puts out and, once more, on what the
            layer does.
        others: as in `MultiHeadAttention`.

    Raises:
        ValueError: for sizes that are no positive integers, if G does not divide U, or for inputs
            whose sizes do not fit.

    Source: Ainslie et al., GQA: Training Generalized Multi-Query Transformer Models (2023);
    `keras.layers.GroupQueryAttention`.
    """

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Named = "glorot_uniform",
        bias_initializer: Named = "zeros",
        kernel_regularizer: Named = None,
        bias_regularizer: Named = None,
        activity_regularizer: Named = None,
        kernel_constraint: Named = None,
        bias_constraint: Named = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        # Keras exports the class under another name than its own, which its layers are called by.
        kwargs["name"] = kwargs.get("name") or unique_name("GroupedQueryAttention")
        super().__init__(
            dropout=dropout,
            use_bias=use_bias,
            sliding_window=sliding_window,
            flash_attention=flash_attention,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            use_gate=use_gate,
            seed=seed,
            **kwargs,
        )
        self.head_dim = positive_integer(head_dim, "head_dim")
        self.num_query_heads = positive_integer(num_query_heads, "num_query_heads")
        self.num_key_value_heads = positive_integer(num_key_value_heads, "num_key_value_heads")
        if num_query_heads % num_key_value_heads != 0:
            raise ValueError(
                f"Layer '{self.name}': `num_query_heads` must be divisible by "
                f"`num_key_value_heads`. Received: num_query_heads={num_query_heads}, "
                f"num_key_value_heads={num_key_value_heads}"
            )
        self.activity_regularizer = self.projection_penalty

    def build(self, query_shape, value_shape, key_shape=None):
        """Make the projections for inputs of these shapes."""
        key_shape = value_shape if key_shape is None else key_shape
        heads = {
            "query": (query_shape, "bqm,muh->bquh", self.num_query_heads, None),
            "key": (key_shape, "bkm,mvh->bkvh", self.num_key_value_heads, None),
            "gate": (query_shape, "bqm,muh->bquh", self.num_query_heads, "sigmoid"),
            "value": (value_shape, "bkm,mvh->bkvh", self.num_key_value_heads, None),
        }
        for name, (shape, equation, count, activation) in heads.items():
            if name == "gate" and not self.use_gate:
                continue
            dense = self.projection(
                name, equation, (count, self.head_dim), equation[-2:], activation
            )
            setattr(self, f"_{name}_dense", dense)
            dense.build(shape)
        self.finish_build(4, (1,), self.head_dim)
        self._output_dense = self.projection(
            "attention_output", "bquh,uhm->bqm", (query_shape[-1],), "m"
        )
        self._output_dense.build((*query_shape[:-1], self.num_query_heads, self.head_dim))

    def compute_output_shape(
        self, query_shape, value_shape, key_shape=None, return_attention_scores=False
    ):
        """The query's shape; the scores' beside it."""
        if query_shape[-1] != value_shape[-1]:
            raise ValueError(
                f"Layer '{self.name}': the last dimension of `query_shape` and `value_shape` must "
                f"be equal. Received: query_shape={query_shape}, value_shape={value_shape}"
            )
        self.check_lengths(value_shape, key_shape)
        if not return_attention_scores:
            return query_shape
        return query_shape, (query_shape[0], self.num_query_heads, query_shape[1], value_shape[1])
