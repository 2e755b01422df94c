"""Images sampled at places between and beyond their pixels."""

import numpy as np

FILL_MODES = ("reflect", "wrap", "constant", "nearest")
INTERPOLATIONS = ("nearest", "bilinear")


def _inside(places, size, fill_mode):
    """Places along an axis brought into [0, size − 1]; `"constant"` leaves them where they are.

    reflect: dcba|abcd|dcba.  wrap: abcd|abcd|abcd, by TensorFlow's rule, which lets the half
    pixels beside a border belong to the nearer pixel.  nearest: aaaa|abcd|dddd.
    """
    if fill_mode == "constant":
        return places
    if fill_mode == "reflect":
        places = np.mod(places, 2 * size)
        places = np.where(places >= size, 2 * size - 1 - places, places)
    elif fill_mode == "wrap" and size > 1:
        turns = np.trunc(np.abs(places) / (size - 1))
        below = places + size * (turns + 1)
        above = places - size * turns
        places = np.where(places < 0, below, np.where(places > size - 1, above, places))
    return np.clip(places, 0, size - 1)


class AffineSampling:
    """For every pixel of the output: which pixels of the input it is made of, and their shares.

    Bilinear: the four pixels around the place, each with the product of its nearness along both
    axes. Nearest: the one pixel whose centre is closest (halves away from 0). Pixels beyond the
    border, which only `"constant"` has, are the fill value.

    Args:
        maps: (images, 6), as `AffineLayer` has them, or (images, 8): then both places are divided
            by c₀ c + c₁ r + 1, and where that is 0, the pixel is the fill value. One row stands
            for all images.
        height, width: of the images.
        fill_mode, interpolation: as `AffineLayer` takes them.
    """

    def __init__(self, maps, height, width, fill_mode, interpolation):
        a0, a1, a2, b0, b1, b2, *c = np.asarray(maps, "float64").T[:, :, None, None]
        rows, columns = np.mgrid[:height, :width]
        depth = c[0] * columns + c[1] * rows + 1.0 if c else 1.0
        depth = np.where(depth == 0.0, np.nan, depth)
        x = _inside((a0 * columns + a1 * rows + a2) / depth, width, fill_mode)
        y = _inside((b0 * columns + b1 * rows + b2) / depth, height, fill_mode)
        if interpolation == "nearest":
            corners = [(_rounded(y), _rounded(x), np.ones_like(x))]
        else:
            top, left = np.floor(y), np.floor(x)
            corners = [
                (top + down, left + right, abs(1 - down - (y - top)) * abs(1 - right - (x - left)))
                for down in (0, 1)
                for right in (0, 1)
            ]
        self.pixels, self.shares = [], []
        for row, column, share in corners:
            exists = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            pixel = np.where(exists, row * width + column, 0).astype(int)
            self.pixels.append(pixel.reshape(len(maps), height * width))
            self.shares.append(np.where(exists, share, 0.0).reshape(len(maps), height * width))

    def sample(self, images, fill_value):
        """The output for images (images, height, width, channels)."""
        count, height, width, channels = images.shape
        flat = images.reshape(count, height * width, channels)
        outside = 1.0 - sum(self.shares)
        y = (fill_value * outside[..., None]).astype(images.dtype) * np.ones_like(flat)
        for pixel, share in zip(self.pixels, self.shares, strict=True):
            taken = np.take_along_axis(flat, pixel[..., None], axis=1)
            y += taken * share[..., None].astype(images.dtype)
        return y.reshape(images.shape)

    def sample_backward(self, dy):
        """dx: every entry of dy, times its shares, goes to the pixels it was made of."""
        count, height, width, channels = dy.shape
        size = height * width
        flat = dy.reshape(count, size, channels)
        offsets = np.arange(count)[:, None] * size
        dx = np.zeros((count * size, channels), dy.dtype)
        for pixel, share in zip(self.pixels, self.shares, strict=True):
            places = (pixel + offsets).reshape(-1)
            for channel in range(channels):
                parts = (flat[..., channel] * share).reshape(-1)
                dx[:, channel] += np.bincount(places, parts, count * size).astype(dy.dtype)
        return dx.reshape(dy.shape)


def _rounded(places):
    return np.copysign(np.floor(np.abs(places) + 0.5), places)
