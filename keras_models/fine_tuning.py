"""Fine-tuning in Keras: an optimizer with a smaller rate for old layers, frozen at first."""

import keras
from keras import ops

from keras_models import transfer_learning


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


def learner(classes, share, thaw):
    """Transfer learning's network; its body learns at a share of the rate, from a step on."""
    body, model = transfer_learning.network(classes)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(FineTuning(share, thaw, len(body.get_weights())), loss)
    return model


def fine_tuning(experiment, generator, **given):
    """The experiment of `comparisons/fine_tuning.py` with this half's networks and optimizer."""
    return experiment(transfer_learning, learner, generator=generator, **given)
