"""MNIST with the textbook's SimpleConvNet, beside a fully connected network of as many weights."""

import numpy as np

import reference_numpy as rn


def build_model(convolution):
    """SimpleConvNet: 30 filters of 5×5, ReLU, 2×2 max pooling, 100 units, ten classes.

    Without `convolution`, hidden layers of 400 and 300 units instead: 437,310 weights to 433,890.

    Source: Saito, Deep Learning from Scratch, 7.5.
    """
    model = rn.Sequential([rn.Input((28, 28, 1))])
    if convolution:
        model.add(rn.layers.Conv2D(30, 5, activation="relu", kernel_initializer="he_normal"))
        model.add(rn.layers.MaxPooling2D(2))
    model.add(rn.layers.Flatten())
    for units in (100,) if convolution else (400, 300):
        model.add(rn.layers.Dense(units, activation="relu", kernel_initializer="he_normal"))
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=0.002),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def first_layer(model, data):
    """The weights of the first layer as pictures, and what the layer gives for a test image.

    Returns:
        `weights`: of 30 units, 5×5 where they are filters, 28×28 where each sees the whole image.
        `image`, `feature maps`: the image, and the 30 maps that the filters make of it.
    """
    layer = next(layer for layer in model.layers if layer.weights)
    weights = np.array(layer.get_weights()[0])
    side = len(weights) if weights.ndim == 4 else 28
    found = {"weights": np.moveaxis(weights.reshape(side, side, -1), -1, 0)[:30]}
    if weights.ndim == 4:
        image = data.x_test[:1]
        found["image"] = image[..., 0]
        found["feature maps"] = np.moveaxis(np.asarray(layer(image))[0], -1, 0)
    return found
