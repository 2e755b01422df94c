"""Some of the numbers of an array."""

import numpy as np

from comparisons.harness.conformance.operation_cases.case import Case, Draw

X = Draw((4, 3))
INTEGERS = Draw((4, 3), "integer")


def along(*shape):
    """Integers from 0 to 3 in a batch of this shape."""
    return Draw(shape, "integer")


CASES = [
    Case("GetItem", lambda ops, x: x[:, 1:, ::2]),
    Case("GetItem-last", lambda ops, x: x[..., 0]),
    Case("GetItem-new-axis", lambda ops, x: x[:, None]),
    Case("GetItem-backwards", lambda ops, x: x[:, ::-2, None, ..., -1]),
    Case("GetItem-of-the-batch", lambda ops, x: x[1]),
    Case("GetItem-list", lambda ops, x: x[[0, 1]]),
    Case("GetItem-integers", lambda ops, x: x[:, 1], (INTEGERS,)),
    Case("Take", lambda ops, x: ops.take(x, [2, 0, -1, 2], axis=1)),
    Case("Take-a-number", lambda ops, x: ops.take(x, 1, axis=-1)),
    Case("Take-nested", lambda ops, x: ops.take(x, [[2, 0], [-1, 2]], axis=-1)),
    Case("Take-an-array", lambda ops, x: ops.take(x, np.array([2, 0, 0]), axis=0)),
    Case("Take-all", lambda ops, x: ops.take(x, [20, 0, -1, 20])),
    Case("Take-computed", lambda ops, x, i: ops.take(x, i, axis=1), (X, along(2))),
    Case("Take-computed-all", lambda ops, x, i: ops.take(x, i), (X, along(2, 2))),
    Case("Take-from-a-table", lambda ops, i: ops.take(np.eye(4), i, axis=0), (along(2),)),
    Case("Take-integers", lambda ops, x, i: ops.take(x, i, axis=1), (INTEGERS, along(2))),
    Case("TakeAlongAxis", lambda ops, x, i: ops.take_along_axis(x, i, axis=1), (X, along(2, 3))),
    Case(
        "TakeAlongAxis-broadcast",
        lambda ops, x, i: ops.take_along_axis(x, i - 2, axis=-1),
        (Draw((2, 4)), along(1, 5)),
    ),
    Case(
        "TakeAlongAxis-broadcast-x",
        lambda ops, x, i: ops.take_along_axis(x, i, axis=-1),
        (Draw((1, 4)), along(2, 5)),
    ),
    Case(
        "TakeAlongAxis-an-array",
        lambda ops, x: ops.take_along_axis(x, np.array([[[0, -1, 2], [3, 0, 0]]]), axis=1),
    ),
    Case("TakeAlongAxis-all", lambda ops, x, i: ops.take_along_axis(x, i), (X, along())),
    Case("Slice", lambda ops, x: ops.slice(x, (0, 1, 0), (3, 2, 2))),
    Case("Slice-the-rest", lambda ops, x: ops.slice(x, (0, 1, 1), (-1, 2, -1))),
    Case("Slice-an-array", lambda ops, x: ops.slice(x, np.array((1, 1, 0)), (2, -1, 3))),
    Case(
        "Slice-computed",
        lambda ops, x, i: ops.slice(x, ops.min(i, axis=0), (-1, 1, 1)),
        (X, along(3)),
    ),
    Case(
        "Slice-partly-computed",
        lambda ops, x, i: ops.slice(x, (0, i[0], 0), (-1, 1, -1)),
        (X, along()),
    ),
    Case(
        # TensorFlow has no gradient.
        "SliceUpdate",
        lambda ops, x, u: ops.slice_update(x, (0, 1, 1), u),
        (INTEGERS, along(2, 2)),
    ),
    Case(
        "SliceUpdate-moved-back",
        lambda ops, x, u: ops.slice_update(x, np.array((0, 3, 1)), u),
        (INTEGERS, along(2, 2)),
    ),
    Case(
        "SliceUpdate-computed",
        lambda ops, x, u, i: ops.slice_update(x, i, u),
        (INTEGERS, along(2, 2), along()),
    ),
    Case("UnravelIndex", lambda ops, i: ops.unravel_index(i, (2, 3)), (along(),)),
    Case("UnravelIndex-three", lambda ops, i: ops.unravel_index(7 * i, (2, 3, 4)), (along(),)),
    # Keras takes the axes in the opposite order here; equal sizes do not show it.
    Case("UnravelIndex-of-matrices", lambda ops, i: ops.unravel_index(i, (2, 2)), (along(5),)),
]
