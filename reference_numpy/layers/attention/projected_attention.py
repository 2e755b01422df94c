"""What the layers share that project their inputs onto several heads and attend there."""

import copy
import math
from typing import Any

import numpy as np

from reference_numpy import regularizers
from reference_numpy.annotations import Named
from reference_numpy.layers.activations.softmax import Softmax
from reference_numpy.layers.argument_validation import positive_integer
from reference_numpy.layers.attention.dot_product import HeadAxes, attend, attend_backward
from reference_numpy.layers.attention.masks import (
    both,
    causal_mask,
    padding_mask,
    sliding_window_mask,
)
from reference_numpy.layers.core.einsum_dense import EinsumDense
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.regularization.dropout import Dropout
from reference_numpy.serialization import serialize


class ProjectedAttention(Layer):
    """Project query, key and value onto heads, attend in each head, project back.

    A subclass makes the projections `_query_dense`, `_key_dense`, `_value_dense`, `_output_dense`
    (and `_gate_dense`) in `build` and calls `finish_build`.

    Args:
        dropout: share of the attention weights set to 0 in training.
        use_bias: whether the projections have biases.
        sliding_window: a query sees only the keys less than that many steps away; None for all.
        flash_attention: accepted; it changes how fast a GPU computes, not what.
        kernel_initializer, …, bias_constraint: those of every projection, the activity regularizer
            among them.
        use_gate: whether what the heads give is multiplied by sigmoid(query projection).
        seed: an integer for dropout that repeats, or None.

    Raises:
        ValueError: for a sliding window below 1, or flash attention with dropout.
    """

    not_in_config = ("autocast", "flash_attention", "output_shape")

    def __init__(
        self,
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
        super().__init__(**kwargs)
        if sliding_window is not None:
            sliding_window = positive_integer(sliding_window, "sliding_window")
        if flash_attention and dropout > 0.0:
            raise ValueError(
                f"Layer '{self.name}': dropout is not supported when flash attention is enabled. "
                f"Received: dropout={dropout}, flash_attention={flash_attention}"
            )
        self.dropout = dropout
        self.use_bias = use_bias
        self.sliding_window = sliding_window
        self.flash_attention = flash_attention
        self.keep_arguments_of("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.keep_arguments_of("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.projection_penalty = regularizers.get(activity_regularizer)
        self.use_gate = use_gate
        self.seed = seed
        self.supports_masking = True

    # Building

    def projection(self, name, equation, sizes, bias_axes, activation=None):
        """A tracked EinsumDense whose output ends with `sizes`."""
        count = len(equation.split("->")[1]) - 1 - len(sizes)
        return self.track(
            EinsumDense(
                equation,
                output_shape=[None] * count + list(sizes),
                activation=activation,
                bias_axes=bias_axes if self.use_bias else None,
                kernel_initializer=copy.copy(self.kernel_initializer),
                bias_initializer=copy.copy(self.bias_initializer),
                kernel_regularizer=self.kernel_regularizer,
                bias_regularizer=self.bias_regularizer,
                activity_regularizer=self.projection_penalty,
                kernel_constraint=self.kernel_constraint,
                bias_constraint=self.bias_constraint,
                dtype=self.dtype_policy,
                name=name,
            )
        )

    @property
    def samples_apart(self):
        """Yes, where dropout draws nothing."""
        return "inference" if self.dropout else True

    def finish_build(self, rank, attention_axes, head_size):
        """Make what has no weights, in Keras's order of parts: softmax and dropout."""
        self.axes = HeadAxes(rank, attention_axes)
        self.scale = 1.0 / math.sqrt(head_size)
        self._softmax = self.track(Softmax(axis=-1, dtype=self.dtype_policy))
        self._dropout_layer = self.track(
            Dropout(self.dropout, seed=self.seed, dtype=self.dtype_policy)
        )

    # Calling

    def forward(
        self,
        query,
        value,
        key=None,
        query_mask=None,
        value_mask=None,
        key_mask=None,
        attention_mask=None,
        return_attention_scores=False,
        training=False,
        use_causal_mask=False,
    ):
        """The output (and the attention weights), and what backward needs."""
        if self.flash_attention and return_attention_scores:
            raise ValueError(
                f"Layer '{self.name}': returning attention scores is not supported when flash "
                "attention is enabled."
            )
        q, query_cache = self._query_dense.forward(query)
        k, key_cache = self._key_dense.forward(value if key is None else key)
        v, value_cache = self._value_dense.forward(value)
        sizes = self.axes.sizes(q)
        mask = self.find_mask(
            sizes,
            self.axes.sizes(k),
            padding_mask(query_mask, value_mask, key_mask),
            attention_mask,
            use_causal_mask,
        )
        # Keras computes with a fused kernel where nobody asks for the weights between its halves;
        # that kernel leaves a query that sees nothing the mean of all values.
        fused = not (self.dropout > 0 or return_attention_scores or q.ndim != 4)
        context, weights, cache = attend(
            self.axes.rows(q),
            self.axes.rows(k),
            self.axes.rows(v),
            self.scale,
            mask,
            "uniform" if fused else "zero",
            self.draw_dropout if training and self.dropout > 0 else None,
        )
        context, gated, gate_cache = self.axes.unrows(context, sizes), None, None
        if self.use_gate:
            gate, gate_cache = self._gate_dense.forward(query)
            gated = (context, gate)
            context = context * gate
        y, output_cache = self._output_dense.forward(context)
        caches = (query_cache, key_cache, value_cache, gate_cache, output_cache)
        cache = (cache, caches, sizes, self.axes.sizes(k), gated)
        cache = (*cache, key is not None, return_attention_scores)
        if not return_attention_scores:
            return y, cache
        shape = (*weights.shape[:-2], *sizes, *self.axes.sizes(k))
        return (y, weights.reshape(shape)), cache

    def backward(self, dy, cache, input_gradient=True):
        """{"query": …, "value": …}, "key" where one was given, and the projections' grads."""
        attention_cache, caches, query_sizes, key_sizes, gated, has_key, with_weights = cache
        query_cache, key_cache, value_cache, gate_cache, output_cache = caches
        dy, dweights = dy if with_weights else (dy, None)
        dcontext, output_grads = self._output_dense.backward(dy, output_cache)
        gate_grads, dgate_query = [], None
        if self.use_gate:
            context, gate = gated
            dgate_query, gate_grads = self._gate_dense.backward(
                dcontext * context, gate_cache, input_gradient=input_gradient
            )
            dcontext = dcontext * gate
        dcontext = self.axes.rows(dcontext)
        if dweights is not None:
            dweights = dweights.reshape(*dcontext.shape[:-1], math.prod(key_sizes))
        dq, dk, dv, _ = attend_backward(dcontext, dweights, attention_cache)
        dquery, query_grads = self._query_dense.backward(
            self.axes.unrows(dq, query_sizes), query_cache, input_gradient=input_gradient
        )
        dkey, key_grads = self._key_dense.backward(
            self.axes.unrows(dk, key_sizes), key_cache, input_gradient=input_gradient
        )
        dvalue, value_grads = self._value_dense.backward(
            self.axes.unrows(dv, key_sizes), value_cache, input_gradient=input_gradient
        )
        grads = query_grads + key_grads + gate_grads + value_grads + output_grads
        dx = {"query": total(dquery, dgate_query), "value": dvalue}
        if has_key:
            dx["key"] = dkey
        else:
            dx["value"] = total(dvalue, dkey)
        return dx, grads

    def draw_dropout(self, shape, dtype):
        """A dropout mask of the attention weights."""
        return self._dropout_layer.seed_generator.keep_mask(shape, self.dropout, dtype)

    def find_mask(self, query_sizes, key_sizes, mask, attention_mask, use_causal_mask):
        """All masks in one, in the form that fits the scores; None if every key is seen."""
        if attention_mask is not None:
            mask = both(mask, np.asarray(attention_mask).astype(bool))
        for wanted, name, make in (
            (use_causal_mask, "use_causal_mask", causal_mask),
            (
                self.sliding_window is not None,
                "sliding_window",
                lambda t, s: sliding_window_mask(t, s, self.sliding_window),
            ),
        ):
            if not wanted:
                continue
            if len(query_sizes) != 1:
                raise ValueError(
                    f"Layer '{self.name}': `{name}` needs one attention axis. "
                    f"Received: attention_axes={self.axes.attention_axes}"
                )
            mask = both(mask, make(query_sizes[0], key_sizes[0])[None])
        return None if mask is None else self.axes.mask_rows(mask, query_sizes, key_sizes)

    # Shapes and config

    def check_lengths(self, value_shape, key_shape):
        """Raise ValueError unless there are as many values as keys."""
        if key_shape is not None and value_shape[1:-1] != key_shape[1:-1]:
            raise ValueError(
                f"Layer '{self.name}': all dimensions of `value` and `key`, except the last one, "
                f"must be equal. Received: value_shape={value_shape}, key_shape={key_shape}"
            )

    def get_config(self):
        """The constructor's arguments; the activity regularizer is always among them."""
        return {
            **super().get_config(),
            "activity_regularizer": serialize(self.projection_penalty),
        }


def total(a, b):
    """a + b, where None counts as nothing."""
    if a is None or b is None:
        return b if a is None else a
    return a + b
