"""Operations over the rows that bear the same number: sums, products and extrema of segments."""

import numpy as np

from reference_numpy.operations.operation import Operation
from reference_numpy.operations.reductions import others_product


class SegmentReduction(Operation):
    """y[s] = a reduction, number by number, of the rows of data whose segment id is s.

    Rows with a negative id belong to no segment. A subclass defines `reduction`, a ufunc,
    `empty(dtype)` → what a segment without rows gives, and `reduction_backward(dy, data, y,
    segments)`.

    Args:
        num_segments: the size of y; None for the largest id and one more.
        sorted: whether the ids ascend; here it makes no difference.

    Raises:
        ValueError: for ids of another shape than (rows,), or beyond `num_segments`.
    """

    def __init__(
        self, num_segments: int | None = None, sorted: bool = False, name: str | None = None
    ):
        super().__init__(name)
        self.num_segments, self.sorted = num_segments, sorted

    def promote(self, data, segment_ids):
        """Name of data's dtype."""
        return super().promote(data)

    def forward(self, data, segment_ids):
        """y; backward needs data, y and the segments."""
        largest = int(segment_ids.max(initial=-1))
        number = largest + 1 if self.num_segments is None else self.num_segments
        if largest >= number:
            raise ValueError(
                f"Operation '{self.name}': the segment id {largest} is beyond num_segments={number}"
            )
        segments = Segments(segment_ids, number)
        y = segments.reduce(self.reduction, data, self.empty(data.dtype))
        return y, (data, y, segments)

    def backward(self, dy, cache):
        """The gradient of data, where it is floating; none for the ids."""
        data, y, segments = cache
        is_float = data.dtype.kind == "f"
        return self.reduction_backward(dy, data, y, segments) if is_float else None, None

    def shape(self, data, segment_ids):
        """data's with the number of segments in place of rows."""
        known = None not in (data[0], *segment_ids)
        if len(segment_ids) != 1 or (known and data[0] != segment_ids[0]):
            raise ValueError(
                f"Operation '{self.name}' takes one segment id for each row of data. Received: "
                f"segment_ids of shape {segment_ids}, data of shape {data}"
            )
        return (self.num_segments, *data[1:])


class Segments:
    """Which rows belong together.

    Args:
        ids: for each row its segment.
        number: of segments.
    """

    def __init__(self, ids, number):
        self.ids, self.number = ids, number
        order = np.argsort(ids, kind="stable")
        self.order = order[ids[order] >= 0]
        self.present, self.starts = np.unique(ids[self.order], return_index=True)

    def reduce(self, ufunc, data, empty):
        """The reduction of each segment's rows; `empty` for one without rows."""
        y = np.full((self.number, *data.shape[1:]), empty, data.dtype)
        if len(self.present):
            y[self.present] = ufunc.reduceat(data[self.order], self.starts, axis=0)
        return y

    def spread(self, y):
        """For each row what y has for its segment; 0 for a row without one."""
        rows = np.zeros((len(self.ids), *y.shape[1:]), y.dtype)
        rows[self.order] = y[self.ids[self.order]]
        return rows


class SegmentSum(SegmentReduction, keras="ops.math"):
    """y[s] = Σ of the rows of segment s, 0 without rows;  ddata = dy of the row's segment."""

    reduction: np.ufunc = np.add
    empty = staticmethod(lambda dtype: 0)

    def reduction_backward(self, dy, data, y, segments):
        """dy of the row's segment."""
        return segments.spread(dy)


class SegmentProd(SegmentReduction, keras="ops.math"):
    """y[s] = Π of the rows of segment s, 1 without rows;  ddata = dy · Π of the others."""

    reduction = np.multiply
    empty = staticmethod(lambda dtype: 1)

    def reduction_backward(self, dy, data, y, segments):
        """dy times the product of the segment's other rows."""
        return segments.spread(dy) * others_product(
            data,
            lambda factors: segments.spread(segments.reduce(np.multiply, factors, 1)),
            lambda zeros: segments.spread(segments.reduce(np.add, zeros.astype("int64"), 0)),
        )


class SegmentMax(SegmentReduction, keras="ops.math"):
    """y[s] = the maximum of the rows of segment s, the dtype's lowest number without rows.

    ddata = dy where data is the maximum; equal maxima share dy evenly, as in TensorFlow.
    """

    reduction: np.ufunc = np.maximum
    empty = staticmethod(lambda dtype: _limits(dtype).min)

    def reduction_backward(self, dy, data, y, segments):
        """dy shared out among the maxima."""
        found = (data == segments.spread(y)).astype(data.dtype)
        number = segments.reduce(np.add, found, 1)
        return found * segments.spread(dy / number)


class SegmentMin(SegmentMax, keras="ops.math"):
    """y[s] = the minimum of the rows of segment s, the dtype's highest number without rows.

    ddata = dy where data is the minimum, shared out evenly like `SegmentMax`'s.
    """

    reduction = np.minimum
    empty = staticmethod(lambda dtype: _limits(dtype).max)


def _limits(dtype):
    return np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
