"""Attention in several projections at once."""

import string
from collections.abc import Sequence
from typing import Any

from reference_numpy.annotations import Named
from reference_numpy.layers.argument_validation import positive_integer
from reference_numpy.layers.attention.projected_attention import ProjectedAttention


class MultiHeadAttention(ProjectedAttention):
    """Every head n attends in projections of its own, and the heads' results are projected back.

        q_n = x_q Wq_n + bq_n     k_n = x_k Wk_n + bk_n     v_n = x_v Wv_n + bv_n
        c_n = softmax(q_n k_nᵀ / √key_dim) v_n              (⊙ sigmoid(x_q Wg_n + bg_n))
        y = Σ_n c_n Wo_n + bo

    Self-attention is the call with query and value the same. In training the softmax goes through
    dropout. The backward pass goes through the projections (`EinsumDense`) and
    `dot_product.attend_backward`.

    A query that every key is masked for gets the mean of all values where Keras uses its fused
    kernel (inputs of three axes, no dropout, no scores returned), and zeros otherwise.

    Shapes, N heads:
        query (batch, T, dq)   value (batch, S, dv)   key (batch, S, dk), the value if None
        Wq: (dq, N, key_dim)   Wk: (dk, N, key_dim)   Wv: (dv, N, value_dim)
        Wo: (N, value_dim, *output_shape)             y: (batch, T, *output_shape)
        scores, with `return_attention_scores`: (batch, N, T, S), before dropout
        More axes are batch axes unless `attention_axes` names them.

    Args:
        num_heads: N.
        key_dim: size of a query and a key in a head.
        value_dim: size of a value in a head; None for `key_dim`.
        dropout: share of the attention weights set to 0 in training.
        use_bias: whether the projections have biases.
        output_shape: sizes of the output behind its positions; None for the query's last size.
        attention_axes: the axes along which attention runs; None for all between batch and
            features.
        sliding_window: a query sees only the keys less than that many steps away.
        flash_attention: accepted; it changes the speed alone.
        kernel_initializer, …, bias_constraint: those of every projection; `activity_regularizer`
            penalizes what each of them puts out, not y apart.
        use_gate: whether the gate above is there.
        seed: an integer for dropout that repeats, or None.

    Within a model the inputs have no masks after the call, as in Keras: what comes later in the
    graph, a residual connection or a second attention to the same values, does not see them.

    Call arguments:
        query_mask, value_mask, key_mask: (batch, T) or (batch, S), True where there is something.
        attention_mask: (batch, T, S), True where a query sees a key.
        use_causal_mask: whether query i sees only the keys up to i.
        return_attention_scores: whether the attention weights are returned beside y.

    Raises:
        ValueError: for sizes that are no positive integers, values and keys of different
            lengths, or flash attention with dropout or returned scores.

    Source: Vaswani et al., Attention Is All You Need (2017), section 3.2;
    `keras.layers.MultiHeadAttention`.
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: int | Sequence[int] | None = None,
        attention_axes: int | Sequence[int] | None = None,
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
        if attention_axes and not isinstance(attention_axes, (int, list, tuple)):
            raise ValueError(
                f"`attention_axes` of layer '{self.name}' must be an int, list, or tuple. "
                f"Received: attention_axes={attention_axes}"
            )
        self.num_heads = positive_integer(num_heads, "num_heads")
        self.key_dim = positive_integer(key_dim, "key_dim")
        self.value_dim = positive_integer(key_dim if value_dim is None else value_dim, "value_dim")
        self.attention_axes = (
            (attention_axes,) if isinstance(attention_axes, int) else (attention_axes)
        )
        self.projected_shape = (
            (output_shape,)
            if isinstance(output_shape, int)
            else (tuple(output_shape) if output_shape else output_shape)
        )

    def build(self, query_shape, value_shape, key_shape=None):
        """Make the projections for inputs of these shapes."""
        key_shape = value_shape if key_shape is None else key_shape
        self.check_lengths(value_shape, key_shape)
        heads = {
            "query": (query_shape, self.key_dim, None),
            "key": (key_shape, self.key_dim, None),
            "gate": (query_shape, self.value_dim, "sigmoid"),
            "value": (value_shape, self.value_dim, None),
        }
        for name, (shape, size, activation) in heads.items():
            if name == "gate" and not self.use_gate:
                continue
            equation, bias_axes = projection_equation(len(shape) - 1, 1, 2)
            dense = self.projection(name, equation, (self.num_heads, size), bias_axes, activation)
            setattr(self, f"_{name}_dense", dense)
            dense.build(shape)
        rank = len(value_shape) + 1
        if self.attention_axes is None:
            self.attention_axes = tuple(range(1, rank - 2))
        self.attention_axes = tuple(a if a >= 0 else rank - 1 + a for a in self.attention_axes)
        self.finish_build(rank, self.attention_axes, self.key_dim)
        sizes = self.projected_shape or (query_shape[-1],)
        equation, bias_axes = projection_equation(len(query_shape) - 1, 2, len(sizes))
        self._output_dense = self.projection("attention_output", equation, sizes, bias_axes)
        self._output_dense.build((*query_shape[:-1], self.num_heads, self.value_dim))

    # Keras's public names of the projections, under which its files keep them.
    query_dense = property(lambda self: self._query_dense)
    key_dense = property(lambda self: self._key_dense)
    value_dense = property(lambda self: self._value_dense)
    output_dense = property(lambda self: self._output_dense)

    def compute_output_shape(
        self, query_shape, value_shape, key_shape=None, return_attention_scores=False
    ):
        """The query's shape with `output_shape` behind its positions; the scores' beside it."""
        key_shape = value_shape if key_shape is None else key_shape
        self.check_lengths(value_shape, key_shape)
        output = (*query_shape[:-1], *(self.projected_shape or (query_shape[-1],)))
        if not return_attention_scores:
            return output
        axes = self.attention_axes or tuple(range(1, len(query_shape) - 1))
        batch = [n for axis, n in enumerate(query_shape[:-1]) if axis not in axes]
        positions = [shape[axis] for shape in (query_shape, key_shape) for axis in axes]
        return output, (*batch, self.num_heads, *positions)

    def unmasked_inputs(self, first, inputs):
        """All inputs: in Keras the call deletes the masks of its query, value and key."""
        return list(inputs.values())

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "output_shape": self.projected_shape}


def projection_equation(free, bound, given):
    """The einsum equation `"abc,cde->abde"` of a projection, and the letters of its bias.

    Args:
        free, bound, given: numbers of axes that stay, that are summed over, and that come in.
    """
    letters = string.ascii_lowercase
    kept = letters[:free]
    summed = letters[free : free + bound]
    made = letters[free + bound : free + bound + given]
    return f"{kept}{summed},{summed}{made}->{kept}{made}", made
