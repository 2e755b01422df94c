"""Metrics of yes-or-no predictions: counts, precision and recall."""

from collections.abc import Sequence

from reference_numpy.annotations import DType
from reference_numpy.metrics.confusion_counts import (
    NEVER,
    are_even,
    confusion_counts,
    even_thresholds,
    parse_thresholds,
)
from reference_numpy.metrics.metric import Metric, divide_no_nan

#: what the counts' variables are called, in Keras's order
VARIABLES = {
    "tp": "true_positives",
    "fp": "false_positives",
    "tn": "true_negatives",
    "fn": "false_negatives",
}


class ConfusionMetric(Metric):
    """A metric that gathers some of the four counts at a number of thresholds.

    Args:
        name, dtype: as in `Metric`.
        cutoffs: the thresholds, a list.
        counts: which counts, of `"tp"`, `"fp"`, `"tn"`, `"fn"`.
        evenly: whether the thresholds lie evenly; None to find out.
    """

    def __init__(
        self,
        name: str | None,
        dtype: DType,
        cutoffs: list[float],
        counts: Sequence[str],
        evenly: bool | None = None,
    ):
        super().__init__(name, dtype)
        self.cutoffs, self.counts = cutoffs, counts
        self.evenly = are_even(cutoffs) if evenly is None else evenly

    def add_counts(self, shape):
        """Make the counts' variables, (thresholds,) or (thresholds, labels)."""
        for count in self.counts:
            setattr(self, VARIABLES[count], self.add_variable(shape))

    def take_in(self, y_true, y_pred, **options):
        """Add the counts of one batch."""
        found = confusion_counts(y_true, y_pred, self.cutoffs, self.evenly, **options)
        for count in self.counts:
            variable = getattr(self, VARIABLES[count])
            variable += found[count]

    def share(self, part, rest):
        """part / (part + rest) of two counts, 0 where there is neither."""
        part = getattr(self, VARIABLES[part])
        return divide_no_nan(part, part + getattr(self, VARIABLES[rest]))


class _Count(ConfusionMetric):
    """Σ of the weights of one kind of prediction.

    Args:
        thresholds: a number in [0, 1] or a list of them; None for 0.5. With several the result
            is an array.
    """

    count: str

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        name: str | None = None,
        dtype: DType = None,
    ):
        super().__init__(name, dtype, parse_thresholds(thresholds), (self.count,))
        self.thresholds = thresholds
        self.add_counts((len(self.cutoffs),))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in one batch."""
        self.take_in(y_true, y_pred, sample_weight=sample_weight)

    def result(self):
        """The count, or one a threshold."""
        counts = self.variables[0]
        return counts[0] if len(counts) == 1 else counts.copy()


class TruePositives(_Count):
    """How many yeses were rightly predicted: y_pred above the threshold, y_true not 0.

    Args:
        thresholds: a number in [0, 1] or a list of them; None for 0.5.
    """

    count = "tp"


class FalsePositives(_Count):
    """How many yeses were wrongly predicted: y_pred above the threshold, y_true 0.

    Args:
        thresholds: a number in [0, 1] or a list of them; None for 0.5.
    """

    count = "fp"


class TrueNegatives(_Count):
    """How many noes were rightly predicted: y_pred not above the threshold, y_true 0.

    Args:
        thresholds: a number in [0, 1] or a list of them; None for 0.5.
    """

    count = "tn"


class FalseNegatives(_Count):
    """How many noes were wrongly predicted: y_pred not above the threshold, y_true not 0.

    Args:
        thresholds: a number in [0, 1] or a list of them; None for 0.5.
    """

    count = "fn"


class _Rate(ConfusionMetric):
    """tp / (tp + `other`), one a threshold.

    Args:
        thresholds: a number in [0, 1] or a list of them; None for 0.5, or for none with `top_k`.
        top_k: only the k largest predictions of a sample can be yeses.
        class_id: only this class is looked at.
    """

    direction = "up"
    other: str

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DType = None,
    ):
        cutoffs = parse_thresholds(thresholds, 0.5 if top_k is None else NEVER)
        super().__init__(name, dtype, cutoffs, ("tp", self.other))
        self.thresholds, self.top_k, self.class_id = thresholds, top_k, class_id
        self.add_counts((len(cutoffs),))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in one batch."""
        self.take_in(
            y_true,
            y_pred,
            sample_weight=sample_weight,
            top_k=self.top_k,
            class_id=self.class_id,
        )

    def result(self):
        """The share, or one a threshold."""
        shares = self.share("tp", self.other)
        return shares[0] if len(shares) == 1 else shares


