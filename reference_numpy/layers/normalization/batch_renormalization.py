"""Batch renormalization: what `renorm=True` adds to `BatchNormalization`'s training.

With few samples a batch's statistics are noisy and differ from those of inference. A correction by
slow averages m_r and s_r of the batches' means and standard deviations s = √(σ² + ε) mends it:

    y = γ (r x̂ + d) + β,    r = clip(s / s_r, rmin, rmax),    d = clip((μ − m_r) / s_r, −dmax, dmax)

r and d count as constants in backward. Then, with momentum ρ for m_r and s_r and m for the others,

    m_r ← ρ m_r + (1 − ρ) μ        moving_mean ← m moving_mean + (1 − m) μ
    s_r ← ρ s_r + (1 − ρ) s        moving_stddev ← m moving_stddev + (1 − m) s
    moving_variance ← max(moving_stddev² − ε, 0)

Source: Ioffe 2017, "Batch Renormalization".
"""

import math

import numpy as np

from reference_numpy.layers.normalization.moments import follow

_KEYS = ("rmax", "rmin", "dmax")


def check_clipping(clipping):
    """`clipping` itself. Raises ValueError for unknown keys, rmax below rmin, or dmax below 0."""
    rmax, rmin, dmax = (clipping.get(key) for key in _KEYS)
    if set(clipping) - set(_KEYS):
        raise ValueError(
            f"The keys of `renorm_clipping` are {', '.join(_KEYS)}. "
            f"Received: renorm_clipping={clipping}"
        )
    if (None not in (rmax, rmin) and rmax < rmin) or (dmax is not None and dmax < 0):
        raise ValueError(
            "`renorm_clipping` needs rmin ≤ rmax and dmax of 0 or more. "
            f"Received: renorm_clipping={clipping}"
        )
    return clipping


def add_state(layer, shape):
    """Create `moving_stddev`, `renorm_mean` (m_r) and `renorm_stddev` (s_r) on `layer`."""

    def stddev_initializer(shape, dtype=None):
        return np.sqrt(layer.moving_variance_initializer(shape, dtype))

    for name, initializer in (
        ("moving_stddev", stddev_initializer),
        ("renorm_mean", layer.moving_mean_initializer),
        ("renorm_stddev", stddev_initializer),
    ):
        state = layer.add_weight(shape, initializer, name, trainable=False, autocast=False)
        setattr(layer, name, state)


def correction(layer, mean, variance):
    """r and d for a batch of these moments, one a channel."""
    stddev = np.sqrt(variance + layer.epsilon)
    slow_stddev = np.maximum(layer.renorm_stddev.astype(mean.dtype), math.sqrt(layer.epsilon))
    r = stddev / slow_stddev
    d = (mean - layer.renorm_mean.astype(mean.dtype)) / slow_stddev
    rmax, rmin, dmax = (layer.renorm_clipping.get(key) for key in _KEYS)
    if rmin is not None or rmax is not None:
        r = np.clip(r, rmin, rmax)
    if dmax is not None:
        d = np.clip(d, -dmax, dmax)
    return r, d


def update(layer, mean, variance):
    """Let all five moving statistics of `layer` follow the batch, in place."""
    stddev = np.sqrt(variance + layer.epsilon)
    follow(layer.renorm_mean, mean, layer.renorm_momentum)
    follow(layer.renorm_stddev, stddev, layer.renorm_momentum)
    follow(layer.moving_mean, mean, layer.momentum)
    moving_stddev = follow(layer.moving_stddev, stddev, layer.momentum)
    layer.moving_variance[...] = np.maximum(moving_stddev**2 - layer.epsilon, 0)
