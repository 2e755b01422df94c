"""Keras on PyTorch."""

import contextlib

import keras
import torch
from keras import ops

from comparisons.harness.backends import on_the_device, tensor, unrounded_promotion


def outputs_and_gradients(call, inputs, weights, cotangents):
    """Outputs, input gradients and weight gradients of `call(inputs)` by `torch.autograd`.

    The arguments are those of the TensorFlow module's function.
    """
    tensors = keras.tree.map_structure(tensor, inputs)
    floats = [leaf for leaf in keras.tree.flatten(tensors) if torch.is_tensor(leaf)]
    floats = [leaf for leaf in floats if leaf.is_floating_point()]
    for leaf in floats:
        leaf.requires_grad_(True)
    outputs = keras.tree.flatten(call(tensors))
    total = sum(
        (y * ops.convert_to_tensor(c, dtype=keras.backend.standardize_dtype(y.dtype))).sum()
        for y, c in zip(outputs, cotangents, strict=True)
        if c is not None
    )
    sources = floats + [weight.value for weight in weights]
    differentiable = isinstance(total, torch.Tensor) and total.requires_grad
    gradients = (
        torch.autograd.grad(total, sources, allow_unused=True)
        if differentiable
        else [None] * len(sources)
    )
    gradients = [
        torch.zeros_like(source) if gradient is None else gradient
        for gradient, source in zip(gradients, sources, strict=True)
    ]
    arrays = [ops.convert_to_numpy(value) for value in outputs + gradients]
    first, second = len(outputs), len(outputs) + len(floats)
    return arrays[:first], arrays[first:second], arrays[second:]


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
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def forget():
    """Let go of what was trained: PyTorch keeps nothing of it."""


def devices():
    """Names of the GPUs."""
    return [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]


def device_memory():
    """The largest number of bytes that were in use on the GPU; None without one."""
    return torch.cuda.max_memory_allocated() if devices() else None


def threads():
    """How many threads an operation takes."""
    return torch.get_num_threads()


def on_device(kind):
    """Run on the CPU or the first GPU."""
    return keras.device("gpu:0" if kind == "gpu" else "cpu")  # to PyTorch "cpu:0" is another one


@contextlib.contextmanager
def without_tf32():
    """A context in which products of float32 are of float32; cuDNN takes TF32 where it can."""
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before[0])
        torch.backends.cudnn.allow_tf32 = before[1]


def double_precision():
    """A context in which float64 is float64; otherwise Keras rounds it to float32."""
    return unrounded_promotion()