class Precision(_Rate):
    """tp / (tp + fp): which share of the predicted yeses is right; 0 without any.

    Args:
        thresholds: a number in [0, 1] or a list of them; None for 0.5, or for none with `top_k`.
        top_k: only the k largest predictions of a sample can be yeses.
        class_id: only this class is looked at.

    Raises:
        ValueError: for a threshold outside of [0, 1], or a class where there are no classes.
    """

    other = "fp"


class Recall(_Rate):
    """tp / (tp + fn): which share of the true yeses was found; 0 without any.

    Args:
        thresholds: a number in [0, 1] or a list of them; None for 0.5, or for none with `top_k`.
        top_k: only the k largest predictions of a sample can be yeses.
        class_id: only this class is looked at.

    Raises:
        ValueError: for a threshold outside of [0, 1], or a class where there are no classes.
    """

    other = "fn"


class AtThreshold(ConfusionMetric):
    """The best of one rate among the thresholds at which another is good enough.

    A subclass says in `demanded` and `wanted` which two counts make each rate.
    """

    direction = "up"
    demanded: tuple[str, str]
    wanted: tuple[str, str]

    def __init__(self, argument, value, num_thresholds, class_id, name, dtype):
        if value < 0 or value > 1:
            raise ValueError(
                f"Argument `{argument}` must be in the range [0, 1]. Received: {argument}={value}"
            )
        if num_thresholds <= 0:
            raise ValueError(
                "Argument `num_thresholds` must be an integer > 0. "
                f"Received: num_thresholds={num_thresholds}"
            )
        cutoffs = even_thresholds(num_thresholds)
        super().__init__(name, dtype, cutoffs, tuple(VARIABLES), num_thresholds > 1)
        self.value, self.num_thresholds, self.class_id = value, num_thresholds, class_id
        self.add_counts((num_thresholds,))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in one batch."""
        self.take_in(y_true, y_pred, sample_weight=sample_weight, class_id=self.class_id)

    def result(self):
        """The largest wanted rate where the other is at least what is demanded, else 0."""
        enough = self.share(*self.demanded) >= self.value
        return (self.share(*self.wanted) * enough).max()


class SensitivityAtSpecificity(AtThreshold):
    """The best tp / (tp + fn) where tn / (tn + fp) is at least `specificity`.

    Args:
        specificity: in [0, 1].
        num_thresholds: how many thresholds, evenly from 0 to 1, are tried.
        class_id: only this class is looked at.
    """

    demanded, wanted = ("tn", "fp"), ("tp", "fn")

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DType = None,
    ):
        super().__init__("specificity", specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity


class SpecificityAtSensitivity(AtThreshold):
    """The best tn / (tn + fp) where tp / (tp + fn) is at least `sensitivity`.

    Args:
        sensitivity: in [0, 1].
        num_thresholds: how many thresholds, evenly from 0 to 1, are tried.
        class_id: only this class is looked at.
    """

    demanded, wanted = ("tp", "fn"), ("tn", "fp")

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DType = None,
    ):
        super().__init__("sensitivity", sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity


class PrecisionAtRecall(AtThreshold):
    """The best tp / (tp + fp) where tp / (tp + fn) is at least `recall`.

    Args:
        recall: in [0, 1].
        num_thresholds: how many thresholds, evenly from 0 to 1, are tried.
        class_id: only this class is looked at.
    """

    demanded, wanted = ("tp", "fn"), ("tp", "fp")

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DType = None,
    ):
        super().__init__("recall", recall, num_thresholds, class_id, name, dtype)
        self.recall = recall


class RecallAtPrecision(AtThreshold):
    """The best tp / (tp + fn) where tp / (tp + fp) is at least `precision`.

    Args:
        precision: in [0, 1].
        num_thresholds: how many thresholds, evenly from 0 to 1, are tried.
        class_id: only this class is looked at.
    """

    demanded, wanted = ("tp", "fp"), ("tp", "fn")

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DType = None,
    ):
        super().__init__("precision", precision, num_thresholds, class_id, name, dtype)
        self.precision = precision
