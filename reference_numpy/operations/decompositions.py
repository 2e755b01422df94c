"""Decompositions of the matrices on the last two axes.

Vectors that a decomposition gives are unique up to their signs, which NumPy and TensorFlow may
choose differently; what depends on them in other ways has no gradient.
"""

import numpy as np

from reference_numpy.operations.linear_algebra import OfMatrix, transposed


def gaps(numbers):
    """The matrix of 1 / (numbers[j] − numbers[i]); 0 for equal ones, as in TensorFlow."""
    difference = numbers[..., None, :] - numbers[..., :, None]
    return np.divide(1, difference, out=np.zeros_like(difference), where=difference != 0)


def halved(matrix):
    """The triangle below the diagonal, and half of the diagonal."""
    return np.tril(matrix) - matrix * np.eye(matrix.shape[-1], dtype=matrix.dtype) / 2


class Cholesky(OfMatrix, keras="ops.linalg"):
    """y = L, the triangular matrix below the diagonal with L Lᵀ = x, or Lᵀ.

    dx = (G + Gᵀ) / 2 with G = L⁻ᵀ Φ L⁻¹ and Φ the lower triangle of Lᵀ dL, its diagonal halved. x
    is taken for symmetric: only its lower triangle is looked at, and dx is symmetric.

    Args:
        upper: whether y is Lᵀ.

    Source: Murray 2016, "Differentiation of the Cholesky decomposition".
    """

    def __init__(self, upper: bool = False, name: str | None = None):
        super().__init__(name)
        self.upper = upper

    def of_matrix(self, x):
        """The triangular matrix."""
        lower = np.linalg.cholesky(x)
        return (transposed(lower) if self.upper else lower), lower

    def of_matrix_backward(self, dy, lower):
        """The gradient."""
        dlower = transposed(dy) if self.upper else dy
        turned = transposed(lower)
        left = np.linalg.solve(turned, halved(turned @ dlower))
        found = transposed(np.linalg.solve(turned, transposed(left)))
        return (found + transposed(found)) / 2


class CholeskyInverse(Cholesky, keras="ops.linalg"):
    """y = (L Lᵀ)⁻¹ for the triangular matrix L that x holds below its diagonal.

    dL is the lower triangle of (dP + dPᵀ) L, with dP = −y dy y. With `upper`, x holds Lᵀ above its
    diagonal. What it has on the other side is ignored.

    Args:
        upper: whether x is Lᵀ.
    """

    def of_matrix(self, x):
        """The inverse; backward needs L and y."""
        lower = np.tril(transposed(x) if self.upper else x)
        inverse = np.linalg.inv(lower)
        y = transposed(inverse) @ inverse
        return y, (lower, y)

    def of_matrix_backward(self, dy, cache):
        """The gradient of the triangle."""
        lower, y = cache
        dproduct = -y @ dy @ y
        dlower = np.tril((dproduct + transposed(dproduct)) @ lower)
        return transposed(dlower) if self.upper else dlower


class Eigh(OfMatrix, keras="ops.linalg"):
    """The eigenvalues w of a symmetric x in ascending order, and the matrix V of its eigenvectors.

    G = V (diag(dw) + F ⊙ Vᵀ dV) Vᵀ with F[i, j] = 1 / (w[j] − w[i]). Only the lower triangle of x
    is looked at: dx has G + Gᵀ below the diagonal, G on it, and 0 above it.
    """

    def of_matrix(self, x):
        """Eigenvalues and eigenvectors."""
        values, vectors = np.linalg.eigh(x)
        return (values, vectors), (values, vectors)

    def of_matrix_backward(self, dy, cache):
        """The gradient of the lower triangle."""
        dvalues, dvectors = dy
        values, vectors = cache
        inner = gaps(values) * (transposed(vectors) @ dvectors)
        inner = inner + dvalues[..., None] * np.eye(values.shape[-1], dtype=values.dtype)
        found = vectors @ inner @ transposed(vectors)
        return halved(found + transposed(found))

    def matrix_shape(self, batch, rows, columns):
        """w's and V's."""
        return (*batch, rows), (*batch, rows, rows)


