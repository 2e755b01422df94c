"""Products of matrices and tensors."""

from tests.operation_cases.case import Case, Draw

CASES = [
    Case("Matmul", lambda ops, a, b: a @ b, (Draw((4, 3)), Draw((3, 2)))),
    Case("Matmul-broadcast", lambda ops, a, b: a @ b, (Draw((2, 4, 3)), Draw((1, 3, 2)))),
]
