"""Mistakes that train without a word: a loss that takes one thing and is given another."""

import warnings

from reference_numpy import activations
from reference_numpy.losses import BinaryCrossentropy, BinaryFocalCrossentropy
from reference_numpy.models.heads import function_behind

#: how far beyond 0 and 1 rounding may take a probability
ROUNDING = 1e-3


def tell_of_mistakes(model, outputs):
    """Warn where an output does not fit its loss, in one line each.

    Args:
        model: a compiled model.
        outputs: what it gave for a batch, beside its outputs.
    """
    for term in model.compile_loss.terms if model.compile_loss else ():
        function = function_behind(model.graph, term.index)
        found = _mistake(term.loss, function, outputs[term.index])
        if found:
            warnings.warn(f"Model '{model.name}', output '{term.name}': {found}", stacklevel=4)


def _mistake(loss, function, y):
    """What is wrong with an output y, which `function` made, for a loss; None where nothing is."""
    name = type(function).__name__.lower()
    alone = isinstance(function, activations.Softmax) and isinstance(function.axis, int)
    if alone and y.shape[function.axis] == 1:
        return "softmax over a single unit is 1 whatever its input; use sigmoid."
    if not hasattr(loss, "from_logits"):
        return None
    if loss.from_logits and function is not None:
        return (
            f"the loss '{loss.name}' takes logits (from_logits=True) and is given probabilities, "
            f"since the model ends with {name}; leave out one of the two."
        )
    if loss.from_logits or function is not None or not y.size:
        return None
    low, high = y.min(), y.max()
    if low >= -ROUNDING and high <= 1 + ROUNDING:
        return None
    binary = isinstance(loss, (BinaryCrossentropy, BinaryFocalCrossentropy))
    return (
        f"the loss '{loss.name}' takes probabilities and is given values from {low:.3g} to "
        f"{high:.3g}; end the model with {'sigmoid' if binary else 'softmax'}, or use "
        f"{type(loss).__name__}(from_logits=True)."
    )
