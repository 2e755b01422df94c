"""Fine-tuning: old layers thaw and learn on, at a share of the rate of the new last layer."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.transfer_learning import first_weights, network, outputs, right, train


def fine_tuning_step(w, g, step, rate, share, thaw):
    """w ← w − η q g from the step on at which the layer thaws; until then it stays frozen.

    Source: Howard & Ruder 2018, Universal Language Model Fine-tuning for Text Classification.
    """
    awake = step >= thaw
    return w - rate * share * awake * g, step + 1


class FineTuning(rn.optimizers.SGD):
    """Gradient descent whose first `old` weights learn at a share of the rate, from a step on."""

    def __init__(self, share, thaw, old):
        super().__init__()
        self.share, self.thaw, self.old = share, thaw, old

    def update_weights(self, gradients):
        """The gradients of old weights shrink to their share, to nothing before they thaw."""
        share = self.share * (self.iterations >= self.thaw)
        own = {i: share * g if i < self.old else g for i, g in gradients.items()}
        super().update_weights(own)

    def begin_anew(self):
        """Count the steps from nought again."""
        self.calls[...] = 0


def changes(model, before):
    """How far each convolution's kernel has moved, as a share of its size."""
    pairs = [
        (now, old) for now, old in zip(model.get_weights(), before) if old.any() and old.ndim > 1
    ]
    return np.array([np.linalg.norm(now - old) / np.linalg.norm(old) for now, old in pairs])


def fine_tuning(x, y, target, numbers, ways, source_steps, steps, stages, generator):
    """A network learns x and y; then it learns another task from few or many examples.

    Args:
        target: parts `train`, `validation` and `test` of the other task, each (x, y).
        numbers: of examples a class.
        ways: by name the share of the rate at which old layers learn, the share of the steps after
            which they thaw, and for each number of examples the rate of the last layer.
        stages: after how many parts of the steps the accuracies are taken.

    Returns:
        Accuracies on `validation` and `test`, (ways, numbers, stages); what the networks give
        for some test images in the end, and how far each layer has moved.
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
        loss = rn.losses.SparseCategoricalCrossentropy(from_logits=True)
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
