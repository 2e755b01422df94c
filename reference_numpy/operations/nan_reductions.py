"""Operations for which NaN counts as nothing: no number, and no gradient."""

import numpy as np

from reference_numpy.operations.operation import Operation
from reference_numpy.operations.reductions import Amax, Mean, Product, Sum
from reference_numpy.operations.scans import Cumprod, Cumsum
from reference_numpy.operations.statistics import (
    Median,
    Percentile,
    Quantile,
    Std,
    Var,
)


class FilledNaN(Operation):
    """An operation on x with a number in place of NaN, which changes nothing; dx is 0 there."""

    filler = 0.0

    def forward(self, x):
        """y, and what backward needs."""
        missing = np.isnan(x)
        filled = np.where(missing, x.dtype.type(self.filler), x) if x.dtype.kind == "f" else x
        y, cache = super().forward(filled)
        return y, (cache, missing)

    def backward(self, dy, cache):
        """The gradient of those that are not NaN."""
        cache, missing = cache
        (dx,) = super().backward(dy, cache)
        return (None if dx is None else np.where(missing, dx.dtype.type(0), dx),)


class Nansum(FilledNaN, Sum, keras="ops.numpy"):
    """y = Σ x over axes, NaN as 0."""


class Nanprod(FilledNaN, Product, keras="ops.numpy"):
    """y = Π x over axes, NaN as 1."""

    filler = 1.0


class Nancumsum(FilledNaN, Cumsum, keras="ops.numpy"):
    """y[i] = Σ of x[j] for j ≤ i, NaN as 0."""


class Nancumprod(FilledNaN, Cumprod, keras="ops.numpy"):
    """y[i] = Π of x[j] for j ≤ i, NaN as 1."""

    filler = 1.0


class Nanmax(Amax, keras="ops.numpy"):
    """y = max x over axes without NaN, NaN where there is nothing else; equal ones share dy."""

    extremum = staticmethod(np.fmax.reduce)


class Nanmin(Nanmax, keras="ops.numpy"):
    """y = min x over axes without NaN, NaN where there is nothing else; equal ones share dy."""

    extremum = staticmethod(np.fmin.reduce)


def present(x, axes):
    """Where x is not NaN, and how many these are along the axes."""
    found = ~np.isnan(x)
    return found, found.sum(axis=axes, keepdims=True, dtype=x.dtype)


class Nanmean(Mean, keras="ops.numpy"):
    """y = the mean over axes of the x that are not NaN;  dx = dy over their number."""

    def reduce(self, x, axes):
        """The mean."""
        found, number = present(x, axes)
        return np.where(found, x, np.zeros_like(x)).sum(axis=axes, keepdims=True) / number

    def reduce_backward(self, dy, x, y, axes):
        """dy over the number, where x is not NaN."""
        found, number = present(x, axes)
        return found * (dy / number)


class Nanvar(Var, keras="ops.numpy"):
    """y = the mean of (x − mean x)² over axes of the x that are not NaN; dx like `Var`'s."""

    def deviations(self, x, axes):
        """x − mean x, 0 for NaN, and how many are not."""
        found, number = present(x, axes)
        mean = np.where(found, x, np.zeros_like(x)).sum(axis=axes, keepdims=True) / number
        return np.where(found, x - mean, np.zeros_like(x)), number


class Nanstd(Nanvar, Std, keras="ops.numpy"):
    """y = √Nanvar x over axes."""


class Nanquantile(Quantile, keras="ops.numpy"):
    """`Quantile` of the x that are not NaN; NaN where there are none."""

    leaves_nan_out = True


class Nanpercentile(Percentile, keras="ops.numpy"):
    """`Percentile` of the x that are not NaN; NaN where there are none."""

    leaves_nan_out = True


class Nanmedian(Median, keras="ops.numpy"):
    """`Median` of the x that are not NaN; NaN where there are none."""

    quantile = Nanquantile
