"""The two-layer network in Keras."""

import keras
import numpy as np
from keras import layers, ops

WEIGHTS = ("W1", "b1", "W2", "b2")


def build_model(inputs=784, hidden=50, outputs=10, learning_rate=0.1):
    """784 inputs, 50 hidden units with sigmoid, 10 classes; softmax and cross-entropy."""
    model = keras.Sequential(
        [
            layers.Input((inputs,)),
            layers.Dense(hidden, activation="sigmoid"),
            layers.Dense(outputs, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=learning_rate),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def gradients(x, t, gradient_of, **params):
    """Loss, probabilities and gradients of the network with these params, by name."""
    model = build_model(*params["W1"].shape, params["W2"].shape[1])

    def loss(*weights):
        y, _ = model.stateless_call(weights, [], x)
        return keras.losses.CategoricalCrossentropy(dtype=x.dtype.name)(t, y)

    weights = [params[name] for name in WEIGHTS]
    value, grads = gradient_of(loss, weights, np.ones((), x.dtype))
    model.set_weights(weights)
    named = {f"gradient of {name}": grad for name, grad in zip(WEIGHTS, grads, strict=True)}
    return {"loss": value, "probabilities": ops.convert_to_numpy(model(x)), **named}


def training(x, t, batches, learning_rate, **params):
    """The loss before each step of training on these batches, and the params at the end."""
    model = build_model(*params["W1"].shape, params["W2"].shape[1], learning_rate)
    model.set_weights([params[name] for name in WEIGHTS])
    losses = []
    for rows in batches:
        model.reset_metrics()
        losses.append(model.train_on_batch(x[rows], t[rows])[0])
    return {"losses": np.array(losses), **dict(zip(WEIGHTS, model.get_weights(), strict=True))}
