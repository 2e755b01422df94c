"""Cases of the attention layers."""

import numpy as np

from comparisons.harness.conformance.layer_cases.case import Case

BOTH = (False, True)
PAIR = [(2, 3, 4), (2, 5, 4)]
TRIPLE = [(2, 3, 4), (2, 5, 6), (2, 5, 4)]
QUERY_MASK = np.array([[True, True, False], [True, False, True]])
VALUE_MASK = np.array([[True, True, False, True, False], [False, True, True, True, True]])
SCORES = {"return_attention_scores": True}
CAUSAL = {"use_causal_mask": True}


def regularizer(name, **config):
    """The config of a regularizer."""
    return {
        "module": "keras.regularizers",
        "class_name": name,
        "config": config,
        "registered_name": None,
    }


SINGLE = [
    case
    for layer in ("Attention", "AdditiveAttention")
    for case in (
        Case(layer, {}, PAIR, label="two inputs"),
        Case(layer, {}, TRIPLE, label="three inputs"),
        Case(layer, {"use_scale": True}, PAIR),
        Case(layer, {"use_scale": False}, TRIPLE),
        Case(layer, {"dropout": 0.4, "seed": 3}, TRIPLE, training=BOTH),
        Case(layer, {"dropout": 0.4}, PAIR, SCORES, "dropout and scores", BOTH),
        Case(layer, {}, PAIR, {"mask": [None, VALUE_MASK]}, "value mask"),
        Case(layer, {}, TRIPLE, {"mask": [QUERY_MASK, VALUE_MASK]}, "both masks"),
        Case(layer, {}, TRIPLE, {"mask": [QUERY_MASK, None]}, "query mask"),
        Case(layer, {}, TRIPLE, CAUSAL, "causal"),
        Case(layer, {}, PAIR, {**CAUSAL, "mask": [QUERY_MASK, VALUE_MASK | True]}, "causal, mask"),
        Case(layer, {}, TRIPLE, {**SCORES, "mask": [QUERY_MASK, VALUE_MASK]}, "scores"),
    )
]
SINGLE += [
    Case("Attention", {"score_mode": "concat"}, PAIR),
    Case("Attention", {"score_mode": "concat", "use_scale": True}, TRIPLE),
    Case(
        "Attention",
        {"score_mode": "concat", "use_scale": True, "dropout": 0.3},
        PAIR,
        {**SCORES, **CAUSAL},
        "concat with all",
        BOTH,
    ),
    Case("AdditiveAttention", {"seed": 2}, [(1, 2, 3), (1, 2, 3)]),
]

TWO = {"query": (2, 3, 4), "value": (2, 5, 6)}
THREE = {"query": (2, 3, 4), "value": (2, 5, 6), "key": (2, 5, 3)}
SAME = {"query": (2, 4, 6), "value": (2, 4, 6)}
HEADS = {"num_heads": 2, "key_dim": 4}
MASK = np.random.default_rng(4).random((2, 3, 5)) < 0.7
EMPTY = MASK.copy()
EMPTY[0, 1] = False
GRID = {"query": (2, 3, 2, 4), "value": (2, 3, 2, 4)}

