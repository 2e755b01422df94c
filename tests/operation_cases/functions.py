"""Activation functions as operations."""

import keras

from tests.operation_cases.case import Case

ROOT = "the root of 2"

CASES = [
    Case("Tanh", lambda ops, x: ops.tanh(x)),
    Case("Relu", lambda ops, x: ops.relu(x)),
    Case("Sigmoid", lambda ops, x: ops.sigmoid(x)),
    Case("Silu", lambda ops, x: ops.silu(x)),
    Case("Softplus", lambda ops, x: ops.softplus(x)),
    Case("Softmax", lambda ops, x: ops.softmax(x)),
    Case("Softmax-first-axis", lambda ops, x: ops.softmax(x, axis=1)),
    Case("Gelu", lambda ops, x: ops.gelu(x), float32_inside="the root of 2"),
    Case(
        "Gelu-exact", lambda ops, x: ops.gelu(x, approximate=False), float32_inside="the root of 2"
    ),
    Case("LeakyRelu", lambda ops, x: ops.leaky_relu(x, 0.125)),
    Case("ReLU", lambda ops, x: keras.activations.relu(x, 0.1, 1.0, 0.2)),
]
