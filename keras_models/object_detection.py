"""Detection in one pass in Keras: anchors, loss, suppression and precision by `keras.ops`."""

import keras
import numpy as np
from keras import layers, ops

SIDE, STRIDE = 7, 4  # cells of the grid along each side, pixels of a cell
CLASSES = 11  # the ground, and ten digits
CANDIDATES = 20


def anchor_boxes(side, stride):
    """A box of each shape around the middle of each cell of a grid."""

    def boxes(shapes):
        shapes = ops.convert_to_tensor(shapes)
        middles = (ops.arange(side, dtype=shapes.dtype) + 0.5) * stride
        middle = ops.stack(ops.meshgrid(middles, middles), axis=-1)[:, :, None]
        corners = ops.concatenate([middle - shapes / 2, middle + shapes / 2], axis=-1)
        return ops.reshape(corners, (-1, 4))

    return boxes


def intersection_over_union():
    """Of all pairs of boxes; in float32 `keras.utils.bounding_boxes.compute_iou`."""

    def overlaps(a, b):
        a, b = a[..., :, None, :], b[..., None, :, :]
        sides = ops.minimum(a[..., 2:], b[..., 2:]) - ops.maximum(a[..., :2], b[..., :2])
        shared = ops.prod(ops.relu(sides), axis=-1)
        covered = [ops.prod(box[..., 2:] - box[..., :2], axis=-1) for box in (a, b)]
        return shared / (covered[0] + covered[1] - shared)

    return overlaps


def match_anchors(threshold=0.5):
    """For each anchor the true box that it is to find, −1 for none."""

    def match(overlaps):
        most = ops.max(overlaps, axis=-2, keepdims=True)
        forced = ops.logical_and(overlaps == most, most > 0)
        own = ops.where(ops.max(overlaps, axis=-1) >= threshold, ops.argmax(overlaps, axis=-1), -1)
        first = ops.argmax(ops.cast(forced, "int32"), axis=-1)
        return ops.where(ops.any(forced, axis=-1), first, own)

    return match


def encode_boxes():
    """A box as offsets; in float32 `keras.utils.bounding_boxes.encode_box_to_deltas`."""

    def offsets(boxes, anchors):
        (middle, sides), (start, scale) = middle_and_sides(boxes), middle_and_sides(anchors)
        return ops.concatenate([(middle - start) / scale, ops.log(sides / scale)], axis=-1)

    return offsets


def decode_boxes():
    """The box that offsets mean; in float32 `keras.utils.bounding_boxes.decode_deltas_to_boxes`."""

    def boxes(offsets, anchors):
        start, scale = middle_and_sides(anchors)
        middle, sides = start + offsets[..., :2] * scale, ops.exp(offsets[..., 2:]) * scale
        return ops.concatenate([middle - sides / 2, middle + sides / 2], axis=-1)

    return boxes


def middle_and_sides(boxes):
    """Middle (x, y), and width and height."""
    return (boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]


def detection_loss():
    """Cross-entropy of every anchor's class, Huber's loss of the offsets of those with a box."""

    class DetectionLoss(keras.losses.Loss):
        """The sums over the batch's anchors, over the number of those with a box."""

        def call(self, y_true, y_pred):
            kind = ops.cast(ops.round(y_true[..., 0]), "int32")
            logits, offsets = y_pred[..., :-4], y_pred[..., -4:]
            entropy = keras.losses.sparse_categorical_crossentropy(kind, logits, from_logits=True)
            smooth = 4 * keras.losses.huber(y_true[..., 1:], offsets)  # it is a mean over four
            matched = ops.cast(kind > 0, y_pred.dtype)
            return ops.sum(entropy + matched * smooth) / ops.maximum(ops.sum(matched), 1)

    return DetectionLoss()


