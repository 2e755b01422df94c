"""Which keys a query may see."""

import numpy as np


def causal_mask(queries, keys):
    """(queries, keys): True where the key does not come after the query."""
    return np.tri(queries, keys, dtype=bool)


def sliding_window_mask(queries, keys, window):
    """(queries, keys): True where the two lie less than `window` steps apart."""
    return np.abs(np.arange(queries)[:, None] - np.arange(keys)) < window


def both(mask, other):
    """True where both masks are; None stands for a mask that is True everywhere.

    Raises:
        ValueError: for masks of shapes that do not fit together.
    """
    if mask is None or other is None:
        return other if mask is None else mask
    try:
        return mask & other
    except ValueError:
        raise ValueError(
            f"Masks of the shapes {mask.shape} and {other.shape} do not fit together."
        ) from None


def padding_mask(query_mask=None, value_mask=None, key_mask=None):
    """(batch, queries, keys): True where none of the given masks is False; None without masks."""
    mask = None if query_mask is None else np.asarray(query_mask, bool)[..., :, None]
    for given in (value_mask, key_mask):
        if given is not None:
            mask = both(mask, np.asarray(given, bool)[..., None, :])
    return mask
