"""Operations on the colors of images."""

import numpy as np

from reference_numpy.layers.argument_validation import standardize_data_format
from reference_numpy.operations.images import ImageOperation


class ColorOperation(ImageOperation):
    """The base of the operations on colors, on an axis of three channels.

    A subclass defines `convert(colors)` → `(y, cache)` for an array with the colors last, and
    `convert_backward(dy, cache)` → their gradient.

    Raises:
        ValueError: for images of other than 3 or 4 axes, or of another number of channels.
    """

    #: the numbers of channels that are allowed, and that of the output (None for the same)
    channels: tuple[int, ...] = (3,)
    output_channels: int | None = None

    def _axis(self):
        first = standardize_data_format(self.data_format) == "channels_first"
        return -3 if first else -1

    def forward(self, images):
        """The converted images."""
        y, cache = self.convert(np.moveaxis(images, self._axis(), -1))
        return np.moveaxis(y, -1, self._axis()), cache

    def backward(self, dy, cache):
        """The gradient of the images."""
        dx = self.convert_backward(np.moveaxis(dy, self._axis(), -1), cache)
        return (np.moveaxis(dx, -1, self._axis()),)

    def shape(self, images):
        """The images', with the output's channels."""
        self.check_rank(images)
        sizes, axis = list(images), self._axis()
        if sizes[axis] not in (None, *self.channels):
            raise ValueError(
                f"Operation '{self.name}' takes images of {' or '.join(map(str, self.channels))} "
                f"channels. Received: shape={images}"
            )
        sizes[axis] = self.output_channels or sizes[axis]
        return tuple(sizes)


class RGBToGrayscale(ColorOperation, keras="ops.image"):
    """y = 0.2989 red + 0.5870 green + 0.1140 blue; gray images stay what they are.

    dx is dy times the weights. Integers are computed with as floating numbers and cut off.

    Args:
        data_format: as in `ImageOperation`.
    """

    channels, output_channels = (1, 3), 1
    shares = (0.2989, 0.5870, 0.1140)

    def convert(self, colors):
        """The sum."""
        if colors.shape[-1] == 1:
            return colors, None
        dtype = colors.dtype if colors.dtype.kind == "f" else np.dtype("float32")
        weights = np.array(self.shares, dtype)
        return (colors.astype(dtype) @ weights)[..., None].astype(colors.dtype), weights

    def convert_backward(self, dy, weights):
        """dy for each color."""
        return dy if weights is None else dy * weights


class FloatingColors(ColorOperation):
    """An operation on colors that are floating numbers.

    Raises:
        ValueError: for integers.
    """

    def compute_output_shape(self, args, kwargs):
        """The images' shape, where they are floating."""
        if np.dtype(args[0].dtype).kind != "f":
            raise ValueError(
                f"Operation '{self.name}' takes floating numbers. Received: dtype={args[0].dtype}"
            )
        return super().compute_output_shape(args, kwargs)


class RGBToHSV(FloatingColors, keras="ops.image"):
    """Hue, saturation and value of red, green and blue.

    With the largest color v, the smallest w and their difference r = v − w:

        value = v     saturation = r / v     hue = ((b − c) / r + offset) / 6  mod 1

    where b − c and the offset are green − blue and 0 for a largest red, blue − red and 2 for
    green, red − green and 4 for blue. Of equal colors red is the largest before green before blue.
    Backward, with dr = d(saturation) / v − d(hue) (b − c) / 6 r²:

        dv = d(value) − d(saturation) r / v² + dr     dw = −dr     db = −dc = d(hue) / 6 r

    each added to the color that it is. What would be divided by 0 is 0.

    Args:
        data_format: as in `ImageOperation`.
    """

    def convert(self, colors):
        """Hue, saturation and value."""
        largest = colors.argmax(axis=-1)[..., None]
        # From behind, so that of equal colors the smallest is not the largest.
        smallest = 2 - colors[..., ::-1].argmin(axis=-1)[..., None]
        value = np.take_along_axis(colors, largest, -1)
        span = value - np.take_along_axis(colors, smallest, -1)
        after, before = (largest + 1) % 3, (largest + 2) % 3
        between = np.take_along_axis(colors, after, -1) - np.take_along_axis(colors, before, -1)
        saturation = _quotient(span, value)
        hue = np.where(span > 0, (_quotient(between, span) + 2 * largest) / 6, 0)
        y = np.concatenate([hue % 1, saturation, value], axis=-1).astype(colors.dtype)
        return y, (largest, smallest, after, before, value, span, between)

    def convert_backward(self, dy, cache):
        """The gradient of the colors."""
        largest, smallest, after, before, value, span, between = cache
        dhue, dsaturation, dvalue = np.split(dy, 3, axis=-1)
        dbetween = _quotient(dhue, 6 * span)
        dspan = _quotient(dsaturation, value) - _quotient(dbetween * between, span)
        dvalue = dvalue - _quotient(dsaturation * span, value * value) + dspan
        dx = np.zeros_like(dy)
        for places, gradient in (
            (largest, dvalue),
            (smallest, -dspan),
            (after, dbetween),
            (before, -dbetween),
        ):
            gradient = gradient + np.take_along_axis(dx, places, -1)
            np.put_along_axis(dx, places, gradient, -1)
        return dx


def _quotient(a, b):
    """a / b where b > 0, else 0."""
    return np.where(b > 0, a / np.where(b > 0, b, 1), 0).astype(a.dtype)


class HSVToRGB(FloatingColors, keras="ops.image"):
    """Red, green and blue of hue h, saturation s and value v.

        color = v (1 − s + s t),  t = |6 h − 3| − 1 for red, 2 − |6 h − 2| for green,
                                      2 − |6 h − 4| for blue, each kept between 0 and 1

    Backward: dv = Σ dcolor color / v, ds = Σ dcolor v (t − 1), dh = Σ dcolor v s dt/dh, where the
    derivative at a kink is 0. (TensorFlow has no gradient.)

    Args:
        data_format: as in `ImageOperation`.
    """

    #: for each color: the hue in sixths at which it turns, and what t is there and by how much it
    #: rises to both sides
    turns, starts, rises = (3, 2, 4), (-1, 2, 2), (1, -1, -1)

    def convert(self, colors):
        """Red, green and blue."""
        hue, saturation, value = np.split(colors, 3, axis=-1)
        turns, starts, rises = (
            np.array(p, colors.dtype) for p in (self.turns, self.starts, self.rises)
        )
        away = 6 * hue - turns
        t = starts + rises * np.abs(away)
        slope = np.where((t > 0) & (t < 1), 6 * rises * np.sign(away), 0).astype(colors.dtype)
        t = np.clip(t, 0, 1)
        part = 1 - saturation + saturation * t
        return value * part, (saturation, value, t, slope, part)

    def convert_backward(self, dy, cache):
        """The gradients of hue, saturation and value."""
        saturation, value, t, slope, part = cache
        parts = [dy * value * saturation * slope, dy * value * (t - 1), dy * part]
        return np.concatenate([p.sum(axis=-1, keepdims=True) for p in parts], axis=-1)
