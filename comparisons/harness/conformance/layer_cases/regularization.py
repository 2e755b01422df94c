"""Cases of the regularization layers."""

from comparisons.harness.conformance.layer_cases.case import Case

BOTH = (False, True)

CASES = [
    Case("Dropout", {"rate": 0.4}, (4, 5), training=BOTH),
    Case("Dropout", {"rate": 0.0}, (4, 5), training=BOTH),
    Case(
        "Dropout", {"rate": 0.5, "noise_shape": [None, 1, 3], "seed": 3}, (2, 4, 3), training=BOTH
    ),
    Case("Dropout", {"rate": 1.0}, (4, 5), label="everything dropped"),
    Case("GaussianNoise", {"stddev": 0.3}, (4, 5), training=BOTH),
    Case("GaussianNoise", {"stddev": 0, "seed": 1}, (4, 5), training=BOTH),
    Case("GaussianDropout", {"rate": 0.3}, (4, 5), training=BOTH),
    Case("GaussianDropout", {"rate": 0, "seed": 1}, (4, 5), training=BOTH),
    Case("AlphaDropout", {"rate": 0.3, "seed": 1}, (6, 5), training=BOTH),
    Case("AlphaDropout", {"rate": 0.6, "noise_shape": [4, 1, None]}, (4, 3, 5), training=BOTH),
    Case("AlphaDropout", {"rate": 0.0}, (4, 5), training=BOTH),
    Case("SpatialDropout1D", {"rate": 0.5}, (4, 3, 5), training=BOTH),
    Case("SpatialDropout2D", {"rate": 0.5}, (3, 2, 4, 5), training=BOTH),
    Case(
        "SpatialDropout2D",
        {"rate": 0.5, "data_format": "channels_first", "seed": 3},
        (3, 5, 2, 4),
        training=BOTH,
    ),
    Case("SpatialDropout3D", {"rate": 0.5}, (3, 2, 2, 3, 5), training=BOTH),
    Case(
        "SpatialDropout3D",
        {"rate": 0.4, "data_format": "channels_first"},
        (3, 5, 2, 2, 3),
        training=BOTH,
    ),
    Case("ActivityRegularization", {}, (3, 4), training=BOTH),
    Case("ActivityRegularization", {"l1": 0.1, "l2": 0.2}, (3, 4), training=BOTH),
]
