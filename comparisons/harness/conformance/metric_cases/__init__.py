"""The table of metrics: every constructor argument, over several batches."""

from dataclasses import dataclass, field

import numpy as np

from comparisons.harness.conformance.metric_cases.batches import (
    beyond,
    binary,
    binary_columns,
    columns_of_labels,
    digits,
    distributions,
    draws,
    labels,
    logits_of,
    not_finite,
    one_hot,
    positive,
    ranked,
    real,
    rounded,
    sequences,
    sequences_of_labels,
    sequences_of_one_hot,
    tied,
    tied_one_hot,
    valued,
    values,
    weighted,
)
from comparisons.harness.divergences import named


@dataclass(frozen=True)
class MetricCase:
    """One metric, how it is made, and the batches it takes in.

    Args:
        metric: class name, the same in both halves.
        batches: the positional arguments of each `update_state`.
        arguments: constructor arguments but for name and dtype.
        label: what this row is about.
        diverges: the name of a divergence by which Keras has no more digits than in float32; empty
            where there is none.
        undecided: what the metric leaves open, so that a backend may choose.
    """

    metric: str
    batches: list
    arguments: dict = field(default_factory=dict)
    label: str = ""
    diverges: str = ""
    undecided: str = ""

    def __post_init__(self):
        if self.diverges:
            named(self.diverges)  # a wrong name fails at once

    @property
    def id(self):
        """The row's name in a test report."""
        arguments = ",".join(f"{key}={value}" for key, value in self.arguments.items())
        return f"{self.metric}-{self.label or arguments or 'default'}"[:90]


FLOATX = {"diverges": "metrics-that-count-in-float32"}

REDUCTION = [
    case
    for metric in ("Mean", "Sum")
    for case in (
        MetricCase(metric, draws(values)),
        MetricCase(metric, [(1.5,), (2.5,), (4.0,)], label="numbers"),
        MetricCase(metric, [(1.5, 2.0), (2.5, 0.5)], label="weighted numbers"),
        MetricCase(metric, [([1.0, 3.0], [0.5, 2.0]), ([2.0], [0.0])], label="weighted"),
        MetricCase(
            metric,
            [(np.arange(6.0).reshape(3, 2), np.array([1.0, 0.5, 2.0]))],
            label="weights of rows",
        ),
        MetricCase(
            metric,
            [(np.arange(6.0).reshape(3, 2), np.arange(1.0, 7.0).reshape(3, 2))],
            label="weights of values",
        ),
        MetricCase(
            metric, [(np.arange(3.0), np.array([[1.0], [0.5], [2.0]]))], label="column of weights"
        ),
        MetricCase(metric, [(np.arange(3.0), np.zeros(3))], label="weights of zero"),
    )
]

TOP_K = {"diverges": "top-k-in-float64"}

TIES = {"label": "ties", "undecided": "which of equal predictions are among the k"}

ACCURACY = [
    MetricCase("Accuracy", draws(digits)),
    MetricCase("Accuracy", weighted(draws(digits)), label="weighted"),
    MetricCase("BinaryAccuracy", draws(binary)),
    MetricCase("BinaryAccuracy", draws(binary_columns), {"threshold": 0.3}),
    MetricCase("BinaryAccuracy", weighted(draws(binary)), label="weighted"),
    MetricCase("CategoricalAccuracy", draws(one_hot)),
    MetricCase("CategoricalAccuracy", weighted(draws(one_hot)), label="weighted"),
    MetricCase("CategoricalAccuracy", draws(sequences_of_one_hot), label="sequences"),
    MetricCase(
        "CategoricalAccuracy",
        weighted(draws(sequences_of_one_hot), "value"),
        label="weighted sequences",
    ),
    MetricCase("SparseCategoricalAccuracy", draws(labels)),
    MetricCase("SparseCategoricalAccuracy", draws(columns_of_labels), label="columns"),
    MetricCase("SparseCategoricalAccuracy", weighted(draws(labels)), label="weighted"),
    MetricCase("SparseCategoricalAccuracy", draws(sequences_of_labels), label="sequences"),
    MetricCase("TopKCategoricalAccuracy", draws(one_hot), {"k": 2}, **TOP_K),
    MetricCase("TopKCategoricalAccuracy", draws(one_hot), **TOP_K),
    MetricCase("TopKCategoricalAccuracy", draws(sequences_of_one_hot), {"k": 3}, **TOP_K),
    MetricCase("SparseTopKCategoricalAccuracy", draws(labels), {"k": 2}, **TOP_K),
    MetricCase("SparseTopKCategoricalAccuracy", draws(tied), {"k": 2}, **TIES, **TOP_K),
    MetricCase(
        "SparseTopKCategoricalAccuracy",
        draws(not_finite),
        {"k": 2},
        "not finite",
        undecided="whether what is no number is among the k",
        **TOP_K,
    ),
    MetricCase("SparseTopKCategoricalAccuracy", weighted(draws(labels)), label="weighted", **TOP_K),
    MetricCase("SparseTopKCategoricalAccuracy", draws(sequences_of_labels), {"k": 3}, **TOP_K),
    MetricCase("SparseTopKCategoricalAccuracy", draws(ranked), {"k": 3, "from_sorted_ids": True}),
]

