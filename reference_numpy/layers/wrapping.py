"""What is done around every layer's build, forward and backward, so that none does it itself."""

import functools

import numpy as np

from reference_numpy import tree
from reference_numpy.kernels.memory import forward_alone
from reference_numpy.layers import penalties
from reference_numpy.layers.signatures import signature


def wrap_build(build):
    """Shapes come as tuples, and are remembered for the file; the layer is built after."""

    @functools.wraps(build)
    def wrapped(self, *shapes, **named_shapes):
        shapes = [tree.map_shapes(tuple, shape) for shape in shapes]
        named_shapes = {name: tree.map_shapes(tuple, shape) for name, shape in named_shapes.items()}
        build(self, *shapes, **named_shapes)
        self.built = True
        bound = signature(build).bind(self, *shapes, **named_shapes).arguments
        arguments = dict(list(bound.items())[1:])
        several = len(arguments) > 1
        self._build_config = (
            {"shapes_dict": arguments}
            if several
            else {"input_shape": next(iter(arguments.values()), None)}
        )

    return wrapped


def wrap_forward(forward):
    """Inputs come in the compute dtype, to a layer that is built; the penalty is counted."""
    compute = forward if _is_of_this_library(forward) else _keeping(forward)

    @functools.wraps(forward)
    def wrapped(self, *args, **kwargs):
        if self.taken is None or _as_taken(self, args, kwargs) != self.taken:
            args, kwargs = _take(self, args, kwargs)
        y, cache = compute(self.in_compute_dtype(), *args, **kwargs)
        # Not where a subclass calls what it inherits: the penalty is on the output of the whole.
        if self.activity_regularizer is not None and type(self).forward is wrapped:
            penalties.count(self.activity_regularizer, y)
            cache = (y, cache)
        return y, cache

    return wrapped


def _is_of_this_library(function):
    return function.__module__.partition(".")[0] == __name__.partition(".")[0]


def _keeping(forward):
    """Somebody's own forward pass may itself go backward through parts, which keep what they need.

    That a model predicts, and keeps nothing of the call, says nothing about what is within it.
    """

    def keeping(self, *args, **kwargs):
        with forward_alone(False):
            return forward(self, *args, **kwargs)

    return keeping


def _take(layer, args, kwargs):
    """The inputs in the compute dtype; the layer is built for them, or has checked them."""
    given = args
    args = [
        tree.map_structure(lambda x: x if x is None else layer.cast(np.asarray(x)), arg)
        for arg in args
    ]
    kwargs = tree.map_structure(layer.cast, kwargs)
    if not layer.built or layer.input_spec is not None:
        layer.prepare(args, kwargs)
    if len(args) == 1 and args[0] is given[0]:
        layer.taken = _as_taken(layer, args, kwargs)
    return args, kwargs


def _as_taken(layer, args, kwargs):
    """All that decides whether a single array goes in as it is; None for other inputs.

    Training gives a layer the same shape step after step: what was found out the first time holds.
    """
    if len(args) != 1 or type(args[0]) is not np.ndarray or not kwargs.keys() <= {"training"}:
        return None
    x, policy = args[0], layer.dtype_policy
    return x.shape, x.dtype, layer.built, layer.autocast, policy.name, layer.input_spec


def wrap_backward(backward):
    """dy comes in the compute dtype, with the penalty's gradient; a frozen layer gives no grads."""
    skips_inputs = "input_gradient" in signature(backward).parameters

    @functools.wraps(backward)
    def wrapped(self, dy, cache, input_gradient=True):
        single = isinstance(dy, np.ndarray)
        dy = self.cast(dy) if single else tree.map_structure(self.cast, dy)
        options = {"input_gradient": input_gradient} if skips_inputs else {}
        try:
            if self.activity_regularizer is not None and type(self).backward is wrapped:
                y, cache = cache
                dy = penalties.add_gradient(self.activity_regularizer, dy, y)
            dx, grads = backward(self.in_compute_dtype(), dy, cache, **options)
        except (AttributeError, TypeError) as error:
            if cache is not None:
                raise
            raise ValueError(
                f"Layer '{self.name}': backward takes the cache that forward gives beside y, as in "
                "`y, cache = layer.forward(x)`. Received: cache=None"
            ) from error
        if not self.trainable:
            return dx, []
        if self.compute_dtype != self.variable_dtype:
            grads = [grad.astype(self.variable_dtype) for grad in grads]
        return dx, grads

    return wrapped
