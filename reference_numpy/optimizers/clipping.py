"""Gradient clipping: a remedy for gradients that explode."""

import math

import numpy as np


def norm(arrays):
    """√(Σ x²) over all entries of all arrays."""
    return math.sqrt(sum(float(np.vdot(x, x)) for x in arrays))


def clip(gradients, clipnorm=None, clipvalue=None, global_clipnorm=None):
    """The gradients within the bound that is set; without one, as they are.

    - `clipnorm`: g ← g · min(1, clipnorm / ‖g‖), each gradient by its own norm
    - `global_clipnorm`: the same with the norm of all gradients together, which keeps the
      direction of the step
    - `clipvalue`: every entry into [-clipvalue, clipvalue]

    Args:
        gradients: dictionary of arrays; it and they are left as they are.

    Source: Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural
    networks", algorithm 1.
    """
    if clipnorm and clipnorm > 0:
        return {key: g * (clipnorm / max(norm([g]), clipnorm)) for key, g in gradients.items()}
    if global_clipnorm and global_clipnorm > 0:
        size = norm(gradients.values())
        # A norm that is not finite leaves no direction to keep: all become NaN, as in Keras.
        scale = global_clipnorm / max(size, global_clipnorm) if math.isfinite(size) else math.nan
        return {key: g * scale for key, g in gradients.items()}
    if clipvalue and clipvalue > 0:
        return {key: np.clip(g, -clipvalue, clipvalue) for key, g in gradients.items()}
    return gradients
