"""LeNet-5 in Keras: as in 1998, as far as Keras has it, and the same network of today."""

import keras
import numpy as np
from keras import layers, ops

# As float32 holds it: in a graph, PyTorch takes numbers by way of float32.
FACTOR = float(np.float32(1.7159))


def scaled_tanh():
    """1.7159 tanh(2x/3)."""
    return lambda x: 1.7159 * ops.tanh(2 / 3 * x)


def subsampling(x, pool_size):
    """The mean of each window, times a weight, plus a bias: one of each for every map."""
    pooling = layers.AveragePooling2D(pool_size)
    return keras.Sequential([layers.Input(x.shape[1:]), pooling, layers.DepthwiseConv2D(1)])


def build_model(today, learning_rate):
    """LeNet-5: as in 1998, or with ReLU and max pooling; ten classes by softmax.

    Sizes and names of the layers are the paper's; there the images had two black pixels more on
    every side, and here "same" puts them there.
    """
    initial = {"kernel_initializer": "he_normal" if today else "glorot_uniform"}

    def squash(x, name):
        if today:
            return layers.ReLU(name=name)(x)
        return FACTOR * layers.Activation("tanh", name=name)(x / 1.5)

    def pool(x, name):
        if today:
            return layers.MaxPooling2D(2, name=name)(x)
        means = layers.AveragePooling2D(2)(x)
        return squash(layers.DepthwiseConv2D(1, depthwise_initializer="ones")(means), name)

    inputs = layers.Input((28, 28, 1))
    x = squash(layers.Conv2D(6, 5, padding="same", **initial)(inputs), "C1")
    x = pool(x, "S2")
    x = squash(layers.Conv2D(16, 5, **initial)(x), "C3")
    x = layers.Flatten()(pool(x, "S4"))
    x = squash(layers.Dense(120, **initial)(x), "C5")
    x = squash(layers.Dense(84, **initial)(x), "F6")
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def inside(model, data):
    """The filters of C1, and what the layers make of a test image (of 1998 without the 1.7159)."""
    named = [model.get_layer(name) for name in ("C1", "S2", "C3", "S4", "C5", "F6")]
    outputs = keras.Model(model.inputs, [layer.output for layer in named])(data.x_test[:1])
    found = {
        layer.name: np.moveaxis(ops.convert_to_numpy(y)[0], -1, 0)
        for layer, y in zip(named, outputs)
    }
    filters = np.array(model.layers[1].get_weights()[0])
    return {
        **found,
        "image": data.x_test[0, ..., 0],
        "filters": filters[:, :, 0].transpose(2, 0, 1),
    }
