"""Cases of the convolutional layers."""

from comparisons.harness.conformance.layer_cases.case import Case


def l2(value):
    """Config of an L2 penalty."""
    return {
        "module": "keras.regularizers",
        "class_name": "L2",
        "config": {"l2": value},
        "registered_name": None,
    }


FIRST = {"data_format": "channels_first"}

CONV_1D = [
    Case("Conv1D", {"filters": 3, "kernel_size": 2}, (2, 7, 4)),
    Case("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "same", "strides": 2}, (2, 8, 1)),
    Case("Conv1D", {"filters": 2, "kernel_size": 3, "padding": "causal"}, (2, 7, 3)),
    Case(
        "Conv1D",
        {"filters": 2, "kernel_size": 3, "padding": "causal", "dilation_rate": 2},
        (2, 9, 3),
    ),
    Case("Conv1D", {"filters": 2, "kernel_size": 2, "padding": "causal", "strides": 3}, (2, 8, 3)),
    Case("Conv1D", {"filters": 4, "kernel_size": 3, "groups": 2, "padding": "same"}, (2, 6, 4)),
    Case("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "same", **FIRST}, (2, 4, 7)),
    Case("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "causal", **FIRST}, (2, 4, 7)),
]

CONV_2D = [
    Case("Conv1D", {"filters": 3, "kernel_size": 3, "lora_rank": 2}, (2, 5, 2)),
    Case("Conv2D", {"filters": 3, "kernel_size": 3}, (2, 6, 7, 2)),
    Case("Conv2D", {"filters": 3, "kernel_size": 3}, (2, 6, 7, 1), label="one channel"),
    Case("Conv2D", {"filters": 4, "kernel_size": (2, 3), "padding": "same"}, (2, 5, 6, 3)),
    Case("Conv2D", {"filters": 4, "kernel_size": 3, "padding": "SAME", "strides": 2}, (2, 6, 7, 3)),
    Case("Conv2D", {"filters": 4, "kernel_size": 2, "strides": (2, 3)}, (2, 6, 8, 3)),
    Case("Conv2D", {"filters": 4, "kernel_size": 1}, (2, 3, 4, 3)),
    Case("Conv2D", {"filters": 4, "kernel_size": 1, "strides": 2, "padding": "same"}, (2, 5, 4, 3)),
    Case("Conv2D", {"filters": 2, "kernel_size": 3, "dilation_rate": 2}, (2, 7, 8, 3)),
    Case(
        "Conv2D",
        {"filters": 2, "kernel_size": (3, 2), "dilation_rate": (1, 3), "padding": "same"},
        (2, 5, 6, 3),
    ),
    Case("Conv2D", {"filters": 6, "kernel_size": 3, "groups": 2}, (2, 5, 6, 4)),
    Case("Conv2D", {"filters": 6, "kernel_size": 3, "groups": 3, "padding": "same"}, (2, 5, 6, 3)),
    Case("Conv2D", {"filters": 3, "kernel_size": 2, "use_bias": False}, (2, 4, 5, 2)),
    Case(
        "Conv2D",
        {
            "filters": 3,
            "kernel_size": 2,
            "activation": "tanh",
            "kernel_initializer": "ones",
            "kernel_regularizer": l2(0.1),
            "bias_regularizer": l2(0.2),
            "activity_regularizer": l2(0.3),
        },
        (2, 4, 5, 2),
        label="activation and penalties",
    ),
    Case("Conv2D", {"filters": 4, "kernel_size": 3, "padding": "same", **FIRST}, (2, 3, 5, 6)),
    Case("Conv2D", {"filters": 4, "kernel_size": 3, "strides": 2, **FIRST}, (2, 3, 7, 6)),
    Case(
        "Conv2D",
        {"filters": 4, "kernel_size": 2, "groups": 2, "activation": "tanh", **FIRST},
        (2, 4, 5, 6),
    ),
]

CONV_3D = [
    Case(
        "Conv2D",
        {"filters": 4, "kernel_size": 3, "groups": 2, "lora_rank": 2, "lora_alpha": 5},
        (2, 4, 5, 4),
        label="adapted, groups",
    ),
    Case("Conv3D", {"filters": 3, "kernel_size": 2, "lora_rank": 1}, (2, 3, 3, 3, 2)),
    Case("Conv3D", {"filters": 3, "kernel_size": 2}, (2, 4, 5, 3, 2)),
    Case(
        "Conv3D",
        {"filters": 3, "kernel_size": (2, 3, 1), "strides": (1, 2, 2), "padding": "same"},
        (2, 4, 5, 3, 2),
    ),
    Case("Conv3D", {"filters": 4, "kernel_size": 2, "groups": 2}, (2, 3, 4, 3, 4)),
    Case("Conv3D", {"filters": 2, "kernel_size": 2, "dilation_rate": 2}, (2, 4, 4, 5, 2)),
    Case("Conv3D", {"filters": 3, "kernel_size": 2, "padding": "same", **FIRST}, (2, 2, 4, 3, 5)),
]

TRANSPOSE = [
    Case("Conv1DTranspose", {"filters": 3, "kernel_size": 3}, (2, 5, 2)),
    Case(
        "Conv1DTranspose", {"filters": 3, "kernel_size": 2, "strides": 3}, (2, 4, 2), label="gaps"
    ),
    Case(
        "Conv1DTranspose",
        {"filters": 3, "kernel_size": 3, "strides": 3, "output_padding": 1},
        (2, 4, 2),
    ),
    Case(
        "Conv1DTranspose",
        {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", **FIRST},
        (2, 2, 5),
    ),
    Case("Conv2DTranspose", {"filters": 3, "kernel_size": 3}, (2, 4, 5, 2)),
    Case("Conv2DTranspose", {"filters": 1, "kernel_size": 4, "strides": 2}, (2, 3, 4, 3)),
    Case(
        "Conv2DTranspose",
        {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"},
        (2, 3, 4, 2),
    ),
    Case(
        "Conv2DTranspose",
        {"filters": 3, "kernel_size": 2, "strides": (3, 4), "padding": "same"},
        (2, 3, 4, 2),
        label="same, gaps",
    ),
    Case(
        "Conv2DTranspose",
        {
            "filters": 3,
            "kernel_size": (3, 4),
            "strides": (3, 2),
            "padding": "same",
            "output_padding": (2, 1),
        },
        (2, 3, 4, 2),
    ),
    Case(
        "Conv2DTranspose",
        {
            "filters": 3,
            "kernel_size": 3,
            "strides": 2,
            "padding": "same",
            "output_padding": 0,
            "activation": "tanh",
            "use_bias": False,
            "kernel_regularizer": l2(0.1),
        },
        (2, 3, 4, 2),
        label="output padding 0, tanh, no bias, penalty",
    ),
    Case("Conv2DTranspose", {"filters": 3, "kernel_size": 3, "dilation_rate": 2}, (2, 4, 5, 2)),
    Case(
        "Conv2DTranspose",
        {"filters": 3, "kernel_size": 3, "dilation_rate": (1, 2), "padding": "same"},
        (2, 4, 5, 2),
    ),
    Case("Conv2DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, **FIRST}, (2, 2, 4, 3)),
    Case("Conv3DTranspose", {"filters": 3, "kernel_size": 2}, (2, 3, 2, 4, 2)),
    Case(
        "Conv3DTranspose",
        {
            "filters": 2,
            "kernel_size": (3, 2, 1),
            "strides": (2, 1, 2),
            "padding": "same",
        },
        (2, 2, 3, 3, 2),
    ),
    Case(
        "Conv3DTranspose", {"filters": 2, "kernel_size": 2, "strides": 2, **FIRST}, (2, 3, 2, 3, 2)
    ),
]

DEPTHWISE = [
    Case("DepthwiseConv1D", {"kernel_size": 3}, (2, 7, 3)),
    Case(
        "DepthwiseConv1D",
        {"kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2},
        (2, 8, 3),
    ),
    Case("DepthwiseConv1D", {"kernel_size": 2, "dilation_rate": 2, **FIRST}, (2, 3, 7)),
    Case("DepthwiseConv2D", {"kernel_size": 3}, (2, 5, 6, 3)),
    Case("DepthwiseConv2D", {"kernel_size": (2, 3), "depth_multiplier": 2}, (2, 5, 6, 3)),
    Case("DepthwiseConv2D", {"kernel_size": 3, "strides": (1, 2)}, (2, 5, 6, 3)),
    Case("DepthwiseConv2D", {"kernel_size": 3, "strides": 2, "padding": "same"}, (2, 5, 6, 3)),
    Case(
        "DepthwiseConv2D", {"kernel_size": 3, "dilation_rate": 2, "padding": "same"}, (2, 5, 6, 3)
    ),
    Case(
        "DepthwiseConv2D",
        {"kernel_size": 3, "strides": 2, "dilation_rate": 2, "padding": "same"},
        (2, 9, 8, 3),
        label="strides and dilation",
    ),
    Case(
        "DepthwiseConv2D",
        {
            "kernel_size": 2,
            "activation": "tanh",
            "depthwise_initializer": "ones",
            "depthwise_regularizer": l2(0.1),
            "bias_regularizer": l2(0.2),
            "activity_regularizer": l2(0.3),
        },
        (2, 4, 5, 2),
        label="activation and penalties",
    ),
    Case("DepthwiseConv2D", {"kernel_size": 2, "use_bias": False}, (2, 4, 5, 1)),
    Case("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2, **FIRST}, (2, 3, 5, 6)),
]

SEPARABLE = [
    Case("SeparableConv1D", {"filters": 4, "kernel_size": 3}, (2, 7, 3)),
    Case(
        "SeparableConv1D",
        {"filters": 5, "kernel_size": 3, "strides": 2, "padding": "same", **FIRST},
        (2, 3, 8),
    ),
    Case("SeparableConv2D", {"filters": 4, "kernel_size": 3}, (2, 5, 6, 3)),
    Case(
        "SeparableConv2D",
        {"filters": 4, "kernel_size": (2, 3), "depth_multiplier": 2, "padding": "same"},
        (2, 5, 6, 3),
    ),
    Case("SeparableConv2D", {"filters": 4, "kernel_size": 3, "strides": 2}, (2, 7, 6, 3)),
    Case(
        "SeparableConv2D",
        {"filters": 4, "kernel_size": 2, "strides": 2, "dilation_rate": 2, "padding": "same"},
        (2, 7, 6, 3),
        label="strides and dilation",
    ),
    Case(
        "SeparableConv2D",
        {
            "filters": 3,
            "kernel_size": 2,
            "activation": "tanh",
            "pointwise_initializer": "ones",
            "depthwise_regularizer": l2(0.1),
            "pointwise_regularizer": l2(0.2),
            "bias_regularizer": l2(0.3),
        },
        (2, 4, 5, 2),
        label="activation and penalties",
    ),
    Case(
        "SeparableConv2D",
        {"filters": 4, "kernel_size": 3, "dilation_rate": 2, "use_bias": False, **FIRST},
        (2, 3, 7, 6),
    ),
]

CASES = CONV_1D + CONV_2D + CONV_3D + TRANSPOSE + DEPTHWISE + SEPARABLE
