"""Which keys a query may see."""

import numpy as np


def causal_mask(queries, keys):
    """(queries, keys): True where the key does not come after the query."""
    return np.tri(queries, keys, dtype=bool)


def sliding_window_mask(queries, keys, window):
    """(queries, keys): True where the two lie less than `window` steps apart."""
    return np.abs(np.arange(queries)[:, None] - np.arange(keys)) < window


def padding_mask(query_mask=None, value_mask=None, key_mask=None):
    """(batch, queries, keys): True where none of the given masks is False; None without masks."""
    mask = None if query_mask is None else np.asarray(query_mask, bool)[..., :, None]
    for given in (value_mask, key_mask):
        if given is not None:
            other = np.asarray(given, bool)[..., None, :]
            mask = other if mask is None else mask & other
    return mask
