"""Penalties on what layers put out, their activity regularizers, wherever in a model they stand.

    P = Σ R(y) / batch    over the outputs y of every call of a layer that has a regularizer R

A layer on its own neither reports P nor adds its gradient to dx. Who trains asks for both:

    with collected() as total:
        y, cache = model.forward(x)             # P is total.value
    with weighed(factor):
        dx, grads = model.backward(dy, cache)   # of dy · y + factor · P
"""

import contextlib
import contextvars
from dataclasses import dataclass

from reference_numpy import tree

_total = contextvars.ContextVar("total", default=None)
_factor = contextvars.ContextVar("factor", default=0.0)


@dataclass
class Total:
    """The sum of penalties that `collected` gathers."""

    value: float = 0.0


@contextlib.contextmanager
def collected():
    """Meanwhile the penalties of every call are summed up in what this gives."""
    total = Total()
    token = _total.set(total)
    try:
        yield total
    finally:
        _total.reset(token)


@contextlib.contextmanager
def weighed(factor):
    """Meanwhile backward adds the gradients of `factor` times the penalties."""
    token = _factor.set(factor)
    try:
        yield
    finally:
        _factor.reset(token)


def within(layer):
    """Whether `layer` or a part of it has a regularizer."""
    return layer.activity_regularizer is not None or any(map(within, layer.sublayers))


def wanted():
    """Whether backward is to add the penalties' gradients."""
    return _factor.get() != 0


def count(regularizer, y):
    """Add the penalty on the outputs `y` to the sum, if anybody collects it."""
    total = _total.get()
    if total is not None:
        for leaf in tree.flatten(y):
            total.value += regularizer(leaf) / max(len(leaf), 1)


def add_gradient(regularizer, dy, y):
    """`dy` and the gradient of the weighed penalty on the outputs `y`; `dy` is not written to."""
    factor = _factor.get()
    if factor == 0:
        return dy
    sums = []
    for gradient, leaf in zip(tree.flatten(dy), tree.flatten(y), strict=True):
        own = regularizer.gradient(leaf) * (factor / max(len(leaf), 1))
        sums.append(own if gradient is None else gradient + own)
    return tree.pack_like(y, sums)
