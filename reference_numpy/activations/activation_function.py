"""The base of every activation function."""

from reference_numpy.serialization import Configurable, snake_case


class ActivationFunction(Configurable):
    """A function of the pre-activation with its derivative.

    A subclass defines `forward(x)` → `(y, cache)` and `backward(dy, cache)` → `dx`. The cache is
    whatever backward needs, most often the output.
    """

    def forward(self, x):
        """The output and what backward needs."""
        raise TypeError(f"{type(self).__name__} has no forward.")

    def backward(self, dy, cache):
        """The gradient with respect to `x`, given `dy` with respect to the output."""
        raise TypeError(f"{type(self).__name__} has no backward.")

    def __call__(self, x):
        """The output alone."""
        return self.forward(x)[0]

    def serialize(self):
        """Keras writes an activation function as its name."""
        return snake_case(type(self).__name__)
