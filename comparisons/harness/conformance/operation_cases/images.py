"""Other sizes, filters and similarity of images.

Of most interpolations TensorFlow has a gradient in float32 alone, or none;
`test_operations_beyond_keras.py` has those.
"""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

IMAGES = (Draw((6, 8, 2)),)
FIRST = (Draw((2, 6, 8)),)
PAIR = (Draw((7, 8, 2), "positive"), Draw((7, 8, 2), "positive"))


def resize(name, size, inputs=IMAGES, **options):
    """A case of `image.resize`."""
    return Case(
        name,
        lambda ops, x: ops.image.resize(x, size, **options),
        inputs,
        "interpolation-in-float64",
    )


CASES = [
    resize("Resize", (4, 11)),
    resize("Resize-nearest", (4, 11), interpolation="nearest"),
    resize("Resize-crop", (5, 3), crop_to_aspect_ratio=True),
    resize("Resize-pad", (5, 3), pad_to_aspect_ratio=True, fill_value=0.5),
    resize("Resize-channels-first", (4, 11), FIRST, data_format="channels_first"),
    resize("Resize-integers", (4, 11), (Draw((6, 8, 2), "integer"),)),
    resize("Resize-one-image", (4, 5), (Draw((6, 2)),)),
    Case("GaussianBlur", lambda ops, x: ops.image.gaussian_blur(x, (5, 5), (0.8, 0.8)), IMAGES),
    Case(
        "GaussianBlur-channels-first",
        lambda ops, x: ops.image.gaussian_blur(x, data_format="channels_first"),
        FIRST,
    ),
    Case("GaussianBlur-even", lambda ops, x: ops.image.gaussian_blur(x, (4, 4)), (Draw((6, 2)),)),
    Case("SobelEdges", lambda ops, x: ops.image.sobel_edges(x), IMAGES),
    Case(
        "SobelEdges-channels-first",
        lambda ops, x: ops.image.sobel_edges(x, data_format="channels_first"),
        FIRST,
    ),
    Case("SSIM", lambda ops, a, b: ops.image.ssim(a, b, 2.0, filter_size=5), PAIR),
    Case(
        "SSIM-channels-first",
        lambda ops, a, b: ops.image.ssim(
            a, b, filter_size=4, filter_sigma=0.7, k1=0.1, k2=0.2, data_format="channels_first"
        ),
        (Draw((2, 7, 6), "positive"), Draw((2, 7, 6), "positive")),
    ),
]
