"""Models that classify, change and search images as people write them.

Each function makes a fresh compiled Keras model, with operations between the layers, and returns it
with `x`, `y` and further arguments of `fit`. As in `model_cases.py`, embeddings have a regularizer
and betas are exact in float32.
"""

import numpy as np

from tests.comparisons.sequence_models import LABELS, SAMPLES, adam, embedding, from_logits, normal

GENERATOR = np.random.default_rng(0)


def images(*shape):
    return GENERATOR.uniform(0, 256, (SAMPLES, *shape))


def positions(count, size):
    """Learned positions: an embedding of a constant range."""
    from keras import ops

    return embedding(count, size)(ops.arange(0, count, 1))


# Classification


def vision_transformer():
    """Patches, a class token out of zeros, positions, blocks of attention."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((12, 12, 3))
    x = ops.image.extract_patches(layers.Rescaling(1 / 256, offset=-0.5)(inputs), 4)
    x = layers.Dense(8)(ops.reshape(x, (-1, 9, 48)))
    token = layers.Dense(8)(ops.zeros_like(x[:, :1]))
    x = layers.Concatenate(axis=1)([token, x]) + positions(10, 8)
    for _ in range(2):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(2, 4, dropout=0.1)(y, y)])
        y = layers.Dense(16, activation="silu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(8)(layers.Dropout(0.1)(y))])
    model = keras.Model(inputs, layers.Dense(3)(layers.LayerNormalization()(x)[:, 0]))
    model.compile(adam(weight_decay=2.0**-7), from_logits(), metrics=["accuracy"])
    return model, images(12, 12, 3), LABELS, {}


def windows(x, size):
    """The windows of `size` by `size` of square images, one after the other."""
    from keras import ops

    side, channels = x.shape[1] // size, x.shape[-1]
    x = ops.reshape(x, (-1, side, size, side, size, channels))
    return ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, size * size, channels))


def merged(x, side, size):
    """The images that `windows` took apart."""
    from keras import ops

    channels = x.shape[-1]
    x = ops.transpose(ops.reshape(x, (-1, side, side, size, size, channels)), (0, 1, 3, 2, 4, 5))
    return ops.reshape(x, (-1, side * size, side * size, channels))


def shifted_windows():
    """Attention within windows, which shift; patches are merged by slices with steps."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(8, 1)(inputs)
    for shift in (0, 2):
        y = ops.roll(layers.LayerNormalization()(x), (-shift, -shift), axis=(1, 2))
        y = windows(y, 4)
        y = merged(layers.MultiHeadAttention(2, 4)(y, y), 2, 4)
        x = x + ops.roll(y, (shift, shift), axis=(1, 2))
        x = x + layers.Dense(8)(layers.Dense(16, activation="relu")(layers.LayerNormalization()(x)))
    parts = [x[:, i::2, j::2, :] for j in (0, 1) for i in (0, 1)]
    x = layers.Dense(6, use_bias=False)(ops.concatenate(parts, axis=-1))
    x = layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(inputs, x)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.125)
    model.compile(adam(clipnorm=1.0), loss, metrics=["accuracy"])
    return model, normal(8, 8, 3), np.eye(3)[LABELS], {"validation_split": 0.5}


