"""Reductions of segments of twelve rows."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

INPUTS = (Draw((4, 2)), Draw((4,), "integer"))


def of_rows(name, reduce, inputs=INPUTS):
    """A case with the rows and their segments: 0, 1 or 2."""

    def call(ops, data, ids):
        return reduce(ops, ops.reshape(data, (12, 2)), ops.reshape(ids, (12,)) - 1)

    return Case(name, call, inputs)


CASES = [
    of_rows("SegmentSum", lambda ops, data, ids: ops.segment_sum(data, ids, num_segments=5)),
    of_rows(
        "SegmentSum-integers",
        lambda ops, data, ids: ops.segment_sum(data, ids, 3),
        (Draw((4, 2), "integer"), INPUTS[1]),
    ),
    of_rows("SegmentSum-negative-ids", lambda ops, data, ids: ops.segment_sum(data, ids - 1, 2)),
    of_rows("SegmentProd", lambda ops, data, ids: ops.segment_prod(data, ids, num_segments=5)),
    of_rows(
        "SegmentProd-zeros",
        lambda ops, data, ids: ops.segment_prod(data, ids, 3),
        (Draw((4, 2), "zeros"), INPUTS[1]),
    ),
    of_rows("SegmentMax", lambda ops, data, ids: ops.segment_max(data, ids, num_segments=3)),
    of_rows(
        "SegmentMax-without-rows",
        lambda ops, data, ids: ops.maximum(ops.segment_max(data, ids, 5), -3.0),
    ),
    of_rows("SegmentMax-as-many-as-there-are", lambda ops, data, ids: ops.segment_max(data, ids)),
    of_rows(
        "SegmentMax-several",
        lambda ops, data, ids: ops.segment_max(
            ops.concatenate([data, data]), ops.concatenate([ids, ids]), 3
        ),
    ),
    of_rows("SegmentMin", lambda ops, data, ids: ops.segment_min(data, ids, num_segments=3)),
    of_rows(
        "SegmentMin-sorted",
        lambda ops, data, ids: ops.segment_min(data, ops.sort(ids), sorted=True),
    ),
]
