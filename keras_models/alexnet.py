"""AlexNet in Keras: a layer for local response normalization, the net in full, and a small one."""

import keras
import numpy as np
from keras import layers, ops


def local_response_normalization(depth_radius, bias, alpha, beta):
    """Each entry over what its neighbouring channels have at the same place.

    Keras has no such layer; this works on every backend. On TensorFlow alone,
    `tf.nn.local_response_normalization(x, depth_radius, bias, alpha, beta)` is the same.
    """

    def normalized(x):
        ends = [(0, 0)] * (len(x.shape) - 1) + [(depth_radius, depth_radius)]
        squares, channels = ops.pad(ops.square(x), ends), x.shape[-1]
        neighbours = [squares[..., i : i + channels] for i in range(2 * depth_radius + 1)]
        return x * (bias + alpha * sum(neighbours)) ** -beta

    return normalized


class LocalResponseNormalization(layers.Layer):
    """`local_response_normalization` as a layer; the paper's constants by default."""

    def __init__(self, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75, **kwargs):
        super().__init__(**kwargs)
        self.depth_radius, self.bias, self.alpha, self.beta = depth_radius, bias, alpha, beta

    def call(self, x):
        """Each entry over what its neighbours have."""
        return local_response_normalization(**self.constants())(x)

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
    """
    small = {"activation": "relu", "padding": "same"}
    return keras.Sequential(
        [
            layers.Input((227, 227, 3)),
            layers.Conv2D(96 // shrink, 11, strides=4, activation="relu", name="conv1"),
            LocalResponseNormalization(),
            layers.MaxPooling2D(3, strides=2),
            layers.Conv2D(256 // shrink, 5, groups=2, name="conv2", **small),
            LocalResponseNormalization(),
            layers.MaxPooling2D(3, strides=2),
            layers.Conv2D(384 // shrink, 3, name="conv3", **small),
            layers.Conv2D(384 // shrink, 3, groups=2, name="conv4", **small),
            layers.Conv2D(256 // shrink, 3, groups=2, name="conv5", **small),
            layers.MaxPooling2D(3, strides=2),
            layers.Flatten(),
            layers.Dense(4096 // shrink, activation="relu", name="dense6"),
            layers.Dropout(0.5),
            layers.Dense(4096 // shrink, activation="relu", name="dense7"),
            layers.Dropout(0.5),
            layers.Dense(1000 // shrink, activation="softmax", name="dense8"),
        ]
    )


def in_full(x, dy, shrink, gradient_of, **weights):
    """What AlexNet gives for images, and the gradients.

    Args and returns: see the NumPy half.
    """
    model = alexnet(shrink)
    state = [variable.value for variable in model.non_trainable_variables]

    def network(x, *weights):
        return model.stateless_call(list(weights), state, x)[0]

    y, (dx, *grads) = gradient_of(network, [x, *weights.values()], dy)
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
    x, found = ops.convert_to_tensor(x), {}
    for alpha in alphas:
        y = local_response_normalization(2, 1.0, alpha, 0.75)(x)
        found[f"alpha {alpha:g}"] = ops.convert_to_numpy(y)
    return found


def build_model(activation, alpha, learning_rate):
    """AlexNet in small: two convolutions with normalization and pooling, 32 units, ten classes.

    Args:
        activation: of all but the last layer, `"relu"` or `"tanh"`.
        alpha: of the normalization; None for none.
    """
    model = keras.Sequential([layers.Input((14, 14, 1))])
    for filters, size in ((8, 5), (16, 3)):
        model.add(layers.Conv2D(filters, size, padding="same", activation=activation))
        if alpha is not None:
            model.add(LocalResponseNormalization(alpha=alpha))
        model.add(layers.MaxPooling2D(3, strides=2, padding="same"))
    model.add(layers.Flatten())
    model.add(layers.Dense(32, activation=activation))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def progress(model, data):
    """The share of the training images that it gets wrong, and the first layer's filters."""
    answers = model.predict(data.x_train, batch_size=500, verbose=0).argmax(axis=-1)
    filters = np.array(model.layers[0].get_weights()[0])
    return {
        "error": np.mean(answers != data.y_train),
        "filters": filters[:, :, 0].transpose(2, 0, 1),
    }
