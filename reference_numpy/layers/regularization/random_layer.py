"""What the layers share that do something at random in training and nothing at inference."""

from typing import Any

from reference_numpy import random
from reference_numpy.layers.layer import Layer


class RandomLayer(Layer):
    """y = x at inference; in training, `perturb(x)`.

    A subclass defines `perturb(x)` → `(y, cache)` and, unless y is x ⊙ cache,
    `perturb_backward(dy, cache)` → dx. The draws come from `seed_generator`, a stream of the
    layer's own, so a call in training gives other numbers than the one before.

    Args:
        seed: an integer for draws that repeat from run to run, or None.
    """

    samples_apart = "inference"

    def __init__(self, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def fraction(self, name, value):
        """The argument `name`, which turns the layer off where it is 0.

        Raises:
            ValueError: for a value outside [0, 1].
        """
        if not 0 <= value <= 1:
            raise ValueError(
                f"Invalid value received for argument `{name}` of layer '{self.name}'. "
                f"Expected a float value between 0 and 1. Received: {name}={value}"
            )
        self.is_active = value > 0
        return value

    def forward(self, x, training=False):
        """x, or in training what `perturb` makes of it; the cache is None where nothing is done."""
        return self.perturb(x) if training and self.is_active else (x, None)

    def backward(self, dy, cache):
        """dy, or what `perturb_backward` makes of it, and no gradients of weights."""
        return dy if cache is None else self.perturb_backward(dy, cache), []

    def perturb(self, x):
        """The output in training, and what `perturb_backward` needs."""
        raise TypeError(f"{type(self).__name__} does not say what it does in training.")

    def perturb_backward(self, dy, cache):
        """dx for an output that is x ⊙ cache."""
        return dy * cache

    def rate_below_one(self):
        """The layer's rate, where its formula divides by 1 − rate. Raises ValueError for 1."""
        if self.rate == 1:
            raise ValueError(
                f"Layer '{self.name}' cannot be trained with a rate of 1, for which its noise "
                "would be infinite. Expected a rate below 1. Received: rate=1"
            )
        return self.rate

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape
