"""Operations that take an array's numbers at places between its entries."""

import itertools
import math
from collections.abc import Sequence

import numpy as np

from reference_numpy.kernels.resize import apply_along, translated_matrix
from reference_numpy.layers.preprocessing.image_preprocessing.affine_sampling import (
    FILL_MODES,
    INTERPOLATIONS,
    AffineSampling,
)
from reference_numpy.layers.symbolic import is_symbolic
from reference_numpy.operations.images import ImageOperation
from reference_numpy.operations.operation import Operation


class AffineTransform(ImageOperation, keras="ops.image"):
    """y at (column c, row r) = x at ((a₀ c + a₁ r + a₂) / k, (b₀ c + b₁ r + b₂) / k).

    k = c₀ c + c₁ r + 1, and a transform is (a₀, a₁, a₂, b₀, b₁, b₂, c₀, c₁). y is linear in x and
    dx the transposed map of dy. (TensorFlow instead samples dy by the inverted map, which is that
    only for shifts by whole pixels, reflections and quarter turns.) The transform has no gradient,
    as in TensorFlow.

    Shapes:
        images: (batch, height, width, channels), or without the batch axis
        transform: (8,), or (batch, 8), one for each image

    Args:
        interpolation: `"bilinear"` or `"nearest"`.
        fill_mode: what lies outside: `"constant"`, `"nearest"`, `"reflect"` or `"wrap"`.
        fill_value: the number there for `"constant"`.
        data_format: `"channels_last"` or `"channels_first"`.

    Raises:
        ValueError: for another interpolation or fill mode, and shapes that do not fit.
    """

    def __init__(
        self,
        interpolation: str = "bilinear",
        fill_mode: str = "constant",
        fill_value: float = 0,
        data_format: str | None = None,
        name: str | None = None,
    ):
        super().__init__(data_format, name)
        if fill_mode not in FILL_MODES or interpolation not in INTERPOLATIONS:
            raise ValueError(
                f"Operation '{self.name}': `fill_mode` must be one of {', '.join(FILL_MODES)}, "
                f"and `interpolation` one of {', '.join(INTERPOLATIONS)}. Received: "
                f"fill_mode={fill_mode!r}, interpolation={interpolation!r}"
            )
        self.interpolation, self.fill_mode, self.fill_value = interpolation, fill_mode, fill_value

    def promote(self, *arguments):
        """The images'."""
        return super().promote(arguments[0])

    def forward(self, images, transform):
        """The images sampled, and how."""
        return self.sampled(images, np.reshape(transform, (-1, 8)))

    def sampled(self, images, transforms):
        """The images sampled by transforms (1 or batch, 8), and how."""
        x = self.channels_last(images)
        if len(transforms) not in (1, len(x)):
            raise ValueError(
                f"Operation '{self.name}': {len(transforms)} transforms for {len(x)} images."
            )
        sampling = AffineSampling(transforms, *x.shape[1:3], self.fill_mode, self.interpolation)
        numbers = x if x.dtype.kind == "f" else x.astype("float64")
        y = sampling.sample(numbers, self.fill_value).astype(x.dtype, copy=False)
        return self.restored(y, images.shape), sampling

    def backward(self, dy, cache):
        """That of the images."""
        return (self.restored(cache.sample_backward(self.channels_last(dy)), dy.shape),)

    def shape(self, images, transform):
        """The images'."""
        self.check_rank(images)
        if len(transform) not in (1, 2) or transform[-1] != 8:
            raise ValueError(
                f"Operation '{self.name}': a transform has the shape (8,) or (batch, 8). "
                f"Received: {transform}"
            )
        return images


class PerspectiveTransform(AffineTransform, keras="ops.image"):
    """The `AffineTransform` that takes four points to four others, and the image with them.

    Its transform takes each end point (x, y) = (column, row) to the start point, so that the image
    at the start point is seen at the end point; that makes eight linear equations.

    Shapes:
        images: (batch, height, width, channels), or without the batch axis
        start_points, end_points: (4, 2), or (batch, 4, 2), one for each image

    Args:
        interpolation, fill_value, data_format: as in `AffineTransform`.
    """

    not_in_config = (*AffineTransform.not_in_config, "fill_mode")

    def __init__(
        self,
        interpolation: str = "bilinear",
        fill_value: float = 0,
        data_format: str | None = None,
        name: str | None = None,
    ):
        super().__init__(interpolation, "constant", fill_value, data_format, name)

    def forward(self, images, start_points, end_points):
        """The images sampled, and how."""
        return self.sampled(images, homographies(start_points, end_points))

    def shape(self, images, start_points, end_points):
        """The images'."""
        self.check_rank(images)
        for points in (start_points, end_points):
            if len(points) not in (2, 3) or points[-2:] != (4, 2) or points != start_points:
                raise ValueError(
                    f"Operation '{self.name}': points have the shape (4, 2) or (batch, 4, 2), "
                    f"both the same. Received: {start_points} and {end_points}"
                )
        return images


