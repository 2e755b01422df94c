"""Operations that add margins to arrays, and that cut them off."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy.layers.argument_validation import standardize_data_format
from reference_numpy.layers.reshaping.margins import crop, pad
from reference_numpy.operations.images import ImageOperation
from reference_numpy.operations.operation import Operation
from reference_numpy.operations.repeating import sum_at


class Pad(Operation, keras="ops.numpy"):
    """y is x with margins; dx is dy without them, where they are constant.

    A mirrored margin has x's numbers in the opposite order, whose dy are added to those of the
    numbers themselves: `"reflect"` leaves out the number at the border, `"symmetric"` repeats it.

    Args:
        pad_width: (before, after) for each axis; one pair, or one number, for all of them.
        mode: `"constant"`, `"reflect"` or `"symmetric"`, the modes of Keras on TensorFlow.
        constant_values: of the call: what stands in constant margins, 0 for None.

    Raises:
        ValueError: for another mode, widths that do not fit x, are below 0, or larger than what
            there is to mirror.
        NotImplementedError: for a constant that the graph computes, of which TensorFlow has no
            gradient.
    """

    def __init__(
        self, pad_width: int | Sequence[Any], mode: str = "constant", name: str | None = None
    ):
        super().__init__(name)
        self.pad_width, self.mode = pad_width, mode
        if str(mode).lower() not in ("constant", "reflect", "symmetric"):
            raise ValueError(
                f"Operation '{self.name}': `mode` must be 'constant', 'reflect' or 'symmetric'. "
                f"Received: {mode!r}"
            )

    def promote(self, x, *others):
        """Name of x's dtype."""
        return super().promote(x)

    def _margins(self, shape):
        """(before, after) for each axis, where they fit the shape."""
        widths = self.pad_width
        if isinstance(widths, int):
            widths = (widths, widths)
        if len(widths) and isinstance(widths[0], int):
            widths = [widths] * len(shape)
        # One number in brackets stands for both ends.
        widths = [tuple(pair) * (2 if len(pair) == 1 else 1) for pair in widths]
        if len(widths) == 1:
            widths *= len(shape)
        if len(widths) != len(shape) or any(len(pair) != 2 or min(pair) < 0 for pair in widths):
            raise ValueError(
                f"Operation '{self.name}': the widths {self.pad_width} are no margins of an array "
                f"of the shape {shape}."
            )
        mode = self.mode.lower()
        for size, pair in zip(shape, widths):
            if mode != "constant" and size is not None and max(pair) > size - (mode == "reflect"):
                raise ValueError(
                    f"Operation '{self.name}': an axis of size {size} is too short for margins of "
                    f"{pair} in the mode '{self.mode}'."
                )
        return widths

    def forward(self, x, constant_values=None):
        """x with its margins; backward needs the margins and x's shape."""
        margins, mode = self._margins(x.shape), self.mode.lower()
        if mode == "constant":
            return pad(x, margins, constant_values or 0), (margins, x.shape)
        return np.pad(x, margins, mode=mode), (margins, x.shape)

    def backward(self, dy, cache):
        """dx."""
        (margins, shape), mode = cache, self.mode.lower()
        if mode == "constant":
            return (crop(dy, margins),)
        for axis, (pair, size) in enumerate(zip(margins, shape)):
            if any(pair):
                dy = sum_at(dy, np.pad(np.arange(size), pair, mode=mode), size, axis)
        return (dy,)

    def shape(self, x, constant_values=None):
        """x's with the margins; an axis of unknown size stays so."""
        if constant_values is not None and self.mode.lower() != "constant":
            raise ValueError(f"Operation '{self.name}': the mode '{self.mode}' has no constant.")
        return _with_margins(x, self._margins(x))

    def compute_output_shape(self, args, kwargs):
        """Shape of the output, for a constant that is a number."""
        constant = kwargs.get("constant_values", *args[1:])
        if constant is not None and not isinstance(constant, (int, float)):
            raise NotImplementedError(
                f"Operation '{self.name}': only numbers are supported as `constant_values`, since "
                f"TensorFlow has no gradient of them. Received: {constant!r}"
            )
        return super().compute_output_shape(args, kwargs)


def _with_margins(shape, margins, sign=1):
    return tuple(
        None if size is None else size + sign * sum(pair) for size, pair in zip(shape, margins)
    )


