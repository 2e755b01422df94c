"""Cases of the core layers."""

import numpy as np

from comparisons.harness.conformance.layer_cases.case import Case

integers = np.array([[1, 4, 0, 1], [2, 1, 1, 5]])
steps = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
steps[0, 2] = steps[1, 0] = 0.0
steps[1, 3, 1] = 0.0
marked = np.where(steps == 0, -2.0, steps)
JUMP = {"training": (True,), "calculus": False, "note": "at the mask value the output jumps"}

CASES = [
    Case("Dense", {"units": 5}, (4, 3)),
    Case("Dense", {"units": 2, "activation": "tanh", "use_bias": False}, (2, 3, 4)),
    Case("Dense", {"units": 3, "activation": "softmax"}, (2, 3, 2, 4)),
    Case("Dense", {"units": 3}, np.array([[1, 2], [0, 5]]), label="of integers"),
    Case(
        "Dense",
        {
            "units": 3,
            "kernel_initializer": "he_normal",
            "bias_initializer": "ones",
            "kernel_regularizer": "l2",
            "bias_regularizer": "l1",
            "kernel_constraint": "max_norm",
            "bias_constraint": "non_neg",
            "activity_regularizer": "l2",
        },
        (4, 3),
        label="initializers, regularizers, constraints",
    ),
    Case("Dense", {"units": 5, "activation": "tanh", "lora_rank": 2}, (2, 4, 3)),
    Case(
        "Dense",
        {"units": 5, "use_bias": False, "kernel_regularizer": "l2", "lora_rank": 1},
        (4, 3),
        label="adapted, regularized, without bias",
    ),
    Case("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 5, "bias_axes": "c"}, (4, 3)),
    Case(
        "EinsumDense",
        {
            "equation": "abc,cde->abde",
            "output_shape": [3, 2, 5],
            "bias_axes": "de",
            "lora_rank": 2,
            "lora_alpha": 6,
        },
        (2, 3, 4),
        label="adapted",
    ),
    Case("EinsumDense", {"equation": "ab,bc->ac", "output_shape": [5]}, (4, 3)),
    Case("EinsumDense", {"equation": "abc,cd->abd", "output_shape": [None, 5]}, (2, 3, 4)),
    Case(
        "EinsumDense",
        {"equation": "abc,cd->abd", "output_shape": [3, 5], "bias_axes": "bd"},
        (2, 3, 4),
    ),
    Case(
        "EinsumDense",
        {"equation": "abc,cde->abde", "output_shape": [3, 2, 5], "bias_axes": "de"},
        (2, 3, 4),
    ),
    Case(
        "EinsumDense",
        {"equation": "abde,dec->abc", "output_shape": [3, 5], "bias_axes": "c"},
        (2, 3, 4, 2),
    ),
    Case(
        "EinsumDense",
        {"equation": "abc,bcd->adb", "output_shape": [5, 3], "bias_axes": "d"},
        (2, 3, 4),
        label="kernel shares an axis of both, bias in the middle",
    ),
    Case(
        "EinsumDense",
        {"equation": "abc,cd->ad", "output_shape": 5, "bias_axes": "d"},
        (2, 3, 4),
        label="an axis summed without the kernel",
    ),
    Case(
        "EinsumDense",
        {"equation": "...x,xy->...y", "output_shape": 5, "bias_axes": "y"},
        (2, 3, 4),
    ),
    Case(
        "EinsumDense",
        {"equation": "...bc,cd->...bd", "output_shape": [3, 5], "activation": "tanh"},
        (2, 2, 3, 4),
    ),
    Case(
        "EinsumDense",
        {"equation": "...ax,xy->...ay", "output_shape": 5, "bias_axes": "y"},
        (2, 4),
        label="nothing behind the dots",
    ),
    Case(
        "EinsumDense",
        {"equation": "ab...,bc->ac...", "output_shape": 5, "bias_axes": "c"},
        (2, 4, 3, 2),
    ),
    Case(
        "EinsumDense",
        {
            "equation": "ab,bc->ac",
            "output_shape": 3,
            "bias_axes": "c",
            "kernel_initializer": "he_normal",
            "bias_initializer": "ones",
            "kernel_regularizer": "l2",
            "bias_regularizer": "l1",
            "kernel_constraint": "max_norm",
            "bias_constraint": "non_neg",
            "activity_regularizer": "l2",
        },
        (2, 4),
        label="initializers, regularizers, constraints",
    ),
    Case("Embedding", {"input_dim": 6, "output_dim": 3}, integers),
    Case("Embedding", {"input_dim": 6, "output_dim": 3, "lora_rank": 2}, integers),
    Case("Embedding", {"input_dim": 6, "output_dim": 3, "mask_zero": True}, integers.T.copy()),
    Case(
        "Embedding", {"input_dim": 8, "output_dim": 2}, integers + np.float32(0.25), label="floats"
    ),
    Case(
        "Embedding", {"input_dim": 6, "output_dim": 2}, np.array([3, -1, -6, 5]), label="negative"
    ),
    Case(
        "Embedding",
        {
            "input_dim": 6,
            "output_dim": 3,
            "embeddings_initializer": "glorot_normal",
            "embeddings_regularizer": "l2",
            "embeddings_constraint": "unit_norm",
            "activity_regularizer": "l2",
        },
        integers,
        label="initializer, regularizers, constraint",
    ),
    Case("ReversibleEmbedding", {"input_dim": 6, "output_dim": 3}, integers),
    Case("ReversibleEmbedding", {"input_dim": 6, "output_dim": 3, "tie_weights": False}, integers),
    Case(
        "ReversibleEmbedding",
        {"input_dim": 6, "output_dim": 3, "mask_zero": True},
        (2, 4, 3),
        call={"reverse": True},
        label="reverse, tied",
    ),
    Case(
        "ReversibleEmbedding",
        {"input_dim": 6, "output_dim": 3, "tie_weights": False, "logit_soft_cap": 0.5},
        (2, 4, 3),
        call={"reverse": True},
        label="reverse, capped",
    ),
    Case("Masking", {}, steps, **JUMP),
    Case("Masking", {"mask_value": -2.0}, marked, **JUMP),
    Case("Masking", {}, (2, 4, 3), label="nothing masked"),
    Case("Identity", {}, (2, 3, 4)),
    Case("Identity", {}, [(2, 3), (4,)], label="a list"),
]
