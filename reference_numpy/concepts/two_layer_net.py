"""The two-layer network: written out in full as the textbook has it, and composed from layers."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.activations import sigmoid
from reference_numpy.concepts.cross_entropy import categorical_crossentropy
from reference_numpy.concepts.numerical_gradient import numerical_gradient
from reference_numpy.concepts.output_layers import softmax


class TwoLayerNet:
    """y = softmax(sigmoid(x W1 + b1) W2 + b2) with cross-entropy loss.

    Args:
        params: `{"W1": (inputs, hidden), "b1": (hidden,), "W2": (hidden, outputs),
            "b2": (outputs,)}`.

    Source: Saito, Deep Learning from Scratch, sections 4.5 and 5.7.
    """

    def __init__(self, params):
        self.params = params

    @classmethod
    def random(cls, input_size, hidden_size, output_size, weight_init_std=0.01, seed=0):
        """A network whose weights are drawn from N(0, weight_init_std²), biases zero."""
        draw = np.random.default_rng(seed).standard_normal
        return cls(
            {
                "W1": weight_init_std * draw((input_size, hidden_size)),
                "b1": np.zeros(hidden_size),
                "W2": weight_init_std * draw((hidden_size, output_size)),
                "b2": np.zeros(output_size),
            }
        )

    def predict(self, x):
        """The probabilities of the classes, (n, outputs), for x, (n, inputs)."""
        p = self.params
        z1 = sigmoid(x @ p["W1"] + p["b1"])
        y, _ = softmax(z1 @ p["W2"] + p["b2"])
        return y

    def loss(self, x, t):
        """Cross-entropy −1/N Σ t log y for one-hot targets t, (n, outputs)."""
        return categorical_crossentropy(t, self.predict(x))

    def accuracy(self, x, t):
        """The share of rows whose most probable class is the target."""
        return np.mean(self.predict(x).argmax(axis=1) == t.argmax(axis=1))

    def numerical_gradient(self, x, t):
        """The gradient of the loss by differences: two losses for every single weight."""

        def loss_with(name):
            return lambda w: TwoLayerNet({**self.params, name: w}).loss(x, t)

        return {name: numerical_gradient(loss_with(name), w) for name, w in self.params.items()}

    def gradient(self, x, t):
        """The gradient of the loss by backpropagation: one pass forward, one back."""
        p = self.params
        z1 = sigmoid(x @ p["W1"] + p["b1"])
        y, _ = softmax(z1 @ p["W2"] + p["b2"])

        da2 = (y - t) / len(x)
        da1 = (da2 @ p["W2"].T) * z1 * (1 - z1)
        return {
            "W1": x.T @ da1,
            "b1": da1.sum(axis=0),
            "W2": z1.T @ da2,
            "b2": da2.sum(axis=0),
        }


def gradients(x, t, **params):
    """Loss, probabilities and gradients of the network with these params, by name."""
    network = TwoLayerNet(params)
    grads = {f"gradient of {name}": grad for name, grad in network.gradient(x, t).items()}
    return {"loss": network.loss(x, t), "probabilities": network.predict(x), **grads}


def training(x, t, batches, learning_rate, **params):
    """The textbook's training loop: the loss before each step, and the params at the end.

    Args:
        batches: (steps, batch_size), the rows of x and t that each step sees.
    """
    network, losses = TwoLayerNet(params), []
    for rows in batches:
        losses.append(network.loss(x[rows], t[rows]))
        grads = network.gradient(x[rows], t[rows])
        network = TwoLayerNet(
            {name: w - learning_rate * grads[name] for name, w in network.params.items()}
        )
    return {"losses": np.array(losses), **network.params}


def build_model():
    """The same network composed from layers: 784 inputs, 50 hidden units, 10 classes."""
    model = rn.Sequential(
        [
            rn.Input((784,)),
            rn.layers.Dense(50, activation="sigmoid"),
            rn.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=rn.optimizers.SGD(learning_rate=0.1),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