def homographies(start_points, end_points):
    """The transforms, (batch, 8), that take end points to start points."""
    start, end = (
        np.asarray(points, "float64").reshape(-1, 4, 2) for points in (start_points, end_points)
    )
    flat = np.concatenate([end, np.ones_like(end[..., :1])], axis=-1)
    equations = np.zeros((len(end), 4, 2, 8))
    equations[:, :, 0, :3] = equations[:, :, 1, 3:6] = flat
    equations[..., 6:] = -start[..., None] * end[:, :, None, :]
    return np.linalg.solve(equations.reshape(-1, 8, 8), start.reshape(-1, 8, 1))[..., 0]


class MapCoordinates(Operation, keras="ops.image"):
    """y[p] = x at the place coordinates[:, p], between entries interpolated linearly.

    Along each axis a place c lies between the entries ⌊c⌋, of the share 1 − c + ⌊c⌋, and ⌊c⌋ + 1:

        y = Σ over the corners of (the product of the shares) x[corner]
        dx[corner] += dy times that product
        dcoordinates[i] = dy Σ (the product of the other axes' shares) · (± 1) x[corner]

    With order 0 y is the entry nearest to the place, and the coordinates have no gradient.

    Shapes:
        inputs: (n₁, …, n_d), the batch counted in   coordinates: (d, …)   y: the rest of it

    Args:
        order: 0 or 1.
        fill_mode: what lies outside: `"constant"`, `"nearest"` (aaaa|abcd|dddd), `"wrap"`
            (abcd|abcd|abcd), `"mirror"` (dcb|abcd|cba) or `"reflect"` (dcba|abcd|dcba). Keras's
            last two take other entries before the first, and `"mirror"` also behind the last.
        fill_value: the number there for `"constant"`.

    Raises:
        ValueError: for another order or fill mode, and coordinates of another number of axes.
    """

    inside = {
        "constant": lambda index, size: np.clip(index, 0, size - 1),
        "nearest": lambda index, size: np.clip(index, 0, size - 1),
        "wrap": np.mod,
        "mirror": lambda index, size: np.abs(
            np.mod(index + size - 1, max(2 * size - 2, 1)) - size + 1
        ),
        "reflect": lambda index, size: np.minimum(
            np.mod(index, 2 * size), 2 * size - 1 - np.mod(index, 2 * size)
        ),
    }

    def __init__(self, order, fill_mode="constant", fill_value=0, name=None):
        super().__init__(name)
        if order not in (0, 1) or fill_mode not in self.inside:
            raise ValueError(
                f"Operation '{self.name}': `order` must be 0 or 1, and `fill_mode` one of "
                f"{', '.join(self.inside)}. Received: order={order}, fill_mode={fill_mode!r}"
            )
        self.order, self.fill_mode, self.fill_value = order, fill_mode, fill_value

    def promote(self, *arguments):
        """The inputs'."""
        return super().promote(arguments[0])

    def forward(self, inputs, coordinates):
        """The numbers, and the corners for backward."""
        axes = [self._neighbours(*axis) for axis in zip(coordinates, inputs.shape, strict=True)]
        corners, y = [], 0.0
        for corner in itertools.product(*axes):
            indices, valid, shares, slopes = zip(*corner)
            places = np.ravel_multi_index(indices, inputs.shape)
            valid = np.logical_and.reduce(valid)
            numbers = np.where(valid, inputs.reshape(-1)[places], self.fill_value)
            y = y + math.prod(shares) * numbers
            corners.append((places, valid, shares, slopes, numbers))
        y = np.asarray(y if inputs.dtype.kind == "f" else np.round(y))
        return y.astype(inputs.dtype), (inputs, coordinates, corners)

    def _neighbours(self, places, size):
        """(index, whether it is inside, share, the share's derivative) of one or two entries."""
        if self.order == 0:
            found = [(np.rint(places), np.ones_like(places), 0.0)]
        else:
            lower = np.floor(places)
            upper = places - lower
            found = [(lower, 1.0 - upper, -1.0), (lower + 1.0, upper, 1.0)]
        neighbours = []
        for index, share, slope in found:
            index = index.astype(int)
            valid = (index >= 0) & (index < size) | (self.fill_mode != "constant")
            neighbours.append((self.inside[self.fill_mode](index, size), valid, share, slope))
        return neighbours

    def backward(self, dy, cache):
        """Those of inputs and coordinates."""
        inputs, coordinates, corners = cache
        dx, dcoordinates = None, None
        if inputs.dtype.kind == "f":
            dx = np.zeros(inputs.size)
            for places, valid, shares, _, _ in corners:
                parts = dy * math.prod(shares) * valid
                dx += np.bincount(places.reshape(-1), parts.reshape(-1), inputs.size)
            dx = dx.astype(inputs.dtype).reshape(inputs.shape)
        if coordinates.dtype.kind == "f" and self.order == 1:
            dcoordinates = np.zeros_like(coordinates)
            for _, _, shares, slopes, numbers in corners:
                for axis, slope in enumerate(slopes):
                    others = math.prod(shares[:axis] + shares[axis + 1 :])
                    dcoordinates[axis] += dy * numbers * others * slope
        return dx, dcoordinates

    def shape(self, inputs, coordinates):
        """The coordinates' without the first axis."""
        if len(coordinates) < 2 or coordinates[0] != len(inputs):
            raise ValueError(
                f"Operation '{self.name}': inputs of {len(inputs)} axes take coordinates of the "
                f"shape ({len(inputs)}, …). Received: {coordinates}"
            )
        return coordinates[1:]


