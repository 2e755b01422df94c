"""Keras on TensorFlow."""

import contextlib

import keras
import tensorflow as tf


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


def set_seed(seed):
    """Seed Python, NumPy and Keras, but not TensorFlow.

    With TensorFlow's seed `fit` would shuffle in the same order in every epoch ("shuffling after
    set_random_seed" in docs/keras-divergences.md). The orders are new ones in every run instead.
    """
    keras.utils.set_random_seed(seed)
    tf.random.set_seed(None)


def synchronize():
    """Wait for the device."""
    if devices():
        tf.test.experimental.sync_devices()


def devices():
    """Names of the GPUs."""
    return [device.name for device in tf.config.list_physical_devices("GPU")]


def on_device(kind):
    """Run on the CPU or the first GPU."""
    return (
        tf.device("/GPU:0")
        if kind == "gpu"
        else (tf.device("/CPU:0") if devices() else contextlib.nullcontext())
    )


def double_precision():
    """A context in which float64 is float64; here it always is."""
    return contextlib.nullcontext()
