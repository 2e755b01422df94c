"""What is kept: the memory of freed arrays, and what backward needs of a forward pass."""

import contextlib
import contextvars
import ctypes
import functools

# Parameters of glibc's `mallopt`, from malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3


@functools.cache
def keep_freed_memory():
    """Have the C library keep what is freed, as frameworks' own allocators do.

    Every training step needs the same large arrays again. glibc hands the memory of an array that
    is freed back to the system, and gets the next one page by page, each zeroed first: a quarter of
    the step of a convolutional network. With these settings arrays of up to 32 MiB come from memory
    that the process has, of which up to 2 GiB wait for their next use. They concern the whole
    process and stay, since glibc does not tell what they were before; with another C library
    nothing happens. A graph makes them when it first computes; an import makes none.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(_MMAP_THRESHOLD, 2**25)
    mallopt(_TRIM_THRESHOLD, 2**31 - 1)


_forward_alone = contextvars.ContextVar("forward_alone", default=False)


@contextlib.contextmanager
def forward_alone(is_so=True):
    """Meanwhile no forward pass is followed by its backward pass: nothing is kept for that."""
    token = _forward_alone.set(is_so)
    try:
        yield
    finally:
        _forward_alone.reset(token)


def is_forward_alone():
    """Whether that holds now."""
    return _forward_alone.get()
