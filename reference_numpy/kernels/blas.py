"""NumPy's matrix products: in how many threads, and of matrices how large."""

import contextlib
import ctypes
import functools
import threading
from pathlib import Path

import numpy as np

#: Multiplications up to which OpenBLAS, on the cores for which it has such kernels, those with
#: AVX-512, multiplies matrices where they lie; those of a larger product it copies first.
UNCOPIED = 10**6
CORES = ("skylakex", "cooperlake", "sapphirerapids")
#: Columns of a part; fewer leave such a core unused.
AT_LEAST = 16


@functools.cache
def _library():
    """The OpenBLAS that comes in NumPy's wheels, or None."""
    for path in (Path(np.__file__).parents[1] / "numpy.libs").glob("*scipy_openblas64_*"):
        with contextlib.suppress(OSError):
            return ctypes.CDLL(str(path))  # NumPy has loaded it, so this is the same one
    return None


class _Limit:
    """The number of threads of OpenBLAS, one meanwhile.

    It concerns the whole process. Of several users at once the first sets it and the last sets it
    back. With another library nothing happens.
    """

    def __init__(self):
        self._lock, self._users, self._before = threading.Lock(), 0, None

    @functools.cached_property
    def _functions(self):
        """Those that get and set the number, or None."""
        with contextlib.suppress(AttributeError):
            library = _library()
            return (
                library.scipy_openblas_get_num_threads64_,
                library.scipy_openblas_set_num_threads64_,
            )
        return None

    def is_one_thread(self):
        """Whether a product is known to take one thread."""
        return self._functions is not None and self._functions[0]() == 1

    @contextlib.contextmanager
    def to_one_thread(self):
        """Meanwhile a product takes one thread."""
        if self._functions is None:
            yield
            return
        get, put = self._functions
        with self._lock:
            if self._users == 0:
                self._before = get()
                put(1)
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    put(self._before)


_limit = _Limit()
one_blas_thread = _limit.to_one_thread


def _has_small_products():
    """Whether OpenBLAS has kernels for small matrices on this core."""
    with contextlib.suppress(AttributeError):
        name = _library().scipy_openblas_get_corename64_
        name.restype = ctypes.c_char_p
        return name().decode().lower() in CORES
    return False


def product(a, b, out):
    """a b, written into out; a large one by parts of b's columns for which OpenBLAS copies nothing.

    Shapes:
        a: (rows, inner)   b: (…, inner, columns)   out: (…, rows, columns)
    """
    parts = _parts(b.shape[-1], a.size)
    np.matmul(a, _cut(b, parts), out=_cut(out, parts))


def summed_product(a, b):
    """Σ a bᵀ over all axes but the last two; the columns of both are cut as those of `product`.

    Shapes:
        a: (…, rows, columns)   b: (…, other rows, columns)   out: (rows, other rows)
    """
    parts = _parts(a.shape[-1], a.shape[-2] * b.shape[-2])
    products = _cut(a, parts) @ _cut(b, parts).swapaxes(-1, -2)
    return products.sum(axis=tuple(range(products.ndim - 2)))


def _parts(columns, multiplications):
    """How many equal parts to cut columns into that take so many multiplications each."""
    if columns * multiplications <= UNCOPIED or not _limit.is_one_thread():
        return 1
    return _fewest_parts(columns, multiplications)


@functools.lru_cache(maxsize=1024)
def _fewest_parts(columns, multiplications):
    """As few as have OpenBLAS copy nothing; 1 where there are none."""
    if not _has_small_products():
        return 1
    fewest = -(-columns // max(1, UNCOPIED // multiplications))
    return next((n for n in range(fewest, columns // AT_LEAST + 1) if columns % n == 0), 1)


def _cut(matrices, parts):
    """(…, rows, columns) as (…, parts, rows, columns of a part), a view."""
    if parts == 1:
        return matrices
    return matrices.reshape(*matrices.shape[:-1], parts, -1).swapaxes(-2, -3)
