"""The table of losses: every constructor argument, on targets and predictions it is meant for."""

from dataclasses import dataclass, field

import numpy as np

from comparisons.harness.divergences import named


@dataclass(frozen=True)
class LossCase:
    """One loss, how it is made, and what it compares.

    Args:
        loss: class name, the same in both halves.
        arguments: constructor arguments but for name, reduction and dtype.
        y_true, y_pred: targets and predictions in float64 (or integer targets).
        label: what this row is about.
        diverges: the name of a divergence by which Keras has no more digits than in float32; empty
            where there is none.
        own_precision: whether float32 is compared with the reference in float32, not in float64:
            where a bound is another number in float32.
    """

    loss: str
    y_true: np.ndarray
    y_pred: np.ndarray
    arguments: dict = field(default_factory=dict)
    label: str = ""
    diverges: str = ""
    own_precision: bool = False

    def __post_init__(self):
        if self.diverges:
            named(self.diverges)  # a wrong name fails at once

    @property
    def id(self):
        """The row's name in a test report."""
        arguments = ",".join(f"{key}={value}" for key, value in self.arguments.items())
        return f"{self.loss}-{self.label or arguments or 'default'}"


def rounded(array):
    """Numbers that float32 and float64 both hold, so that both start from the same."""
    return np.asarray(array).astype("float32").astype("float64")


_generator = np.random.default_rng(11)
REAL = rounded(_generator.standard_normal((5, 4)))
OTHER = rounded(_generator.standard_normal((5, 4)) * 1.5)
POSITIVE, MORE = rounded(_generator.uniform(0.2, 3, (2, 5, 4)))
CUBE, OTHER_CUBE = rounded(_generator.standard_normal((2, 2, 3, 4)))
CLOSE = rounded(0.05 + 0.9 * _generator.random((5, 4)))
SOFT = rounded(_generator.dirichlet(np.ones(4), 5))
PROBABLE = rounded(_generator.dirichlet(np.ones(4) * 2, 5))
UNNORMALIZED = rounded(0.05 + _generator.random((5, 4)) * 0.9)
ONE_HOT = np.eye(4)[[0, 3, 1, 1, 2]]
YES_NO = (_generator.random((5, 4)) < 0.5).astype("float64")
LABELS = np.array([0, 3, 1, 1, 2])
SEQUENCE_LABELS = np.array([[0, 3, 1], [1, 2, 0]])
SEQUENCE = rounded(_generator.dirichlet(np.ones(4) * 2, (2, 3)))
IGNORING = np.array([[0, -1, 1], [-1, 2, 0]])

LIMITS = {
    "LogCosh": {"diverges": "log_cosh-in-float64"},
}
# The bound 1 − 1e-7 is 1 − 1.2e-7 in float32, where −log(1 − y) is another number.
BEYOND = {"label": "outside of the bounds", "own_precision": True}

REGRESSION = [
    case
    for loss in ("HalfSumOfSquares", "MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh")
    for case in (
        LossCase(loss, REAL, OTHER, **LIMITS.get(loss, {})),
        LossCase(loss, CUBE, OTHER_CUBE, label="more axes", **LIMITS.get(loss, {})),
        LossCase(loss, REAL[:, 0], OTHER[:, 0], label="vectors", **LIMITS.get(loss, {})),
        LossCase(loss, REAL[:, 0], OTHER[:, :1], label="vector and column", **LIMITS.get(loss, {})),
        LossCase(loss, REAL[:, :1], OTHER[:, 0], label="column and vector", **LIMITS.get(loss, {})),
        LossCase(
            loss, CUBE[..., 0], OTHER_CUBE[..., :1], label="one axis more", **LIMITS.get(loss, {})
        ),
        LossCase(loss, REAL[:, :1], OTHER, label="targets broadcast", **LIMITS.get(loss, {})),
        LossCase(loss, REAL, OTHER[:, :1], label="predictions broadcast", **LIMITS.get(loss, {})),
        LossCase(
            loss,
            np.array([[1, 2], [3, 4], [5, 7]]),
            OTHER[:3, :2],
            label="integers",
            **LIMITS.get(loss, {}),
        ),
    )
]
REGRESSION += [
    LossCase("Huber", REAL, OTHER, {"delta": 0.3}),
    LossCase("Huber", REAL, OTHER, {"delta": 2}),
    LossCase("MeanAbsolutePercentageError", REAL, OTHER),
    LossCase("MeanAbsolutePercentageError", REAL * YES_NO, OTHER, label="targets of zero"),
    LossCase("MeanSquaredLogarithmicError", POSITIVE, MORE),
    LossCase("MeanSquaredLogarithmicError", REAL, OTHER, label="negative numbers"),
    LossCase("Poisson", POSITIVE, MORE),
    LossCase("Poisson", POSITIVE[:, 0], MORE[:, :1], label="vector and column"),
]

BINARY = [
    LossCase("BinaryCrossentropy", YES_NO, CLOSE),
    LossCase("BinaryCrossentropy", SOFT, CLOSE, label="soft labels"),
    LossCase("BinaryCrossentropy", YES_NO, CLOSE, {"label_smoothing": 0.2}),
    LossCase("BinaryCrossentropy", YES_NO, CLOSE, {"axis": 0}),
    LossCase("BinaryCrossentropy", YES_NO, OTHER * 3, {"from_logits": True}),
    LossCase("BinaryCrossentropy", YES_NO, OTHER, {"from_logits": True, "label_smoothing": 0.3}),
    LossCase("BinaryCrossentropy", YES_NO, OTHER * 0.5 + 0.5, **BEYOND),
    LossCase("BinaryCrossentropy", YES_NO[:, 0], CLOSE[:, :1], label="vector and column"),
    LossCase("BinaryFocalCrossentropy", YES_NO, CLOSE),
    LossCase(
        "BinaryFocalCrossentropy",
        YES_NO,
        CLOSE,
        {"apply_class_balancing": True, "alpha": 0.4, "gamma": 1.5},
    ),
    LossCase("BinaryFocalCrossentropy", YES_NO, CLOSE, {"gamma": 0.0}),
    LossCase("BinaryFocalCrossentropy", YES_NO, CLOSE, {"label_smoothing": 0.1, "axis": 0}),
    LossCase(
        "BinaryFocalCrossentropy",
        YES_NO,
        OTHER,
        {"from_logits": True, "apply_class_balancing": True},
    ),
]

CATEGORICAL = [
    LossCase("CategoricalCrossentropy", ONE_HOT, PROBABLE),
    LossCase("CategoricalCrossentropy", SOFT, UNNORMALIZED, label="not adding up to one"),
    LossCase("CategoricalCrossentropy", ONE_HOT, PROBABLE, {"label_smoothing": 0.2}),
    LossCase("CategoricalCrossentropy", ONE_HOT, OTHER * 4, {"from_logits": True}),
    LossCase(
        "CategoricalCrossentropy", ONE_HOT, OTHER, {"from_logits": True, "label_smoothing": 0.1}
    ),
    LossCase("CategoricalCrossentropy", np.eye(5)[:, :4], CLOSE, {"axis": 0}),
    LossCase(
        "CategoricalCrossentropy",
        np.moveaxis(np.eye(4)[SEQUENCE_LABELS], -1, 1),
        np.moveaxis(np.log(SEQUENCE), -1, 1),
        {"axis": 1, "from_logits": True},
    ),
    LossCase(
        "CategoricalCrossentropy",
        ONE_HOT,
        np.eye(4)[[0, 3, 0, 1, 2]] * (1 - 2e-9) + 5e-10,
        **BEYOND,
    ),
    LossCase("CategoricalCrossentropy", np.eye(4)[SEQUENCE_LABELS], SEQUENCE, label="sequences"),
    LossCase("SparseCategoricalCrossentropy", LABELS, PROBABLE),
    LossCase("SparseCategoricalCrossentropy", LABELS, UNNORMALIZED, label="not adding up to one"),
    LossCase("SparseCategoricalCrossentropy", LABELS[:, None], PROBABLE, label="column of labels"),
    LossCase("SparseCategoricalCrossentropy", LABELS * 1.0, PROBABLE, label="floating labels"),
    LossCase("SparseCategoricalCrossentropy", LABELS, OTHER * 4, {"from_logits": True}),
    LossCase("SparseCategoricalCrossentropy", SEQUENCE_LABELS, SEQUENCE, label="sequences"),
    LossCase(
        "SparseCategoricalCrossentropy",
        LABELS,
        np.eye(4)[[0, 3, 0, 1, 2]] * (1 - 2e-9) + 5e-10,
        diverges="sparse-cross-entropy-of-certain-predictions",
        **BEYOND,
    ),
    LossCase("SparseCategoricalCrossentropy", IGNORING, SEQUENCE, {"ignore_class": -1}),
    LossCase(
        "SparseCategoricalCrossentropy",
        IGNORING,
        np.log(SEQUENCE),
        {"ignore_class": -1, "from_logits": True},
    ),
    LossCase("SparseCategoricalCrossentropy", LABELS, PROBABLE, {"ignore_class": 1, "axis": 1}),
    LossCase("KLDivergence", SOFT, PROBABLE),
    LossCase("KLDivergence", ONE_HOT, UNNORMALIZED, label="zeros among the targets"),
    LossCase("KLDivergence", SOFT, OTHER, **BEYOND),
]

