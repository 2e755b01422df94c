"""The base of the operations: what `x + 1` or `x[:, 0]` becomes in a graph."""

import inspect

import numpy as np

from reference_numpy import config, tree
from reference_numpy.layers.layer import Layer


class OperationCall:
    """Forward and backward of an operation, whose arguments need no preparation."""

    def forward(self, *args, **kwargs):
        """The output, and what backward needs."""
        y, cache = self.compute(*args, **kwargs)
        return y, (cache, args, kwargs)

    def backward(self, dy, cache, input_gradient=True):
        """The gradients of the arguments in their structure, None for those that have none.

        Those of the positional arguments are a tuple; where the call has keywords too, the tuple
        and a dictionary are the entries `args` and `kwargs` of one.
        """
        cache, args, kwargs = cache
        slopes = self.slopes(dy, cache) if input_gradient else ()
        rest = (None,) * (len(args) - len(slopes))
        dx = tuple(map(_or_blank, (*slopes[: len(args)], *rest), args))
        if not kwargs:
            return dx, []
        by_name = dict(zip(inspect.signature(self.compute).parameters, slopes))
        named = {name: _or_blank(by_name.get(name), arg) for name, arg in kwargs.items()}
        return {"args": dx, "kwargs": named} if args else named, []


def _or_blank(slope, argument):
    """The gradient, or None in the structure of the argument that has none."""
    return tree.map_structure(lambda _: None, argument) if slope is None else slope


class Operation(OperationCall, Layer):
    """A function of arrays without weights.

    A subclass defines `compute(*args)` → `(y, cache)`, `slopes(dy, cache)` → the gradients of the
    first arguments of `compute`, passed by position or by name, and `shape(*shapes)` → the shape
    of y from the shapes of the arguments (other arguments than arrays come as they are; a number
    has the shape ()).
    """

    #: name of the output's dtype, None for what the arguments give; a tuple where outputs differ
    result_dtype = None
    #: whether integers become floating numbers
    floating = False
    #: whether integers of 64 bits then become floating numbers of 64 bits
    keeps_width = False
    not_in_config = ("autocast", "activity_regularizer", "trainable", "dtype")

    def __init__(self, name=None):
        super().__init__(name=name, autocast=False)
        self.built = True
        self._output_dtype = config.floatx()

    def shape_arguments(self, method, args, kwargs):
        """The arguments themselves; `compute_output_shape` takes the shapes from them."""
        return {"args": args, "kwargs": kwargs}

    def compute_output_shape(self, args, kwargs):
        """Shape of the output for arrays or symbolic tensors among the arguments."""
        self._output_dtype = self._result_dtype(*args, *kwargs.values())
        return self.shape(*map(_shape, args), **{name: _shape(arg) for name, arg in kwargs.items()})

    def _result_dtype(self, *arguments):
        """What `output_dtype` tells."""
        wanted = self.result_dtype
        if isinstance(wanted, str):
            return wanted
        promoted = self.promote(*arguments)
        return promoted if wanted is None else tuple(dtype or promoted for dtype in wanted)

    def promote(self, *arguments):
        """Name of the dtype in which these arguments are computed with, as in Keras.

        Floating numbers have it their way, however wide the integers are; a Python number takes
        the dtype of the arrays, but a fraction makes integers floating.
        """
        leaves = tree.flatten(list(arguments))
        dtypes = [np.dtype(leaf.dtype) for leaf in leaves if hasattr(leaf, "dtype")]
        floats = [dtype for dtype in dtypes if dtype.kind == "f"]
        if floats:
            return np.result_type(*floats).name
        whole = np.result_type(*dtypes).name if dtypes else "int32"
        if self.floating or any(isinstance(leaf, float) for leaf in leaves):
            return "float64" if self.keeps_width and whole == "int64" else config.floatx()
        return whole

    def promoted(self, *arguments):
        """The arrays among the arguments in one dtype; numbers as they are."""
        dtype = self.promote(*arguments)
        return [
            arg.astype(dtype, copy=False) if isinstance(arg, (np.ndarray, np.generic)) else arg
            for arg in arguments
        ]

    def axis_of(self, axis, ndim):
        """The axis counted from the front.

        Raises:
            ValueError: for one that an array of `ndim` axes does not have.
        """
        if not isinstance(axis, int) or not -ndim <= axis < ndim:
            raise ValueError(
                f"Operation '{self.name}': axis {axis} is out of range for an array of {ndim} axes."
            )
        return axis % ndim

    @property
    def output_dtype(self):
        """Name of the dtype of the output of the last call in a graph; a tuple for several."""
        return self._output_dtype

    def get_config(self):
        """The name and the constructor's arguments."""
        own = super().get_config()
        return {name: own[name] for name in own if name not in ("trainable", "dtype")}

    def serialize(self):
        """Keras's config, in which the class is registered under its own name."""
        name = type(self).__name__
        return {
            "module": type(self).keras_module,
            "class_name": name,
            "config": self.get_config(),
            "registered_name": name,
        }


def _shape(argument):
    """The shape of an argument, or the shapes of a list; other arguments as they are."""
    if hasattr(argument, "shape"):
        return tuple(argument.shape)
    if isinstance(argument, (int, float)):
        return ()
    if isinstance(argument, (list, tuple)) and all(hasattr(item, "shape") for item in argument):
        return [tuple(item.shape) for item in argument]
    return argument
