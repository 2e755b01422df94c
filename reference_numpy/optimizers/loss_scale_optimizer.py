"""Loss scaling, for gradients in float16."""

import inspect
from typing import Any

import numpy as np

from reference_numpy.optimizers.optimizer import Optimizer
from reference_numpy.serialization import serialize


class LossScaleOptimizer(Optimizer):
    """Another optimizer, with a loss scale s that finds itself.

    The smallest gradients would be 0 in float16, so the loss is multiplied by s (`scale_loss`)
    and the gradients are divided by it. A step in which a gradient is infinite or NaN is left out
    and halves s; after `dynamic_growth_steps` steps without one s is doubled.

    State: `step_counter`, `dynamic_scale`, and that of the other optimizer.

    Args:
        inner_optimizer: the other optimizer; its own loss scale is taken from it.
        initial_scale: s before the first step.
        dynamic_growth_steps: good steps after which s is doubled.
        name: unique name; None makes one from the class name.
        **kwargs: the arguments of every optimizer, which old files hold, at their default values.

    Raises:
        ValueError: for another value of those arguments, or an argument that it does not have.

    Source: Micikevicius et al. 2017, "Mixed precision training", section 3.2.
    """

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(0.0, name=name)
        known = inspect.signature(Optimizer.__init__).parameters
        defaults = {name: parameter.default for name, parameter in known.items()}
        for argument, value in kwargs.items():
            if argument not in defaults or value != defaults[argument]:
                raise ValueError(
                    f"LossScaleOptimizer does not support `{argument}`. Instead, set `{argument}` "
                    "on the `inner_optimizer`."
                )
        self.inner_optimizer = inner_optimizer
        self.initial_scale, self.dynamic_growth_steps = initial_scale, dynamic_growth_steps
        inner_optimizer.loss_scale_factor = None

    def build(self, weights, paths=None, constraints=None):
        """Create the state, the other optimizer's too, once."""
        if self.built:
            return
        self.step_counter = self.add_variable("step_counter", np.zeros((), "int64"))
        scale = np.array(self.initial_scale, "float32")
        self.dynamic_scale = self.add_variable("dynamic_scale", scale)
        self.inner_optimizer.build(weights, paths, constraints)
        self.built = True

    @property
    def variables(self):
        """The own state, then the other optimizer's."""
        return super().variables + self.inner_optimizer.variables

    @property
    def iterations(self):
        """The other optimizer's steps: those that were not left out."""
        return self.inner_optimizer.iterations

    @property
    def learning_rate(self):
        """The other optimizer's learning rate."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        self.inner_optimizer.learning_rate = value

    def apply(self, gradients, weights=None):
        """One step of the other optimizer with the gradients over s, unless they overflowed."""
        gradients = list(gradients)
        self.ensure_built(weights)
        if not all(g is None or np.isfinite(g).all() for g in gradients):
            self.step_counter[...] = 0
            self.dynamic_scale *= 0.5
            return
        scale = float(self.dynamic_scale)
        unscaled = [g if g is None else g / scale for g in gradients]
        self.inner_optimizer.apply(unscaled, weights)
        if self.step_counter == self.dynamic_growth_steps - 1:
            self.step_counter[...] = 0
            self.dynamic_scale *= 2.0
        else:
            self.step_counter += 1

    def scale_loss(self, loss):
        """The loss, or the gradient of it, times s."""
        return loss * (float(self.dynamic_scale) if self.built else self.initial_scale)

    def finalize_variable_values(self, weights):
        """At the end of training: as the other optimizer does."""
        self.inner_optimizer.finalize_variable_values(weights)

    def get_config(self):
        """The constructor's arguments as plain values, with Keras's keys."""
        return {
            "name": self.name,
            "inner_optimizer": serialize(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }
