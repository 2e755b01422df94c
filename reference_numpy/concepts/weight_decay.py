"""Weight decay: the L2 penalty, the decay apart from it, and a network that needs them."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.optimizers import adam, adamw, sgd


def l2_penalty(w, strength):
    """What large weights cost: λ times the sum of their squares. It is added to the loss.

    Source: Krogh & Hertz 1991, A simple weight decay can improve generalization; Saito, Deep
    Learning from Scratch, 6.4.2 (with λ / 2).
    """
    return strength * np.sum(w**2), (w, strength)


def l2_penalty_backward(dy, cache):
    """Each weight is pulled to 0 in proportion to itself."""
    w, strength = cache
    return dy * 2 * strength * w


def decoupled_decay(w, g, learning_rate=0.01, weight_decay=0.004):
    """Take a share off the weight, then go down the gradient of the loss alone.

    Source: Hanson & Pratt 1988; Loshchilov & Hutter 2017, Decoupled weight decay regularization.
    """
    w = w - learning_rate * weight_decay * w
    return sgd(w, g, learning_rate)


def build_model(l2=0.0, decay=0.0, rate=0.0):
    """784 pixels, six hidden layers of 100 with ReLU, ten classes; trained by Adam.

    Args:
        l2: strength of the penalty on every kernel.
        decay: decay apart from the gradient, as a multiple of the learning rate.
        rate: dropout after each hidden layer.
    """

    def dense(units, **options):
        penalty = rn.regularizers.L2(l2) if l2 else None
        return rn.layers.Dense(units, kernel_regularizer=penalty, **options)

    model = rn.Sequential([rn.Input((784,))])
    for _ in range(6):
        model.add(dense(100, activation="relu", kernel_initializer="he_normal"))
        if rate:
            model.add(rn.layers.Dropout(rate))
    model.add(dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.AdamW(weight_decay=decay) if decay else rn.optimizers.Adam(),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def kernel(model, data):
    """The weights between the first two hidden layers."""
    return {"weights": model.get_weights()[2]}


def paths(start, minimum, curvature, strengths, steps, learning_rate):
    """Descents on ½ (w − m)ᵀ H (w − m) plus the penalty, (strengths, steps + 1, 2).

    Args:
        start, minimum: (2,), the latter is m. curvature: (2, 2), H. strengths: each λ.
    """
    found = []
    for strength in strengths:
        path = [start]
        for _ in range(steps):
            _, cache = l2_penalty(path[-1], strength)
            gradient = curvature @ (path[-1] - minimum) + l2_penalty_backward(1.0, cache)
            path += sgd(path[-1], gradient, learning_rate)
        found.append(path)
    return {"paths": np.array(found)}


def shrinking(w, gradients, strength, learning_rate):
    """What Adam makes of weights whose gradients are noise, with the penalty and with the decay.

    Args:
        w: (weights,). gradients: (steps, weights).

    Returns:
        `penalty`, `decoupled`: the weights after each step, (steps + 1, weights).
    """
    penalised = decayed = (w, 0.0, 0.0, 0)
    found = {"penalty": [w], "decoupled": [w]}
    for g in gradients:
        pull = l2_penalty_backward(1.0, l2_penalty(penalised[0], strength)[1])
        penalised = adam(penalised[0], g + pull, *penalised[1:], learning_rate)
        decayed = adamw(decayed[0], g, *decayed[1:], learning_rate, 2 * strength)
        found["penalty"].append(penalised[0])
        found["decoupled"].append(decayed[0])
    return {name: np.stack(values) for name, values in found.items()}
