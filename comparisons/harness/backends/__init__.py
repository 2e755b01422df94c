"""The columns of a comparison: the NumPy half, and Keras on each of its backends.

Keras fixes its backend when it is imported, so a process serves one Keras column at most. Each
backend is a module here with the same few functions:

- `outputs_and_gradients(call, inputs, weights, cotangents)`: the leaves of the outputs, of the
  floating inputs' gradients and of the weights' gradients, as NumPy arrays
- `set_seed(seed)`: seed everything that draws, except where that would spoil the draws
- `synchronize()`: wait until the device has done what it was given
- `devices()`: names of the accelerators that the framework sees
- `on_device(kind)`: a context in which models are made and run on `"cpu"` or `"gpu"`
- `double_precision()`: a context in which float64 is float64
"""

import contextlib
import importlib
import importlib.util
import os
import sys

KERAS_BACKENDS = ("tensorflow", "jax", "torch")
IMPLEMENTATIONS = ("numpy", *(f"keras-{name}" for name in KERAS_BACKENDS))


def implementation(name):
    """`"keras-jax"` from `"keras-jax"` or `"jax"`. Raises ValueError for an unknown name."""
    full = name if name in IMPLEMENTATIONS else f"keras-{name}"
    if full not in IMPLEMENTATIONS:
        known = ", ".join(("numpy", *KERAS_BACKENDS))
        raise ValueError(f"Unknown backend '{name}'. Expected one of {known}.")
    return full


def missing(name):
    """Why an implementation cannot run here, in one line, or None if it can."""
    framework = implementation(name).removeprefix("keras-")
    if framework == "numpy" or importlib.util.find_spec(framework) is not None:
        return None
    return f"{framework} is not installed (pip install {framework})"


def load(name):
    """The backend module of a Keras implementation; makes Keras run on it in this process."""
    framework = implementation(name).removeprefix("keras-")
    if "keras" in sys.modules:
        running = sys.modules["keras"].config.backend()
        if running != framework:
            raise RuntimeError(f"This process already runs Keras on {running}, not {framework}.")
    os.environ["KERAS_BACKEND"] = framework
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return importlib.import_module(f"{__name__}.{framework}")


@contextlib.contextmanager
def unrounded_promotion():
    """Let Keras's type promotion keep float64, which on JAX and PyTorch it takes for float32.

    See "float64 on JAX and PyTorch" in docs/keras-divergences.md: without this a matrix product of
    float64 arrays would be computed in float32 on PyTorch, and nothing proven beyond that.
    """
    from keras.src.backend.common import dtypes

    before = dtypes.BIT64_TO_BIT32_DTYPE["float64"]
    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    try:
        yield
    finally:
        dtypes.BIT64_TO_BIT32_DTYPE["float64"] = before
