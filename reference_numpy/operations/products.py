"""Products of matrices and tensors."""

import math
import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy.layers.core.einsum_equation import einsum_gradient
from reference_numpy.operations.binary import broadcast_shapes, unbroadcast
from reference_numpy.operations.operation import Operation


class Matmul(Operation, keras="ops.numpy"):
    """y = a b over the last two axes;  da = dy bᵀ, db = aᵀ dy.

    A vector stands for a row as a, for a column as b; y lacks that axis.

    Raises:
        ValueError: for factors of sizes that do not fit.
    """

    def promote(self, *arguments):
        """Name of the dtype that is computed in; 32 bits for integers of 8."""
        return wide(super().promote(*arguments))

    def forward(self, x1, x2):
        """The product, and its factors."""
        a, b = self.promoted(x1, x2)
        return a @ b, (x1, x2, a, b)

    def backward(self, dy, cache):
        """dy bᵀ and aᵀ dy, summed over broadcast axes."""
        x1, x2, a, b = cache
        if x1.ndim == 1:
            a, dy = a[None], np.expand_dims(dy, -1 if x2.ndim == 1 else -2)
        if x2.ndim == 1:
            b, dy = b[:, None], dy[..., None]
        da, db = dy @ b.swapaxes(-1, -2), a.swapaxes(-1, -2) @ dy
        if x1.ndim == 1:
            da = da[..., 0, :]
        if x2.ndim == 1:
            db = db[..., 0]
        return unbroadcast(da, x1), unbroadcast(db, x2)

    def shape(self, x1, x2):
        """(…, rows of a, columns of b)."""
        if not x1 or not x2:
            raise ValueError(f"Operation '{self.name}' does not multiply numbers without axes.")
        rows, columns = x1[-2:-1], x2[-1:] if len(x2) > 1 else ()
        check_sizes(self, x1, x2, x1[-1:], x2[-2:-1] or x2)
        return (*broadcast_shapes(x1[:-2], x2[:-2]), *rows, *columns)


def wide(dtype):
    """int32 for int8, else the dtype itself."""
    return "int32" if dtype == "int8" else dtype


def check_sizes(operation, x1, x2, sizes1, sizes2):
    """Raise ValueError unless the axes to be summed over have the same sizes, where known."""
    pairs = list(zip(sizes1, sizes2))
    if len(sizes1) != len(sizes2) or any(a != b and None not in (a, b) for a, b in pairs):
        raise ValueError(
            f"Operation '{operation.name}': arrays of the shapes {x1} and {x2} do not fit."
        )


class Einsum(Operation, keras="ops.numpy"):
    """y = the sum of products that the letters tell: `"abc,cd->abd"`.

    The gradient of a factor is the product of dy and the other factors, summed over the letters
    that the factor lacks; see `einsum_gradient`.

    Args:
        subscripts: the letters of the factors' axes and, behind `->`, of y's; without it, y has
            those that occur once, in alphabetical order. `...` stands for any further axes, which
            are broadcast and stay.

    Raises:
        ValueError: where they do not fit the factors.
    """

    def __init__(self, subscripts: str, name: str | None = None):
        super().__init__(name)
        self.subscripts = subscripts

    def promote(self, *arguments):
        """Name of the dtype that is computed in; 32 bits for integers of 8."""
        return wide(super().promote(*arguments))

    def forward(self, *operands):
        """The product, and the factors with their letters."""
        arrays = self.promoted(*operands)
        *letters, y = self._letters([x.ndim for x in operands])
        product = np.einsum(f"{','.join(letters)}->{y}", *arrays, optimize=True)
        return product, (operands, arrays, letters, y)

    def backward(self, dy, cache):
        """The gradient of each factor."""
        operands, arrays, letters, y = cache
        found = []
        for index, x in enumerate(operands):
            others = [i for i in range(len(operands)) if i != index]
            found.append(
                einsum_gradient(
                    letters[index],
                    x.shape,
                    [y, *(letters[i] for i in others)],
                    [dy, *(arrays[i] for i in others)],
                ).astype(x.dtype, copy=False)
                if x.dtype.kind == "f"
                else None
            )
        return tuple(found)

    def _letters(self, ndims):
        """The letters of the factors and of y, with letters of their own for what `...` says."""
        left, arrow, y = self.subscripts.replace(" ", "").partition("->")
        terms = left.split(",")
        hidden = [ndim - len(term.replace("...", "")) for ndim, term in zip(ndims, terms)]
        fits = len(terms) == len(ndims) and all(
            number >= 0 if "..." in term else number == 0 for number, term in zip(hidden, terms)
        )
        fits = fits and (not arrow or "..." in y or not max(hidden))  # TensorFlow sums none of them
        if not fits:
            raise ValueError(
                f"Operation '{self.name}': the subscripts '{self.subscripts}' do not fit arrays of "
                f"{', '.join(map(str, ndims))} axes."
            )
        free = [letter for letter in string.ascii_letters if letter not in self.subscripts]
        dots = "".join(free[: max(hidden)])
        if not arrow:
            once = sorted(c for c in set(left) - set(",.") if left.count(c) == 1)
            y = "..." + "".join(once) if "..." in left else "".join(once)
        terms = [
            term.replace("...", dots[len(dots) - number :]) for term, number in zip(terms, hidden)
        ]
        return [*terms, y.replace("...", dots)]

    def shape(self, *operands):
        """The sizes of y's letters."""
        *letters, y = self._letters(list(map(len, operands)))
        sizes = {}
        for term, shape in zip(letters, operands):
            for letter, size in zip(term, shape):
                known = sizes.setdefault(letter, size)
                if letter in self.subscripts and None not in (known, size) and known != size:
                    raise ValueError(
                        f"Operation '{self.name}': the axes '{letter}' of '{self.subscripts}' are "
                        f"of the sizes {known} and {size}."
                    )
                (sizes[letter],) = broadcast_shapes((known,), (size,))
        unknown = [letter for letter in y if letter not in sizes]
        if unknown:
            raise ValueError(
                f"Operation '{self.name}': no factor of '{self.subscripts}' has the axis "
                f"'{unknown[0]}'."
            )
        return tuple(sizes[letter] for letter in y)


