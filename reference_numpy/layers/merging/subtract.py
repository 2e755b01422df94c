"""The difference of two arrays."""

from typing import Any

from reference_numpy.annotations import Structure
from reference_numpy.layers.merging.base_merge import Merge


class Subtract(Merge):
    """y = x₁ − x₂; dx₁ = dy, dx₂ = −dy.

    Shapes:
        x: both the same, or such that broadcast to one another; y: what they broadcast to

    Raises:
        ValueError: as `Merge`, and for other than two inputs.

    Source: `keras.layers.Subtract`.
    """

    def check_list(self, input_shape):
        """Raise ValueError unless there are two shapes."""
        super().check_list(input_shape)
        if len(input_shape) != 2:
            raise ValueError(
                f"The `Subtract` layer '{self.name}' should be called on exactly 2 inputs. "
                f"Received: input_shape={input_shape}"
            )

    def merge(self, arrays, masks):
        """The difference; its gradient needs nothing."""
        first, second = arrays
        return first - second, None

    def merge_backward(self, dy, cache):
        """dy and −dy."""
        return [dy, -dy]


def subtract(inputs: Structure, **kwargs: Any) -> Any:
    """`Subtract` as a function of the list of two inputs."""
    return Subtract(**kwargs)(inputs)
