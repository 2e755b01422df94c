"""The recipe's network in Keras, compiled for the race."""

import keras
from keras import ops

from comparisons.harness.execution import keras_precision
from comparisons.harness.race.recipe import Recipe


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """η = η₁ min((t + 1) / w, (n − t) / (n − w)) in step t, from 0: up, and then down to zero.

    Keras's schedules with a warm-up branch on the step, for which an eager backend would have to
    wait for the device.

    Args:
        highest: η₁.
        steps: n.
        warm_up: w, the steps in which it rises.
    """

    def __init__(self, highest: float, steps: int, warm_up: int):
        self.highest, self.steps, self.warm_up = highest, steps, warm_up

    def __call__(self, step):
        """The learning rate of the step."""
        step = ops.cast(step, "float32")
        down = (self.steps - step) / (self.steps - self.warm_up)
        return self.highest * ops.minimum((step + 1.0) / self.warm_up, down)


def compiled(recipe: Recipe, steps: int, precision: str) -> keras.Model:
    """The model for so many steps, in a dtype policy such as `"mixed_bfloat16"`."""
    with keras_precision(precision):
        model = recipe.network(keras)
    rate = OneCycle(recipe.learning_rate, steps, max(1, int(recipe.warm_up * steps)))
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=recipe.label_smoothing
    )
    model.compile(keras.optimizers.Adam(rate), loss)
    return model
