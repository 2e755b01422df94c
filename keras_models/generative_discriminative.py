"""Gaussian discriminant analysis in Keras: a Dense layer whose weights are computed."""

import keras
import numpy as np
from keras import layers, ops


def class_statistics():
    """Shares, means and covariances of the classes."""

    def found(x, t):
        counts = ops.sum(t, axis=0)
        means = ops.transpose(t) @ x / counts[:, None]
        apart = x[:, None] - means
        covariances = ops.einsum("nki,nkj->kij", apart * t[..., None], apart)
        return counts / ops.sum(counts), means, covariances / counts[:, None, None]

    return found


def quadratic_discriminant():
    """log p(k | x) from a Gaussian a class (QDA): (n, classes)."""

    def log_posterior(x, shares, means, covariances):
        apart = ops.transpose(x - means[:, None], (0, 2, 1))
        distances = ops.sum(apart * ops.solve(covariances, apart), axis=1)
        volumes = ops.slogdet(covariances)[1]
        joint = ops.log(shares) - (ops.transpose(distances) + volumes) / 2
        return ops.log_softmax(joint, axis=1)

    return log_posterior


def linear_discriminant():
    """Weights and bias of a Dense layer with softmax if all covariances are one (LDA)."""

    def weights(shares, means, covariances):
        shared = ops.tensordot(shares, covariances, 1)
        w = ops.solve(shared, ops.transpose(means))
        return w, ops.log(shares) - ops.sum(ops.transpose(means) * w, axis=0) / 2

    return weights


def gaussians(x, t, shrinkage):
    """The statistics of some rows, with covariances shrunk towards the identity matrix."""
    x, t = ops.convert_to_tensor(x), ops.convert_to_tensor(t)
    shares, means, covariances = class_statistics()(x, t)
    unit = ops.eye(x.shape[1], dtype=x.dtype)
    return shares, means, (1 - shrinkage) * covariances + shrinkage * unit


def build_model(inputs, groups, classes, learning_rate):
    """Softmax regressions side by side, one a group: (n, inputs) to logits (n, groups, classes)."""
    model = keras.Sequential([layers.Input((inputs,))])
    model.add(layers.Dense(groups * classes, kernel_initializer="zeros"))
    model.add(layers.Reshape((groups, classes)))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    # 7/8 and not 0.9: Keras rounds an optimizer's constants to float32, which leaves this as it is.
    model.compile(keras.optimizers.SGD(learning_rate, momentum=0.875), loss)
    return model


def learners(x, t, train, new, shrinkages, steps, learning_rate):
    """log p(k | x) of every learner, by its setting. Arguments and shape: the NumPy half."""
    groups, classes = train.shape[1], t.shape[1]
    model = build_model(x.shape[1], groups, classes, learning_rate)
    found = [[], [], []]

    def read(learner):
        logits = model.predict_on_batch(new)
        found[learner].append(ops.convert_to_numpy(ops.log_softmax(logits)))

    points = ops.convert_to_tensor(new)
    for shrinkage in shrinkages:
        own = [gaussians(x[rows], t[rows], shrinkage) for rows in train.T]
        answers = ops.stack([quadratic_discriminant()(points, *g) for g in own], axis=1)
        found[1].append(ops.convert_to_numpy(answers))
        weights, biases = zip(*(linear_discriminant()(*g) for g in own))
        model.set_weights([ops.concatenate(weights, axis=1), ops.concatenate(biases)])
        read(0)
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    some = train.any(axis=1)
    # The loss is a mean over rows and groups; weighted so, the sum of the groups' own means.
    weight = (train * (some.sum() * groups / train.sum(axis=0)))[some].astype(x.dtype)
    answers = np.repeat(t[some, None], groups, axis=1)
    for step in range(1, steps[-1] + 1):
        model.train_on_batch(x[some], answers, weight)
        if step in steps:
            read(2)
    return {"answers": np.stack(list(map(np.stack, found)))}


def compare(names, shrinkages, steps, learning_rate, **tables):
    """How every learner does on rows that none has seen. Arguments and result: the NumPy half."""
    found = {}
    for name in names:
        x, t, train, validation, test = (
            tables[f"{name} {part}"] for part in ("x", "t", "train", "validation", "test")
        )
        answers = learners(x, t, train, x, shrinkages, steps, learning_rate)["answers"]
        losses = -np.sum(answers * t[:, None], axis=-1, dtype="float64")
        right = answers.argmax(axis=-1) == t.argmax(axis=-1)[:, None]
        found[f"{name} loss"] = np.mean(losses, axis=2, where=validation)
        found[f"{name} accuracy"] = np.mean(right, axis=2, where=test)
    return found
