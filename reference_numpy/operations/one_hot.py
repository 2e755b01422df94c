"""Operations that mark classes by 1 among zeros."""

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import DType
from reference_numpy.operations.operation import Operation


class OneHot(Operation, keras="ops.nn"):
    """y has for each integer 1 at its place on a new axis, else 0; no gradient.

    Integers that are no class have zeros only.

    Args:
        num_classes: the size of the new axis.
        axis: where it stands in y, −1 or from 0.
        dtype: name of y's dtype; None for `config.floatx()`.
        sparse: False.

    Raises:
        NotImplementedError: for sparse arrays.
    """

    def __init__(
        self,
        num_classes: int | None,
        axis: int = -1,
        dtype: DType = None,
        sparse: bool = False,
        name: str | None = None,
    ):
        super().__init__(name)
        if sparse:
            raise NotImplementedError(
                f"Operation '{self.name}': sparse tensors are not supported, since NumPy has none."
            )
        self.num_classes, self.axis, self.sparse = num_classes, axis, sparse
        self.result_dtype = dtype or config.floatx()

    def forward(self, x):
        """The marks."""
        axis = self._axis(x.ndim)
        classes = np.arange(self.num_classes).reshape(-1, *(1,) * (x.ndim - axis))
        # Numbers with fractions lose them.
        marks = np.expand_dims(x.astype("int64"), axis) == classes
        return marks.astype(self.result_dtype), None

    def backward(self, dy, cache):
        """None."""
        return (None,)

    def _axis(self, ndim):
        """Where the new axis stands."""
        if self.axis == -1:
            return ndim
        if not 0 <= self.axis < ndim:
            raise ValueError(
                f"Operation '{self.name}' takes an axis from 0 to {ndim - 1}, or −1. Received: "
                f"axis={self.axis}"
            )
        return self.axis

    def shape(self, x):
        """x's with the classes."""
        axis = self._axis(len(x))
        return (*x[:axis], self.num_classes, *x[axis:])

    def get_config(self):
        """The arguments, with the dtype."""
        return {**super().get_config(), "dtype": self.result_dtype}


class MultiHot(OneHot, keras="ops.nn"):
    """y has 1 at the place of every class that stands among an axis of integers; no gradient.

    It is the largest of their `OneHot`, over the second axis of that (over the first, where x has
    but one axis).

    Args:
        num_classes: how many classes.
        axis: where the axis of classes stands in the `OneHot`, −1 or from 0.
        dtype: name of y's dtype; None for `config.floatx()`.
        sparse: False.
    """

    def __init__(
        self,
        num_classes: int | None = None,
        axis: int = -1,
        dtype: DType = None,
        sparse: bool = False,
        name: str | None = None,
    ):
        super().__init__(num_classes, axis, dtype, sparse, name)
        if num_classes is None:
            raise ValueError(f"Operation '{self.name}' needs `num_classes`.")

    def forward(self, inputs):
        """The marks."""
        marks, _ = super().forward(inputs)
        return marks.max(axis=min(1, inputs.ndim - 1)), None

    def shape(self, inputs):
        """The `OneHot`'s, without the axis."""
        sizes, axis = super().shape(inputs), min(1, len(inputs) - 1)
        return (*sizes[:axis], *sizes[axis + 1 :])
