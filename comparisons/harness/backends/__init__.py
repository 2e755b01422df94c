"""The columns of a comparison: the NumPy half, and Keras on each of its backends.

Keras fixes its backend when it is imported, so a process serves one Keras column at most. Each
backend is a module here with the same few functions:

- `outputs_and_gradients(call, inputs, weights, cotangents)`: the leaves of the outputs, of the
  floating inputs' gradients and of the weights' gradients, as NumPy arrays
- `batches(x, y, batch_size, seed)`: arguments of `fit` by which a seeded run shuffles every epoch
  anew and repeats
- `validation(x, y, batch_size)`: arguments of `fit`, what it validates with after every epoch
- `synchronize()`: wait until the device has done what it was given
- `devices()`: names of the accelerators that the framework sees
- `device_memory()`: the peak of the bytes in use on the first of them, None without one
- `threads()`: how many threads an operation takes, None for one a core
- `on_device(kind)`: a context in which models are made and run on `"cpu"` or `"gpu"`
- `double_precision()`: a context in which float64 is float64
- `without_tf32()`: a context in which no GPU rounds the factors of products to TF32's ten bits
"""

import contextlib
import importlib
import importlib.util
import os
import re
import sys

KERAS_BACKENDS = ("tensorflow", "jax", "torch")
IMPLEMENTATIONS = ("numpy", *(f"keras-{name}" for name in KERAS_BACKENDS))
#: What the frameworks read from the environment when they are imported.
SETTINGS = {
    # TensorFlow switches oneDNN on by itself on some processors only. Without it a CPU has no
    # kernels for channels first and for some dilated, strided and grouped convolutions.
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # PyTorch's threads spin while they wait; beside other load a step takes 40 times as long.
    "OMP_WAIT_POLICY": "PASSIVE",
}
NO_KERNEL = re.compile(
    r"only supports (the )?ND?HWC|only supports equal length strides|rouped convolutions"
    r"|not yet support dilation rates|No OpKernel was registered"
    # PyTorch 2.13 on a CPU: the gradient of a convolution of several channels to one in float64
    r"|slow_conv2d: grad_weight must be contiguous"
)
DECORATION = re.compile(r"\x1b\[\d*m|\{\{.*?\}\}|\[Op:.*")  # colours, and the node of a graph


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


def set_up():
    """Make the settings that a framework reads when it is imported; what is set already stays."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)


def no_kernel(error):
    """Why this machine cannot run what raised `error`, in one line; None for any other error."""
    if not (type(error).__module__.startswith("tensorflow") or isinstance(error, RuntimeError)):
        return None
    line = next(filter(NO_KERNEL.search, str(error).splitlines()), None)
    return line and f"cannot run here: {DECORATION.sub('', line).strip()}"


def load(name):
    """The backend module of a Keras implementation; makes Keras run on it in this process."""
    framework = implementation(name).removeprefix("keras-")
    if "keras" in sys.modules:
        running = sys.modules["keras"].config.backend()
        if running != framework:
            raise RuntimeError(f"This process already runs Keras on {running}, not {framework}.")
    os.environ["KERAS_BACKEND"] = framework
    set_up()
    return importlib.import_module(f"{__name__}.{framework}")


@contextlib.contextmanager
def unheard():
    """Meanwhile nothing that is written to standard error is heard.

    Of what TensorFlow's C++ writes as it is imported no setting keeps all away. In a column's
    process it goes to the log.
    """
    sys.stderr.flush()
    heard, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(heard, 2)
        os.close(heard)
        os.close(nothing)


def on_the_device(x, y, batch_size, seed):
    """Arguments of `fit`: batches of examples that stay where Keras computes.

    Each epoch's order is drawn there, and each batch gathered there: nothing is copied in a step.
    """
    import keras
    from keras import ops

    def tensor(array):
        return ops.convert_to_tensor(
            array, keras.config.floatx() if array.dtype.kind == "f" else None
        )

    data = keras.tree.map_structure(tensor, (x, y))
    count, draws = len(keras.tree.flatten(y)[0]), keras.random.SeedGenerator(seed)

    def drawn():
        while True:
            order = keras.random.shuffle(ops.arange(count), seed=draws)
            for first in range(0, count, batch_size):
                chosen = order[first : first + batch_size]
                yield keras.tree.map_structure(lambda t, c=chosen: ops.take(t, c, axis=0), data)

    return {"x": drawn(), "steps_per_epoch": -(-count // batch_size), "shuffle": False}


def tensor(leaf):
    """Keras's tensor of an array; JAX and PyTorch have none of texts, which stay as they are."""
    import numpy as np
    from keras import ops

    is_text = isinstance(leaf, np.ndarray) and leaf.dtype.kind == "U"
    return leaf if is_text else ops.convert_to_tensor(leaf)


@contextlib.contextmanager
def unrounded_promotion():
    """Let Keras's type promotion keep float64, which on JAX and PyTorch it takes for float32.

    Without this a matrix product of float64 arrays would be computed in float32 on PyTorch, and
    nothing proven beyond that (docs/keras-divergences.md#float64-on-jax-and-pytorch).
    """
    from keras.src.backend.common import dtypes

    before = dtypes.BIT64_TO_BIT32_DTYPE["float64"]
    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    try:
        yield
    finally:
        dtypes.BIT64_TO_BIT32_DTYPE["float64"] = before
