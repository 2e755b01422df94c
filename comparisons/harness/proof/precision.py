"""Both halves in a precision: what is built meanwhile computes in it."""

from contextlib import ExitStack, contextmanager

from comparisons.harness.execution import keras_precision
from reference_numpy import config as reference_config

PRECISIONS = ("float64", "float32")
#: what the proof pins, whatever the columns train in
PINNED = "float64 and float32, on the CPU, TF32 off"


MIXED = "mixed_float16"


def held_in(policy: str) -> str:
    """The dtype of the weights, and of what is no layer's: Keras's floatx."""
    return "float32" if policy == MIXED else policy


def computed_in(policy: str) -> str:
    """The dtype in which layers compute."""
    return "float16" if policy == MIXED else policy


def twin_precision(dtype: str) -> str:
    """The policy of a check's twin, by whose roundings the oracle is moved.

    It is float32 or, where Keras computes in fewer digits, Keras's.
    """
    return "float32" if dtype == "float64" else dtype


@contextmanager
def reference_precision(dtype: str):
    """Build models of the NumPy half in `dtype` meanwhile, or in what a policy's weights have."""
    reference_config.set_floatx(held_in(dtype))
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