def mixer():
    """Dense layers across patches and across channels, a spatial gate, a Fourier transform."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((8, 8, 3))
    x = layers.Reshape((-1, 6))(layers.Conv2D(6, 4, strides=4)(inputs))
    for _ in range(2):
        y = layers.Permute((2, 1))(layers.LayerNormalization()(x))
        y = keras.Sequential([layers.Dense(5, "tanh"), layers.Dense(4), layers.Dropout(0.2)])(y)
        x = x + ops.swapaxes(y, 1, 2)
        x = x + keras.Sequential([layers.Dense(7), layers.Activation("mish"), layers.Dense(6)])(x)
    u, v = ops.split(layers.Dense(8)(x), 2, axis=-1)
    v = ops.transpose(layers.LayerNormalization()(v), (0, 2, 1))
    x = u * ops.transpose(layers.Dense(4, bias_initializer="ones")(v), (0, 2, 1))
    x = x + ops.fft2((x, ops.zeros_like(x)))[0]
    model = keras.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling1D()(x)))
    model.compile(adam(), from_logits(), metrics=["accuracy"])
    return model, normal(8, 8, 3), LABELS, {}


def augmented_residual():
    """Augmentation and adapted normalization within the model; pre-activated residual blocks."""
    import keras
    from keras import layers

    x = images(8, 8, 3)
    normalization = layers.Normalization(axis=-1)
    normalization.adapt(x)
    flip = layers.RandomFlip("horizontal_and_vertical")
    augmentation = [flip, layers.RandomContrast(0.25), layers.RandomBrightness(0.125)]
    inputs = keras.Input((8, 8, 3))
    y = normalization(keras.Sequential(augmentation, name="augmentation")(inputs))
    y = layers.Conv2D(4, 3, strides=2, use_bias=False)(layers.ZeroPadding2D(((1, 0), (1, 2)))(y))
    y = layers.GaussianNoise(0.1)(y)
    for strides in (1, 2):
        shortcut = layers.MaxPooling2D(1, strides=strides)(y) if strides > 1 else y
        y = layers.Activation("relu")(layers.BatchNormalization(momentum=0.875)(y))
        y = layers.Conv2D(4, 1, use_bias=False, kernel_regularizer="l2")(y)
        y = layers.Conv2D(4, 3, strides=strides, padding="same", groups=2)(y)
        y = layers.Add()([shortcut, y])
    y = layers.Flatten()(layers.GlobalMaxPooling2D(keepdims=True)(y))
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(y))
    rate = keras.optimizers.schedules.CosineDecay(0.125, 8, warmup_target=0.25, warmup_steps=2)
    optimizer = keras.optimizers.SGD(rate, momentum=0.875, nesterov=True)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, x, LABELS, {}


def mobile():
    """Depthwise-separable blocks with relu6 and forms of hard-swish, whole samples dropped."""
    import keras
    from keras import layers, ops

    def by_layers(x):
        return layers.Multiply()([x, layers.Activation("hard_sigmoid")(x)])

    def by_operators(x):
        return x * layers.ReLU(6.0)(x + 3.0) * 0.125

    def normalized(x):
        return layers.BatchNormalization()(x)

    inputs = keras.Input((12, 12, 3))
    x = layers.Rescaling(1 / 128, -1.0)(inputs)
    x = by_layers(normalized(layers.Conv2D(4, 3, 2, padding="same", use_bias=False)(x)))
    blocks = ((1, layers.ReLU(6.0)), (2, by_operators), (1, ops.hard_silu), (1, ops.relu6))
    for strides, activation in blocks:
        y = activation(normalized(layers.Conv2D(8, 1, use_bias=False)(x)))
        y = layers.ZeroPadding2D(((0, 1), (0, 1)))(y) if strides > 1 else y
        padding = "valid" if strides > 1 else "same"
        y = layers.DepthwiseConv2D(3, strides, padding, use_bias=False)(y)
        y = normalized(layers.Conv2D(4, 1, use_bias=False)(activation(normalized(y))))
        if strides == 1:
            y = layers.Add()([x, layers.Dropout(0.2, noise_shape=(None, 1, 1, 1))(y)])
        x = y
    x = layers.SeparableConv2D(5, 3, depth_multiplier=2, activation="hard_swish")(x)
    x = layers.Conv2D(3, 1)(layers.GlobalAveragePooling2D(keepdims=True)(x))
    model = keras.Model(inputs, layers.Softmax()(layers.Flatten()(x)))
    model.compile(adam(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, images(12, 12, 3), LABELS, {}


def squeezed():
    """Squeeze and excitation by layers and by operations, spatial attention, bilinear pooling."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((8, 8, 4))
    x = layers.Conv2D(6, 3, padding="same", activation="relu6")(inputs)
    y = layers.Reshape((1, 1, 6))(layers.GlobalAveragePooling2D()(x))
    y = layers.Dense(6, activation="sigmoid")(layers.Dense(2, activation="relu")(y))
    x = layers.multiply([x, y])
    y = ops.relu(layers.Dense(2)(ops.mean(x, axis=(1, 2))))
    x = x * ops.hard_sigmoid(layers.Dense(6)(y))[:, None, None, :]
    y = [ops.mean(x, axis=-1, keepdims=True), ops.max(x, axis=-1, keepdims=True)]
    y = layers.Conv2D(1, 7, padding="same", activation="sigmoid")(ops.concatenate(y, -1))
    x = ops.multiply(x, y)
    x = ops.einsum("bhwc,bhwd->bcd", x, x) / 64.0
    x = ops.sign(x) * ops.sqrt(ops.abs(x) + 2.0**-10)
    x = ops.normalize(ops.reshape(x, (-1, 36)), axis=-1)
    model = keras.Model(inputs, layers.Dense(3)(x))
    model.compile("adamax", from_logits(), metrics=["sparse_categorical_accuracy"])
    return model, normal(8, 8, 4), LABELS, {"sample_weight": GENERATOR.random(SAMPLES)}


# Dense predictions


