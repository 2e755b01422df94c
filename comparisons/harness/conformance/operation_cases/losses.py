"""Losses between targets and outputs. Targets are computed, so that their gradients show."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

PAIR = (Draw((4,), "unit"), Draw((4,), "unit"))
LOGITS = (Draw((4,), "unit"), Draw((4,)))
CLASSES = (Draw((4,)), Draw((4,), "positive"))
LABELS = Draw((), "integer")
SEQUENCES = (Draw((3,), "integer"), Draw((8, 5)), LABELS, LABELS)
CTC = "ctc-in-float64"


def probability(x):
    """A number between −1 and 1 as one between 0 and 1."""
    return x * 0.5 + 0.5


CASES = [
    Case(
        "BinaryCrossentropy",
        lambda ops, t, y: ops.binary_crossentropy(probability(t), probability(y)),
        PAIR,
    ),
    Case("BinaryCrossentropy-out-of-bounds", lambda ops, t, y: ops.binary_crossentropy(t, y), PAIR),
    Case(
        "BinaryCrossentropy-logits",
        lambda ops, t, y: ops.binary_crossentropy(t, y, from_logits=True),
        LOGITS,
    ),
    Case(
        "CategoricalCrossentropy",
        lambda ops, t, y: ops.categorical_crossentropy(t, y),
        CLASSES,
    ),
    Case(
        "CategoricalCrossentropy-logits",
        lambda ops, t, y: ops.categorical_crossentropy(ops.softmax(t), y, from_logits=True),
        (Draw((4,)), Draw((4,))),
    ),
    Case(
        # a square, for Keras leaves the last size out whatever the axis is
        "CategoricalCrossentropy-axis",
        lambda ops, t, y: ops.categorical_crossentropy(
            ops.softmax(t, axis=1), y, from_logits=True, axis=1
        ),
        (Draw((4, 4)), Draw((4, 4))),
    ),
    Case(
        "SparseCategoricalCrossentropy",
        lambda ops, k, y: ops.sparse_categorical_crossentropy(k, y),
        (Draw((2,), "integer"), Draw((2, 4), "share")),
    ),
    Case(
        "SparseCategoricalCrossentropy-logits",
        lambda ops, k, y: ops.sparse_categorical_crossentropy(k, y, from_logits=True),
        (Draw((1,), "integer"), Draw((4,))),
    ),
    Case(
        "CTCLoss",
        lambda ops, k, x, *lengths: ops.ctc_loss(k + 1, x, lengths[0], lengths[1] + 5),
        SEQUENCES,
        CTC,
    ),
    Case(
        "CTCLoss-blank-last",
        lambda ops, k, x, *lengths: ops.ctc_loss(k, x, lengths[0], lengths[1] + 5, mask_index=4),
        SEQUENCES,
        CTC,
    ),
    Case(
        # of whole numbers, since Keras gives the scores no gradient
        "CTCDecode",
        lambda ops, x, lengths: ops.ctc_decode(x, lengths + 5),
        (Draw((8, 4), "integer"), LABELS),
    ),
    Case(
        "CTCDecode-repeated",
        lambda ops, x, lengths: ops.ctc_decode(x, lengths, merge_repeated=False, mask_index=2),
        (Draw((3, 4), "integer"), LABELS),
    ),
    Case("PSNR", lambda ops, a, b: ops.psnr(a, b, 2.5), (Draw((4, 3)), Draw((4, 3)))),
]