HINGES = [
    case
    for loss in ("Hinge", "SquaredHinge")
    for case in (
        LossCase(loss, YES_NO, OTHER),
        LossCase(loss, 2 * YES_NO - 1, OTHER, label="signs"),
        LossCase(loss, REAL, OTHER, label="any numbers"),
        LossCase(loss, YES_NO[:, 0], OTHER[:, :1], label="vector and column"),
    )
]
HINGES += [
    LossCase("CategoricalHinge", ONE_HOT, OTHER),
    LossCase("CategoricalHinge", SOFT, PROBABLE, label="soft labels"),
    LossCase("CategoricalHinge", np.eye(4)[SEQUENCE_LABELS], OTHER_CUBE, label="sequences"),
]

IMAGES = (_generator.random((2, 3, 4, 2)) < 0.4).astype("float64")
PAINTED = rounded(_generator.random((2, 3, 4, 2)))
EMBEDDED = _generator.standard_normal((6, 3))
EMBEDDED = rounded(EMBEDDED / np.linalg.norm(EMBEDDED, axis=1, keepdims=True))
GROUPS = np.array([0, 1, 0, 2, 1, 0])
WORDS = np.array([[1, 2, 2, 0], [3, 0, 0, 0], [1, 2, 3, 1], [0, 0, 0, 0]])
SPOKEN = rounded(_generator.standard_normal((4, 6, 4)))
CTC = {"diverges": "ctc-in-float64"}

OTHERS = [
    LossCase("CosineSimilarity", REAL, OTHER),
    LossCase("CosineSimilarity", REAL, OTHER, {"axis": 0}),
    LossCase("CosineSimilarity", CUBE, OTHER_CUBE, {"axis": 1}),
    LossCase("CosineSimilarity", REAL, OTHER[:1], label="predictions broadcast"),
    LossCase("Dice", IMAGES, PAINTED),
    LossCase("Dice", IMAGES, PAINTED, {"axis": [1, 2, 3]}),
    LossCase("Dice", IMAGES, PAINTED, {"axis": -1}),
    LossCase("Tversky", IMAGES, PAINTED),
    LossCase("Tversky", IMAGES, PAINTED, {"alpha": 0.3, "beta": 0.8}),
    LossCase("Tversky", IMAGES, PAINTED, {"alpha": 0.8, "beta": 0.1, "axis": [1, 2, 3]}),
    LossCase("CategoricalFocalCrossentropy", ONE_HOT, PROBABLE),
    LossCase("CategoricalFocalCrossentropy", SOFT, UNNORMALIZED, {"alpha": 0.4, "gamma": 1.5}),
    LossCase("CategoricalFocalCrossentropy", ONE_HOT, PROBABLE, {"gamma": 0.0}),
    LossCase("CategoricalFocalCrossentropy", ONE_HOT, OTHER, {"from_logits": True}),
    LossCase(
        "CategoricalFocalCrossentropy",
        ONE_HOT,
        OTHER,
        {"from_logits": True, "label_smoothing": 0.1, "alpha": [0.125, 0.25, 0.375, 0.5]},
    ),
    LossCase("CategoricalFocalCrossentropy", np.eye(5)[:, :4], CLOSE, {"axis": 0}),
    LossCase("CategoricalGeneralizedCrossEntropy", LABELS, PROBABLE),
    LossCase("CategoricalGeneralizedCrossEntropy", LABELS, PROBABLE, {"q": 0.2}),
    LossCase("CategoricalGeneralizedCrossEntropy", SEQUENCE_LABELS, SEQUENCE, label="sequences"),
    LossCase("Circle", GROUPS, EMBEDDED, {"remove_diagonal": False}),
    LossCase("Circle", GROUPS, EMBEDDED, label="a sample without mates"),
    LossCase("Circle", np.array([0, 1, 0, 1, 1, 0]), EMBEDDED, {"gamma": 5.0, "margin": 0.2}),
    LossCase("Circle", np.array([0, 1, 0, 1, 1, 0])[:, None], EMBEDDED, label="column of labels"),
    LossCase("CTC", WORDS, SPOKEN, **CTC),
    LossCase("CTC", WORDS[:2, :1], SPOKEN[:2], label="one label", **CTC),
]

CASES = REGRESSION + BINARY + CATEGORICAL + HINGES + OTHERS
