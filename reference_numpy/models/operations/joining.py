"""Operations that join arrays and cut them apart."""

import numpy as np

from reference_numpy.models.operations.operation import Operation


class Concatenate(Operation):
    """The arrays of a list one after another along an axis."""

    def __init__(self, axis=0, name=None):
        super().__init__(name)
        self.axis = axis

    def compute(self, xs):
        """The joined array, and where to cut it."""
        ends = np.cumsum([x.shape[self.axis] for x in xs])[:-1]
        return np.concatenate(xs, self.axis), ends

    def slopes(self, dy, cache):
        """The parts of dy."""
        return (np.split(dy, cache, self.axis),)

    def shape(self, xs):
        """The sizes along the axis added up."""
        axis, sizes = self.axis % len(xs[0]), list(xs[0])
        lengths = [x[axis] for x in xs]
        sizes[axis] = None if None in lengths else sum(lengths)
        return tuple(sizes)


class Stack(Operation):
    """The arrays of a list along a new axis."""

    def __init__(self, axis=0, name=None):
        super().__init__(name)
        self.axis = axis

    def compute(self, xs):
        """The stacked array."""
        return np.stack(xs, self.axis), None

    def slopes(self, dy, cache):
        """The layers of dy."""
        return (list(np.moveaxis(dy, self.axis, 0)),)

    def shape(self, xs):
        """The arrays' shape with their number."""
        axis = self.axis % (len(xs[0]) + 1)
        return (*xs[0][:axis], len(xs), *xs[0][axis:])


OFFERED = {
    "ops.numpy": [Concatenate, Stack],
}