FROM_LOSSES = [
    case
    for metric in ("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError")
    for case in (
        MetricCase(metric, draws(real)),
        MetricCase(metric, weighted(draws(real)), label="weighted"),
        MetricCase(metric, draws(sequences), label="sequences"),
        MetricCase(metric, weighted(draws(sequences), "value"), label="weighted sequences"),
    )
]
FROM_LOSSES += [
    MetricCase("MeanSquaredError", [(np.arange(3), np.array([[0.5], [1.5], [1.0]]))], label="n, 1"),
    MetricCase("MeanSquaredLogarithmicError", draws(positive)),
    MetricCase(
        "LogCoshError",
        draws(real),
        diverges="log_cosh-in-float64",
    ),
    MetricCase("KLDivergence", draws(distributions)),
    MetricCase("Poisson", draws(positive)),
    MetricCase("Poisson", weighted(draws(positive)), label="weighted"),
    MetricCase("BinaryCrossentropy", draws(binary)),
    MetricCase(
        "BinaryCrossentropy",
        logits_of(weighted(draws(binary))),
        {"from_logits": True, "label_smoothing": 0.2},
    ),
    MetricCase("CategoricalCrossentropy", draws(one_hot)),
    MetricCase("CategoricalCrossentropy", draws(one_hot), {"label_smoothing": 0.1, "axis": 1}),
    MetricCase("CategoricalCrossentropy", logits_of(draws(one_hot)), {"from_logits": True}),
    MetricCase("SparseCategoricalCrossentropy", draws(labels)),
    MetricCase("SparseCategoricalCrossentropy", draws(sequences_of_labels), {"axis": -1}),
    MetricCase("SparseCategoricalCrossentropy", logits_of(draws(labels)), {"from_logits": True}),
    MetricCase("SparseCategoricalCrossentropy", weighted(draws(labels)), {"ignore_class": 1}),
]

FROM_LOSSES += [
    case
    for metric in ("Hinge", "SquaredHinge")
    for case in (MetricCase(metric, draws(binary)), MetricCase(metric, draws(real), label="real"))
]
FROM_LOSSES += [
    MetricCase("CategoricalHinge", weighted(draws(one_hot))),
]

REGRESSION = [
    MetricCase("RootMeanSquaredError", draws(real)),
    MetricCase("RootMeanSquaredError", weighted(draws(real)), label="weighted"),
    MetricCase("RootMeanSquaredError", [(np.arange(3.0), np.ones((3, 1)))], label="n, 1"),
    MetricCase("CosineSimilarity", draws(real)),
    MetricCase("CosineSimilarity", weighted(draws(sequences), "value"), {"axis": -1}),
    MetricCase("CosineSimilarity", draws(real), {"axis": 0}),
    MetricCase("PearsonCorrelation", draws(real)),
    MetricCase("PearsonCorrelation", weighted(draws(sequences), "value")),
    MetricCase("PearsonCorrelation", draws(real), {"axis": 0}),
    MetricCase("ConcordanceCorrelation", draws(real)),
    MetricCase("ConcordanceCorrelation", weighted(draws(real)), {"axis": -1}),
    MetricCase("ConcordanceCorrelation", draws(sequences), {"axis": 1}),
    *(
        MetricCase("R2Score", batches, {"class_aggregation": aggregation}, label, **FLOATX)
        for aggregation in (None, "uniform_average", "variance_weighted_average")
        for label, batches in (
            (f"{aggregation}", draws(real)),
            (f"{aggregation}, weighted", weighted(draws(real))),
        )
    ),
    MetricCase("R2Score", draws(real), {"num_regressors": 2}, **FLOATX),
    MetricCase(
        "R2Score",
        [(np.ones((3, 2)), rounded(np.arange(6.0).reshape(3, 2)))],
        {"class_aggregation": None},
        "constant targets",
        **FLOATX,
    ),
]

