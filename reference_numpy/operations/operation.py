"""The base of the operations: what `x + 1` or `x[:, 0]` becomes in a graph."""

import functools
import inspect
from collections import defaultdict

import numpy as np

from reference_numpy import config, tree
from reference_numpy.layers.layer import Layer

#: the operations by Keras's module below `keras.src`
OFFERED: dict[str, list[type]] = defaultdict(list)


def _wrap_backward(backward):
    @functools.wraps(backward)
    def wrapped(self, dy, cache, input_gradient=True):
        if type(self).backward is not wrapped:  # a subclass calls what it inherits
            return backward(self, dy, cache)
        return self.by_argument(backward(self, dy, cache)) if input_gradient else None, []

    return wrapped


class Operation(Layer):
    """A function of arrays without weights.

    A subclass defines `forward(*args)` → `(y, cache)`, `backward(dy, cache)` → a tuple of the
    gradients of forward's first arguments (None for one that has none), and `shape(*shapes)` → the
    shape of y from the shapes of the arguments (other arguments than arrays come as they are; a
    number has the shape ()). A class that Keras has says in which of its modules: `keras="ops.nn"`.

    `backward` is wrapped here, so that it gives a layer's `(dx, grads)`: dx is a dictionary by the
    arguments' names where forward takes several, and there are no grads. The arguments come as they
    are, without the preparation of a layer's.
    """

    wrappers = {"backward": _wrap_backward}
    #: name of the output's dtype, None for what the arguments give; a tuple where outputs differ
    result_dtype: str | tuple[str | None, ...] | None = None
    #: whether integers become floating numbers
    floating = False
    #: whether integers of 64 bits then become floating numbers of 64 bits
    keeps_width = False
    not_in_config: tuple[str, ...] = ("autocast", "activity_regularizer", "trainable", "dtype")

    def __init_subclass__(cls, keras=None, **kwargs):
        super().__init_subclass__(**kwargs)
        if keras:
            OFFERED[keras].append(cls)

    def __init__(self, name: str | None = None):
        super().__init__(name=name, autocast=False)
        self.built = True
        self._output_dtype = config.floatx()

    def by_argument(self, gradients):
        """The gradients as a layer's `dx`, which mirrors the inputs."""
        arguments = _arguments(type(self).forward)
        if len(arguments) > 1:
            return {argument.name: dx for argument, dx in zip(arguments, gradients)}
        return gradients if arguments[0].kind is inspect.Parameter.VAR_POSITIONAL else gradients[0]

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


@functools.cache
def _arguments(forward):
    return list(inspect.signature(forward).parameters.values())[1:]


def _shape(argument):
    """The shape of an argument, or the shapes of a list; other arguments as they are."""
    if hasattr(argument, "shape"):
        return tuple(argument.shape)
    if isinstance(argument, (int, float)):
        return ()
    if isinstance(argument, (list, tuple)) and all(hasattr(item, "shape") for item in argument):
        return [tuple(item.shape) for item in argument]
    return argument
