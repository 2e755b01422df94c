"""Keras on TensorFlow."""

import contextlib

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import ops


def outputs_and_gradients(call, inputs, weights, cotangents):
    """Outputs, input gradients and weight gradients of `call(inputs)` by GradientTape.

    Args:
        call: function of a structure of tensors.
        inputs: structure of NumPy arrays; the floating ones are differentiated.
        weights: Keras variables to differentiate.
        cotangents: an array for each output leaf, None for one that is not differentiated.
    """
    tensors = keras.tree.map_structure(tf.convert_to_tensor, inputs)
    floats = [leaf for leaf in keras.tree.flatten(tensors) if leaf.dtype.is_floating]
    with tf.GradientTape() as tape:
        tape.watch(floats)
        outputs = keras.tree.flatten(call(tensors))
        total = sum(
            tf.reduce_sum(y * tf.cast(c, y.dtype))
            for y, c in zip(outputs, cotangents, strict=True)
            if c is not None
        )
    sources = floats + [w.value for w in weights]
    if all(c is None for c in cotangents):
        sources = []  # nothing is differentiated, so there is no total either
    gradients = tape.gradient(total, sources, unconnected_gradients="zero") if sources else []
    gradients = [tf.convert_to_tensor(gradient).numpy() for gradient in gradients]
    outputs = [tf.convert_to_tensor(y).numpy() for y in outputs]
    return outputs, gradients[: len(floats)], gradients[len(floats) :]


def batches(x, y, batch_size, seed):
    """Arguments of `fit`: batches whose order is a new one in every epoch, the same in every run.

    Of arrays a seeded `fit` would shuffle in the same order in every epoch
    (docs/keras-divergences.md#shuffling-after-set_random_seed).
    """
    count = len(keras.tree.flatten(y)[0])
    order = tf.data.Dataset.range(count).shuffle(count, seed, reshuffle_each_iteration=True)
    return {"x": _in_order(order, x, y, batch_size), "shuffle": False}


def validation(x, y, batch_size):
    """Arguments of `fit`: what it validates with after every epoch."""
    order = tf.data.Dataset.range(len(keras.tree.flatten(y)[0]))
    return {"validation_data": _in_order(order, x, y, batch_size)}


def _in_order(order, x, y, batch_size):
    """The batches of a dataset that gives the samples' numbers.

    Of arrays `fit` makes a dataset that is tuned anew, by a thread of its own, in every epoch and
    every validation: on one core that takes longer than a short epoch itself.
    """

    def tensor(array):
        array = np.asarray(array)
        return tf.constant(array, keras.config.floatx() if array.dtype.kind == "f" else None)

    # A list would be stacked by tf.data.
    data = keras.tree.lists_to_tuples(keras.tree.map_structure(tensor, (x, y)))
    batches = order.batch(batch_size).map(
        lambda chosen: keras.tree.map_structure(lambda t: tf.gather(t, chosen), data)
    )
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    options.threading.private_threadpool_size = 1
    return batches.prefetch(1).with_options(options)


def synchronize():
    """Wait for the device."""
    if devices():
        tf.test.experimental.sync_devices()


def forget():
    """Let go of the graphs of what was trained.

    Keras's optimizers sum gradients over replicas by an operation whose gradient TensorFlow
    registers anew for each graph, which it keeps for good: some 5 MB for each training.
    """
    registered = ops.gradient_registry._registry  # there is no public way to take out of it
    for name in [name for name in registered if name.startswith("CustomGradient-")]:
        del registered[name]


def devices():
    """Names of the GPUs."""
    found = tf.config.list_physical_devices("GPU")
    details = tf.config.experimental.get_device_details
    return [details(device).get("device_name", device.name) for device in found]


def device_memory():
    """The largest number of bytes that were in use on the GPU; None without one."""
    return tf.config.experimental.get_memory_info("GPU:0")["peak"] if devices() else None


def threads():
    """How many threads an operation takes; None for one a core."""
    return tf.config.threading.get_intra_op_parallelism_threads() or None


def on_device(kind):
    """Run on the CPU or the first GPU."""
    return (
        tf.device("/GPU:0")
        if kind == "gpu"
        else (tf.device("/CPU:0") if devices() else contextlib.nullcontext())
    )


@contextlib.contextmanager
def without_tf32():
    """A context in which products of float32 are of float32; TensorFlow takes TF32 where it can."""
    before = tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.experimental.enable_tensor_float_32_execution(False)
    try:
        yield
    finally:
        tf.config.experimental.enable_tensor_float_32_execution(before)


def double_precision():
    """A context in which float64 is float64; here it always is."""
    return contextlib.nullcontext()
