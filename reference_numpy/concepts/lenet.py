"""LeNet-5: the scaled tanh and the pooling with weights of 1998, and the same network of today."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.pooling import average_pooling, average_pooling_backward

# As float32 holds it: in a graph, PyTorch takes numbers by way of float32.
FACTOR = float(np.float32(1.7159))


def scaled_tanh(x):
    """1.7159 tanh(2x/3): ±1 stay ±1, so that targets of ±1 lie where it is not yet flat.

    Source: LeCun et al. 1998, Gradient-based learning applied to document recognition, II.B
    and appendix A.
    """
    return 1.7159 * np.tanh(2 / 3 * x)


def scaled_tanh_derivative(x):
    """At 0 it is 1.144."""
    return 1.7159 * 2 / 3 * (1 - np.tanh(2 / 3 * x) ** 2)


def subsampling(x, weight, bias, pool_size):
    """The mean of each window, times a weight, plus a bias: one of each for every map.

    Args:
        x: (batch, height, width, channels).
        weight: (1, 1, channels, 1), as a depthwise convolution of 1×1 has it.
        bias: (channels,).

    Source: LeCun et al. 1998, II.B (who add the four entries up; the weight makes up for it).
    """
    means, places = average_pooling(x, pool_size, pool_size)
    return means * weight[0, 0, :, 0] + bias, (means, weight, places)


def subsampling_backward(dy, cache):
    """Through product and sum, then through the mean."""
    means, weight, places = cache
    dweight = (dy * means).sum(axis=(0, 1, 2)).reshape(weight.shape)
    dx = average_pooling_backward(dy * weight[0, 0, :, 0], places)
    return dx, dweight, dy.sum(axis=(0, 1, 2))


def build_model(today, learning_rate):
    """LeNet-5: as in 1998, or with ReLU and max pooling; ten classes by softmax.

    Sizes and names of the layers are the paper's; there the images had two black pixels more on
    every side, and here "same" puts them there.
    """
    initial = {"kernel_initializer": "he_normal" if today else "glorot_uniform"}

    def squash(x, name):
        if today:
            return rn.layers.ReLU(name=name)(x)
        return FACTOR * rn.layers.Activation("tanh", name=name)(x / 1.5)

    def pool(x, name):
        if today:
            return rn.layers.MaxPooling2D(2, name=name)(x)
        means = rn.layers.AveragePooling2D(2)(x)
        return squash(rn.layers.DepthwiseConv2D(1, depthwise_initializer="ones")(means), name)

    inputs = rn.Input((28, 28, 1))
    x = squash(rn.layers.Conv2D(6, 5, padding="same", **initial)(inputs), "C1")
    x = pool(x, "S2")
    x = squash(rn.layers.Conv2D(16, 5, **initial)(x), "C3")
    x = rn.layers.Flatten()(pool(x, "S4"))
    x = squash(rn.layers.Dense(120, **initial)(x), "C5")
    x = squash(rn.layers.Dense(84, **initial)(x), "F6")
    model = rn.Model(inputs, rn.layers.Dense(10, activation="softmax")(x))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def inside(model, data):
    """The filters of C1, and what the layers make of a test image (of 1998 without the 1.7159)."""
    named = [model.get_layer(name) for name in ("C1", "S2", "C3", "S4", "C5", "F6")]
    outputs = rn.Model(model.inputs, [layer.output for layer in named])(data.x_test[:1])
    found = {layer.name: np.moveaxis(np.asarray(y)[0], -1, 0) for layer, y in zip(named, outputs)}
    filters = model.layers[1].get_weights()[0]
    return {
        **found,
        "image": data.x_test[0, ..., 0],
        "filters": filters[:, :, 0].transpose(2, 0, 1),
    }
