"""The table of metrics: every constructor argument, over several batches."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class MetricCase:
    """One metric, how it is made, and the batches it takes in.

    Args:
        metric: class name, the same in both halves.
        batches: the positional arguments of each `update_state`.
        arguments: constructor arguments but for name and dtype.
        label: what this row is about.
        keras_precision: the best precision that Keras on TensorFlow has for it.
        note: the reason, where a check is limited.
    """

    metric: str
    batches: list
    arguments: dict = field(default_factory=dict)
    label: str = ""
    keras_precision: str = "float64"
    note: str = ""

    @property
    def id(self):
        """The row's name in a test report."""
        arguments = ",".join(f"{key}={value}" for key, value in self.arguments.items())
        return f"{self.metric}-{self.label or arguments or 'default'}"[:90]


def rounded(array):
    """Numbers that float32 and float64 both hold, so that both start from the same."""
    return np.asarray(array).astype("float32").astype("float64")


def draws(make, count=3, seed=5):
    """`count` batches from one generator, of different sizes."""
    generator = np.random.default_rng(seed)
    return [make(generator, size) for size in (4, 6, 3)[:count]]


def weighted(batches, kind="sample", seed=6):
    """The batches with random weights, one a sample or one a value."""
    generator = np.random.default_rng(seed)
    found = []
    for y_true, y_pred in batches:
        shape = np.shape(y_pred)[: 1 if kind == "sample" else -1]
        found.append((y_true, y_pred, rounded(generator.uniform(0.2, 2, shape))))
    return found


def real(generator, size):
    return rounded(generator.standard_normal((2, size, 3)))


def positive(generator, size):
    return rounded(generator.uniform(0.2, 3, (2, size, 3)))


def sequences(generator, size):
    return rounded(generator.standard_normal((2, size, 4, 3)))


def distributions(generator, size):
    return rounded(generator.dirichlet(np.ones(4) * 2, (2, size)))


def one_hot(generator, size):
    y_pred = rounded(generator.dirichlet(np.ones(6), size))
    return np.eye(6)[generator.integers(0, 6, size)], y_pred


def labels(generator, size):
    y_pred = rounded(generator.dirichlet(np.ones(6), size))
    return generator.integers(0, 6, size), y_pred


def columns_of_labels(generator, size):
    y_true, y_pred = labels(generator, size)
    return y_true[:, None], y_pred


def sequences_of_labels(generator, size):
    y_pred = rounded(generator.dirichlet(np.ones(6), (size, 4)))
    return generator.integers(0, 6, (size, 4)), y_pred


def sequences_of_one_hot(generator, size):
    y_true, y_pred = sequences_of_labels(generator, size)
    return np.eye(6)[y_true], y_pred


def binary(generator, size):
    return generator.integers(0, 2, (size, 3)) * 1.0, rounded(generator.random((size, 3)))


def binary_columns(generator, size):
    return generator.integers(0, 2, size), rounded(generator.random((size, 1)))


def digits(generator, size):
    return generator.integers(0, 3, (size, 2)), generator.integers(0, 3, (size, 2))


def tied(generator, size):
    y_true, y_pred = labels(generator, size)
    return y_true, np.round(y_pred * 4) / 4


def not_finite(generator, size):
    y_true, y_pred = labels(generator, size)
    y_pred[0, 1], y_pred[1, y_true[1]] = np.nan, np.inf
    return y_true, y_pred


def values(generator, size):
    return (rounded(generator.standard_normal((size, 2))),)


def ranked(generator, size):
    y_pred = np.array([generator.permutation(6) for _ in range(size)]) * 1.0
    return generator.integers(0, 6, size), y_pred


def logits_of(batches):
    """The batches with the logarithms of their predictions."""
    return [(batch[0], rounded(np.log(batch[1])), *batch[2:]) for batch in batches]


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

TOP_K = {
    "keras_precision": "float32",
    "note": "TensorFlow's in_top_k takes no float64",
}

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
    MetricCase("SparseTopKCategoricalAccuracy", draws(tied), {"k": 2}, label="ties", **TOP_K),
    MetricCase(
        "SparseTopKCategoricalAccuracy", draws(not_finite), {"k": 2}, label="not finite", **TOP_K
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
        keras_precision="float32",
        note="Keras takes log 2 in float32, whatever the dtype",
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

CASES = REDUCTION + ACCURACY + FROM_LOSSES
