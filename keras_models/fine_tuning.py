"""Fine-tuning in Keras: an optimizer with a smaller rate for old layers, frozen at first."""

import keras
import numpy as np
from keras import ops

from keras_models.transfer_learning import first_weights, network, outputs, right, train


class FineTuning(keras.optimizers.SGD):
    """SGD whose first `old` variables learn at a share of the rate, from a step on."""

    def __init__(self, share, thaw, old, rate=0.01):
        super().__init__(rate)
        self.share, self.thaw, self.old = share, thaw, old

    def update_step(self, gradient, variable, learning_rate):
        """A step of SGD on the gradient's share."""
        if self._get_variable_index(variable) < self.old:
            awake = ops.cast(self.iterations >= self.thaw, variable.dtype)
            gradient = ops.cast(gradient, variable.dtype) * (self.share * awake)
        super().update_step(gradient, variable, learning_rate)

    def begin_anew(self):
        """Count the steps from nought again."""
        self.iterations.assign(0)


def fine_tuning_step(rate, share, thaw):
    """The optimizer for a weight of an old layer."""
    return FineTuning(share, thaw, 1, rate)


def changes(model, before):
    """How far each convolution's kernel has moved, as a share of its size."""
    pairs = [
        (now, old) for now, old in zip(model.get_weights(), before) if old.any() and old.ndim > 1
    ]
    return np.array([np.linalg.norm(now - old) / np.linalg.norm(old) for now, old in pairs])


def fine_tuning(x, y, target, numbers, ways, source_steps, steps, stages, generator):
    """A network learns x and y; then it learns another task from few or many examples.

    Returns: see the NumPy half.
    """
    images, classes = target["train"]
    body, model = network(int(y.max()) + 1)
    model.set_weights(first_weights(model, generator))
    train(model, x, y, 0.1, generator.integers(0, len(x), (source_steps, 50)))
    before = model.get_weights()
    before[-2:] = [np.zeros(w.shape) for w in before[-2:]]  # a new last layer
    order = [generator.permutation(np.flatnonzero(classes == c)) for c in np.unique(classes)]
    batches = [
        generator.choice(np.concatenate([own[:number] for own in order]), (steps, 25))
        for number in numbers
    ]
    found = {"validation": [], "test": [], "answers": [], "changes": []}
    for share, thaw, rates in ways.values():
        optimizer = FineTuning(share, int(thaw * steps), len(body.get_weights()))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer, loss)
        for rate, own in zip(rates, batches):
            model.set_weights(before)
            optimizer.begin_anew()
            for stage in np.array_split(own, stages):
                train(model, images, classes, rate, stage)
                for part in ("validation", "test"):
                    given, wanted = target[part]
                    found[part].append(right(outputs(model, given), wanted))
            found["answers"].append(outputs(model, target["test"][0][:20]))
            found["changes"].append(changes(model, before))
    each = len(ways), len(numbers)
    for part in ("validation", "test"):
        found[part] = np.reshape(found[part], (-1, stages))
    return {name: np.array(own).reshape(*each, *np.shape(own)[1:]) for name, own in found.items()}