class TwoFactors(Operation):
    """A product of two arrays, which an einsum tells.

    A subclass defines `letters(ndim1, ndim2)` → the letters of a, of b and of the product. A number
    without axes multiplies all of the other factor.

    Raises:
        ValueError: for factors of sizes that do not fit.
    """

    def forward(self, x1, x2):
        """The product, and its factors."""
        a, b = (np.asarray(x, self.promote(x1, x2)) for x in (x1, x2))
        letters = self._terms(a.ndim, b.ndim)
        y = np.einsum("{},{}->{}".format(*letters), a, b, optimize=True)
        return self.arranged(y, a.shape, b.shape), (x1, x2, a, b, y.shape)

    def backward(self, dy, cache):
        """The einsums of dy and the other factor."""
        x1, x2, a, b, shape = cache
        first, second, y = self._terms(a.ndim, b.ndim)
        dy = dy.reshape(shape)
        da = einsum_gradient(first, a.shape, (y, second), (dy, b))
        db = einsum_gradient(second, b.shape, (y, first), (dy, a))
        return unbroadcast(da, x1), unbroadcast(db, x2)

    def arranged(self, y, shape1, shape2):
        """The einsum's product in the shape of y."""
        return y

    def _terms(self, ndim1, ndim2):
        if ndim1 and ndim2:
            return self.letters(ndim1, ndim2)
        first, second = _alphabets(ndim1, ndim2)
        return first, second, first + second

    def shape(self, x1, x2):
        """The sizes of the product's letters."""
        first, second, y = self._terms(len(x1), len(x2))
        common = [letter for letter in first if letter in second]
        sizes1, sizes2 = dict(zip(first, x1)), dict(zip(second, x2))
        check_sizes(self, x1, x2, [sizes1[c] for c in common], [sizes2[c] for c in common])
        return tuple({**sizes2, **sizes1}[letter] for letter in y)


def _alphabets(ndim1, ndim2):
    """Letters for the axes of two arrays, which have none in common."""
    return string.ascii_lowercase[:ndim1], string.ascii_uppercase[:ndim2]


class Tensordot(TwoFactors, keras="ops.numpy"):
    """y = the sum of a b over pairs of axes; y has the other axes of a, then those of b.

    Args:
        axes: a list of a's axes and one of b's; or how many of a's last and b's first.
    """

    def __init__(self, axes: int | Sequence[Any] = 2, name: str | None = None):
        super().__init__(name)
        self.axes = axes

    def _terms(self, ndim1, ndim2):
        return self.letters(ndim1, ndim2)

    def letters(self, ndim1, ndim2):
        """The same letters for the axes of a pair."""
        first, second = map(list, _alphabets(ndim1, ndim2))
        if isinstance(self.axes, int):
            number = max(self.axes, 0)
            axes1, axes2 = range(-number, 0), range(number)
        else:
            axes1, axes2 = self.axes
        if len(axes1) != len(axes2):
            raise ValueError(f"Operation '{self.name}': axes without pair in {self.axes}")
        for axis1, axis2 in zip(axes1, axes2):
            second[self.axis_of(axis2, ndim2)] = first[self.axis_of(axis1, ndim1)]
        common = set(first) & set(second)
        y = [letter for letter in first + second if letter not in common]
        return tuple(map("".join, (first, second, y)))


class Dot(TwoFactors, keras="ops.numpy"):
    """y = the sum of a b over a's last axis and b's last but one, or its only one."""

    def letters(self, ndim1, ndim2):
        """One letter for the two axes."""
        first, second = _alphabets(ndim1, ndim2)
        place, last = max(ndim2 - 2, 0), first[-1]
        kept = second[:place] + second[place + 1 :]
        return first, second[:place] + last + second[place + 1 :], first[:-1] + kept


class Inner(TwoFactors, keras="ops.numpy"):
    """y = the sum of a b over both last axes."""

    def letters(self, ndim1, ndim2):
        """One letter for the two axes."""
        first, second = _alphabets(ndim1, ndim2)
        return first, second[:-1] + first[-1], first[:-1] + second[:-1]


class Kron(TwoFactors, keras="ops.numpy"):
    """y = the product of each number of a with all of b, in blocks: along each axis, a's then b's.

    The array of fewer axes gets axes of size 1 in front.
    """

    def letters(self, ndim1, ndim2):
        """The axes of both, alternating from the last ones on."""
        first, second = _alphabets(ndim1, ndim2)
        ndim = max(ndim1, ndim2)
        pairs = zip(first.rjust(ndim), second.rjust(ndim))
        return first, second, "".join(a + b for a, b in pairs).replace(" ", "")

    def arranged(self, y, shape1, shape2):
        """Each pair of axes as one."""
        return y.reshape(self.shape(shape1, shape2))

    def shape(self, x1, x2):
        """The sizes of both multiplied axis by axis."""
        ndim = max(len(x1), len(x2))
        pairs = zip((1,) * (ndim - len(x1)) + x1, (1,) * (ndim - len(x2)) + x2)
        return tuple(None if None in pair else math.prod(pair) for pair in pairs)
