"""Windows and sequences."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

IMAGES, FIRST = (Draw((4, 6, 3)),), (Draw((3, 4, 6)),)
VOLUMES = (Draw((4, 5, 3, 2)),)
ALL = {"kernel_size": (2, 3), "dilation": (1, 2), "padding": (1, 2), "stride": (2, 1)}


def patches(name, size, inputs=IMAGES, **options):
    """A case of `extract_patches`."""
    return Case(name, lambda ops, x: ops.image.extract_patches(x, size, **options), inputs)


CASES = [
    Case("Unfold", lambda ops, x: ops.unfold(x, 2), FIRST),
    Case("Unfold-all-arguments", lambda ops, x: ops.unfold(x, **ALL), FIRST),
    Case("Unfold-integers", lambda ops, x: ops.unfold(x, (1, 2)), (Draw((2, 3, 4), "integer"),)),
    Case("Fold", lambda ops, x: ops.fold(x, (4, 5), 2), (Draw((8, 12)),)),
    Case("Fold-all-arguments", lambda ops, x: ops.fold(x, 5, **ALL), (Draw((12, 15)),)),
    Case("ExtractSequences", lambda ops, x: ops.extract_sequences(x, 3, 2), (Draw((8,)),)),
    Case(
        "ExtractSequences-of-channels",
        lambda ops, x: ops.extract_sequences(x, 3, 1),
        (Draw((2, 8)),),
    ),
    Case("ExtractSequences-apart", lambda ops, x: ops.extract_sequences(x, 2, 4), (Draw((9,)),)),
    patches("ExtractPatches", 2),
    patches("ExtractPatches-same", (2, 3), strides=(1, 2), padding="same"),
    patches("ExtractPatches-dilated", (2, 3), strides=1, dilation_rate=2, padding="same"),
    patches("ExtractPatches-one-image", (2, 3), (Draw((6, 2)),), strides=1),
    patches("ExtractPatches-volumes", (2, 3, 2), VOLUMES, strides=1),
    patches("ExtractPatches-volumes-apart", (2, 3, 1), VOLUMES),
    patches("ExtractPatches-one-volume", (2, 1, 3), (Draw((4, 5, 2)),), strides=(1, 2, 1)),
    patches("ExtractPatches-integers", 2, (Draw((4, 4, 2), "integer"),)),
]
