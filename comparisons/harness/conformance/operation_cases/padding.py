"""Margins added and cut off."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

X, VECTOR, IMAGES, FIRST = (Draw((4, 3)),), (Draw(()),), (Draw((5, 6, 2)),), (Draw((2, 5, 6)),)
INTEGERS = (Draw((4, 3), "integer"),)
WIDTHS = ((0, 0), (1, 2), (2, 1))


def pad(name, inputs=X, widths=WIDTHS, **options):
    """A case of `pad`."""
    return Case(name, lambda ops, x: ops.pad(x, widths, **options), inputs)


def image(name, function, *arguments, inputs=IMAGES, **options):
    """A case of a function of `ops.image`."""
    return Case(name, lambda ops, x: getattr(ops.image, function)(x, *arguments, **options), inputs)


CASES = [
    pad("Pad"),
    pad("Pad-constant", constant_values=2.5),
    pad("Pad-integers", INTEGERS, constant_values=2),
    pad("Pad-reflect", mode="reflect"),
    pad("Pad-symmetric", mode="SYMMETRIC"),
    pad("Pad-reflect-integers", INTEGERS, mode="reflect"),
    pad("Pad-symmetric-whole", widths=((0, 3), (4, 4), (0, 3)), mode="symmetric"),
    # Keras on TensorFlow fails to take one pair for several axes.
    pad("Pad-one-number", VECTOR, 2),
    pad("Pad-one-pair", VECTOR, (1, 0), mode="reflect"),
    Case("Pad-single-numbers", lambda ops, x: ops.pad(x, [(1,), (2,), (0,)])),
    image("PadImages", "pad_images", 1, 2, 1, 0),
    image("PadImages-target", "pad_images", 1, 2, target_height=9, target_width=9),
    image(
        "PadImages-channels-first",
        "pad_images",
        left_padding=2,
        bottom_padding=3,
        target_height=9,
        target_width=9,
        data_format="channels_first",
        inputs=FIRST,
    ),
    image("PadImages-one-image", "pad_images", 1, 0, 2, 3, inputs=(Draw((6, 2)),)),
    image("CropImages", "crop_images", 1, 2, 1, 0),
    image("CropImages-target", "crop_images", 1, 2, target_height=2, target_width=3),
    image(
        "CropImages-channels-first",
        "crop_images",
        left_cropping=2,
        bottom_cropping=2,
        target_height=1,
        target_width=2,
        data_format="channels_first",
        inputs=FIRST,
    ),
    image(
        "CropImages-one-image",
        "crop_images",
        1,
        2,
        right_cropping=1,
        target_height=2,
        inputs=(Draw((6, 2)),),
    ),
]
