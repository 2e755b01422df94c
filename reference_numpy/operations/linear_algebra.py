"""Determinants, inverses and linear systems, of the matrices on the last two axes."""

import numpy as np

from reference_numpy.operations.binary import unbroadcast
from reference_numpy.operations.operation import Operation


def transposed(x):
    """Each matrix with rows for columns."""
    return x.swapaxes(-1, -2)


class OfMatrix(Operation):
    """A function of the matrices on the last two axes of x.

    A subclass defines `of_matrix(x)` → `(y, cache)` and `of_matrix_backward(dy, cache)` → dx, and
    `matrix_shape(batch, rows, columns)` → the shape of y.

    Raises:
        ValueError: for arrays of fewer axes, and where `square` for other matrices.
        numpy.linalg.LinAlgError: where there is no such function of a matrix.
    """

    floating = True
    square = True

    def forward(self, x):
        """y, and what backward needs."""
        (numbers,) = self.promoted(x)
        y, cache = self.of_matrix(numbers)
        return y, (x, cache)

    def backward(self, dy, cache):
        """dx, where x is floating."""
        x, cache = cache
        if x.dtype.kind != "f":
            return (None,)
        return (self.of_matrix_backward(dy, cache).astype(x.dtype, copy=False),)

    def shape(self, x):
        """The shape of y."""
        check_matrix(self, x, self.square)
        return self.matrix_shape(tuple(x[:-2]), *x[-2:])

    def matrix_shape(self, batch, rows, columns):
        """x's."""
        return (*batch, rows, columns)


def check_matrix(operation, x, square=True):
    """Raise ValueError unless the last two axes are those of matrices, square ones if asked for."""
    if len(x) < 2 or (square and x[-1] != x[-2]):
        what = "square matrices" if square else "matrices"
        raise ValueError(
            f"Operation '{operation.name}' takes {what} on the last two axes. Received: shape {x}"
        )


class Det(OfMatrix, keras="ops.linalg"):
    """y = det x;  dx = dy y x⁻ᵀ."""

    def of_matrix(self, x):
        """The determinant, and what backward needs."""
        y = np.linalg.det(x)
        return y, (x, y)

    def of_matrix_backward(self, dy, cache):
        """dy y x⁻ᵀ."""
        x, y = cache
        return (dy * y)[..., None, None] * transposed(np.linalg.inv(x))

    def matrix_shape(self, batch, rows, columns):
        """A number for each matrix."""
        return batch


class Logdet(Det, keras="ops.math"):
    """y = log det x, NaN where det x is negative;  dx = dy x⁻ᵀ.

    Keras means it for symmetric positive definite x; TensorFlow looks at the lower triangle only.
    """

    def of_matrix(self, x):
        """The logarithm, and x."""
        sign, y = np.linalg.slogdet(x)
        return np.where(sign > 0, y, y.dtype.type(np.nan)), x

    def of_matrix_backward(self, dy, x):
        """dy x⁻ᵀ."""
        return dy[..., None, None] * transposed(np.linalg.inv(x))


class Slogdet(Logdet, keras="ops.numpy"):
    """The sign of det x, and y = log |det x|;  dx = dy x⁻ᵀ, the sign has no gradient."""

    def of_matrix(self, x):
        """Sign and logarithm, and x."""
        return tuple(np.linalg.slogdet(x)), x

    def of_matrix_backward(self, dy, x):
        """dy x⁻ᵀ."""
        return super().of_matrix_backward(dy[1], x)

    def matrix_shape(self, batch, rows, columns):
        """Two numbers for each matrix (Keras says a single one for the sign, and gives these)."""
        return batch, batch


class Inv(OfMatrix, keras="ops.linalg"):
    """y = x⁻¹;  dx = −yᵀ dy yᵀ."""

    def of_matrix(self, x):
        """The inverse, which is what backward needs."""
        y = np.linalg.inv(x)
        return y, y

    def of_matrix_backward(self, dy, y):
        """−yᵀ dy yᵀ."""
        return -transposed(y) @ dy @ transposed(y)


class Solve(Operation, keras="ops.linalg"):
    """y = a⁻¹ b, which solves a y = b;  db = a⁻ᵀ dy,  da = −db yᵀ.

    Shapes: a (…, m, m), b and y (…, m, n), or (…, m) for a single column.

    Raises:
        ValueError: for arrays of other shapes.
        numpy.linalg.LinAlgError: where a has no inverse.
    """

    floating = True

    def forward(self, a, b):
        """The solution; backward needs it as columns, and the matrix."""
        matrix, columns = self.promoted(a, b)
        matrix = self.part(matrix)
        y = np.linalg.solve(matrix, columns.reshape(self._columns(a, b)))
        return y.reshape(b.shape), (a, b, matrix, y)

    def backward(self, dy, cache):
        """da and db."""
        a, b, matrix, y = cache
        db = np.linalg.solve(transposed(matrix), dy.reshape(y.shape))
        da = -self.part(db @ transposed(y))
        return unbroadcast(da, a), unbroadcast(db.reshape(b.shape), b)

    def part(self, matrix):
        """What is looked at of a: all of it."""
        return matrix

    @staticmethod
    def _columns(a, b):
        return b.shape if a.ndim == b.ndim else (*b.shape, 1)

    def shape(self, a, b):
        """b's."""
        check_matrix(self, a)
        rows = b[-1:] if len(a) == len(b) + 1 else b[-2:-1]
        if len(a) - len(b) not in (0, 1) or rows != a[-1:]:
            raise ValueError(
                f"Operation '{self.name}': a of shape {a} and b of shape {b} are no linear system."
            )
        return b