class MarginsOfImages(ImageOperation):
    """The base of the two below, whose margins follow from two of three numbers an axis.

    Args:
        before, after, target: each a pair for height and width: the margins before and after, and
            the size of the output.
        data_format: as in `ImageOperation`.

    Raises:
        ValueError: where not exactly two of three are given, one is below 0, or a margin would be.
    """

    #: +1 where the margins are added, −1 where they are cut off
    sign = 1

    def __init__(self, before, after, target, data_format=None, name=None):
        super().__init__(data_format, name)
        self.sides = list(zip(before, after, target))
        for axis, side in zip(("height", "width"), self.sides):
            if side.count(None) != 1 or min(number for number in side if number is not None) < 0:
                raise ValueError(
                    f"Operation '{self.name}' takes two of the two margins and the target {axis}, "
                    f"each 0 or more. Received: {side}"
                )

    def _axes(self, ndim):
        first = standardize_data_format(self.data_format) == "channels_first"
        return (ndim - 2, ndim - 1) if first else (ndim - 3, ndim - 2)

    def margins(self, shape):
        """(before, after) for every axis of images of the shape."""
        margins = [(0, 0)] * len(shape)
        for axis, (before, after, target) in zip(self._axes(len(shape)), self.sides):
            if target is not None:
                rest = self.sign * (target - shape[axis]) - (after if before is None else before)
                before, after = (rest, after) if before is None else (before, rest)
            if min(before, after) < 0:
                raise ValueError(
                    f"Operation '{self.name}': images of the shape {shape} cannot get the size "
                    f"{target} with margins of 0 or more."
                )
            margins[axis] = before, after
        return margins

    def shape(self, images):
        """The images', with the sizes that follow."""
        self.check_rank(images)
        sizes, axes = list(images), self._axes(len(images))
        for axis, (before, after, target) in zip(axes, self.sides):
            if target is not None or images[axis] is None:
                sizes[axis] = target
            else:
                sizes[axis] = images[axis] + self.sign * (before + after)
        if None not in [images[axis] for axis in axes]:
            self.margins(images)
        if any(sizes[axis] is not None and sizes[axis] < 0 for axis in axes):
            raise ValueError(
                f"Operation '{self.name}': the margins are larger than images of the shape "
                f"{images}."
            )
        return tuple(sizes)


class PadImages(MarginsOfImages, keras="ops.image"):
    """y is the images with margins of 0; dx is dy without them.

    Args:
        top_padding, left_padding, bottom_padding, right_padding, target_height, target_width: two
            of the three for the height, and for the width.
        data_format: as in `ImageOperation`.
    """

    def __init__(
        self,
        top_padding: int | None = None,
        left_padding: int | None = None,
        bottom_padding: int | None = None,
        right_padding: int | None = None,
        target_height: int | None = None,
        target_width: int | None = None,
        data_format: str | None = None,
        name: str | None = None,
    ):
        self.top_padding, self.left_padding = top_padding, left_padding
        self.bottom_padding, self.right_padding = bottom_padding, right_padding
        self.target_height, self.target_width = target_height, target_width
        before, after = (top_padding, left_padding), (bottom_padding, right_padding)
        super().__init__(before, after, (target_height, target_width), data_format, name)

    def forward(self, images):
        """The images with their margins, and those."""
        margins = self.margins(images.shape)
        return pad(images, margins), margins

    def backward(self, dy, cache):
        """dy without the margins."""
        return (crop(dy, cache),)


class CropImages(MarginsOfImages, keras="ops.image"):
    """y is the images without margins; dx is dy with margins of 0.

    Args:
        top_cropping, left_cropping, bottom_cropping, right_cropping, target_height, target_width:
            two of the three for the height, and for the width.
        data_format: as in `ImageOperation`.
    """

    sign = -1

    def __init__(
        self,
        top_cropping: int | None = None,
        left_cropping: int | None = None,
        bottom_cropping: int | None = None,
        right_cropping: int | None = None,
        target_height: int | None = None,
        target_width: int | None = None,
        data_format: str | None = None,
        name: str | None = None,
    ):
        self.top_cropping, self.left_cropping = top_cropping, left_cropping
        self.bottom_cropping, self.right_cropping = bottom_cropping, right_cropping
        self.target_height, self.target_width = target_height, target_width
        before, after = (top_cropping, left_cropping), (bottom_cropping, right_cropping)
        super().__init__(before, after, (target_height, target_width), data_format, name)

    def forward(self, images):
        """The images without their margins, and those."""
        self.shape(images.shape)
        margins = self.margins(images.shape)
        return crop(images, margins), margins

    def backward(self, dy, cache):
        """dy with margins."""
        return (pad(dy, cache),)
