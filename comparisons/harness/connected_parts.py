"""Connected parts of ink, each cut out and read by itself: the rival of a detector."""

from collections.abc import Callable

import numpy as np
from scipy import ndimage
from sklearn.svm import SVC

from comparisons.harness.datasets import Dataset


def cut_out(image: np.ndarray, box: np.ndarray) -> np.ndarray:
    """What stands within a box, in the middle of 16×16 pixels, flat."""
    left, top, right, bottom = box.astype(int)
    inside = image[top:bottom, left:right][:16, :16]
    spare = [(side // 2, side - side // 2) for side in 16 - np.array(inside.shape)]
    return np.pad(inside, spare).ravel()


def components(images: np.ndarray, reader: SVC, ink: float) -> np.ndarray:
    """Connected parts that are more than three pixels high, with a digit each."""
    found = np.tile([0.0, 0, 0, 0, 1, 1], (len(images), 20, 1))
    for own, image in zip(found, images):
        parts, _ = ndimage.label(image > ink, np.ones((3, 3)))
        boxes = [(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(parts)]
        boxes = np.array([box for box in boxes if box[3] - box[1] > 3][: len(own)])
        if len(boxes):
            sure = reader.decision_function([cut_out(image, box) for box in boxes])
            own[: len(boxes), 0] = reader.classes_[sure.argmax(axis=1)]
            own[: len(boxes), 1:] = np.column_stack([sure.max(axis=1), boxes])
    return np.take_along_axis(found, np.argsort(-found[..., 1:2], axis=1), axis=1)


def read(part: Dataset, precision: Callable[[np.ndarray, np.ndarray], float]) -> np.ndarray:
    """What a support vector machine reads that learned from the training digits, cut out.

    Args:
        part: scenes, see `datasets.scenes`.
        precision: of true and found digits; by it the threshold of ink is chosen on the scenes for
            validation.

    Returns:
        (test scenes, 20, 6): digit, how sure it is, left, top, right, bottom, the surest first.
    """
    digits = [(x, row) for x, own in zip(part.x_train[..., 0], part.y_train) for row in own]
    digits = [(cut_out(x, row[1:]), row[0]) for x, row in digits if row[0] >= 0]
    reader = SVC(C=10).fit(*zip(*digits))

    def on_validation(ink):
        found = components(part.x_validation[..., 0], reader, ink)
        return precision(part.y_validation, found)

    ink = max((0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6), key=on_validation)
    return components(part.x_test[..., 0], reader, ink)
