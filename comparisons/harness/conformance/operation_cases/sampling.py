"""Arrays sampled between their entries.

TensorFlow's gradient of a transform is right for reflections and shifts by whole pixels only, and
of points Keras computes in float32; `test_operations_beyond_keras.py` has the others.
"""

import numpy as np

from comparisons.harness.conformance.operation_cases.case import Case, Draw

IMAGES = (Draw((5, 6, 2)),)
SHIFT = np.array([1.0, 0.0, 2.0, 0.0, 1.0, -1.0, 0.0, 0.0])
MIRROR = np.array([-1.0, 0.0, 5.0, 0.0, 1.0, 0.0, 0.0, 0.0])
CORNERS = np.array([[0.0, 0.0], [0.0, 4.0], [5.0, 0.0], [5.0, 4.0]])
PLACES = tuple(Draw((7,), "positive") for _ in range(3))


def translate(name, shape, method, **options):
    """A case of `image.scale_and_translate`."""
    scale, translation = np.array([1.5, 0.5]), np.array([-0.25, 1.125])
    return Case(
        name,
        lambda ops, x: ops.image.scale_and_translate(
            x, (None, *shape, 2), scale, translation, (1, -2), method, **options
        ),
        IMAGES,
    )


def map_coordinates(name, order, fill_mode, stretch=1.0):
    """A case of `image.map_coordinates`; the first axis is the batch of three."""
    return Case(
        name,
        lambda ops, x, *places: ops.image.map_coordinates(
            x, ops.stack([place * stretch for place in places], axis=0), order, fill_mode
        ),
        (Draw((4, 5)), *PLACES),
    )


CASES = [
    Case(
        "AffineTransform",
        lambda ops, x: ops.image.affine_transform(x, SHIFT),
        IMAGES,
        "image-transforms-in-float64",
    ),
    Case(
        "AffineTransform-each",
        lambda ops, x: ops.image.affine_transform(
            x, np.stack([SHIFT, MIRROR, SHIFT]), "nearest", data_format="channels_first"
        ),
        (Draw((2, 5, 6)),),
    ),
    Case(
        "PerspectiveTransform",
        lambda ops, x: ops.image.perspective_transform(x, CORNERS + [1.0, -2.0], CORNERS),
        IMAGES,
        "image-transforms-in-float64",
    ),
    map_coordinates("MapCoordinates", 1, "constant"),
    map_coordinates("MapCoordinates-nearest-entry", 0, "constant"),
    map_coordinates("MapCoordinates-beyond", 1, "constant", 2.0),
    map_coordinates("MapCoordinates-nearest", 1, "nearest", 2.5),
    map_coordinates("MapCoordinates-wrap", 1, "wrap", -2.0),
    map_coordinates("MapCoordinates-reflect", 1, "reflect", 1.9),
    translate("ScaleAndTranslate", (7, 4), "trilinear"),
    translate("ScaleAndTranslate-cubic", (7, 4), "cubic", antialias=False),
    translate("ScaleAndTranslate-lanczos", (7, 4), "lanczos3"),
]
