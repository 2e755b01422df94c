"""Fine-tuning: old layers thaw and learn on, at a share of the rate of the new last layer."""

import reference_numpy as rn
from reference_numpy.concepts import transfer_learning


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


def learner(classes, share, thaw):
    """Transfer learning's network; its body learns at a share of the rate, from a step on."""
    body, model = transfer_learning.network(classes)
    loss = rn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(FineTuning(share, thaw, len(body.get_weights())), loss)
    return model


def fine_tuning(experiment, generator, **given):
    """The experiment of `comparisons/fine_tuning.py` with this half's networks and optimizer."""
    return experiment(transfer_learning, learner, generator=generator, **given)
