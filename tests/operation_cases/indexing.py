"""Some of the numbers of an array."""

from tests.operation_cases.case import Case

CASES = [
    Case("GetItem", lambda ops, x: x[:, 1:, ::2]),
    Case("GetItem-last", lambda ops, x: x[..., 0]),
    Case("GetItem-new-axis", lambda ops, x: x[:, None]),
]
