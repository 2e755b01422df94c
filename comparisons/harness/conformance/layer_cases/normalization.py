"""Cases of the normalization layers."""

import numpy as np

from comparisons.harness.conformance.layer_cases.case import Case

BOTH = (False, True)
MASK_3 = np.array([[True, True, False], [True, False, False]])
MASK_4 = np.random.default_rng(5).random((2, 4, 3)) < 0.6
REGULARIZED = {
    "gamma_regularizer": {
        "module": "keras.regularizers",
        "class_name": "L2",
        "config": {"l2": 0.02},
        "registered_name": None,
    }
}

RENORM = {
    "training": BOTH,
    "calculus": False,
    "note": "the corrections r and d count as constants",
}

BATCH = [
    Case("BatchNormalization", {}, (6, 3), training=BOTH),
    Case("BatchNormalization", {}, (3, 5, 4, 2), training=BOTH, label="images"),
    Case("BatchNormalization", {"axis": 1}, (3, 2, 5, 4), training=BOTH),
    Case("BatchNormalization", {"axis": 2}, (2, 3, 4, 2), training=BOTH),
    Case("BatchNormalization", {"axis": -2}, (2, 3, 4), training=BOTH),
    Case("BatchNormalization", {}, (300, 3), training=BOTH, label="more than one block of rows"),
    Case(
        "BatchNormalization",
        {"momentum": 0.7, "epsilon": 0.1, "center": False},
        (5, 3),
        training=BOTH,
    ),
    Case("BatchNormalization", {"scale": False}, (5, 3), training=BOTH),
    Case("BatchNormalization", {"scale": False, "center": False}, (5, 3), training=BOTH),
    Case("BatchNormalization", {"trainable": False}, (5, 3), training=BOTH),
    Case("BatchNormalization", {"synchronized": True, **REGULARIZED}, (5, 3), training=BOTH),
    Case("BatchNormalization", {}, (2, 3, 4), {"mask": MASK_3}, "mask", BOTH),
    Case("BatchNormalization", {}, (2, 4, 3, 2), {"mask": MASK_4}, "mask over images", BOTH),
    Case("BatchNormalization", {"axis": 1}, (2, 3, 4), {"mask": MASK_3}, "mask, axis 1", BOTH),
    Case("BatchNormalization", {"renorm": True}, (6, 3), **RENORM),
    Case(
        "BatchNormalization",
        {
            "axis": 1,
            "renorm": True,
            "renorm_clipping": {"rmax": 1.05, "rmin": 0.95, "dmax": 0.1},
            "renorm_momentum": 0.8,
        },
        (6, 3, 2),
        **RENORM,
        label="renorm, clipped",
    ),
    Case(
        "BatchNormalization",
        {"renorm": True, "scale": False, "renorm_clipping": {"dmax": 0.2}},
        (6, 3),
        **RENORM,
        label="renorm without gamma",
    ),
    Case(
        "BatchNormalization",
        {"renorm": True, "scale": False, "center": False},
        (6, 3),
        **RENORM,
        label="renorm without gamma and beta",
    ),
]

LAYER = [
    Case("LayerNormalization", {}, (2, 5)),
    Case("LayerNormalization", {"epsilon": 0.1, **REGULARIZED}, (2, 3, 4)),
    Case("LayerNormalization", {"axis": 1}, (2, 3, 4)),
    Case("LayerNormalization", {"axis": [1, 3]}, (2, 3, 4, 5)),
    Case("LayerNormalization", {"axis": [2, 1]}, (2, 3, 4, 5)),
    Case("LayerNormalization", {"axis": [-1, -2]}, (2, 3, 4)),
    Case("LayerNormalization", {"axis": [1, 2, 3]}, (2, 3, 4, 2)),
    Case("LayerNormalization", {"scale": False}, (2, 5)),
    Case("LayerNormalization", {"center": False, "axis": 1}, (2, 5, 3)),
    Case("LayerNormalization", {"scale": False, "center": False}, (2, 5)),
]
GROUP = [
    Case("GroupNormalization", {"groups": 2}, (2, 6)),
    Case("GroupNormalization", {"groups": 2, "epsilon": 0.1, **REGULARIZED}, (2, 3, 2, 4)),
    Case("GroupNormalization", {"groups": 3, "axis": 1}, (2, 6, 3, 2)),
    Case("GroupNormalization", {"groups": 2, "axis": 2}, (2, 3, 4, 2)),
    Case("GroupNormalization", {"groups": 2, "axis": -2}, (2, 3, 4, 2)),
    Case("GroupNormalization", {"groups": -1}, (2, 3, 4), label="instance normalization"),
    Case("GroupNormalization", {"groups": 1}, (2, 3, 4)),
    Case("GroupNormalization", {"groups": 2, "scale": False}, (2, 3, 4)),
    Case("GroupNormalization", {"groups": 2, "center": False, "axis": 1}, (2, 4, 3)),
    Case("GroupNormalization", {"groups": 2, "scale": False, "center": False}, (2, 3, 4)),
]
RMS = [
    Case("RMSNormalization", {}, (2, 5)),
    Case("RMSNormalization", {"axis": -1, "epsilon": 0.1}, (2, 3, 4)),
    Case("RMSNormalization", {"axis": [1, 2]}, (2, 3, 4)),
    Case("RMSNormalization", {"axis": [2, 3]}, (2, 3, 4, 2)),
]
UNIT = [
    Case("UnitNormalization", {}, (2, 5)),
    Case("UnitNormalization", {"axis": 1}, (2, 3, 4)),
    Case("UnitNormalization", {"axis": [1, 3]}, (2, 3, 4, 2)),
    Case("UnitNormalization", {"axis": -2}, (2, 3, 4)),
]


def wrapped(class_name, **config):
    """The config of a layer, as a wrapper takes it."""
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": {"name": "inner", **config},
        "registered_name": None,
    }


SPECTRAL = [
    Case(
        "SpectralNormalization",
        {"layer": wrapped(*layer[:1], **layer[1]), **arguments},
        shape,
        label=f"{layer[0]}, {arguments or 'once'}",
        training=BOTH,
        calculus=False,
        note="the kernel is divided before the call, outside of what is differentiated",
    )
    for layer, arguments, shape in (
        (("Dense", {"units": 3}), {}, (4, 2)),
        (("Dense", {"units": 3, "use_bias": False}), {"power_iterations": 4}, (2, 3, 4)),
        (("Conv2D", {"filters": 2, "kernel_size": [2, 3], "activation": "tanh"}), {}, (2, 4, 5, 3)),
        (("Dense", {"units": 3, "kernel_initializer": "zeros"}), {"trainable": False}, (4, 2)),
    )
]

CASES = SPECTRAL + BATCH + LAYER + GROUP + RMS + UNIT
