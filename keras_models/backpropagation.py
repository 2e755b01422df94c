"""Backpropagation in Keras: the layers, and a backend that goes backward by itself."""

import keras
import numpy as np
from keras import layers, ops, optimizers
from keras.losses import CategoricalCrossentropy


def affine(weight):
    """The layer's weights are Keras's kernel and bias."""
    return layers.Dense(weight.shape[1])


def softmax_with_loss():
    """Softmax and cross-entropy in one: the network ends in logits."""
    return CategoricalCrossentropy(from_logits=True)


def build_model(inputs, hidden, outputs):
    """Two Dense layers with ReLU between them, that end in logits."""
    return keras.Sequential(
        [layers.Input((inputs,)), layers.Dense(hidden, activation="relu"), layers.Dense(outputs)]
    )


def gradients(x, t, W1, b1, W2, b2, gradient_of):
    """Loss and gradients; those by differences are taken in NumPy."""
    weights, model = [W1, b1, W2, b2], build_model(*W1.shape, W2.shape[1])
    loss_function = CategoricalCrossentropy(from_logits=True, dtype=x.dtype.name)

    def loss(*weights):
        logits, _ = model.stateless_call(weights, [], x)
        return loss_function(t, logits)

    value, grads = gradient_of(loss, weights, np.ones((), x.dtype))
    named = zip(("W1", "b1", "W2", "b2"), grads)
    return {"loss": value, **{f"gradient of {name}": grad for name, grad in named}}


def cost(x, t, widths, judged, repeats, generator):
    """Loss and number of weights by width of the hidden layer; it is NumPy that is timed."""
    loss = CategoricalCrossentropy(from_logits=True, dtype=x.dtype.name)
    values, sizes = [], []
    for width in widths:
        model = build_model(x.shape[1], width, t.shape[1])
        model.set_weights([0.1 * generator.normal(size=w.shape) for w in model.weights])
        values.append(ops.convert_to_numpy(loss(t, model(x))))
        sizes.append(model.count_params())
    return {"value": np.array(values), "parameters": np.array(sizes)}


def training(x, t, runs, **kernels):
    """The mean loss of all examples before training and after each step, by run.

    Keras updates no weight before all gradients are there, and has its own precision: runs that
    ask for something else have no counterpart.
    """
    found, models = {}, {}
    for name, run in runs.items():
        if not {"at_once", "dtype"} & set(run):
            W1, W2 = (kernels[f"{run['start']}{layer}"] for layer in (1, 2))
            key = run.get("epsilon"), run.get("summed", False)
            if key not in models:
                models[key] = compiled(build_model(*W1.shape, W2.shape[1]), *key)
            model = models[key]
            model.set_weights([W1, np.zeros(W1.shape[1]), W2, np.zeros(W2.shape[1])])
            found[name] = train(model, x, t, run["batches"], run["learning_rate"])
    return found


def compiled(model, epsilon, summed):
    """The model with SGD, or Adam with this epsilon; and the mean or the sum of the losses."""
    optimizer = optimizers.SGD() if epsilon is None else optimizers.Adam(epsilon=epsilon)
    reduction = "sum" if summed else "sum_over_batch_size"
    model.compile(optimizer, CategoricalCrossentropy(from_logits=True, reduction=reduction))
    return model


def train(model, x, t, batches, learning_rate):
    """The mean loss of all examples before training and after each step."""
    model.optimizer.learning_rate = learning_rate

    def loss():
        logits = model(x)
        return ops.convert_to_numpy(
            ops.mean(ops.categorical_crossentropy(t, logits, from_logits=True))
        )

    found = [loss()]
    for rows in batches:
        if len(rows):
            model.train_on_batch(x[rows], t[rows])
        found.append(loss())
    return np.array(found)