class ScaleAndTranslate(Operation, keras="ops.image"):
    """y = x with the point p of each axis at p · scale + translation: products with matrices.

    The matrices are those of `kernels/resize.py`, dx the product with the transposed ones. Integers
    are rounded and held between the smallest and the largest.

    `output_shape`, an argument of the call, has x's sizes along the other axes; `scale` and
    `translation` are numbers that stand in the graph, one for each of the axes.

    Args:
        spatial_dims: the axes.
        method: `"linear"`, `"cubic"`, `"lanczos3"` or `"lanczos5"`, or another name of the first
            two.
        antialias: whether kernels widen where images shrink.

    Raises:
        ValueError: for another method, and sizes that do not fit.
        NotImplementedError: for a scale or translation that the graph computes.
    """

    kernels = {
        **dict.fromkeys(["linear", "bilinear", "trilinear", "triangle"], "bilinear"),
        **dict.fromkeys(["cubic", "bicubic", "tricubic"], "bicubic"),
        "lanczos3": "lanczos3",
        "lanczos5": "lanczos5",
    }

    def __init__(
        self,
        spatial_dims: Sequence[int],
        method: str,
        antialias: bool = True,
        name: str | None = None,
    ):
        super().__init__(name)
        if method not in self.kernels:
            raise ValueError(
                f"Operation '{self.name}': `method` must be one of {', '.join(self.kernels)}. "
                f"Received: method={method!r}"
            )
        self.spatial_dims, self.method, self.antialias = spatial_dims, method, antialias

    def promote(self, *arguments):
        """The images'."""
        return super().promote(arguments[0])

    def compute_output_shape(self, args, kwargs):
        """`output_shape`. Raises NotImplementedError for a scale or translation to compute."""
        if is_symbolic(args[1:], kwargs):
            raise NotImplementedError(
                f"Operation '{self.name}': only the images may be computed in the graph; scale "
                "and translation must be numbers in it."
            )
        return super().compute_output_shape(args, kwargs)

    def forward(self, images, output_shape, scale, translation):
        """The images, and the matrices."""
        y = images if images.dtype.kind == "f" else images.astype("float64")
        scale, translation = np.ravel(scale).tolist(), np.ravel(translation).tolist()
        matrices = []
        for axis, *numbers in zip(self.spatial_dims, scale, translation, strict=True):
            sizes, method = (images.shape[axis], output_shape[axis]), self.kernels[self.method]
            matrices.append(translated_matrix(*sizes, *numbers, method, self.antialias))
            y = apply_along(matrices[-1], y, axis)
        if images.dtype.kind != "f":
            y = np.clip(np.round(y), images.min(), images.max()).astype(images.dtype)
        return y, (matrices, images.dtype)

    def backward(self, dy, cache):
        """That of the images."""
        matrices, dtype = cache
        if dtype.kind != "f":
            return (None,)
        for axis, matrix in zip(self.spatial_dims, matrices, strict=True):
            dy = apply_along(matrix.T, dy, axis)
        return (dy,)

    def shape(self, images, output_shape, scale, translation):
        """`output_shape`."""
        rank, found = len(images), tuple(output_shape)
        axes = {axis % rank for axis in self.spatial_dims if -rank <= axis < rank}
        fits = len(axes) == len(self.spatial_dims) and len(found) == rank
        if not fits or any(
            None not in pair and pair[0] != pair[1]
            for axis, pair in enumerate(zip(images, found))
            if axis not in axes
        ):
            raise ValueError(
                f"Operation '{self.name}': the output shape {found} does not fit images of the "
                f"shape {images} that change along the axes {tuple(self.spatial_dims)}."
            )
        return found
