"""Stochastic gradient descent, plain, with momentum and with Nesterov's momentum."""

from typing import Any

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.optimizer import Optimizer


class SGD(Optimizer):
    """Downhill by the gradient g, at the learning rate η.

        w ← w − η g                                   plain
        v ← μ v − η g,   w ← w + v                    momentum μ > 0
        v ← μ v − η g,   w ← w + μ v − η g            nesterov

    State: v, Keras's `momentum`, of the weight's shape; none where μ is 0.

    Args:
        learning_rate: η, in units of weight per gradient.
        momentum: μ, a float in [0, 1].
        nesterov: whether to look ahead along v.

    Raises:
        ValueError: for a `momentum` that is no float in [0, 1].

    Source: Saito, Deep Learning from Scratch, sections 6.1.2 and 6.1.4; Sutskever et al. 2013, "On
    the importance of initialization and momentum in deep learning".
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **kwargs: Any,
    ):
        super().__init__(learning_rate, **kwargs)
        if not isinstance(momentum, float) or not 0 <= momentum <= 1:
            raise ValueError(
                f"`momentum` must be a float between [0, 1]. Received: momentum={momentum!r}"
            )
        self.momentum, self.nesterov = momentum, nesterov

    def create_slots(self):
        """The velocity v."""
        if self.momentum != 0:
            self.add_slots("momentum")

    def update(self, w, g, learning_rate, momentum=None):
        """The equations above; `momentum` is v."""
        v = momentum
        if v is None:
            w -= learning_rate * g
            return
        v *= self.momentum
        v -= learning_rate * g
        w += self.momentum * v - learning_rate * g if self.nesterov else v
