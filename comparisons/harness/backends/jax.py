"""Keras on JAX."""

import contextlib

import jax
import jax.numpy as jnp
import keras
import numpy as np

from comparisons.harness.backends import unrounded_promotion


def outputs_and_gradients(call, inputs, weights, cotangents):
    """Outputs, input gradients and weight gradients of `call(inputs)` by `jax.vjp`.

    The arguments are those of the TensorFlow module's function. What the call would change
    (moving statistics) stays as it was, since JAX differentiates pure functions only.
    """
    leaves = keras.tree.flatten(inputs)
    is_float = [np.asarray(leaf).dtype.kind == "f" for leaf in leaves]
    floats = [jnp.asarray(leaf) for leaf, flag in zip(leaves, is_float) if flag]

    def function(float_leaves, weight_values):
        remaining = iter(float_leaves)
        full = [next(remaining) if flag else leaf for leaf, flag in zip(leaves, is_float)]
        mapping = list(zip(weights, weight_values, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            outputs = keras.tree.flatten(call(keras.tree.pack_sequence_as(inputs, full)))
        wanted = [y for y, c in zip(outputs, cotangents, strict=True) if c is not None]
        return wanted, outputs

    values = [weight.value for weight in weights]
    wanted, pullback, outputs = jax.vjp(function, floats, values, has_aux=True)
    given = [c for c in cotangents if c is not None]
    input_gradients, weight_gradients = pullback(
        [jnp.asarray(c, y.dtype) for c, y in zip(given, wanted, strict=True)]
    )
    return _arrays(outputs), _arrays(input_gradients), _arrays(weight_gradients)


def _arrays(values):
    return [np.asarray(value) for value in values]


def set_seed(seed):
    """Seed everything that draws."""
    keras.utils.set_random_seed(seed)


def synchronize():
    """Wait for the device."""
    jax.effects_barrier()


def devices():
    """Names of the GPUs."""
    return [device.device_kind for device in jax.devices() if device.platform != "cpu"]


def on_device(kind):
    """Run on the CPU or the first GPU."""
    if not devices():
        return contextlib.nullcontext()
    return jax.default_device(jax.devices("cpu" if kind == "cpu" else None)[0])


@contextlib.contextmanager
def double_precision():
    """A context in which float64 is float64; otherwise JAX and Keras round it to float32."""
    with jax.enable_x64(True), unrounded_promotion():
        yield
