"""Keras on JAX."""

import contextlib
import hashlib

import jax
import jax.numpy as jnp
import keras
import numpy as np

from comparisons.harness.backends import on_the_device, tensor, unrounded_promotion

#: what was compiled, the oldest first, and how much of it is kept
PROGRAMS: dict[tuple, jax.stages.Compiled] = {}
MOST_PROGRAMS = 1000


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

    The arguments are those of the TensorFlow module's function. All of it is compiled as one, as
    `fit` and `predict` do, and once for all layers that compute the same; what cannot be (texts,
    layers that look at numbers) runs operation by operation. JAX differentiates pure functions
    only: what the call changes (moving statistics) is carried out of it and set afterwards.
    """
    leaves = [tensor(leaf) for leaf in keras.tree.flatten(inputs)]
    is_float = [jnp.issubdtype(leaf.dtype, jnp.floating) for leaf in leaves]
    floats = [leaf for leaf, flag in zip(leaves, is_float) if flag]
    others = [leaf for leaf, flag in zip(leaves, is_float) if not flag]
    changed = []

    def compute(floats, others, values):
        def function(floats, values):
            left = {True: iter(floats), False: iter(others)}
            full = keras.tree.pack_sequence_as(inputs, [next(left[flag]) for flag in is_float])
            with Recording(list(zip(weights, values, strict=True))) as scope:
                outputs = keras.tree.flatten(call(full))
            changed[:], updates = scope.updates()
            wanted = [y for y, c in zip(outputs, cotangents, strict=True) if c is not None]
            return wanted, (outputs, updates)

        wanted, pullback, (outputs, updates) = jax.vjp(function, floats, values, has_aux=True)
        given = [c for c in cotangents if c is not None]
        gradients = pullback([jnp.asarray(c, y.dtype) for c, y in zip(given, wanted, strict=True)])
        return outputs, updates, *gradients

    arguments = floats, others, [weight.value for weight in weights]
    try:
        outputs, updates, *gradients = _compiled(compute, arguments)(*arguments)
    except Exception:  # of whatever kind: some come from TensorFlow, which some layers ask
        outputs, updates, *gradients = compute(*arguments)
    for variable, value in zip(changed, updates, strict=True):
        variable.assign(value)
    return _arrays(outputs), *map(_arrays, gradients)


def _compiled(compute, arguments):
    """The function compiled, or what one was compiled to that is the same but for names.

    A program's text has the numbers that are no arguments; of a callback it has the place alone.
    """
    lowered = jax.jit(compute, keep_unused=True).lower(*arguments)
    text = lowered.as_text()
    if "callback" in text:
        return lowered.compile()
    digest, device = hashlib.sha256(text.encode()).digest(), jax.config.jax_default_device
    key = digest, lowered.in_tree, lowered.out_tree, device
    if key not in PROGRAMS:
        if len(PROGRAMS) == MOST_PROGRAMS:
            del PROGRAMS[next(iter(PROGRAMS))]
        PROGRAMS[key] = lowered.compile()
    return PROGRAMS[key]


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


def forget():
    """Let go of what was trained: JAX keeps nothing of it."""


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