class Qr(OfMatrix, keras="ops.linalg"):
    """x = Q R with orthogonal columns in Q and R triangular, 0 below the diagonal.

    For a square or tall x: dx = (dQ + Q M) R⁻ᵀ, where M has the lower triangle of R dRᵀ − dQᵀ Q on
    both sides of its diagonal. For a wide one, x = [x₁ x₂] with a square x₁ = Q R₁: dx₂ = Q dR₂,
    and dx₁ as for a square one with dQ + x₂ dR₂ᵀ for dQ.

    Args:
        mode: `"reduced"`, or `"complete"` for a square Q.

    Raises:
        ValueError: for another mode, and sides of unknown length.
        NotImplementedError: for a complete Q of a tall x, whose last columns are not unique.

    Source: Liao et al. 2019, "Differentiable programming tensor networks"; Roberts & Roberts 2020,
    "QR and LQ decomposition matrix backpropagation algorithms".
    """

    square = False

    def __init__(self, mode: str = "reduced", name: str | None = None):
        super().__init__(name)
        if mode not in ("reduced", "complete"):
            raise ValueError(
                f"Operation '{self.name}': `mode` must be 'reduced' or 'complete'. "
                f"Received: {mode!r}"
            )
        self.mode = mode

    def of_matrix(self, x):
        """Q and R; backward needs x too."""
        q, r = np.linalg.qr(x)
        return (q, r), (x, q, r)

    def of_matrix_backward(self, dy, cache):
        """dx, or dx₁ and dx₂ side by side."""
        (dq, dr), (x, q, r) = dy, cache
        size = r.shape[-2]
        dq = dq + x[..., size:] @ transposed(dr[..., size:])
        first, dfirst = r[..., :size], dr[..., :size]
        inner = halved(first @ transposed(dfirst) - transposed(dq) @ q)
        found = transposed(dq + q @ (inner + transposed(inner)))
        dx = transposed(np.linalg.solve(first, found))
        return np.concatenate([dx, q @ dr[..., size:]], axis=-1)

    def matrix_shape(self, batch, rows, columns):
        """Q's and R's."""
        if rows is None or columns is None:
            raise ValueError(f"Operation '{self.name}' takes matrices of known sides.")
        if self.mode == "complete" and rows > columns:
            raise NotImplementedError(
                f"Operation '{self.name}': the complete Q of more rows than columns is not "
                "supported, since its last columns are not unique and so have no gradient."
            )
        size = min(rows, columns)
        return (*batch, rows, size), (*batch, size, columns)


class SVD(OfMatrix, keras="ops.linalg"):
    """x = U diag(s) Vᵀ with orthogonal columns in U and V and the singular values s descending.

    With F[i, j] = 1 / (s[j]² − s[i]²),

        dx = U (diag(ds) + (F ⊙ (Uᵀ dU − dUᵀ U)) diag(s) + diag(s) (F ⊙ (Vᵀ dV − dVᵀ V))) Vᵀ
             + (1 − U Uᵀ) dU diag(1/s) Vᵀ + U diag(1/s) dVᵀ (1 − V Vᵀ)

    y is U, s and Vᵀ, or s alone.

    Args:
        full_matrices: whether U and V are to be square.
        compute_uv: whether U and Vᵀ are given.

    Raises:
        NotImplementedError: for square U and V of an x that is not, whose last columns are not
            unique.

    Source: Townsend 2016, "Differentiating the singular value decomposition".
    """

    square = False

    def __init__(
        self, full_matrices: bool = True, compute_uv: bool = True, name: str | None = None
    ):
        super().__init__(name)
        self.full_matrices, self.compute_uv = full_matrices, compute_uv

    def of_matrix(self, x):
        """The three, or the singular values."""
        u, s, vt = np.linalg.svd(x, full_matrices=False)
        return ((u, s, vt) if self.compute_uv else s), (u, s, vt)

    def of_matrix_backward(self, dy, cache):
        """The terms of the docstring; for the singular values alone the first."""
        u, s, vt = cache
        if not self.compute_uv:
            return u * dy[..., None, :] @ vt
        du, ds, dvt = dy
        scale, gap = s[..., None, :], gaps(s**2)
        on_u, on_v = transposed(u) @ du, vt @ transposed(dvt)
        inner = (gap * (on_u - transposed(on_u))) * scale
        inner = inner + transposed(scale) * (gap * (on_v - transposed(on_v)))
        inner = inner + ds[..., None] * np.eye(s.shape[-1], dtype=s.dtype)
        beyond_u, beyond_v = (du - u @ on_u) / scale, (dvt - transposed(on_v) @ vt)
        return u @ inner @ vt + beyond_u @ vt + u @ (beyond_v / transposed(scale))

    def matrix_shape(self, batch, rows, columns):
        """U's, s's and Vᵀ's."""
        if None in (rows, columns):
            raise ValueError(f"Operation '{self.name}' takes matrices of known sides.")
        size = min(rows, columns)
        if not self.compute_uv:
            return (*batch, size)
        if self.full_matrices and rows != columns:
            raise NotImplementedError(
                f"Operation '{self.name}': square U and V of a matrix that is not are not "
                "supported, since their last columns are not unique and so have no gradient."
            )
        return (*batch, rows, size), (*batch, size), (*batch, size, columns)
