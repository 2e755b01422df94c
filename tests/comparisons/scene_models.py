"""Models that compare and generate images, and those of points, rays, volumes and videos.

Made as those of `vision_models.py` are.
"""

import numpy as np

from tests.comparisons.sequence_models import LABELS, SAMPLES, adam, normal

GENERATOR = np.random.default_rng(1)


# Comparing and generating


def triplet():
    """One encoder, cut out of another model, for three images; distances by operations."""
    import keras
    from keras import layers, ops

    backbone = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, strides=2, activation="elu"),
            layers.Conv2D(4, 3, trainable=False),
            layers.GlobalAveragePooling2D(),
            layers.Dense(9),
        ]
    )
    x = layers.Dense(4)(backbone.layers[-2].output)
    encoder = keras.Model(backbone.inputs, layers.UnitNormalization()(x), name="encoder")
    names = "anchor", "positive", "negative"
    inputs = {name: keras.Input((8, 8, 3), name=name) for name in names}
    anchor, positive, negative = (encoder(image) for image in inputs.values())
    near = ops.sum(ops.square(anchor - positive), -1)
    far = ops.sum(ops.square(anchor - negative), -1)
    outputs = {
        "loss": ops.relu(near - far + 0.5),
        "cosine": layers.Dot(1)([anchor, negative]),
        "distances": ops.stack([near, far], axis=-1),
    }
    model = keras.Model(inputs, outputs)
    weights = {"loss": 1.0, "cosine": 0.25}
    model.compile(adam(), {"loss": "mae", "cosine": "mse"}, loss_weights=weights)
    y = {"loss": np.zeros(SAMPLES), "cosine": np.zeros((SAMPLES, 1))}
    return model, {name: normal(8, 8, 3) for name in names}, y, {}


