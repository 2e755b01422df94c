"""Distillation in Keras: the loss of `keras.distillation`, and students that learn from it."""

import keras
import numpy as np
from keras import layers, ops

SHOWN = 200  # test images whose logits are kept


def soft_targets(temperature):
    """Probabilities of softened logits."""
    return lambda z: ops.softmax(z / temperature)


class DistillationLoss(keras.losses.Loss):
    """What `keras.distillation.Distiller` computes of both networks' logits, for `compile`."""

    def __init__(self, temperature):
        super().__init__()
        # As an object: by the name "kl_divergence" Keras 3.15 would compare the raw logits.
        divergence = keras.losses.KLDivergence()
        self.loss = keras.distillation.LogitsDistillation(temperature, divergence)

    def call(self, y_true, y_pred):
        """The mean over the batch; y_true are the teacher's logits."""
        return self.loss.compute_loss(y_true, y_pred)


def distillation_loss(temperature):
    """The loss on a teacher's and a student's logits."""
    return DistillationLoss(temperature)


def teacher_network(inputs):
    """Two hidden layers of 128, ten logits."""
    model = keras.Sequential([layers.Input((inputs,))])
    for units, activation in ((128, "relu"), (128, "relu"), (10, None)):
        model.add(layers.Dense(units, activation))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss)
    return model


def students(inputs, hidden, temperatures):
    """Small networks side by side, one for each temperature; they give logits over it."""
    networks = len(temperatures)
    model = keras.Sequential([layers.Input((networks, inputs))])
    for units, activation in ((hidden, "relu"), (10, None)):
        shape = (networks, units)
        model.add(layers.EinsumDense("bki,kio->bko", shape, activation, bias_axes="ko"))
    model.add(layers.Rescaling(1 / np.reshape(temperatures, (networks, 1))))
    # The loss is a mean over the networks; the rate gives each of them its own gradient back.
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(float(networks)), loss)
    return model


def lessons(y, logits, smoothings, temperatures):
    """What students learn from: labels, labels smoothed, soft targets: (ways, batch, classes)."""
    one_hot = np.eye(logits.shape[-1], dtype=logits.dtype)[y]
    smoothed = [(1 - s) * one_hot + s / one_hot.shape[-1] for s in smoothings]
    soft = [ops.convert_to_numpy(soft_targets(t)(logits)) for t in temperatures]
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

    Returns: see the NumPy half.
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
    return ops.convert_to_numpy(model(x))
