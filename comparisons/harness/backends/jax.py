"""Keras on JAX."""

import contextlib

import jax
import jax.numpy as jnp
import keras
import numpy as np

from comparisons.harness.backends import on_the_device, unrounded_promotion


class Recording(keras.StatelessScope):
    """A scope that knows which variables were given new values in it."""

    def __init__(self, state_mapping):
        super().__init__(state_mapping=state_mapping)
        self.updated = {}

    def add_update(self, update):
        """Note the variable, and its value as ever."""
        variable, _ = update
        self.updated[id(variable)] = variable
        super().add_update(update)

    def updates(self):
        """The variables, and their new values."""
        variables = list(self.updated.values())
        return variables, [self.get_current_value(variable) for variable in variables]


def outputs_and_gradients(call, inputs, weights, cotangents):
    """Outputs, input gradients and weight gradients of `call(inputs)` by `jax.vjp`.

    The arguments are those of the TensorFlow module's function. JAX differentiates pure functions
    only: what the call changes (moving statistics) is carried out of it and set afterwards.
    """
    leaves = keras.tree.map_structure(keras.ops.convert_to_tensor, keras.tree.flatten(inputs))
    is_float = [jnp.issubdtype(leaf.dtype, jnp.floating) for leaf in leaves]
    floats = [leaf for leaf, flag in zip(leaves, is_float) if flag]
    changed = []

    def function(float_leaves, weight_values):
        remaining = iter(float_leaves)
        full = [next(remaining) if flag else leaf for leaf, flag in zip(leaves, is_float)]
        mapping = list(zip(weights, weight_values, strict=True))
        with Recording(mapping) as scope:
            outputs = keras.tree.flatten(call(keras.tree.pack_sequence_as(inputs, full)))
        changed[:], values = scope.updates()
        wanted = [y for y, c in zip(outputs, cotangents, strict=True) if c is not None]
        return wanted, (outputs, values)

    values = [weight.value for weight in weights]
    wanted, pullback, (outputs, updates) = jax.vjp(function, floats, values, has_aux=True)
    for variable, value in zip(changed, updates, strict=True):
        variable.assign(value)
    given = [c for c in cotangents if c is not None]
    input_gradients, weight_gradients = pullback(
        [jnp.asarray(c, y.dtype) for c, y in zip(given, wanted, strict=True)]
    )
    return _arrays(outputs), _arrays(input_gradients), _arrays(weight_gradients)


def _arrays(values):
    return [np.asarray(value) for value in values]


def batches(x, y, batch_size, seed):
    """Arguments of `fit`; without a GPU it shuffles by the seed that Keras was given."""
    if devices():
        return on_the_device(x, y, batch_size, seed)
    return {"x": x, "y": y, "batch_size": batch_size}


def validation(x, y, batch_size):
    """Arguments of `fit`: what it validates with after every epoch."""
    return {"validation_data": (x, y), "validation_batch_size": batch_size}


def synchronize():
    """Wait for the device."""
    jax.effects_barrier()


def devices():
    """Names of the GPUs."""
    return [device.device_kind for device in jax.devices() if device.platform != "cpu"]


def device_memory():
    """The largest number of bytes that were in use on the GPU; None without one."""
    return jax.devices()[0].memory_stats()["peak_bytes_in_use"] if devices() else None


def threads():
    """How many threads an operation takes: one a core, which is None."""


def on_device(kind):
    """Run on the CPU or the first GPU."""
    if not devices():
        return contextlib.nullcontext()
    return jax.default_device(jax.devices("cpu" if kind == "cpu" else None)[0])


def without_tf32():
    """A context in which products of float32 are of float32; JAX takes TF32 where it can."""
    return jax.default_matmul_precision("highest")


@contextlib.contextmanager
def double_precision():
    """A context in which float64 is float64; otherwise JAX and Keras round it to float32."""
    with jax.enable_x64(True), unrounded_promotion():
        yield