def segmentation():
    """U-shaped for images of any size, with a gate of attention and layers used again."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((None, None, 2))
    block = keras.Sequential(
        [layers.Conv2D(3, 3, padding="same"), layers.PReLU(shared_axes=[1, 2])], name="block"
    )
    wide = block(layers.Conv2D(3, 1)(inputs))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(block(wide))
    narrow = layers.SeparableConv2D(4, 3, padding="same", activation="relu")(x)
    x = layers.SpatialDropout2D(0.25)(layers.AveragePooling2D(2)(narrow))
    x = layers.Conv2DTranspose(5, 3, strides=2, padding="same")(x)
    gate = ops.relu(layers.Conv2D(3, 1)(x) + layers.Conv2D(3, 1)(narrow))
    gate = layers.Conv2D(1, 1, activation="sigmoid")(gate)
    x = layers.Concatenate(axis=3)([narrow * gate, x])
    x = block(layers.Conv2D(3, 1)(layers.UpSampling2D()(x)))
    x = layers.Concatenate()([wide, x - layers.GlobalAveragePooling2D(keepdims=True)(x)])
    model = keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))
    iou = keras.metrics.BinaryIoU(target_class_ids=[0, 1], threshold=0.5)
    model.compile(adam(), keras.losses.Dice(), metrics=[iou, "binary_accuracy"])
    return model, normal(8, 12, 2), GENERATOR.integers(0, 2, (SAMPLES, 8, 12, 1)) * 1.0, {}


def atrous_pyramid():
    """Dilated convolutions side by side, resized by a layer and by an operation."""
    import keras
    from keras import layers, ops

    def block(x, kernel=3, dilation=1):
        x = layers.Conv2D(4, kernel, dilation_rate=dilation, padding="same")(x)
        return ops.nn.relu(layers.BatchNormalization()(x))

    inputs = keras.Input((16, 16, 3))
    low = layers.Conv2D(4, 3, strides=2, padding="same")(inputs)
    x = layers.MaxPooling2D()(low)
    pooled = block(layers.AveragePooling2D((x.shape[-3], x.shape[-2]))(x), 1)
    pooled = layers.UpSampling2D((x.shape[1], x.shape[2]), interpolation="nearest")(pooled)
    x = layers.Concatenate()([pooled, block(x, 1), block(x, 3, 2), block(x, 3, 3)])
    x = layers.Resizing(8, 8, interpolation="nearest")(block(x, 1))
    x = block(layers.Concatenate()([x, block(low, 1)]))
    x = ops.image.resize(x, (16, 16), interpolation="nearest")
    model = keras.Model(inputs, layers.Conv2D(3, 1)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=2)
    model.compile(adam(), loss, metrics=["accuracy"])
    return model, normal(16, 16, 3), GENERATOR.integers(0, 3, (SAMPLES, 16, 16)), {}


def super_resolution():
    """Pixels are shuffled by an operation and by turning axes; one output has no loss."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((6, 6, 1))
    options = {"activation": "relu", "kernel_initializer": "orthogonal", "padding": "same"}
    x = layers.Conv2D(9, 3, **options)(layers.Conv2D(8, 5, **options)(inputs))
    large = ops.nn.depth_to_space(x, 3)
    y = ops.reshape(layers.Conv2D(4, 1)(x), (-1, 6, 6, 2, 2, 1))
    y = ops.reshape(ops.transpose(y, (0, 1, 3, 2, 4, 5)), (-1, 12, 12, 1))
    outputs = [large, ops.clip(y, -1.0, 1.0), ops.nn.space_to_depth(large, 3)]
    model = keras.Model(inputs, outputs)
    model.compile(adam(), ["mse", "mae", None])
    return model, normal(6, 6, 1), [normal(18, 18, 1), normal(12, 12, 1), None], {}


