"""The loop over the steps of any cell, forward and backward through time."""

import numpy as np

from reference_numpy import tree
from reference_numpy.layers.rnn.options import options_of_cell


def steps_of_mask(mask, shape, name):
    """`mask` of sequences of `shape` as booleans, time first: (T, batch); None stays None.

    Raises:
        ValueError: for a mask of another shape than (batch, T) or (batch, T, 1).
    """
    if mask is None:
        return None
    mask = np.asarray(mask).astype(bool)
    if mask.ndim == 3 and mask.shape[2] == 1:
        mask = mask[:, :, 0]
    if mask.shape != shape[:2]:
        raise ValueError(
            f"Layer '{name}': the mask must have the shape (batch, time steps), {shape[:2]}. "
            f"Received: mask.shape={mask.shape}"
        )
    return mask.T


def select(keep, new, old):
    """`new` for the samples that `keep` marks, else `old`."""
    ndim = max(np.ndim(new), np.ndim(old))
    return np.where(keep.reshape(-1, *[1] * (ndim - 1)), new, old)


def forward(layer, steps, states, keep, training, dropout_masks):
    """`(y, last states, cache)` of `layer.cell` over `steps`, (T, batch, …)."""
    cell, outputs, caches, y = layer.cell, [], [], None
    options = options_of_cell(cell, training, dropout_masks)
    for t, x in enumerate(steps):
        (new_y, new_states), cache = cell.forward(x, states, **options)
        if keep is not None:
            held = np.zeros_like(new_y) if y is None or layer.zero_output_for_mask else y
            new_y = select(keep[t], new_y, held)
            new_states = tree.map_structure(
                lambda old, new, kept=keep[t]: select(kept, new, old), states, new_states
            )
        y, states = new_y, new_states
        caches.append(cache)
        if layer.return_sequences:
            outputs.append(y)
    return np.stack(outputs) if layer.return_sequences else y, states, (caches, keep, y)


def backward(layer, dy, dstates, cache):
    """`(dx, d first states, grads)` of all steps from the last to the first."""
    caches, keep, y = cache
    gradients, grads = [], None
    dheld = np.zeros_like(y)
    for t in reversed(range(len(caches))):
        doutput = dheld
        if dy is not None and (layer.return_sequences or t == len(caches) - 1):
            doutput = doutput + (dy[t] if layer.return_sequences else dy)
        dpassed = None
        if keep is not None:
            dpassed = tree.map_structure(lambda d, kept=keep[t]: select(kept, 0, d), dstates)
            dstates = tree.map_structure(lambda d, kept=keep[t]: select(kept, d, 0), dstates)
            dheld = dheld if layer.zero_output_for_mask else select(keep[t], 0, doutput)
            doutput = select(keep[t], doutput, 0)
        dx, own = layer.cell.backward((doutput, dstates), caches[t])
        dx, dstates = dx.values()
        if dpassed is not None:
            dstates = tree.map_structure(np.add, dstates, dpassed)
        gradients.append(dx)
        grads = own if grads is None else [sum(pair) for pair in zip(grads, own, strict=True)]
    return np.stack(gradients[::-1]), dstates, grads
