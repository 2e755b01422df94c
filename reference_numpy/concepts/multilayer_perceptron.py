"""The multi-layer perceptron: a hidden layer, the forward pass, and networks for two spirals."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.activations import relu
from reference_numpy.concepts.perceptron import weighted_sum

TICKS = np.linspace(-1.1, 1.1, 48, dtype="float32")
PLANE = np.stack(np.meshgrid(TICKS, TICKS), axis=-1).reshape(-1, 2)


def hidden_layer(x, w, b):
    """Many perceptrons side by side, all of the same inputs; ReLU in place of the step.

    Args:
        x: (n, inputs). w: (inputs, units), a column for each unit. b: (units,).

    Source: Saito, Deep Learning from Scratch, 3.3-3.4.
    """
    return relu(weighted_sum(x, w, b))


def forward_pass(x, w1, b1, w2, b2, w3, b3):
    """Layer after layer, from the input to the output: each reads what the one before it gives.

    Source: Saito, Deep Learning from Scratch, 3.4.
    """
    h1 = hidden_layer(x, w1, b1)
    h2 = hidden_layer(h1, w2, b2)
    return weighted_sum(h2, w3, b3)


def build_model(units, activation):
    """Two inputs, hidden layers of `units`, and the logit of the second spiral."""
    model = rn.Sequential([rn.Input((2,))])
    for number in units:
        model.add(rn.layers.Dense(number, activation=activation, kernel_initializer="he_normal"))
    model.add(rn.layers.Dense(1))
    right = rn.metrics.MeanMetricWrapper(rn.metrics.binary_accuracy, name="accuracy", threshold=0.0)
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=0.03),
        loss=rn.losses.BinaryCrossentropy(from_logits=True),
        metrics=[right],
    )
    return model


def probability(model, x):
    """The probability of the second spiral."""
    return rn.activations.sigmoid(model.predict(x, verbose=0))


def plane(model, data):
    """What the network answers over the plane; of one hidden layer, what each unit adds to it."""
    found = {"probability": probability(model, PLANE)[:, 0]}
    if len(model.layers) == 2:
        w, b = model.layers[1].get_weights()
        found |= {"bias": b, "contributions": np.asarray(model.layers[0](PLANE)) * w[:, 0]}
    return found