def variational_autoencoder():
    """Encoder and decoder as models, the noise partly given and partly drawn."""
    import keras
    from keras import layers, ops

    image, noise = keras.Input((8, 8, 1)), keras.Input((2,))
    x = layers.Conv2D(4, 3, activation="relu", strides=2, padding="same")(image)
    x = layers.Dense(6, activation="tanh")(layers.Flatten()(x))
    mean, variance = layers.Dense(2, name="mean")(x), layers.Dense(2, name="variance")(x)
    drawn = layers.GaussianNoise(0.5)(ops.zeros_like(mean))
    z = mean + ops.exp(0.5 * variance) * (noise + drawn)
    encoder = keras.Model([image, noise], [mean, variance, z], name="encoder")
    latent = keras.Input((2,))
    x = layers.Reshape((4, 4, 4))(layers.Dense(64, activation="relu")(latent))
    x = layers.Conv2DTranspose(4, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(x)
    decoder = keras.Model(latent, x, name="decoder")
    inputs = [keras.Input((8, 8, 1)), keras.Input((2,))]
    mean, variance, z = encoder(inputs)
    z = layers.ActivityRegularization(l2=0.01)(z)
    terms = 1 + variance - ops.square(mean) - ops.exp(variance)
    divergence = -0.5 * ops.sum(terms, axis=1, keepdims=True)
    model = keras.Model(inputs, {"image": decoder(z), "divergence": divergence})
    losses = {"image": "binary_crossentropy", "divergence": "mae"}
    model.compile(adam(), losses, loss_weights={"image": 64.0, "divergence": 1.0})
    x = GENERATOR.random((SAMPLES, 8, 8, 1))
    return model, [x, normal(2)], {"image": x, "divergence": np.zeros((SAMPLES, 1))}, {}


def quantized_autoencoder():
    """The nearest of given codes, which gradients pass by."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((8, 8, 1))
    z = layers.Conv2D(2, 3, strides=2, padding="same")(inputs)
    rows, codes = ops.reshape(z, (-1, 2)), np.random.default_rng(2).standard_normal((2, 6))
    distances = ops.sum(rows**2, axis=1, keepdims=True) - 2 * ops.matmul(rows, codes)
    nearest = ops.one_hot(ops.argmin(distances + ops.sum(codes**2, axis=0), axis=1), 6)
    nearest = ops.reshape(ops.matmul(nearest, codes.T), (-1, 4, 4, 2))
    apart = ops.mean((ops.stop_gradient(nearest) - z) ** 2, axis=(1, 2, 3))
    passed = z + ops.stop_gradient(nearest - z)
    model = keras.Model(
        inputs, [layers.Conv2DTranspose(1, 3, strides=2, padding="same")(passed), apart]
    )
    model.compile(adam(), ["mse", "mae"], loss_weights=[1.0, 0.25])
    x = normal(8, 8, 1)
    return model, x, [x, np.zeros(SAMPLES)], {}


def adversarial():
    """A generator of images of a class, trained through a discriminator that stays as it is."""
    import keras
    from keras import layers, ops

    def leaky():
        return layers.LeakyReLU(negative_slope=0.25)

    def conv(layer):
        return layer(4, 4, strides=2, padding="same")

    judge = [conv(layers.Conv2D), leaky(), layers.Dropout(0.2), conv(layers.Conv2D), leaky()]
    judge = [keras.Input((8, 8, 1)), *judge, layers.GlobalMaxPooling2D(), layers.Dense(1)]
    judge = keras.Sequential(judge, name="discriminator")
    maker = [layers.Dense(16), leaky(), layers.Reshape((2, 2, 4)), conv(layers.Conv2DTranspose)]
    maker += [layers.BatchNormalization(), leaky(), conv(layers.Conv2DTranspose), leaky()]
    maker += [layers.Conv2D(1, 7, padding="same", activation="tanh")]
    maker = keras.Sequential([keras.Input((5,)), *maker], name="generator")
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    judge.compile(adam(), loss)
    judge.trainable = False
    z, label = keras.Input((3,)), keras.Input((1,), dtype="int32")
    one_hot = ops.one_hot(ops.squeeze(label, axis=-1), 2)
    model = keras.Model([z, label], judge(maker(ops.concatenate([z, one_hot], axis=-1))))
    model.compile(adam(), loss, metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
    labels = GENERATOR.integers(0, 2, (SAMPLES, 1))
    return model, [normal(3), labels], np.ones((SAMPLES, 1)), {}


def diffusion():
    """Noise and image out of a noisy one and its time; averaged weights."""
    import keras
    from keras import layers, ops

    image, time = keras.Input((8, 8, 3)), keras.Input((1, 1, 1))
    angles = ops.convert_to_tensor(2 * np.pi * np.array([1.0, 8.0, 64.0])) * time
    waves = ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=3)
    waves = layers.UpSampling2D(size=8, interpolation="nearest")(waves)
    x = wide = layers.Concatenate()([layers.Conv2D(4, 1)(image), waves])
    x = layers.BatchNormalization(center=False, scale=False)(x)
    x = layers.Conv2D(4, 3, padding="same", activation="swish")(x)
    x = layers.GroupNormalization(groups=2)(layers.AveragePooling2D(2)(x))
    y = layers.Reshape((16, 4))(x)
    x = x + layers.Reshape((4, 4, 4))(layers.Attention(use_scale=True)([y, y]))
    x = layers.MultiHeadAttention(2, 4, attention_axes=(1, 2))(x, x) + x
    x = layers.Concatenate()([layers.UpSampling2D(2)(x), wide])
    noise = layers.Conv2D(3, 1)(x)
    clean = (image - ops.sin(time) * noise) / ops.cos(time)
    model = keras.Model([image, time], [noise, clean])
    model.compile(adam(use_ema=True, ema_momentum=0.875), ["mae", "mae"])
    x = [normal(8, 8, 3), GENERATOR.random((SAMPLES, 1, 1, 1))]
    return model, x, [normal(8, 8, 3), normal(8, 8, 3)], {}


# Points, rays, volumes, videos


def radiance_field():
    """Positions as sines and cosines; color along a ray by how much light comes through."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((10, 3))
    waves = [f(2.0**i * inputs) for i in range(4) for f in (ops.sin, ops.cos)]
    x = encoded = ops.concatenate([inputs, *waves], axis=-1)
    for i in range(4):
        x = layers.Dense(8, activation="relu")(x)
        x = layers.concatenate([x, encoded], axis=-1) if i == 2 else x
    x = layers.Dense(4)(x)
    color, density = ops.sigmoid(x[..., :-1]), ops.relu(x[..., -1])
    steps = ops.norm(inputs[:, 1:] - inputs[:, :-1], axis=-1)
    steps = ops.concatenate([steps, ops.ones_like(inputs[:, :1, 0]) * 2.0], axis=-1)
    opacity = 1.0 - ops.exp(-density * steps)
    through = ops.cumprod(1.0 - opacity + 2.0**-20, axis=-1)
    through = ops.concatenate([ops.ones_like(through[:, :1]), through[:, :-1]], axis=-1)
    weights = opacity * through
    depth = ops.sum(weights * ops.linspace(2.0, 6.0, 10), axis=-1)
    model = keras.Model(inputs, [ops.sum(weights[..., None] * color, axis=-2), depth])
    model.compile(adam(), ["mse", None])
    return model, normal(10, 3), [GENERATOR.random((SAMPLES, 3)), None], {}


def points():
    """Points turned by matrices that the model finds; a class for all and one for each."""
    import keras
    from keras import layers, ops

    def block(x, layer):
        return layers.Activation("relu")(layers.BatchNormalization(momentum=0.0)(layer(x)))

    def turned(points, size):
        x = layers.GlobalMaxPooling1D()(block(points, layers.Conv1D(5, 1)))
        unit = keras.initializers.Constant(np.eye(size).flatten())
        x = layers.Dense(size**2, bias_initializer=unit, activity_regularizer="l2")(x)
        return layers.Dot(axes=(2, 1))([points, layers.Reshape((size, size))(x)])

    inputs = keras.Input((12, 3))
    x = turned(block(turned(inputs, 3), layers.Conv1D(4, 1)), 4)
    largest = layers.GlobalMaxPooling1D()(x)
    repeated = ops.repeat(ops.expand_dims(largest, 1), 12, axis=1)
    x = layers.Conv1D(2, 1, activation="softmax")(ops.concatenate([x, repeated], axis=-1))
    y = layers.Dropout(0.3)(block(largest, layers.Dense(4)))
    model = keras.Model(inputs, [layers.Dense(3, activation="softmax")(y), x])
    losses = ["sparse_categorical_crossentropy"] * 2
    model.compile(adam(), losses, metrics=[["sparse_categorical_accuracy"], ["accuracy"]])
    return model, normal(12, 3), [LABELS, GENERATOR.integers(0, 2, (SAMPLES, 12))], {}


def volumes():
    """Convolutions over space and depth apart, a way down and a way up again."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((8, 8, 6, 1))
    x = layers.BatchNormalization()(layers.Conv3D(3, 3, activation="relu")(inputs))
    x = layers.Conv3D(3, (1, 3, 3), padding="same")(x)
    y = layers.Conv3D(3, 1, strides=2)(layers.Conv3D(3, (3, 1, 1), padding="same")(x))
    x = layers.LayerNormalization()(layers.Conv3D(3, 3, strides=2, padding="same")(x))
    x = layers.add([x, y])
    y = layers.Cropping3D(((1, 0), (0, 1), (1, 1)))(layers.UpSampling3D((2, 2, 2))(x))
    y = layers.GlobalMaxPooling3D()(layers.Conv3DTranspose(2, 2, strides=2)(y))
    x = ops.hstack([layers.GlobalAveragePooling3D()(x), y])
    x = layers.Dropout(0.3)(layers.Dense(5, activation="relu")(x))
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x), name="volumes")
    model.compile(adam(), "binary_crossentropy", metrics=["acc"])
    return model, normal(8, 8, 6, 1), LABELS > 0, {}


def video():
    """The next frames by convolutions that remember, and a class by a network for each frame."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((4, 6, 6, 1))
    x = layers.ConvLSTM2D(2, 3, padding="same", return_sequences=True, dropout=0.2)(inputs)
    x = layers.ConvLSTM2D(2, 1, return_sequences=True)(layers.BatchNormalization()(x))
    frames = layers.Conv3D(1, 3, activation="sigmoid", padding="same", name="frames")(x)
    each = [layers.Conv2D(3, 3, activation="relu"), layers.BatchNormalization(), layers.Flatten()]
    x = layers.TimeDistributed(keras.Sequential([keras.Input((6, 6, 1)), *each]))(inputs)
    x = layers.Bidirectional(layers.GRU(3, return_sequences=True))(x)
    x = ops.sum(x * ops.softmax(layers.Dense(1)(x), axis=1), axis=1)
    label = layers.Dense(3, activation="softmax", name="label")(x)
    model = keras.Model(inputs, {"frames": frames, "label": label})
    losses = {"frames": "binary_crossentropy", "label": "sparse_categorical_crossentropy"}
    model.compile(adam(), losses, metrics={"label": "accuracy"})
    x = GENERATOR.random((SAMPLES, 4, 6, 6, 1))
    return model, x, {"frames": x[::-1].copy(), "label": LABELS}, {}


CASES = [
    triplet,
    variational_autoencoder,
    quantized_autoencoder,
    adversarial,
    diffusion,
    radiance_field,
    points,
    volumes,
    video,
]
