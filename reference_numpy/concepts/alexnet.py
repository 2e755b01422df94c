"""AlexNet: local response normalization, forward and backward; the net in full, and a small one."""

import numpy as np

import reference_numpy as rn


def local_response_normalization(x, depth_radius, bias, alpha, beta):
    """Each entry over what its neighbouring channels have at the same place.

    Args:
        x: (…, channels).
        depth_radius: neighbours on each side; at the ends there are fewer.
        bias, alpha, beta: k, α and β of the equation; α times the sum of squares, not their mean.

    Source: Krizhevsky, Sutskever & Hinton 2012, ImageNet classification with deep convolutional
    neural networks, 3.3.
    """
    total = bias + alpha * over_neighbours(x**2, depth_radius)
    return x * total**-beta, (x, total, depth_radius, alpha, beta)


def local_response_normalization_backward(dy, cache):
    """Through the numerator, and through the square in each neighbour's denominator."""
    x, total, depth_radius, alpha, beta = cache
    g = dy * total**-beta
    return g - 2 * alpha * beta * x * over_neighbours(g * x / total, depth_radius)


def over_neighbours(x, radius):
    """The sum over the channels from `radius` before to `radius` behind each."""
    padded = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(radius, radius)])
    channels = x.shape[-1]
    return sum(padded[..., start : start + channels] for start in range(2 * radius + 1))


class LocalResponseNormalization(rn.layers.Layer):
    """`local_response_normalization` as a layer; the paper's constants by default."""

    samples_apart = True

    def __init__(self, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75, **kwargs):
        super().__init__(**kwargs)
        self.depth_radius, self.bias, self.alpha, self.beta = depth_radius, bias, alpha, beta

    def forward(self, x, training=False):
        """Each entry over what its neighbours have."""
        return local_response_normalization(x, **self.constants())

    def backward(self, dy, cache):
        """It has no weights."""
        return local_response_normalization_backward(dy, cache), []

    def compute_output_shape(self, input_shape):
        """That of the input."""
        return input_shape

    def constants(self):
        """The arguments."""
        keys = ("depth_radius", "bias", "alpha", "beta")
        return {key: getattr(self, key) for key in keys}

    def get_config(self):
        """The arguments, with those of every layer."""
        return {**super().get_config(), **self.constants()}


def alexnet(shrink=1):
    """AlexNet for images of 227×227×3 and a thousand classes: 60,965,224 weights.

    Two GPUs shared it: a filter of conv2, conv4 and conv5 sees only its own half of the channels.

    Args:
        shrink: by how much filters, units and classes are divided.

    Source: Krizhevsky et al. 2012, 3.5 (who say 224; only with 227 do the windows fit).
    """
    small = {"activation": "relu", "padding": "same"}
    return rn.Sequential(
        [
            rn.Input((227, 227, 3)),
            rn.layers.Conv2D(96 // shrink, 11, strides=4, activation="relu", name="conv1"),
            LocalResponseNormalization(),
            rn.layers.MaxPooling2D(3, strides=2),
            rn.layers.Conv2D(256 // shrink, 5, groups=2, name="conv2", **small),
            LocalResponseNormalization(),
            rn.layers.MaxPooling2D(3, strides=2),
            rn.layers.Conv2D(384 // shrink, 3, name="conv3", **small),
            rn.layers.Conv2D(384 // shrink, 3, groups=2, name="conv4", **small),
            rn.layers.Conv2D(256 // shrink, 3, groups=2, name="conv5", **small),
            rn.layers.MaxPooling2D(3, strides=2),
            rn.layers.Flatten(),
            rn.layers.Dense(4096 // shrink, activation="relu", name="dense6"),
            rn.layers.Dropout(0.5),
            rn.layers.Dense(4096 // shrink, activation="relu", name="dense7"),
            rn.layers.Dropout(0.5),
            rn.layers.Dense(1000 // shrink, activation="softmax", name="dense8"),
        ]
    )


def in_full(x, dy, shrink, **weights):
    """What AlexNet gives for images, and the gradients.

    Args:
        x: (batch, 227, 227, 3). dy: (batch, classes).
        weights: the network's, in its order.

    Returns:
        `probabilities`, `gradient of the image`, and for each weight the norms of its gradients by
        filter or unit.
        `sizes`: for each layer with weights its places and channels, weights and products.
    """
    model = alexnet(shrink)
    model.set_weights(list(weights.values()))
    y, cache = model.forward(x)
    dx, grads = model.backward(dy, cache)
    norms = {f"gradient of {name}": norms_by_unit(g) for name, g in zip(weights, grads)}
    found = {"probabilities": y, "gradient of the image": dx, "sizes": sizes(model)}
    return {**found, **norms}


def sizes(model):
    """For each layer with weights: places and channels of its output, weights, products."""
    rows = []
    for layer in model.layers:
        if layer.weights:
            *sides, channels = layer.output.shape[1:]
            places, kernel = int(np.prod(sides)), layer.get_weights()[0]
            rows.append((places, channels, layer.count_params(), places * kernel.size))
    return np.array(rows)


def norms_by_unit(gradient):
    """The norm of what belongs to each filter or unit, along the last axis."""
    return np.sqrt((gradient**2).reshape(-1, gradient.shape[-1]).sum(axis=0))


def across_channels(x, alphas):
    """What normalization with k = 1 makes of channels, by α; with α = 0 nothing.

    Args:
        x: (…, channels).
    """
    return {
        f"alpha {alpha:g}": local_response_normalization(x, 2, 1.0, alpha, 0.75)[0]
        for alpha in alphas
    }


def build_model(activation, alpha, learning_rate):
    """AlexNet in small: two convolutions with normalization and pooling, 32 units, ten classes.

    Args:
        activation: of all but the last layer, `"relu"` or `"tanh"`.
        alpha: of the normalization; None for none.
    """
    model = rn.Sequential([rn.Input((14, 14, 1))])
    for filters, size in ((8, 5), (16, 3)):
        model.add(rn.layers.Conv2D(filters, size, padding="same", activation=activation))
        if alpha is not None:
            model.add(LocalResponseNormalization(alpha=alpha))
        model.add(rn.layers.MaxPooling2D(3, strides=2, padding="same"))
    model.add(rn.layers.Flatten())
    model.add(rn.layers.Dense(32, activation=activation))
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def progress(model, data):
    """The share of the training images that it gets wrong, and the first layer's filters."""
    answers = model.predict(data.x_train, batch_size=500, verbose=0).argmax(axis=-1)
    filters = model.layers[0].get_weights()[0]
    return {
        "error": np.mean(answers != data.y_train),
        "filters": filters[:, :, 0].transpose(2, 0, 1),
    }