def low_light():
    """Curves of light, applied in turn; what is asked of the image comes out beside it."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((None, None, 3))
    x = layers.Conv2D(4, 3, activation="relu", padding="same")(inputs)
    curves = layers.Conv2D(6, 3, activation="tanh", padding="same")(x)
    x = inputs
    for i in range(2):
        x = x + curves[:, :, :, 3 * i : 3 * i + 3] * (ops.square(x) - x)
    mean = ops.mean(x, axis=(1, 2), keepdims=True)
    red, green = mean[:, :, :, 0], mean[:, :, :, 1]
    color = ops.squeeze(ops.sqrt((red - green) ** 2 + 2.0**-10), axis=-1)
    roughness = ops.sum(ops.square(curves[:, 1:] - curves[:, :-1]), axis=(1, 2, 3)) / 16.0
    gray = ops.image.rgb_to_grayscale(x)
    model = keras.Model(inputs, [x, color, roughness, ops.average_pool(gray, 4)])
    model.compile(adam(), ["mse", "mae", "mae", "mse"], loss_weights=[1.0, 5.0, 0.5, 0.25])
    x = GENERATOR.random((SAMPLES, 8, 8, 3))
    zeros = [np.zeros(shape) for shape in ((SAMPLES, 1), SAMPLES, (SAMPLES, 2, 2, 1))]
    return model, x, [x, *zeros], {}


# Detection


def pyramid_detector():
    """Two heads, each shared by three sizes of features; three outputs by name, three losses."""
    import keras
    from keras import layers, ops

    def head(size, name):
        conv = layers.Conv2D(4, 3, padding="same", activation="relu")
        last = layers.Conv2D(size, 3, padding="same", bias_initializer="ones")
        return keras.Sequential([keras.Input((None, None, 4)), conv, last], name=name)

    inputs = x = keras.Input((16, 16, 3), name="image")
    features, above = [], None
    for _ in range(3):
        x = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(x)
        features.append(x)
    class_head, box_head = head(6, "class_head"), head(8, "box_head")
    classes, boxes = [], []
    for feature in reversed(features):
        side = layers.Conv2D(4, 1)(feature)
        above = side if above is None else side + layers.UpSampling2D(2)(above)
        boxes.append(ops.reshape(box_head(above), (-1, above.shape[1] * above.shape[2] * 2, 4)))
        classes.append(layers.Reshape((-1, 3))(class_head(above)))
    classes = layers.Concatenate(axis=1, name="classes")(classes)
    boxes = layers.Identity(name="boxes")(ops.concatenate(boxes, axis=1))
    sure = layers.Activation("sigmoid", name="sure")(ops.max(classes, axis=-1))
    model = keras.Model(inputs, {"classes": classes, "boxes": boxes, "sure": sure})
    focal = keras.losses.BinaryFocalCrossentropy(from_logits=True, apply_class_balancing=True)
    model.compile(
        keras.optimizers.SGD(0.01, momentum=0.875, clipnorm=10.0),
        {"classes": focal, "boxes": keras.losses.Huber(), "sure": "binary_crossentropy"},
        loss_weights={"boxes": 0.5, "classes": 2.0, "sure": 1.0},
        metrics={"boxes": ["mae", "mse"], "sure": "AUC"},
    )
    y = {
        "classes": GENERATOR.integers(0, 2, (SAMPLES, 168, 3)) * 1.0,
        "boxes": normal(168, 4),
        "sure": GENERATOR.integers(0, 2, (SAMPLES, 168)) * 1.0,
    }
    return model, normal(16, 16, 3), y, {"validation_split": 0.5}


def grid_detector():
    """Boxes out of a grid and of anchors, their overlap, and the five best."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(6, 3, strides=2, padding="same", activation="silu")(inputs)
    x = layers.Reshape((4, 4, 2, 8))(layers.Conv2D(16, 1)(x))
    center, size, sure, classes = ops.split(x, [2, 4, 5], axis=-1)
    grid = np.stack(np.meshgrid(np.arange(4.0), np.arange(4.0)), -1)[None, :, :, None, :]
    center = (ops.sigmoid(center) + ops.convert_to_tensor(grid)) / 4.0
    size = ops.exp(ops.clip(size, -4.0, 4.0)) * np.array([[1.0, 1.5], [2.0, 0.5]])
    boxes = ops.concatenate([center - size / 2, center + size / 2], axis=-1)
    low = ops.maximum(boxes[..., :2], np.array([0.25, 0.25]))
    high = ops.minimum(boxes[..., 2:], np.array([0.75, 0.75]))
    common = ops.prod(ops.maximum(high - low, 0.0), axis=-1, keepdims=True)
    overlap = common / (ops.prod(size, axis=-1, keepdims=True) + 0.25 - common)
    scores = ops.sigmoid(sure) * ops.softmax(classes, axis=-1)
    best, places = ops.top_k(ops.reshape(ops.max(scores, axis=-1), (-1, 32)), k=5)
    places = ops.expand_dims(places, -1)
    chosen = ops.take_along_axis(ops.reshape(boxes, (-1, 32, 4)), places, axis=1)
    outputs = {"overlap": overlap, "scores": scores, "best": best, "chosen": chosen}
    outputs["classes"] = ops.argmax(scores, axis=-1)
    model = keras.Model(inputs, outputs)
    losses = {"overlap": "mae", "scores": "categorical_crossentropy", "chosen": "mse"}
    model.compile(adam(), losses)
    one_hot = np.eye(3)[GENERATOR.integers(0, 3, (SAMPLES, 4, 4, 2))]
    y = {"overlap": normal(4, 4, 2, 1), "scores": one_hot, "chosen": normal(5, 4)}
    return model, normal(8, 8, 3), y, {}


CASES = [
    vision_transformer,
    shifted_windows,
    mixer,
    augmented_residual,
    mobile,
    squeezed,
    segmentation,
    atrous_pyramid,
    super_resolution,
    low_light,
    pyramid_detector,
    grid_detector,
]
