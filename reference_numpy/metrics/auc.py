"""The area under a curve that all thresholds together draw."""

from collections.abc import Sequence

import numpy as np

from reference_numpy import activations, config
from reference_numpy.annotations import ArrayLike, DType
from reference_numpy.metrics.confusion import VARIABLES, ConfusionMetric
from reference_numpy.metrics.confusion_counts import are_even, even_thresholds
from reference_numpy.metrics.metric import divide_no_nan

CURVES = ("ROC", "PR", "PRGAIN")
SUMMATIONS = ("interpolation", "majoring", "minoring")


class AUC(ConfusionMetric):
    """Area under the curve that (x, y) draw as the threshold falls, by rectangles.

        "ROC"     x = fp / (fp + tn)              y = tp / (tp + fn)
        "PR"      x = tp / (tp + fn)              y = tp / (tp + fp)
        "PRGAIN"  x = max(1 − r fn / tp, 0)       y = 1 − r fp / tp,  r = (tp + fn) / (tn + fp)

        AUC = Σ_i (x_i − x_{i+1}) h_i,  h_i the mean ("interpolation"), the larger ("majoring") or
        the smaller ("minoring") of y_i and y_{i+1}

    For "PR" with "interpolation" not the precision but tp is taken as linear between two
    thresholds (Davis and Goadrich): with p = tp + fp, its slope s = Δtp / Δp and intercept
    i = tp_{i+1} − s p_{i+1},

        AUC = Σ_i s (Δtp + i log(p_i / p_{i+1})) / (tp_{i+1} + fn_{i+1})

    Args:
        num_thresholds: how many thresholds, 2 or more, evenly from 0 to 1.
        curve: one of the above.
        summation_method: one of the above.
        thresholds: thresholds in [0, 1] of one's own; 0 and 1 are added.
        multi_label: whether the labels (columns) have curves of their own, whose areas are
            averaged.
        num_labels: how many labels there are; None to see from the first batch.
        label_weights: weight of each label.
        from_logits: whether predictions go through sigmoid first.

    Raises:
        ValueError: for an argument that is none of the above, or predictions without an axis of
            labels.

    Source: Fawcett, An Introduction to ROC Analysis (2006); Davis and Goadrich, The Relationship
    between Precision-Recall and ROC Curves (2006); Flach and Kull, Precision-Recall-Gain Curves
    (2015).
    """

    direction = "up"
    only_in_config_when_changed = ("thresholds",)

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: DType = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: ArrayLike | None = None,
        from_logits: bool = False,
    ):
        self.curve = _choice("curve", curve, str(curve).upper(), CURVES)
        self.summation_method = _choice(
            "summation_method", summation_method, str(summation_method).lower(), SUMMATIONS
        )
        if thresholds is not None:
            inner = sorted(thresholds)
        elif num_thresholds <= 1:
            raise ValueError(
                "Argument `num_thresholds` must be an integer > 1. "
                f"Received: num_thresholds={num_thresholds}"
            )
        else:
            inner = even_thresholds(num_thresholds)[1:-1]
        if num_labels and not multi_label:
            raise ValueError(
                "`num_labels` is needed only when `multi_label` is True. "
                f"Received: num_labels={num_labels}"
            )
        self.num_thresholds = len(inner) + 2
        # The outer thresholds lie a little outside of [0, 1], lest rounding cut something off.
        cutoffs = [0.0 - config.epsilon(), *inner, 1.0 + config.epsilon()]
        evenly = thresholds is None or are_even([0.0, *inner, 1.0])
        super().__init__(name, dtype, cutoffs, tuple(VARIABLES), evenly)
        self.thresholds = None if thresholds is None else inner
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = label_weights
        self.from_logits = from_logits
        if not multi_label:
            self.add_counts((self.num_thresholds,))
        elif num_labels:
            self.add_counts((self.num_thresholds, num_labels))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in one batch."""
        y_pred = np.asarray(y_pred)
        if not self.variables:
            if y_pred.ndim != 2:
                raise ValueError(
                    f"Metric '{self.name}': `y_pred` must have rank 2 when `multi_label=True`. "
                    f"Received: y_pred.shape={y_pred.shape}"
                )
            self.add_counts((self.num_thresholds, y_pred.shape[1]))
        if self.from_logits:
            y_pred = activations.sigmoid(y_pred)
        self.take_in(
            y_true,
            y_pred,
            sample_weight=sample_weight,
            per_label=self.multi_label,
            label_weights=self.label_weights,
        )

    def result(self):
        """The area, or the labels' mean area."""
        if (self.curve, self.summation_method) == ("PR", "interpolation"):
            areas = self.interpolated_precision_recall()
        else:
            x, y = self.points()
            heights = {
                "interpolation": lambda a, b: (a + b) / 2.0,
                "majoring": np.maximum,
                "minoring": np.minimum,
            }[self.summation_method](y[:-1], y[1:])
            areas = (x[:-1] - x[1:]) * heights
        areas = areas.sum(axis=0)
        if not self.multi_label:
            return areas
        if self.label_weights is None:
            return areas.mean()
        weights = np.asarray(self.label_weights, areas.dtype)
        return divide_no_nan((areas * weights).sum(), weights.sum())

    def points(self):
        """x and y of the curve at every threshold."""
        recall = self.share("tp", "fn")
        if self.curve == "ROC":
            return self.share("fp", "tn"), recall
        if self.curve == "PR":
            return recall, self.share("tp", "fp")
        tp, fp, tn, fn = (getattr(self, name) for name in VARIABLES.values())
        ratio = divide_no_nan(tp + fn, tn + fp)
        found = tp != 0
        x = np.maximum((1.0 - ratio * divide_no_nan(fn, tp)) * found, 0.0)
        y = np.where(found, 1.0 - ratio * divide_no_nan(fp, tp), tp.dtype.type(1.0))
        return x, y

    def interpolated_precision_recall(self):
        """The areas between neighbouring thresholds where tp is linear in p = tp + fp."""
        tp, p = self.true_positives, self.true_positives + self.false_positives
        found = tp[:-1] - tp[1:]
        slope = divide_no_nan(found, np.maximum(p[:-1] - p[1:], 0))
        intercept = tp[1:] - slope * p[1:]
        both = (p[:-1] > 0) & (p[1:] > 0)
        ratio = np.where(both, divide_no_nan(p[:-1], np.maximum(p[1:], 0)), p.dtype.type(1.0))
        return divide_no_nan(
            slope * (found + intercept * np.log(ratio)),
            np.maximum(tp[1:] + self.false_negatives[1:], 0),
        )


def _choice(argument, given, value, choices):
    if value in choices:
        return value
    raise ValueError(f"Invalid AUC {argument} value: {given!r}. Expected one of {choices}.")
