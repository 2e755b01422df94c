"""Gaussian discriminant analysis, a generative classifier, beside logistic regression."""

import numpy as np

import reference_numpy as rn


def class_statistics(x, t):
    """What maximum likelihood finds for a Gaussian a class: counting and averaging, no descent.

    Args:
        x: (n, inputs). t: (n, classes), one-hot.

    Returns:
        Shares (classes,), means (classes, inputs), covariances (classes, inputs, inputs).

    Source: Bishop, Pattern Recognition and Machine Learning, 4.2.2.
    """
    counts = t.sum(axis=0)
    means = t.T @ x / counts[:, None]
    apart = [(x - mean, t[:, k : k + 1]) for k, mean in enumerate(means)]
    covariances = np.stack([(d * own).T @ d for d, own in apart]) / counts[:, None, None]
    return counts / counts.sum(), means, covariances


def quadratic_discriminant(x, shares, means, covariances):
    """log p(k | x) by Bayes' theorem from a Gaussian a class (QDA): (n, classes).

    Arguments: those that `class_statistics` returns.

    Source: Hastie et al., The Elements of Statistical Learning, 4.3.
    """
    apart = (x - means[:, None]).transpose(0, 2, 1)  # (classes, inputs, n)
    distances = np.sum(apart * np.linalg.solve(covariances, apart), axis=1).T
    joint = np.log(shares) - (distances + np.linalg.slogdet(covariances)[1]) / 2
    largest = joint.max(axis=1, keepdims=True)
    return joint - largest - np.log(np.exp(joint - largest).sum(axis=1, keepdims=True))


def linear_discriminant(shares, means, covariances):
    """Weights and bias of the layer whose softmax is the posterior if covariances are one (LDA).

    What is quadratic in x is then the same for every class, and softmax does not see it.

    Returns:
        w (inputs, classes) and b (classes,), as a Dense layer has them.

    Source: Bishop, Pattern Recognition and Machine Learning, 4.2.1.
    """
    shared = np.tensordot(shares, covariances, 1)
    w = np.linalg.solve(shared, means.T)
    return w, np.log(shares) - np.sum(means.T * w, axis=0) / 2


def gaussians(x, t, shrinkage):
    """The statistics of some rows, with covariances shrunk towards the identity matrix."""
    shares, means, covariances = class_statistics(x, t)
    unit = np.eye(x.shape[1], dtype=x.dtype)
    return shares, means, (1 - shrinkage) * covariances + shrinkage * unit


def build_model(inputs, groups, classes, learning_rate):
    """Softmax regressions side by side, one a group: (n, inputs) to logits (n, groups, classes)."""
    model = rn.Sequential([rn.Input((inputs,))])
    model.add(rn.layers.Dense(groups * classes, kernel_initializer="zeros"))
    model.add(rn.layers.Reshape((groups, classes)))
    loss = rn.losses.CategoricalCrossentropy(from_logits=True)
    # 7/8 and not 0.9: Keras rounds an optimizer's constants to float32, which leaves this as it is.
    model.compile(rn.optimizers.SGD(learning_rate, momentum=0.875), loss)
    return model


def learners(x, t, train, new, shrinkages, steps, learning_rate):
    """log p(k | x) of every learner: [LDA, QDA, logistic regression], each by its setting.

    Args:
        x: (n, inputs). t: (n, classes). train: (n, groups), which rows a group learns from.
        new: (m, inputs). shrinkages: of the Gaussians. steps: when logistic regression is read.

    Returns:
        `answers`, (3, settings, m, groups, classes).
    """
    groups, classes = train.shape[1], t.shape[1]
    model = build_model(x.shape[1], groups, classes, learning_rate)
    found = [[], [], []]

    def read(learner):
        logits = model.predict(new, batch_size=len(new), verbose=0)
        found[learner].append(rn.activations.get("log_softmax")(logits))

    for shrinkage in shrinkages:
        own = [gaussians(x[rows], t[rows], shrinkage) for rows in train.T]
        found[1].append(np.stack([quadratic_discriminant(new, *g) for g in own], axis=1))
        weights, biases = zip(*(linear_discriminant(*g) for g in own))
        model.set_weights([np.concatenate(weights, axis=1), np.concatenate(biases)])
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
    """How every learner does on rows that none has seen, for each data set and each group.

    Args:
        names: of the data sets. tables: `NAME x`, `NAME t` and `NAME train` as in `learners`, and
            `NAME validation` and `NAME test`, (n, groups) as well.

    Returns:
        `NAME loss` on validation rows and `NAME accuracy` on test rows, (3, settings, groups).
    """
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