MULTI = [
    Case("MultiHeadAttention", HEADS, TWO, label="two inputs"),
    Case("MultiHeadAttention", HEADS, THREE, label="three inputs"),
    Case(
        "MultiHeadAttention",
        {"num_heads": 3, "key_dim": 5},
        THREE,
    ),
    Case("MultiHeadAttention", {**HEADS, "value_dim": 5, "use_bias": False}, THREE),
    Case("MultiHeadAttention", {**HEADS, "output_shape": 5}, TWO),
    Case("MultiHeadAttention", {**HEADS, "output_shape": [2, 5]}, TWO),
    Case("MultiHeadAttention", {**HEADS, "use_gate": True, "value_dim": 5}, THREE),
    Case("MultiHeadAttention", {**HEADS, "use_gate": True, "use_bias": False}, TWO, SCORES),
    Case("MultiHeadAttention", {**HEADS, "dropout": 0.4, "seed": 2}, THREE, training=BOTH),
    Case("MultiHeadAttention", {**HEADS, "dropout": 0.4}, TWO, SCORES, "dropout, scores", BOTH),
    Case("MultiHeadAttention", HEADS, THREE, SCORES, "scores"),
    Case("MultiHeadAttention", HEADS, SAME, CAUSAL, "causal"),
    Case("MultiHeadAttention", HEADS, SAME, {**CAUSAL, **SCORES}, "causal, scores"),
    Case("MultiHeadAttention", HEADS, TWO, {**CAUSAL, "attention_mask": MASK}, "causal, mask"),
    Case("MultiHeadAttention", {**HEADS, "sliding_window": 2}, SAME),
    Case("MultiHeadAttention", {**HEADS, "sliding_window": 1}, SAME, {**CAUSAL, **SCORES}),
    Case("MultiHeadAttention", HEADS, TWO, {"attention_mask": MASK}, "mask"),
    Case("MultiHeadAttention", HEADS, TWO, {"attention_mask": MASK * 1}, "mask of integers"),
    Case("MultiHeadAttention", HEADS, TWO, {"attention_mask": MASK[:1, :1]}, "broadcast mask"),
    Case("MultiHeadAttention", HEADS, TWO, {"attention_mask": EMPTY}, "query that sees nothing"),
    Case(
        "MultiHeadAttention",
        HEADS,
        TWO,
        {"attention_mask": EMPTY, **SCORES},
        "query that sees nothing, scores",
    ),
    Case("MultiHeadAttention", HEADS, TWO, {"value_mask": VALUE_MASK}, "value mask"),
    Case(
        "MultiHeadAttention",
        HEADS,
        THREE,
        {"key_mask": VALUE_MASK, "value_mask": ~VALUE_MASK | VALUE_MASK[::-1]},
        "value and key mask",
    ),
    Case("MultiHeadAttention", HEADS, GRID, label="attention over two axes"),
    Case("MultiHeadAttention", HEADS, GRID, SCORES, label="attention over two axes, scores"),
    Case("MultiHeadAttention", {**HEADS, "attention_axes": 2}, GRID),
    Case("MultiHeadAttention", {**HEADS, "attention_axes": [1]}, GRID, SCORES),
    Case("MultiHeadAttention", {**HEADS, "attention_axes": [-2]}, SAME),
    Case(
        "MultiHeadAttention",
        {**HEADS, "attention_axes": [1, 2]},
        {"query": (2, 3, 2, 4), "value": (2, 2, 4, 4)},
        {"attention_mask": np.random.default_rng(6).random((2, 3, 2, 2, 4)) < 0.7},
        "mask over two axes",
    ),
    Case(
        "MultiHeadAttention",
        {
            **HEADS,
            "kernel_initializer": "he_normal",
            "bias_initializer": "ones",
            "kernel_regularizer": regularizer("L2", l2=0.01),
            "bias_regularizer": regularizer("L2", l2=0.02),
            "activity_regularizer": regularizer("L2", l2=0.03),
            "flash_attention": False,
        },
        TWO,
        label="initializers and regularizers",
    ),
]

GROUPS = {"head_dim": 4, "num_query_heads": 4, "num_key_value_heads": 2}
FITTING = {"query": (2, 3, 4), "value": (2, 5, 4)}
FITTING_THREE = {**FITTING, "key": (2, 5, 6)}
GROUPED = [
    Case("GroupQueryAttention", GROUPS, FITTING, label="two inputs"),
    Case("GroupQueryAttention", GROUPS, FITTING_THREE, label="three inputs"),
    Case("GroupQueryAttention", {**GROUPS, "num_key_value_heads": 1}, FITTING),
    Case("GroupQueryAttention", {**GROUPS, "num_key_value_heads": 4}, FITTING_THREE, SCORES),
    Case("GroupQueryAttention", {**GROUPS, "use_bias": False, "use_gate": True}, FITTING),
    Case("GroupQueryAttention", {**GROUPS, "dropout": 0.4, "seed": 5}, FITTING, training=BOTH),
    Case("GroupQueryAttention", {**GROUPS, "dropout": 0.4}, FITTING_THREE, SCORES, "both", BOTH),
    Case("GroupQueryAttention", GROUPS, FITTING, SCORES, "scores"),
    Case("GroupQueryAttention", GROUPS, FITTING, CAUSAL, "causal"),
    Case("GroupQueryAttention", GROUPS, FITTING, {**CAUSAL, **SCORES}, "causal, scores"),
    Case("GroupQueryAttention", {**GROUPS, "sliding_window": 2}, FITTING),
    Case("GroupQueryAttention", GROUPS, FITTING, {"attention_mask": EMPTY}, "sees nothing"),
    Case(
        "GroupQueryAttention",
        GROUPS,
        FITTING,
        {"query_mask": QUERY_MASK, "value_mask": VALUE_MASK, "attention_mask": MASK},
        "masks",
    ),
    Case(
        "GroupQueryAttention",
        {
            **GROUPS,
            "kernel_initializer": "he_normal",
            "bias_initializer": "ones",
            "activity_regularizer": regularizer("L2", l2=0.03),
            "kernel_regularizer": regularizer("L2", l2=0.01),
            "flash_attention": False,
        },
        FITTING,
        {"key_mask": VALUE_MASK, **SCORES},
        label="initializers and regularizers",
    ),
]

CASES = SINGLE + MULTI + GROUPED
