"""Intersection over union of predicted and true regions."""

import warnings
from collections.abc import Sequence

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import DType
from reference_numpy.metrics.metric import Metric


class IoU(Metric):
    """tp / (tp + fp + fn) of each target class, and of these the mean.

    From the confusion matrix C, C_tp how often the class t was taken for p:

        IoU_c = C_cc / (Σ_p C_cp + Σ_t C_tc − C_cc)

    A class that neither is nor was predicted does not count. Entries of classes outside of
    0 … num_classes − 1 do not count either.

    Shapes:
        y_true, y_pred: class numbers of any shape, or with an axis of classes more

    Args:
        num_classes: how many classes there are.
        target_class_ids: the classes that count.
        ignore_class: a class number in y_true that marks entries which do not count.
        sparse_y_true, sparse_y_pred: whether they hold class numbers; otherwise they hold one-hot
            rows or probabilities, of which the largest counts.
        axis: the axis of these.
        dtype: dtype of the counts; None for integers, in which fractions of weights are lost.

    Raises:
        ValueError: for a target class that there is not.

    Source: Jaccard, The Distribution of the Flora in the Alpine Zone (1912).
    """

    direction = "up"

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: DType = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ):
        super().__init__(name, dtype or "int64")
        if max(target_class_ids) >= num_classes:
            raise ValueError(
                f"Target class id {max(target_class_ids)} is out of range, which is "
                f"[0, {num_classes})."
            )
        self.num_classes = num_classes
        self.target_class_ids = list(target_class_ids)
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self.total_cm = self.add_variable((num_classes, num_classes), self.dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in one batch."""
        y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
        if not self.sparse_y_true:
            y_true = y_true.argmax(axis=self.axis)
        if not self.sparse_y_pred:
            y_pred = y_pred.argmax(axis=self.axis)
        y_true, y_pred = (y.astype("int64").reshape(-1) for y in (y_true, y_pred))
        weights = np.broadcast_to(self.weights(sample_weight), y_true.shape)
        counts = [(y >= 0) & (y < self.num_classes) for y in (y_true, y_pred)]
        counts = counts[0] & counts[1]
        if self.ignore_class is not None:
            counts &= y_true != self.ignore_class
        places = y_true[counts] * self.num_classes + y_pred[counts]
        found = np.bincount(places, weights[counts], minlength=self.total_cm.size)
        self.total_cm += found.reshape(self.total_cm.shape).astype(self.dtype)

    def weights(self, sample_weight):
        """The weights in the metric's dtype, flat."""
        if sample_weight is None:
            return np.ones((), self.dtype)
        weights = np.asarray(sample_weight)
        if weights.dtype.kind == "f" and np.dtype(self.dtype).kind == "i":
            warnings.warn(
                f"Metric '{self.name}' got weights of dtype {weights.dtype}, but counts in "
                f"{self.dtype}: fractions are lost. Give it a floating dtype.",
                stacklevel=3,
            )
        return (
            weights.astype(self.dtype).reshape(-1) if weights.ndim else weights.astype(self.dtype)
        )

    def result(self):
        """The mean over the target classes that occur."""
        matrix, targets = self.total_cm, self.target_class_ids
        hits = np.diag(matrix)
        union = (matrix.sum(axis=0) + matrix.sum(axis=1) - hits)[targets].astype("float32")
        hits = hits[targets].astype("float32")
        occurs = union > 1e-9
        shares = hits / (union + config.epsilon()) * occurs
        return shares.sum() / (occurs.sum().astype("float32") + config.epsilon())


class BinaryIoU(IoU):
    """`IoU` of yes and no, a prediction of the threshold or more being a yes.

    Args:
        target_class_ids: the classes that count, of 0 (no) and 1 (yes).
        threshold: see above.
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: DType = None,
    ):
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in one batch."""
        y_pred = np.asarray(y_pred, "float32") >= self.threshold
        super().update_state(y_true, y_pred, sample_weight)


class MeanIoU(IoU):
    """`IoU` of all classes."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: DType = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ):
        targets = range(num_classes)
        super().__init__(
            num_classes, targets, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis
        )


class OneHotIoU(IoU):
    """`IoU` of one-hot targets."""

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: DType = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ):
        super().__init__(
            num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis
        )


class OneHotMeanIoU(MeanIoU):
    """`MeanIoU` of one-hot targets."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: DType = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ):
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)
