"""Operations between blocks of pixels and channels."""

from reference_numpy.layers.argument_validation import standardize_data_format, standardize_tuple
from reference_numpy.layers.data_format import from_channels_last, to_channels_last
from reference_numpy.operations.shapes import Rearrangement


class Blocks(Rearrangement):
    """The base of the two below.

    Args:
        block_size: rows and columns of a block of pixels.
        data_format: `"channels_last"` or `"channels_first"`.

    Raises:
        ValueError: for a size below 1, and for images that do not have whole blocks.
    """

    def __init__(
        self, block_size: int, data_format: str | None = "channels_last", name: str | None = None
    ):
        super().__init__(name)
        self.block_size, self.data_format = block_size, data_format
        standardize_tuple(block_size, 1, "block_size")

    def spread(self, x):
        """Every b² channels as a block of b rows and columns of pixels."""
        data_format, size = standardize_data_format(self.data_format), self.block_size
        x = to_channels_last(x, data_format)
        batch, height, width, channels = x.shape
        x = x.reshape(batch, height, width, size, size, channels // size**2)
        y = x.transpose(0, 1, 3, 2, 4, 5).reshape(batch, height * size, width * size, -1)
        return from_channels_last(y, data_format)

    def gathered(self, x):
        """Every block of b rows and columns of pixels as b² times as many channels."""
        data_format, size = standardize_data_format(self.data_format), self.block_size
        x = to_channels_last(x, data_format)
        batch, height, width, channels = x.shape
        x = x.reshape(batch, height // size, size, width // size, size, channels)
        y = x.transpose(0, 1, 3, 2, 4, 5).reshape(batch, height // size, width // size, -1)
        return from_channels_last(y, data_format)

    def split(self, shape):
        """(batch, height, width, channels) of a shape."""
        if len(shape) != 4:
            raise ValueError(f"Operation '{self.name}' takes images of 4 axes, not {len(shape)}.")
        first = standardize_data_format(self.data_format) == "channels_first"
        return (shape[0], *shape[2:], shape[1]) if first else shape

    def joined(self, batch, height, width, channels):
        """The shape of these sizes."""
        first = standardize_data_format(self.data_format) == "channels_first"
        return (batch, channels, height, width) if first else (batch, height, width, channels)

    def divided(self, size, divisor):
        """The quotient, which must be whole; None for a size that is not known."""
        if size is None:
            return None
        if size % divisor:
            raise ValueError(f"Operation '{self.name}': {size} is no multiple of {divisor}.")
        return size // divisor


class DepthToSpace(Blocks, keras="ops.nn"):
    """y has every b² channels of a pixel as a block of b rows and columns; dx is dy put back.

    Shapes:
        x: (batch, height, width, b² channels)   y: (batch, b height, b width, channels)
    """

    def move(self, x):
        """The blocks beside each other."""
        return self.spread(x)

    def move_backward(self, dy, shape):
        """The blocks as channels."""
        return self.gathered(dy)

    def shape(self, x):
        """Larger images of fewer channels."""
        batch, *sizes, channels = self.split(x)
        sizes = [None if size is None else size * self.block_size for size in sizes]
        return self.joined(batch, *sizes, self.divided(channels, self.block_size**2))


class SpaceToDepth(Blocks, keras="ops.nn"):
    """y has every block of b rows and columns as b² channels of a pixel; dx is dy put back.

    Shapes:
        x: (batch, b height, b width, channels)   y: (batch, height, width, b² channels)
    """

    def move(self, x):
        """The blocks as channels."""
        return self.gathered(x)

    def move_backward(self, dy, shape):
        """The blocks beside each other."""
        return self.spread(dy)

    def shape(self, x):
        """Smaller images of more channels."""
        batch, *sizes, channels = self.split(x)
        sizes = [self.divided(size, self.block_size) for size in sizes]
        return self.joined(batch, *sizes, channels and channels * self.block_size**2)