class SolveTriangular(Solve, keras="ops.linalg"):
    """`Solve` for a triangular matrix; what a has on the other side of the diagonal is ignored.

    Args:
        lower: whether the triangle is the one below the diagonal.
    """

    def __init__(self, lower: bool = False, name: str | None = None):
        super().__init__(name)
        self.lower = lower

    def part(self, matrix):
        """The triangle."""
        return np.tril(matrix) if self.lower else np.triu(matrix)


def pseudoinverse(x, rcond):
    """x⁺ with singular values up to `rcond` times the largest taken for 0."""
    return np.linalg.pinv(x, rcond=rcond)


def pseudoinverse_backward(dy, x, y):
    """dx = −yᵀ dy yᵀ + (1 − x y) dyᵀ y yᵀ + yᵀ y dyᵀ (1 − y x) for y = x⁺ of constant rank.

    Source: Golub & Pereyra 1973, "The differentiation of pseudo-inverses".
    """
    turned, dturned = transposed(y), transposed(dy)
    left = dturned - x @ y @ dturned
    right = dturned - dturned @ y @ x
    return -turned @ dy @ turned + left @ y @ turned + turned @ y @ right


class Pinv(OfMatrix, keras="ops.linalg"):
    """y = x⁺, the pseudoinverse; dx by `pseudoinverse_backward`.

    Args:
        rcond: singular values up to this times the largest are taken for 0; None for 10 times the
            roundoff times the longer side.
    """

    square = False

    def __init__(self, rcond: float | None = None, name: str | None = None):
        super().__init__(name)
        self.rcond = rcond

    def of_matrix(self, x):
        """The pseudoinverse; backward needs both."""
        smallest = 10 * max(x.shape[-2:]) * np.finfo(x.dtype).eps
        y = pseudoinverse(x, smallest if self.rcond is None else self.rcond)
        return y, (x, y)

    def of_matrix_backward(self, dy, cache):
        """The gradient."""
        return pseudoinverse_backward(dy, *cache)

    def matrix_shape(self, batch, rows, columns):
        """x's with the sides changed."""
        return (*batch, columns, rows)


class Lstsq(Operation, keras="ops.linalg"):
    """y = a⁺ b, the shortest of those that make |a y − b| smallest;  db = a⁺ᵀ dy.

    da by `pseudoinverse_backward` for d(a⁺) = dy bᵀ.

    Shapes: a (m, n), b (m, k) or (m,), y (n, k) or (n,).

    Args:
        rcond: singular values up to this times the largest are taken for 0; None for the roundoff
            times the longer side.

    Raises:
        ValueError: for arrays of other shapes.
    """

    floating = True

    def __init__(self, rcond: float | None = None, name: str | None = None):
        super().__init__(name)
        self.rcond = rcond

    def forward(self, a, b):
        """The solution; backward needs the pseudoinverse."""
        matrix, columns = self.promoted(a, b)
        smallest = max(a.shape) * np.finfo(matrix.dtype).eps
        inverse = pseudoinverse(matrix, smallest if self.rcond is None else self.rcond)
        return inverse @ columns, (a, b, matrix, inverse)

    def backward(self, dy, cache):
        """da and db."""
        a, b, matrix, inverse = cache
        dinverse = dy.reshape(len(dy), -1) @ b.reshape(len(b), -1).T
        da = pseudoinverse_backward(dinverse, matrix, inverse)
        return unbroadcast(da, a), unbroadcast(inverse.T @ dy, b)

    def shape(self, a, b):
        """b's with a's columns for rows."""
        if len(a) != 2 or len(b) not in (1, 2) or a[0] != b[0]:
            raise ValueError(
                f"Operation '{self.name}' takes a of shape (m, n), b of shape (m, k) or (m,). "
                f"Received: shapes {a} and {b}"
            )
        return (a[1], *b[1:])


class MatrixRank(OfMatrix, keras="ops.linalg"):
    """How many singular values are above `tol`; no gradient.

    Args:
        tol: None for the roundoff times the longer side times the largest singular value.
    """

    result_dtype = "int32"
    square = False

    def __init__(self, tol: float | None = None, name: str | None = None):
        super().__init__(name)
        self.tol = tol

    def of_matrix(self, x):
        """The rank."""
        return np.asarray(np.linalg.matrix_rank(x, self.tol), "int32"), None

    def backward(self, dy, cache):
        """None."""
        return (None,)

    def matrix_shape(self, batch, rows, columns):
        """A number for each matrix."""
        return batch