THRESHOLDS = ([0.2, 0.7], [0.0, 0.5, 1.0], [0.1, 0.25, 0.3, 0.9])
CONFUSION = [
    case
    for metric in ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")
    for case in (
        MetricCase(metric, draws(binary), **FLOATX),
        MetricCase(metric, weighted(draws(binary)), label="weighted", **FLOATX),
        MetricCase(metric, draws(binary_columns), {"thresholds": 0.3}, **FLOATX),
        MetricCase(metric, weighted(draws(binary)), {"thresholds": [0.2, 0.7]}, **FLOATX),
        MetricCase(metric, beyond(draws(binary)), {"thresholds": [0.0, 0.5, 1.0]}, **FLOATX),
    )
]
CONFUSION += [
    case
    for metric in ("Precision", "Recall")
    for case in (
        MetricCase(metric, draws(binary), **FLOATX),
        *(MetricCase(metric, draws(binary), {"thresholds": t}, **FLOATX) for t in THRESHOLDS),
        MetricCase(metric, weighted(draws(binary)), label="weighted", **FLOATX),
        MetricCase(metric, valued(draws(binary)), label="weight a value", **FLOATX),
        MetricCase(metric, draws(one_hot), {"top_k": 2}, **FLOATX),
        MetricCase(metric, draws(tied_one_hot), {"top_k": 3}, **TIES, **FLOATX),
        MetricCase(metric, weighted(draws(one_hot)), {"class_id": 1}, **FLOATX),
        MetricCase(
            metric, draws(one_hot), {"class_id": 2, "top_k": 2, "thresholds": 0.1}, **FLOATX
        ),
        MetricCase(metric, [(np.zeros(3), np.zeros(3))], label="nothing there", **FLOATX),
    )
]
AT_THRESHOLD = {
    "SensitivityAtSpecificity": "specificity",
    "SpecificityAtSensitivity": "sensitivity",
    "PrecisionAtRecall": "recall",
    "RecallAtPrecision": "precision",
}
CONFUSION += [
    case
    for metric, argument in AT_THRESHOLD.items()
    for case in (
        MetricCase(metric, draws(binary_columns), {argument: 0.5}, **FLOATX),
        MetricCase(metric, weighted(draws(binary)), {argument: 0.6}, "weighted", **FLOATX),
        MetricCase(metric, draws(binary), {argument: 0.41, "num_thresholds": 1}, **FLOATX),
        MetricCase(metric, draws(one_hot), {argument: 0.7, "class_id": 0}, **FLOATX),
        MetricCase(metric, draws(binary), {argument: 1.0, "num_thresholds": 11}, **FLOATX),
    )
]

