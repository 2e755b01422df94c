"""Distillation: soft targets at a temperature, the loss on them, and students that learn so."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.output_layers import softmax, softmax_backward

SHOWN = 200  # test images whose logits are kept


def soft_targets(z, temperature):
    """Probabilities of softened logits: the higher the temperature, the more even.

    Shapes: z, p (batch, classes).

    Source: Hinton, Vinyals & Dean 2015, Distilling the knowledge in a neural network.
    """
    p, cache = softmax(z / temperature)
    return p, (cache, temperature)


def soft_targets_backward(dy, cache):
    """The gradient of softmax, divided by the temperature."""
    inner, temperature = cache
    return softmax_backward(dy, inner) / temperature


def distillation_loss(y_true, y_pred, temperature):
    """T² times the divergence of the student's soft targets from the teacher's; mean of the batch.

    T² keeps the gradient as large as it is at T = 1.

    Args:
        y_true, y_pred: logits of the teacher and of the student, (batch, classes).
    """
    (p, _), (q, _) = (soft_targets(z, temperature) for z in (y_true, y_pred))
    return temperature**2 * (p * np.log(p / q)).sum(axis=-1).mean()


def distillation_loss_gradient(y_true, y_pred, temperature):
    """T (q − p) / batch: as softmax with cross-entropy, with soft targets for the labels."""
    (p, _), (q, _) = (soft_targets(z, temperature) for z in (y_true, y_pred))
    return temperature * (q - p) / len(p)


def teacher_network(inputs):
    """Two hidden layers of 128, ten logits."""
    model = rn.Sequential([rn.Input((inputs,))])
    for units, activation in ((128, "relu"), (128, "relu"), (10, None)):
        model.add(rn.layers.Dense(units, activation))
    loss = rn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(rn.optimizers.SGD(0.1), loss)
    return model


def students(inputs, hidden, temperatures):
    """Small networks side by side, one for each temperature; they give logits over it."""
    networks = len(temperatures)
    model = rn.Sequential([rn.Input((networks, inputs))])
    for units, activation in ((hidden, "relu"), (10, None)):
        shape = (networks, units)
        model.add(rn.layers.EinsumDense("bki,kio->bko", shape, activation, bias_axes="ko"))
    model.add(rn.layers.Rescaling(1 / np.reshape(temperatures, (networks, 1))))
    # The loss is a mean over the networks; the rate gives each of them its own gradient back.
    loss = rn.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(rn.optimizers.SGD(float(networks)), loss)
    return model


def lessons(y, logits, smoothings, temperatures):
    """What students learn from: labels, labels smoothed, soft targets: (ways, batch, classes)."""
    one_hot = np.eye(logits.shape[-1], dtype=logits.dtype)[y]
    smoothed = [(1 - s) * one_hot + s / one_hot.shape[-1] for s in smoothings]
    soft = [soft_targets(logits, temperature)[0] for temperature in temperatures]
    return np.stack([one_hot, *smoothed, *soft])


def corrections(z, y, digit, offsets):
    """The offset of a digit's logit that is best on these answers, network by network.

    A student that never saw the digit has learned far too low a bias for it.

    Shapes: z (batch, networks, 10), y (batch,).

    Returns:
        What to add to z, (networks, 10), and the accuracies with it, (networks,).
    """
    along = np.eye(z.shape[-1], dtype=z.dtype)[digit]
    right = [((z + d * along).argmax(axis=-1) == y[:, None]).mean(axis=0) for d in offsets]
    return np.outer(np.take(offsets, np.argmax(right, axis=0)), along), np.max(right, axis=0)


def distillation(
    x, y, new, number, smoothings, temperatures, rates, hidden, left_out, offsets, steps, generator
):
    """A teacher of all images, and students of the first `number`, each way at each rate.

    Args:
        x, y: (n, inputs) and (n,). new: others, `validation` and `test`.
        smoothings: of labels. left_out: the digit that the second class of students never sees.
        offsets: from which the correction of its logit is chosen.

    Returns:
        Of the teacher its logits for the first test images, and its accuracy. Of the students of
        `all` digits and of those `without` one their logits over the temperature, and their
        accuracy on the new images, (ways · rates,); of the latter the recall of the digit left out.
    """
    teacher = teacher_network(x.shape[1])
    shapes = [w.shape for w in teacher.get_weights()]
    teacher.set_weights([first_weight(shape, generator) for shape in shapes])
    for batch in generator.integers(0, len(x), (steps, 50)):
        teacher.train_on_batch(x[batch], y[batch])
    y_test, z = new["test"][1], logits_of(teacher, new["test"][0])
    found = {"teacher: logits": z[:SHOWN], "teacher: test": np.mean(z.argmax(axis=-1) == y_test)}

    x, y = x[:number], y[:number]
    targets = lessons(y, logits_of(teacher, x), smoothings, temperatures)
    each = np.repeat([1.0] * (len(targets) - len(temperatures)) + [*temperatures], len(rates))
    targets = np.repeat(targets, len(rates), axis=0).swapaxes(0, 1)
    # The loss's factor T², times the rate of each network.
    weights = np.tile(each**2 * np.tile(rates, len(each) // len(rates)), (50, 1))
    model = students(x.shape[1], hidden, each)
    start = [np.stack([first_weight(w[0].shape, generator)] * len(w)) for w in model.get_weights()]
    for name, seen in (("all", np.arange(number)), ("without", np.flatnonzero(y != left_out))):
        model.set_weights(start)
        for batch in generator.choice(seen, (steps, 50)):
            given = np.repeat(x[batch][:, None], len(each), axis=1)
            model.train_on_batch(given, targets[batch], sample_weight=weights)
        z = {
            part: logits_of(model, np.repeat(given[:, None], len(each), axis=1))
            for part, (given, _) in new.items()
        }
        for part, (_, wanted) in new.items():
            found[f"{name}: {part}"] = (z[part].argmax(axis=-1) == wanted[:, None]).mean(axis=0)
        found[f"{name}: logits"] = z["test"][:20]
    # `z` is now of those that never saw the digit.
    unseen = z["test"][y_test == left_out]
    offset, found["without: validation, corrected"] = corrections(
        z["validation"], new["validation"][1], left_out, offsets
    )
    for kind, own in (("recall", unseen), ("recall, corrected", unseen + offset)):
        found[f"without: {kind}"] = (own.argmax(axis=-1) == left_out).mean(axis=0)
    return found


def first_weight(shape, generator):
    """He's initial weights for a kernel, zeros for a bias."""
    return generator.normal(0, (2 / shape[0]) ** 0.5, shape) * (len(shape) > 1)


def logits_of(model, x):
    """What the model gives for x."""
    return model(x)
