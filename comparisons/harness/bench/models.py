"""What is measured: models from small to large, and sweeps over one size of one model.

A model's `build` takes a library, `keras` or `reference_numpy`, whose names are the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial


@dataclass(frozen=True)
class Model:
    """A model, and how it is trained: on labels of ten classes, from random numbers.

    Args:
        build: gives the model, not compiled. Models are compared without it, since a partial
            function that has come to another process equals no other.
        optimizer: Keras's name of it.
        batch_size: samples a step.
        textbook: whether the concepts' plain functions can build it.
        sweep: the name of the sweep that it is a point of, or `""`.
        size: where in the sweep it is.
    """

    build: Callable = field(compare=False)
    optimizer: str
    batch_size: int
    textbook: bool = True
    sweep: str = ""
    size: int | None = None


def mlp(library, hidden):
    """784 pixels, hidden layers with ReLU, ten classes."""
    layers = library.layers
    return library.Sequential(
        [
            library.Input((784,)),
            *(layers.Dense(units, activation="relu") for units in hidden),
            layers.Dense(10, activation="softmax"),
        ]
    )


def simple_conv_net(library, side=28):
    """The textbook's SimpleConvNet, on images of `side` × `side`."""
    layers = library.layers
    return library.Sequential(
        [
            library.Input((side, side, 1)),
            layers.Conv2D(30, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(100, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def lenet(library):
    """LeNet-5 with tanh and average pooling."""
    layers = library.layers
    return library.Sequential(
        [
            library.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="tanh"),
            layers.Dense(84, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def vgg_like(library):
    """Four convolutions of 3×3 in two blocks."""
    layers = library.layers
    model = library.Sequential([library.Input((28, 28, 1))])
    for filters in (32, 64):
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(128, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    return model


def lstm(library):
    """An LSTM that reads an image row by row."""
    layers = library.layers
    return library.Sequential(
        [library.Input((28, 28)), layers.LSTM(64), layers.Dense(10, activation="softmax")]
    )


def transformer(library):
    """One block, pre-norm, of four heads: 64 places of 128 numbers."""
    layers = library.layers
    inputs = library.Input((64, 128))
    h = layers.LayerNormalization()(inputs)
    x = layers.Add()([inputs, layers.MultiHeadAttention(4, 32)(h, h)])
    h = layers.LayerNormalization()(x)
    h = layers.Dense(128)(layers.Dense(512, activation="relu")(h))
    x = layers.GlobalAveragePooling1D()(layers.Add()([x, h]))
    return library.Model(inputs, layers.Dense(10, activation="softmax")(x))


def application(keras, name):
    """An architecture of `keras.applications` on images of 64×64, from random weights."""
    architecture = getattr(keras.applications, name)
    return architecture(weights=None, input_shape=(64, 64, 3), classes=10)


MODELS = {
    "M1": Model(partial(mlp, hidden=(50,)), "sgd", 100),
    "M2": Model(partial(mlp, hidden=(256, 256)), "adam", 128),
    "M3": Model(simple_conv_net, "adam", 100),
    "M4": Model(lenet, "adam", 128),
    "M5": Model(vgg_like, "adam", 64),
    "M6": Model(lstm, "adam", 128),
    "Transformer": Model(transformer, "adam", 32, textbook=False),
    "MobileNetV2": Model(partial(application, name="MobileNetV2"), "adam", 16, textbook=False),
    "ResNet50": Model(partial(application, name="ResNet50"), "adam", 16, textbook=False),
}


def _sweep(name: str, sizes: Sequence[int], model: Callable[[int], Model]) -> dict[str, Model]:
    return {f"{name} {size}": replace(model(size), sweep=name, size=size) for size in sizes}


SWEEPS = {
    "batch": _sweep(
        "batch",
        (8, 32, 128, 512),
        lambda size: Model(partial(mlp, hidden=(256,)), "adam", size),
    ),
    "width": _sweep(
        "width",
        (32, 128, 512, 2048),
        lambda size: Model(partial(mlp, hidden=(size, size)), "adam", 128),
    ),
    "depth": _sweep(
        "depth",
        (1, 4, 16, 64),
        lambda size: Model(partial(mlp, hidden=(128,) * size), "adam", 128),
    ),
    "image": _sweep(
        "image",
        (14, 28, 56, 112),
        lambda size: Model(partial(simple_conv_net, side=size), "adam", 32),
    ),
}


def chosen(names: Sequence[str]) -> dict[str, Model]:
    """The models of these names, a sweep's for the sweep's name; all where none is given.

    Raises:
        ValueError: an unknown name.
    """
    found = {}
    for name in names or (*MODELS, *SWEEPS):
        if name not in MODELS and name not in SWEEPS:
            known = ", ".join((*MODELS, *SWEEPS))
            raise ValueError(f"Unknown model '{name}'. Expected one of {known}.")
        found |= {name: MODELS[name]} if name in MODELS else SWEEPS[name]
    return found
