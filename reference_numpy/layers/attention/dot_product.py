"""Scaled dot-product attention of several heads: the part between the projections."""

import math

import numpy as np

from reference_numpy import activations


class HeadAxes:
    """Where batch, heads, positions and features are in the projected inputs.

    Projected inputs have the axes (batch, …, heads, features); attention runs along
    `attention_axes` of them. `rows` brings them into the form (batch, …, heads, positions,
    features) that matrix products want, `unrows` back.

    Args:
        rank: number of axes of the projected inputs.
        attention_axes: the axes of positions, a tuple.
    """

    def __init__(self, rank: int, attention_axes: tuple[int, ...]):
        self.count = len(attention_axes)
        self.attention_axes = attention_axes
        self.batch_axes = [i for i in range(rank - 1) if i not in attention_axes]
        self.order = [*self.batch_axes, *attention_axes, rank - 1]
        self.inverse = np.argsort(self.order)

    def sizes(self, x):
        """The numbers of positions along each of the attention axes."""
        return tuple(x.shape[axis] for axis in self.attention_axes)

    def rows(self, x):
        """(batch, …, heads, features) to (…, heads, positions, features)."""
        positions = math.prod(self.sizes(x))
        x = x.transpose(self.order)
        return x.reshape(*x.shape[: len(self.batch_axes)], positions, x.shape[-1])

    def unrows(self, rows, sizes):
        """The inverse of `rows` for inputs with these `sizes`."""
        shape = (*rows.shape[: len(self.batch_axes)], *sizes, rows.shape[-1])
        return rows.reshape(shape).transpose(self.inverse)

    def mask_rows(self, mask, query_sizes, key_sizes):
        """A mask of (batch, …, query positions, key positions) for the scores of rows.

        Raises:
            ValueError: for a mask that does not fit the numbers of positions.
        """
        sizes = (*query_sizes, *key_sizes)
        try:
            mask = np.broadcast_to(mask, (*mask.shape[: -len(sizes)], *sizes))
        except ValueError:
            raise ValueError(
                f"The attention mask of shape {mask.shape} does not fit queries and keys of "
                f"{query_sizes} and {key_sizes} positions."
            ) from None
        mask = mask.reshape(
            *mask.shape[: -len(sizes)], math.prod(query_sizes), math.prod(key_sizes)
        )
        missing = len(self.batch_axes) + 2 - mask.ndim
        return np.expand_dims(mask, tuple(range(-3, -3 - missing, -1)))


def attend(query, key, value, scale, mask=None, empty_rows="uniform", drop=None, bias=None):
    """softmax(scale · q kᵀ + bias) v of every head, and what `attend_backward` needs.

    Args:
        query: (…, heads, T, d).
        key, value: (…, heads or fewer, S, d) and (…, S, v): of fewer key heads each serves as
            many query heads in a row as there are to a key head.
        scale: factor of the scores.
        mask: which keys each query sees, broadcastable to (…, heads, T, S).
        empty_rows: what a query gets that sees no key at all: `"uniform"`, the mean of all
            values, or `"zero"`.
        drop: function of the weights' shape and dtype that gives a dropout mask, or None.
        bias: added to the scores, broadcastable to (…, heads, T, S), or None.

    Returns:
        `(context, weights, cache)`: (…, heads, T, v), and (…, heads, T, S) before dropout.
    """
    heads = query.shape[:-1]
    query = fold(query * scale, key)
    scores = (query @ key.swapaxes(-2, -1)).reshape(*heads, key.shape[-2])
    if bias is not None:
        scores += bias
    if mask is not None:
        try:
            mask = np.broadcast_to(mask, scores.shape)
        except ValueError:
            raise ValueError(
                f"A mask of shape {mask.shape} does not fit scores of shape {scores.shape}, which "
                "are (batch, heads, queries, keys)."
            ) from None
        low = -3e4 if scores.dtype == np.float16 else -1e9
        scores = np.where(mask, scores, scores.dtype.type(low))
    weights, softmax_cache = activations.softmax.forward(scores)
    if mask is not None and empty_rows == "zero":
        weights = weights * mask
    kept = None if drop is None else drop(weights.shape, weights.dtype)
    dropped = fold(weights if kept is None else weights * kept, key)
    context = (dropped @ value).reshape(*heads, value.shape[-1])
    cache = (query, key, value, scale, mask, empty_rows, softmax_cache, kept, dropped, bias)
    return context, weights, cache


def attend_backward(dcontext, dweights, cache):
    """The gradients with respect to query, key, value and scores (a bias has the scores').

        dw = dcontext vᵀ (+ dweights)     dv = wᵀ dcontext
        ds = w ⊙ (dw − Σ dw w)            dq = scale · ds k     dk = scale · dsᵀ q

    Args:
        dcontext: gradient of the context.
        dweights: gradient of the weights where they were given out, or None.
        cache: what `attend` returned.
    """
    query, key, value, scale, mask, empty_rows, softmax_cache, kept, dropped, _ = cache
    heads = dcontext.shape[:-1]
    dcontext = fold(dcontext, key)
    dvalue = dropped.swapaxes(-2, -1) @ dcontext
    dw = (dcontext @ value.swapaxes(-2, -1)).reshape(*heads, key.shape[-2])
    if kept is not None:
        dw *= kept
    if dweights is not None:
        dw += dweights
    if mask is not None and empty_rows == "zero":
        dw *= mask
    ds = activations.softmax.backward(dw, softmax_cache)
    if mask is not None:
        ds *= mask
    folded = fold(ds, key)
    dquery = (folded @ key).reshape(*heads, key.shape[-1])
    dquery *= scale
    return dquery, folded.swapaxes(-2, -1) @ query, dvalue, ds


def fold(rows, key):
    """Rows of the heads that share one key head, put below one another."""
    heads, key_heads = rows.shape[-3], key.shape[-3]
    if heads == key_heads:
        return rows
    shape = (*rows.shape[:-3], key_heads, heads // key_heads * rows.shape[-2], rows.shape[-1])
    return rows.reshape(shape)
