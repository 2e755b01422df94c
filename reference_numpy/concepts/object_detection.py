"""Detection in one pass: anchors on a grid, a loss on classes and boxes, suppression, precision."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.output_layers import softmax

SIDE, STRIDE = 7, 4  # cells of the grid along each side, pixels of a cell
CLASSES = 11  # the ground, and ten digits
CANDIDATES = 20


def anchor_boxes(shapes, side, stride):
    """A box of each shape around the middle of each cell of a grid.

    Boxes are (left, top, right, bottom). Shapes: shapes (k, 2) widths and heights in pixels;
    the boxes (side · side · k, 4), row by row.

    Source: Ren et al. 2015, Faster R-CNN, 3.1.
    """
    middles = (np.arange(side) + 0.5) * stride
    middle = np.stack(np.meshgrid(middles, middles), axis=-1).astype(shapes.dtype)[:, :, None]
    return np.concatenate([middle - shapes / 2, middle + shapes / 2], axis=-1).reshape(-1, 4)


def intersection_over_union(a, b):
    """The area that two boxes share over the area that they cover, of all pairs.

    Shapes: a (…, n, 4), b (…, m, 4); the ratios (…, n, m), from 0 to 1.
    """
    a, b = a[..., :, None, :], b[..., None, :, :]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.maximum(sides, 0).prod(axis=-1)
    covered = [(box[..., 2:] - box[..., :2]).prod(axis=-1) for box in (a, b)]
    return shared / (covered[0] + covered[1] - shared)


def match_anchors(overlaps, threshold=0.5):
    """For each anchor the true box that it is to find, −1 for none.

    An anchor takes the box that it overlaps most where that is by the threshold or more; and each
    box is taken by the anchor that overlaps it most, be it by less.

    Shapes: overlaps (…, anchors, boxes), 0 throughout for a box that is not there; (…, anchors).
    """
    most = overlaps.max(axis=-2, keepdims=True)
    forced = (overlaps == most) & (most > 0)
    match = np.where(overlaps.max(axis=-1) >= threshold, overlaps.argmax(axis=-1), -1)
    return np.where(forced.any(axis=-1), forced.argmax(axis=-1), match)


def encode_boxes(boxes, anchors):
    """A box as offsets from an anchor: the way between the middles in sides of the anchor, and
    the logarithm of the ratio of the sides. Shapes: all (…, 4).
    """
    (middle, sides), (start, scale) = middle_and_sides(boxes), middle_and_sides(anchors)
    return np.concatenate([(middle - start) / scale, np.log(sides / scale)], axis=-1)


def decode_boxes(offsets, anchors):
    """The box that offsets from an anchor mean: `encode_boxes` undone."""
    start, scale = middle_and_sides(anchors)
    middle, sides = start + offsets[..., :2] * scale, np.exp(offsets[..., 2:]) * scale
    return np.concatenate([middle - sides / 2, middle + sides / 2], axis=-1)


def middle_and_sides(boxes):
    """Middle (x, y), and width and height."""
    return (boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]


def detection_loss(y_true, y_pred):
    """Cross-entropy of every anchor's class, smooth L1 of the offsets of those that have a box.

    Both are sums over the batch's anchors, divided by the number of those with a box.

    Shapes:
        y_true (batch, anchors, 1 + 4): the class, 0 for the ground, and the offsets.
        y_pred (batch, anchors, classes + 4): logits, offsets.

    Source: Liu et al. 2016, SSD: Single Shot MultiBox Detector, 2.2, without mining.
    """
    chosen, matched, p, error = compared(y_true, y_pred)
    size = np.abs(error)
    smooth = np.where(size < 1, error**2 / 2, size - 0.5)
    entropy = -np.log(np.sum(p * chosen, axis=-1))
    return (entropy.sum() + (matched * smooth).sum()) / np.maximum(matched.sum(), 1)


def detection_loss_gradient(y_true, y_pred):
    """p − t for the logits, the error cut off at ±1 for offsets; over the number with a box."""
    chosen, matched, p, error = compared(y_true, y_pred)
    both = np.concatenate([p - chosen, matched * np.clip(error, -1, 1)], axis=-1)
    return both / np.maximum(matched.sum(), 1)


def compared(y_true, y_pred):
    """One-hot classes, which anchors have a box, probabilities, and errors of the offsets."""
    classes = y_pred.shape[-1] - 4
    chosen = np.eye(classes, dtype=y_pred.dtype)[np.rint(y_true[..., 0]).astype(int)]
    matched = (y_true[..., :1] > 0).astype(y_pred.dtype)
    p, _ = softmax(y_pred[..., :classes])
    return chosen, matched, p, y_pred[..., classes:] - y_true[..., 1:]


def non_maximum_suppression(boxes, scores, threshold):
    """Which boxes stay: from the best score down, each that overlaps none that stays by more.

    Shapes: boxes (…, n, 4), scores (…, n); what stays (…, n).
    """
    order = np.argsort(-scores, axis=-1, kind="stable")
    ranked = np.take_along_axis(boxes, order[..., None], axis=-2)
    rival = np.triu(intersection_over_union(ranked, ranked) > threshold, 1)
    stays = np.ones(scores.shape, bool)
    for rank in range(scores.shape[-1]):
        stays = stays & ~(stays[..., rank, None] & rival[..., rank, :])
    return np.take_along_axis(stays, np.argsort(order, axis=-1), axis=-1)


def average_precision(scores, right, truths):
    """The area under the curve of precision over recall, precision made to fall.

    Shapes: scores and right (0 or 1) of all detections (n,); truths: how many there were to find.

    Source: Everingham et al. 2010, The PASCAL visual object classes challenge.
    """
    hits = np.cumsum(right[np.argsort(-scores, kind="stable")])
    precision = hits / np.arange(1, len(hits) + 1, dtype=hits.dtype)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    return np.sum(precision * np.diff(hits, prepend=hits[:1] * 0)) / truths


def right_ones(y, found, threshold=0.5):
    """Which detections overlap a box of their class that no better one has taken.

    Shapes: y (n, boxes, 5), found (n, k, 6) as `detect` gives them; (n, k) of 0 and 1.
    """
    overlaps = intersection_over_union(found[..., 2:], y[..., 1:])
    overlaps = overlaps * (found[..., :1] == y[:, None, :, 0])
    right, free, images = np.zeros(found.shape[:2], found.dtype), y[..., 0] >= 0, np.arange(len(y))
    for rank in range(found.shape[1]):
        own = overlaps[:, rank] * free
        hit = (own.max(axis=1) >= threshold) & (found[:, rank, 1] > 0)
        free[images[hit], own[hit].argmax(axis=1)] = False
        right[:, rank] = hit
    return right


def mean_average_precision(y, found):
    """Mean over the digits of their average precision, at an overlap of 0.5; arguments as above."""
    right, kept = right_ones(y, found), found[..., 1] > 0
    parts = [kept & (found[..., 0] == digit) for digit in range(CLASSES - 1)]
    return np.mean(
        [
            average_precision(found[part][:, 1], right[part], np.sum(y[..., 0] == digit))
            for digit, part in enumerate(parts)
        ]
    )


def build_model(shapes, learning_rate=0.005):
    """28×28 pixels, four convolutions, 7×7 cells: logits and offsets for each shape of anchor."""
    model = rn.Sequential([rn.Input((28, 28, 1))])
    for filters, size, strides in ((16, 5, 2), (32, 3, 2), (48, 3, 1), (48, 3, 1)):
        model.add(rn.layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False))
        model.add(rn.layers.BatchNormalization(momentum=0.9))
        model.add(rn.layers.ReLU())
    model.add(rn.layers.Conv2D(len(shapes) * (CLASSES + 4), 1))
    model.add(rn.layers.Reshape((-1, CLASSES + 4)))
    model.compile(rn.optimizers.Adam(learning_rate))
    model.shapes = shapes
    return model


def targets(y, anchors):
    """What each anchor is to say of scenes: its class and offsets, (batch, anchors, 5)."""
    match = match_anchors(intersection_over_union(anchors[None], y[..., 1:]))[..., None]
    own = np.take_along_axis(y, np.maximum(match, 0), axis=1)
    boxes = np.where(match < 0, anchors, own[..., 1:])
    return np.concatenate(
        [np.where(match < 0, 0, own[..., :1] + 1), encode_boxes(boxes, anchors)], axis=-1
    )


def train(model, data, generator, batch_size):
    """Loss and its gradient on a batch of scenes, one update of the weights."""
    dtype = data.x_train.dtype
    anchors = anchor_boxes(np.array(model.shapes, dtype), SIDE, STRIDE)
    wanted = targets(data.y_train.astype(dtype), anchors)
    while True:
        batch = generator.integers(0, len(wanted), batch_size)
        y, cache = model.forward(data.x_train[batch], training=True)
        _, grads = model.backward(detection_loss_gradient(wanted[batch], y), cache)
        model.optimizer.apply(grads, model.trainable_weights)
        yield {"loss": detection_loss(wanted[batch], y)}


def candidates(model, x):
    """The surest anchors of each scene: (n, k, 6) of digit, probability and box, best first."""
    y = model.predict(x, verbose=0)
    anchors = anchor_boxes(np.array(model.shapes, y.dtype), SIDE, STRIDE)
    p = softmax(y[..., :CLASSES])[0][..., 1:]
    boxes = decode_boxes(y[..., CLASSES:], anchors)
    found = np.concatenate(
        [p.argmax(axis=-1)[..., None], p.max(axis=-1)[..., None], boxes], axis=-1
    )
    order = np.argsort(-found[..., 1], axis=-1, kind="stable")[:, :CANDIDATES]
    return np.take_along_axis(found, order[..., None], axis=1)


def suppressed(found, threshold=0.5):
    """The same detections, the probability of those that do not stay set to 0."""
    stays = non_maximum_suppression(found[..., 2:], found[..., 1], threshold)
    probability = found[..., 1:2] * stays[..., None]
    return np.concatenate([found[..., :1], probability, found[..., 2:]], axis=-1)


def detect(model, x):
    """Detections of scenes: (n, k, 6) of digit, probability and box, 0 where it was suppressed."""
    return suppressed(candidates(model, x))


def looked_at(model, data):
    """What was found in the test scenes, before suppression."""
    return {"test": candidates(model, data.x_test)}
