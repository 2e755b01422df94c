"""Both halves in a precision: what is built meanwhile computes in it."""

from contextlib import ExitStack, contextmanager

from comparisons.harness.execution import keras_precision
from reference_numpy import config as reference_config

PRECISIONS = ("float64", "float32")
#: what the proof pins, whatever the columns train in
PINNED = "float64 and float32, on the CPU, TF32 off"


@contextmanager
def reference_precision(dtype: str):
    """Build models of the NumPy half in `dtype` meanwhile."""
    reference_config.set_floatx(dtype)
    try:
        yield
    finally:
        reference_config.set_floatx("float32")


@contextmanager
def precision(dtype: str):
    """Build models of both halves in `dtype` meanwhile."""
    with keras_precision(dtype), reference_precision(dtype):
        yield


@contextmanager
def pinned(backend):
    """Keras as it is proven: on the CPU, float64 as such, no product in fewer digits than asked."""
    with backend.on_device("cpu"), backend.without_tf32(), backend.double_precision():
        yield


@contextmanager
def computing_in(backend, dtype: str):
    """Keras as it computes in a precision; float32 is what a person's own script has."""
    with ExitStack() as stack:
        stack.enter_context(backend.without_tf32())
        if dtype == "float64":
            stack.enter_context(backend.double_precision())
        stack.enter_context(precision(dtype))
        yield
