"""How many threads NumPy's matrix products take."""

import contextlib
import ctypes
import functools
import threading
from pathlib import Path

import numpy as np


class _Limit:
    """The number of threads of the OpenBLAS that comes in NumPy's wheels, one meanwhile.

    It concerns the whole process. Of several users at once the first sets it and the last sets it
    back. With another library nothing happens.
    """

    def __init__(self):
        self._lock, self._users, self._before = threading.Lock(), 0, None

    @functools.cached_property
    def _functions(self):
        """Those that get and set the number, or None."""
        for path in (Path(np.__file__).parents[1] / "numpy.libs").glob("*scipy_openblas64_*"):
            with contextlib.suppress(AttributeError, OSError):
                library = ctypes.CDLL(str(path))  # NumPy has loaded it, so this is the same one
                return (
                    library.scipy_openblas_get_num_threads64_,
                    library.scipy_openblas_set_num_threads64_,
                )
        return None

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


one_blas_thread = _Limit().to_one_thread
