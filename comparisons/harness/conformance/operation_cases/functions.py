"""Activation functions as operations."""

from comparisons.harness.conformance.operation_cases.case import OF_INTEGERS, Case, Draw

INTEGERS = (Draw((4, 3), "integer"),)


def bounded_relu(ops, x):
    """ReLU with a slope, a maximum and a threshold."""
    import keras

    return keras.activations.relu(x, 0.1, 1.0, 0.2)


HARD_SIGMOID = "hard_sigmoids-gradient-in-float64"

CASES = [
    Case("Tanh", lambda ops, x: ops.tanh(x)),
    Case("Tanh-integers", lambda ops, x: ops.tanh(x), INTEGERS, OF_INTEGERS),
    Case("Relu", lambda ops, x: ops.relu(x)),
    Case("Relu-integers", lambda ops, x: ops.relu(x - 2), INTEGERS),
    Case("Sigmoid", lambda ops, x: ops.sigmoid(x)),
    Case("Silu", lambda ops, x: ops.silu(x)),
    Case("Softplus", lambda ops, x: ops.softplus(x)),
    Case("Softmax", lambda ops, x: ops.softmax(x)),
    Case("Softmax-first-axis", lambda ops, x: ops.softmax(x, axis=1)),
    Case("Softmax-all-axes", lambda ops, x: ops.softmax(x, axis=None)),
    Case("Gelu", lambda ops, x: ops.gelu(x), diverges="gelu-in-float64"),
    Case("Gelu-exact", lambda ops, x: ops.gelu(x, approximate=False), diverges="gelu-in-float64"),
    Case("LeakyRelu", lambda ops, x: ops.leaky_relu(x, 0.125)),
    Case("Relu6", lambda ops, x: ops.relu6(4 * x)),
    Case("Relu6-integers", lambda ops, x: ops.relu6(4 * x), INTEGERS),
    Case("HardSigmoid", lambda ops, x: ops.hard_sigmoid(3 * x), diverges=HARD_SIGMOID),
    Case("SparseSigmoid", lambda ops, x: ops.sparse_sigmoid(x)),
    Case("LogSigmoid", lambda ops, x: ops.log_sigmoid(x)),
    Case("Softsign", lambda ops, x: ops.softsign(x)),
    Case("HardSilu", lambda ops, x: ops.hard_silu(3 * x), diverges=HARD_SIGMOID),
    Case("HardTanh", lambda ops, x: ops.hard_tanh(x)),
    Case("TanhShrink", lambda ops, x: ops.tanh_shrink(x)),
    Case("SparsePlus", lambda ops, x: ops.sparse_plus(x)),
    Case("Squareplus", lambda ops, x: ops.squareplus(x)),
    Case("Squareplus-argument", lambda ops, x: ops.squareplus(x, 2)),
    Case("Selu", lambda ops, x: ops.selu(x)),
    Case("Elu", lambda ops, x: ops.elu(x)),
    Case("Elu-argument", lambda ops, x: ops.elu(x, 0.5)),
    Case("Celu", lambda ops, x: ops.celu(x, 0.5)),
    Case("Glu", lambda ops, x: ops.glu(x, axis=1)),
    Case("Glu-last-axis", lambda ops, x: ops.glu(x), (Draw((3, 4)),)),
    Case("HardShrink", lambda ops, x: ops.hard_shrink(x, 0.25)),
    Case("SoftShrink", lambda ops, x: ops.soft_shrink(x, 0.25)),
    Case("Threshold", lambda ops, x: ops.threshold(x, 0.25, -1.0)),
    Case("LogSoftmax-all-axes", lambda ops, x: ops.log_softmax(x, axis=None)),
    Case("LogSoftmax", lambda ops, x: ops.log_softmax(x, axis=1)),
    # One entry alone is kept: with more of them Keras is wrong
    # (docs/keras-divergences.md#sparsemax).
    Case("Sparsemax", lambda ops, x: ops.sparsemax(30 * x)),
    Case("ReLU", bounded_relu),
]