def non_maximum_suppression(threshold):
    """Which boxes stay: from the best score down, each that overlaps none that stays by more."""

    def kept(boxes, scores):
        order = ops.argsort(-scores, axis=-1)
        ranked = ops.take_along_axis(boxes, order[..., None], axis=-2)
        overlaps = intersection_over_union()(ranked, ranked)
        rival = ops.triu(ops.cast(overlaps > threshold, "int32"), 1)
        stays = ops.ones_like(order)
        for rank in range(scores.shape[-1]):
            stays = stays * (1 - stays[..., rank, None] * rival[..., rank, :])
        return ops.take_along_axis(stays, ops.argsort(order, axis=-1), axis=-1) > 0

    return kept


def average_precision(truths):
    """The area under the curve of precision over recall, precision made to fall."""

    def area(scores, right):
        hits = ops.cumsum(ops.take(right, ops.argsort(-scores)))
        precision = hits / ops.cumsum(ops.ones_like(hits))
        later = ops.triu(ops.broadcast_to(precision, (len(precision), len(precision))))
        precision = ops.max(later, axis=1)
        gained = hits - ops.concatenate([ops.zeros_like(hits[:1]), hits[:-1]])
        return ops.sum(precision * gained) / truths

    return area


def build_model(shapes, learning_rate=0.005):
    """28×28 pixels, four convolutions, 7×7 cells: logits and offsets for each shape of anchor."""
    model = keras.Sequential([layers.Input((28, 28, 1))])
    for filters, size, strides in ((16, 5, 2), (32, 3, 2), (48, 3, 1), (48, 3, 1)):
        model.add(layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False))
        model.add(layers.BatchNormalization(momentum=0.9))
        model.add(layers.ReLU())
    model.add(layers.Conv2D(len(shapes) * (CLASSES + 4), 1))
    model.add(layers.Reshape((-1, CLASSES + 4)))
    model.compile(keras.optimizers.Adam(learning_rate), loss=detection_loss())
    model.shapes = shapes
    return model


def targets(y, anchors):
    """What each anchor is to say of scenes: its class and offsets, (batch, anchors, 5)."""
    y, anchors = ops.convert_to_tensor(y), ops.convert_to_tensor(anchors)
    match = match_anchors()(intersection_over_union()(anchors[None], y[..., 1:]))[..., None]
    own = ops.take_along_axis(y, ops.maximum(match, 0), axis=1)
    boxes = ops.where(match < 0, anchors, own[..., 1:])
    kind = ops.where(match < 0, 0.0, own[..., :1] + 1)
    return ops.concatenate(
        [kind, encode_boxes()(boxes, ops.broadcast_to(anchors, boxes.shape))], -1
    )


def train(model, data, generator, batch_size):
    """One `train_on_batch` after another."""
    dtype = data.x_train.dtype
    anchors = anchor_boxes(SIDE, STRIDE)(np.array(model.shapes, dtype))
    wanted = ops.convert_to_numpy(targets(data.y_train.astype(dtype), anchors))
    while True:
        batch = generator.integers(0, len(wanted), batch_size)
        yield {"loss": model.train_on_batch(data.x_train[batch], wanted[batch])}


def candidates(model, x):
    """The surest anchors of each scene: (n, k, 6) of digit, probability and box, best first."""
    y = ops.convert_to_tensor(model.predict(x, verbose=0))
    anchors = anchor_boxes(SIDE, STRIDE)(np.array(model.shapes, "float32"))
    p = ops.softmax(y[..., :CLASSES])[..., 1:]
    boxes = decode_boxes()(y[..., CLASSES:], anchors)
    digit = ops.cast(ops.argmax(p, axis=-1), boxes.dtype)
    found = ops.concatenate([digit[..., None], ops.max(p, axis=-1)[..., None], boxes], axis=-1)
    order = ops.argsort(-found[..., 1], axis=-1)[:, :CANDIDATES]
    return ops.convert_to_numpy(ops.take_along_axis(found, order[..., None], axis=1))


def detect(model, x, threshold=0.5):
    """Detections of scenes: (n, k, 6) of digit, probability and box, 0 where it was suppressed."""
    found = candidates(model, x)
    stays = non_maximum_suppression(threshold)(found[..., 2:], found[..., 1])
    found[..., 1] *= ops.convert_to_numpy(stays)
    return found


def looked_at(model, data):
    """What was found in the test scenes, before suppression."""
    return {"test": candidates(model, data.x_test)}
