"""Colors of images."""

from comparisons.harness.conformance.operation_cases.case import OF_INTEGERS, Case, Draw

IMAGES, FIRST = (Draw((5, 6, 3), "positive"),), (Draw((3, 5, 6), "positive"),)
INTEGERS = (Draw((5, 6, 3), "integer"),)
FIRST_FORMAT = {"data_format": "channels_first"}

CASES = [
    Case("RGBToGrayscale", lambda ops, x: ops.image.rgb_to_grayscale(x), IMAGES),
    Case(
        "RGBToGrayscale-channels-first",
        lambda ops, x: ops.image.rgb_to_grayscale(x, **FIRST_FORMAT),
        FIRST,
    ),
    Case("RGBToGrayscale-gray", lambda ops, x: ops.image.rgb_to_grayscale(x), (Draw((5, 6, 1)),)),
    Case("RGBToGrayscale-integers", lambda ops, x: ops.image.rgb_to_grayscale(x), INTEGERS),
    Case("RGBToGrayscale-one-image", lambda ops, x: ops.image.rgb_to_grayscale(x), (Draw((6, 3)),)),
    Case("RGBToHSV", lambda ops, x: ops.image.rgb_to_hsv(x), IMAGES),
    Case("RGBToHSV-channels-first", lambda ops, x: ops.image.rgb_to_hsv(x, **FIRST_FORMAT), FIRST),
    Case(
        "RGBToHSV-gray-and-black",
        lambda ops, x: ops.image.rgb_to_hsv(x / 4),
        INTEGERS,
        OF_INTEGERS,
    ),
    # TensorFlow has no gradient, so that integers come in.
    Case("HSVToRGB", lambda ops, x: ops.image.hsv_to_rgb(x / 4), INTEGERS),
    Case(
        "HSVToRGB-channels-first",
        lambda ops, x: ops.image.hsv_to_rgb(x / 3, **FIRST_FORMAT),
        (Draw((3, 5, 6), "integer"),),
        OF_INTEGERS,
    ),
]
