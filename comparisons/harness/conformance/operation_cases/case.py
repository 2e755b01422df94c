"""One line of the table: an operation of Keras on arrays of some shapes."""

from dataclasses import dataclass
from types import FunctionType

import numpy as np

from comparisons.harness.divergences import named

BATCH = 3
# Of those that compute functions of integers.
OF_INTEGERS = "functions-of-integers-with-floatx-float64"

#: kinds of numbers by name: a function of a generator and a shape, and their dtype if not floating
KINDS = {
    "normal": (lambda generator, shape: generator.standard_normal(shape), None),
    "positive": (lambda generator, shape: generator.uniform(0.5, 2.0, shape), None),
    "unit": (lambda generator, shape: generator.uniform(-0.9, 0.9, shape), None),
    "share": (lambda generator, shape: generator.uniform(0.05, 0.95, shape), None),
    "above_one": (lambda generator, shape: generator.uniform(1.1, 3.0, shape), None),
    "integer": (lambda generator, shape: generator.integers(0, 4, shape), "int32"),
    "long": (lambda generator, shape: generator.integers(0, 4, shape), "int64"),
    "zeros": (
        lambda generator, shape: np.where(
            generator.uniform(size=shape) < 0.3, 0.0, generator.standard_normal(shape)
        ),
        None,
    ),
    "holes": (
        lambda generator, shape: np.where(
            generator.uniform(size=shape) < 0.3, np.nan, generator.standard_normal(shape)
        ),
        None,
    ),
    "infinite": (
        lambda generator, shape: np.where(
            generator.uniform(size=shape) < 0.5,
            generator.choice([np.inf, -np.inf, np.nan], shape),
            generator.standard_normal(shape),
        ),
        None,
    ),
    "bool": (lambda generator, shape: generator.integers(0, 2, shape) > 0, "bool"),
}


@dataclass(frozen=True)
class Draw:
    """What goes in: the shape without the batch axis, and a kind of `KINDS`."""

    shape: tuple
    kind: str = "normal"

    def dtype(self, floatx):
        """Its own dtype, or `floatx`."""
        return KINDS[self.kind][1] or floatx

    def array(self, generator, floatx):
        """An array of a batch of three, of distinct numbers where they are floating."""
        draw, _ = KINDS[self.kind]
        return draw(generator, (BATCH, *self.shape)).astype(self.dtype(floatx))


@dataclass(frozen=True)
class Case:
    """An operation on symbolic tensors.

    Args:
        name: names the case, beginning with the class in the graph: `"Mean-several-axes"`.
        call: function of `keras.ops` and the tensors that gives a tensor or a structure of them.
        inputs: a `Draw` for each tensor.
        diverges: the name of a divergence by which it is only as good as float32 in float64 on some
            backends; empty where there is none.
        calculus: whether backward is the derivative of forward; False where the operation takes
            a part of it for constant, or where numbers that go in are NaN.
    """

    name: str
    call: FunctionType
    inputs: tuple = (Draw((4, 3)),)
    diverges: str = ""
    calculus: bool = True

    def __str__(self):
        return self.name

    def __post_init__(self):
        if self.diverges:
            named(self.diverges)  # a wrong name fails at once

    def keras_model(self, floatx):
        """The functional Keras model that is the operation and nothing else."""
        import keras
        from keras import ops

        tensors = [keras.Input(draw.shape, dtype=draw.dtype(floatx)) for draw in self.inputs]
        return keras.Model(tensors, self.call(ops, *tensors))

    def arrays(self, floatx):
        """What goes in, the same numbers in every precision."""
        generator = np.random.default_rng(0)
        return [draw.array(generator, floatx) for draw in self.inputs]
