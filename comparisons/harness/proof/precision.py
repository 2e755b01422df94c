"""Both halves in a precision: what is built meanwhile computes in it."""

from contextlib import ExitStack, contextmanager

from reference_numpy import config as reference_config

PRECISIONS = ("float64", "float32")


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
    import keras

    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    # Keras keeps the policy that its first layer found, whatever floatx becomes after it.
    keras.config.set_dtype_policy(dtype)
    try:
        with reference_precision(dtype):
            yield
    finally:
        keras.config.set_floatx(before)
        keras.config.set_dtype_policy(policy)


@contextmanager
def computing_in(backend, dtype: str):
    """Keras as it computes in a precision; float32 is what a person's own script has."""
    with ExitStack() as stack:
        if dtype == "float64":
            stack.enter_context(backend.double_precision())
        stack.enter_context(precision(dtype))
        yield
