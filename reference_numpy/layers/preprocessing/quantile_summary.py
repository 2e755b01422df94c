"""A short summary of many numbers, from which their approximate quantiles can be read.

A summary is an array of two rows: values in ascending order, and how many of the numbers each
stands for. Keras keeps summaries in float32; so does this.
"""

import numpy as np


def summarize(values, epsilon):
    """The summary of an array: every n-th of the sorted values, about 1 / epsilon of them."""
    values = np.sort(np.asarray(values).astype("float32").reshape(-1))
    step = max(values.size * epsilon, 1)
    chosen = values[int(step - 1) :: int(step)]
    return np.stack([chosen, np.full_like(chosen, step)])


def merge_summaries(first, second, epsilon):
    """The summary of the numbers of both, short again."""
    merged = np.concatenate([first, second], axis=1)
    return compress_summary(merged[:, np.argsort(merged[0])], epsilon)


def compress_summary(summary, epsilon):
    """The values at the shares epsilon, 2 epsilon, … of all weight, by linear interpolation."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    weights = summary[1].cumsum()
    values = np.interp(shares, weights / weights[-1], summary[0])
    weights = np.interp(shares, weights / weights[-1], weights)
    return np.stack([values, np.diff(weights, prepend=0)]).astype("float32")
