"""The recurrent network in Keras: `SimpleRNN`, and clipping as an optimizer's argument."""

import keras
import numpy as np
from keras import layers, ops


def simple_rnn_cell(x, h):
    """One step, as a function of all its arrays."""
    cell = layers.SimpleRNNCell(h.shape[1])
    cell.build(x.shape)
    return lambda x, h, *weights: of_weights(cell, weights, x, [h])[0]


def of_weights(layer, weights, *inputs, **options):
    """What a layer gives with these arrays for its weights."""
    others = [variable.value for variable in layer.non_trainable_variables]
    return layer.stateless_call(weights, others, *inputs, **options)[0]


def simple_rnn(recurrent_kernel):
    """A layer over a sequence. Without `return_sequences` it gives the last output alone."""
    return layers.SimpleRNN(len(recurrent_kernel), return_sequences=True)


def clip_by_global_norm(limit):
    """Every optimizer clips; `clipnorm` is for each weight apart, `clipvalue` for each number."""
    return keras.optimizers.SGD(1.0, global_clipnorm=limit)


def clipped(gradients, limits):
    """The gradients, a list of arrays, clipped to each limit: what a step takes away."""
    found = {}
    for limit in limits:
        variables = [keras.Variable(np.zeros_like(g)) for g in gradients]
        clip_by_global_norm(limit).apply([ops.convert_to_tensor(g) for g in gradients], variables)
        steps = [-v.numpy().ravel() for v in variables]
        found[f"limit {limit}"] = np.concatenate(steps)
    return found


def classifier(layer, shape, weights, optimizer):
    """A recurrent layer and an affine layer, with these weights, to train."""
    logits = layers.Dense(len(weights[-1]))
    model = keras.Sequential([layers.Input(shape), layer, logits])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    # A few steps are all that is taken: less than it takes to compile them.
    model.compile(optimizer, loss, run_eagerly=True)
    model.set_weights(weights)
    return model


def first_losses(layer, optimizer, parts, batch_size, kept, weights):
    """The losses of the first batches; the NumPy half takes them all."""
    x, y = parts["train"]
    model = classifier(layer, x.shape[1:], weights, optimizer)
    starts = range(0, kept * batch_size, batch_size)
    batches = [slice(start, start + batch_size) for start in starts]
    return np.array([model.train_on_batch(x[rows], y[rows]) for rows in batches])


def gradient_through_time(x, y, scales, gradient_of, **weights):
    """Length of the loss's gradient by the input of each step, (time,), for each scale."""
    kernel, recurrent_kernel, *rest = weights.values()
    layer, found = layers.SimpleRNN(len(recurrent_kernel)), {}
    model = classifier(layer, x.shape[1:], list(weights.values()), "sgd")
    for scale in scales:
        scaled = [kernel, scale * recurrent_kernel, *rest]

        def loss(x, scaled=scaled):
            return model.loss(ops.convert_to_tensor(y), of_weights(model, scaled, x))

        _, (dx,) = gradient_of(loss, [x], np.ones((), x.dtype))
        found[f"scale {scale}"] = np.sqrt((dx**2).sum(axis=(0, 2)))
    return found


def remember(parts, rates, batch_size, kept, **weights):
    """The first losses on the first gap at the first rate."""
    layer, own = layers.SimpleRNN(len(weights["recurrent_kernel"])), next(iter(parts.values()))
    optimizer = keras.optimizers.Adam(rates[0], global_clipnorm=1.0)
    losses = first_losses(layer, optimizer, own, batch_size, kept, list(weights.values()))
    return {"first losses": losses}


def clipping(parts, rates, batch_size, limit, kept, **weights):
    """The first losses of SGD at the first rate, with clipped gradients and without."""
    found = {}
    for name, own in (("clipped", limit), ("plain", None)):
        layer = layers.SimpleRNN(len(weights["recurrent_kernel"]))
        optimizer = keras.optimizers.SGD(rates[0], global_clipnorm=own)
        losses = first_losses(layer, optimizer, parts, batch_size, kept, list(weights.values()))
        found[f"{name}: first losses"] = losses
    return found
