"""Products of matrices and tensors."""

from reference_numpy.models.operations.binary import broadcast_shapes, sum_to
from reference_numpy.models.operations.operation import Operation


class Matmul(Operation):
    """y = a b over the last two axes;  da = dy bᵀ, db = aᵀ dy."""

    def compute(self, x1, x2):
        """The product, and its factors."""
        a, b = self.promoted(x1, x2)
        return a @ b, (x1, x2)

    def slopes(self, dy, cache):
        """dy bᵀ and aᵀ dy, summed over broadcast axes."""
        x1, x2 = cache
        return sum_to(dy @ x2.swapaxes(-1, -2), x1), sum_to(x1.swapaxes(-1, -2) @ dy, x2)

    def shape(self, x1, x2):
        """(…, rows of a, columns of b)."""
        if len(x1) < 2 or len(x2) < 2:
            raise NotImplementedError(
                f"Operation '{self.name}': products of vectors (arrays of one axis) are not "
                "supported."
            )
        return (*broadcast_shapes(x1[:-2], x2[:-2]), x1[-2], x2[-1])


OFFERED = {
    "ops.numpy": [Matmul],
}