AREAS = [
    case
    for curve in ("ROC", "PR", "PRGAIN")
    for method in ("interpolation", "majoring", "minoring")
    for case in (
        MetricCase(
            "AUC",
            batches,
            {"curve": curve, "summation_method": method, **arguments},
            f"{curve}, {method}, {label}",
            **FLOATX,
        )
        for label, batches, arguments in (
            ("plain", draws(binary), {}),
            ("weighted", weighted(draws(binary_columns)), {"num_thresholds": 20}),
            ("labels", draws(binary), {"multi_label": True, "num_labels": 3}),
            (
                "weighted labels",
                weighted(draws(binary)),
                {"multi_label": True, "label_weights": [0.5, 0.25, 1.0]},
            ),
        )
    )
]
AREAS += [
    MetricCase("AUC", draws(binary), {"thresholds": [0.7, 0.1, 0.35]}, **FLOATX),
    MetricCase("AUC", draws(binary), {"thresholds": [0.25, 0.5, 0.75]}, **FLOATX),
    MetricCase("AUC", draws(binary), {"thresholds": [0.3, 0.4], "multi_label": True}, **FLOATX),
    MetricCase("AUC", logits_of(draws(binary)), {"from_logits": True}, **FLOATX),
    MetricCase("AUC", draws(binary), {"label_weights": [1.0, 0.5, 0.0]}, **FLOATX),
    MetricCase("AUC", [(np.array([0, 0, 1, 1]), np.array([0, 0.5, 0.3, 0.9]))], **FLOATX),
    MetricCase("AUC", [(np.zeros(3), np.array([0, 0.5, 1.0]))], label="no yes", **FLOATX),
    MetricCase("AUC", [(np.ones(3), np.array([0, 0.5, 1.0]))], {"curve": "PR"}, **FLOATX),
    MetricCase("AUC", [(np.zeros(3), np.zeros(3))], {"curve": "PRGAIN"}, **FLOATX),
]

SCORES = [
    case
    for average in (None, "micro", "macro", "weighted")
    for case in (
        MetricCase("F1Score", draws(one_hot), {"average": average}),
        MetricCase("F1Score", weighted(draws(binary)), {"average": average, "threshold": 0.4}),
        MetricCase("FBetaScore", draws(one_hot), {"average": average, "beta": 2.0}),
        MetricCase(
            "FBetaScore",
            weighted(draws(binary)),
            {"average": average, "beta": 0.5, "threshold": 0.5},
        ),
    )
]
SCORES += [
    MetricCase("F1Score", [(np.eye(3), np.zeros((3, 3)))], {"average": "macro"}, "nothing said"),
]

REGIONS = [
    MetricCase("IoU", draws(digits), {"num_classes": 3, "target_class_ids": [0, 2]}, **FLOATX),
    MetricCase("IoU", draws(digits), {"num_classes": 2, "target_class_ids": [1]}, **FLOATX),
    MetricCase(
        "IoU",
        valued(draws(digits)),
        {"num_classes": 3, "target_class_ids": [1], "ignore_class": 0},
        **FLOATX,
    ),
    MetricCase(
        "IoU",
        draws(sequences_of_labels),
        {"num_classes": 6, "target_class_ids": [0, 1, 5], "sparse_y_pred": False},
        **FLOATX,
    ),
    MetricCase("BinaryIoU", draws(binary), **FLOATX),
    MetricCase("BinaryIoU", draws(binary), {"target_class_ids": [1], "threshold": 0.3}, **FLOATX),
    MetricCase("BinaryIoU", weighted(draws(binary_columns)), **FLOATX),
    MetricCase("MeanIoU", draws(digits), {"num_classes": 3}, **FLOATX),
    MetricCase("MeanIoU", draws(digits), {"num_classes": 5, "ignore_class": 1}, **FLOATX),
    MetricCase(
        "MeanIoU", [(np.array([0, 0]), np.array([0, 0]))], {"num_classes": 3}, "one class", **FLOATX
    ),
    MetricCase(
        "MeanIoU",
        draws(one_hot),
        {"num_classes": 6, "sparse_y_true": False, "sparse_y_pred": False},
        **FLOATX,
    ),
    MetricCase(
        "OneHotIoU", draws(one_hot), {"num_classes": 6, "target_class_ids": [0, 3]}, **FLOATX
    ),
    MetricCase(
        "OneHotIoU",
        weighted(draws(sequences_of_one_hot), "value"),
        {"num_classes": 6, "target_class_ids": [0, 3], "ignore_class": 2},
        **FLOATX,
    ),
    MetricCase("OneHotMeanIoU", draws(one_hot), {"num_classes": 6}, **FLOATX),
    MetricCase("OneHotMeanIoU", draws(sequences_of_one_hot), {"num_classes": 6}, **FLOATX),
]

CASES = REDUCTION + ACCURACY + FROM_LOSSES + REGRESSION + CONFUSION + AREAS + SCORES + REGIONS
