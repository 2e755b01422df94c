"""Operations on places of arrays where Keras is no witness: it is wrong, or lacks a gradient."""

import itertools

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.operations import (
    blocks,
    colors,
    diagonals,
    indexing,
    joining,
    one_hot,
    padding,
    patches,
    repeating,
    scans,
    scattering,
    shapes,
    splitting,
    turning,
)
from tests.reference_numpy.operations.test_operations import assert_calculus, draw


def test_a_part_put_into_an_array_has_gradients():
    x, part = draw(3, 4, 4), draw(3, 2, 3, seed=1)
    operation = indexing.SliceUpdate()
    inputs = [rn.Input(a.shape[1:], dtype="float64") for a in (x, part)]
    model = rn.Model(inputs, operation(inputs[0], [0, 1, 9], inputs[1]))
    y, cache = model.forward([x, part])
    expected = x.copy()
    expected[:, 1:3, 1:] = part
    np.testing.assert_array_equal(y, expected)
    dy = draw(3, 4, 4, seed=2)
    (dx, dpart), _ = model.backward(dy, cache)
    np.testing.assert_array_equal(dpart, dy[:, 1:3, 1:])
    np.testing.assert_array_equal(dx[:, 1:3, 1:], 0)
    np.testing.assert_array_equal(dx[:, 0], dy[:, 0])


def test_constant_parts_and_updates():
    x = draw(3, 2)
    for operation, where in ((indexing.SliceUpdate(), [1, 0]), (scattering.ScatterUpdate(), [[1]])):
        y = assert_calculus(operation, x, arguments=[where, [[7.0, 8.0]]])
        np.testing.assert_array_equal(y, [x[0], [7, 8], x[2]])


def test_of_several_updates_the_last_counts():
    x, updates = draw(3, 2), draw(3, 2, seed=1)
    indices = np.array([[2], [0], [2]])
    y = assert_calculus(Updating(None, indices), x, updates)
    np.testing.assert_array_equal(y, [updates[1], x[1], updates[2]])


class Updating(scattering.ScatterUpdate):
    """An update at constant places."""

    def __init__(self, reduction, indices):
        super().__init__(reduction)
        self.indices = indices

    def __call__(self, x, updates):
        return super().__call__(x, self.indices, updates)


@pytest.mark.parametrize("zeros", [(), (0,), (0, 2)])
def test_products_of_updates_at_one_place(zeros):
    x, updates = draw(3, 4), draw(3, 2, seed=1)
    for row in zeros:
        updates[row, 0] = 0
    indices = np.array([[[1, 1], [0, 0]], [[1, 1], [1, 1]], [[1, 1], [2, 3]]])
    y = assert_calculus(Updating("mul", indices), x, updates)
    product = updates[0, 0] * updates[1, 0] * updates[1, 1] * updates[2, 0]
    np.testing.assert_allclose(y[1, 1], x[1, 1] * product)


@pytest.mark.parametrize(("reduction", "taken"), [("max", 2), ("min", 1)])
def test_equal_extrema_share_the_gradient(reduction, taken):
    operation = scattering.ScatterUpdate(reduction)
    x, updates = np.array([2.0 if reduction == "max" else 1.0]), np.array([1.0, 2.0])
    y, cache = operation.forward(x, np.array([[0], [0]]), updates)
    assert y == [taken]
    dx, _ = operation.backward(np.array([1.0]), cache)
    assert dx["indices"] is None
    np.testing.assert_array_equal(dx["inputs"], [0.5])
    np.testing.assert_array_equal(dx["updates"], 0.5 * (updates == taken))


def test_places_of_numbers_in_an_array():
    indices = np.arange(24, dtype="int32").reshape(4, 6)
    places, _ = indexing.UnravelIndex((2, 3, 4)).forward(indices)
    for found, expected in zip(places, np.unravel_index(indices, (2, 3, 4)), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_colors_from_hue_saturation_and_value_have_gradients():
    x = np.random.default_rng(0).uniform(0.02, 0.98, (4, 5, 6, 3))
    y = assert_calculus(colors.HSVToRGB(), x)
    np.testing.assert_allclose(colors.RGBToHSV().forward(y)[0], x)


def test_colors_that_are_equal_have_finite_gradients():
    values = [0.0, 0.5, 1.0]
    x = np.array(list(itertools.product(values, values, values))).reshape(1, 3, 9, 3)
    for operation in (colors.RGBToHSV(), colors.HSVToRGB()):
        y, cache = operation.forward(x)
        dx, _ = operation.backward(np.ones_like(y), cache)
        assert np.isfinite(y).all() and np.isfinite(dx).all()


def test_patches_of_images_with_channels_first():
    x = draw(2, 3, 5, 6)
    y = assert_calculus(patches.ExtractPatches((2, 3), 1, data_format="channels_first"), x)
    last, _ = patches.ExtractPatches((2, 3), 1).forward(np.moveaxis(x, 1, -1))
    np.testing.assert_array_equal(np.moveaxis(y, 1, -1), last)


def test_one_width_for_all_axes():
    for widths in (2, (1, 0), [[2, 1]]):
        y = assert_calculus(padding.Pad(widths), draw(3, 4))
        pair = (widths, widths) if widths == 2 else np.ravel(widths)
        np.testing.assert_array_equal(y, np.pad(draw(3, 4), pair))


def test_half_a_turn_keeps_the_sizes():
    x = draw(3, 4, 2)
    for k in range(-3, 5):
        operation = turning.Rot90(k, (2, 1))
        assert_calculus(operation, x)
        assert operation(rn.Input((4, 2))).shape == (None, *np.rot90(x, k, (2, 1)).shape[1:])


def test_diagonals_outside_are_empty():
    x = draw(3, 4)
    for operation, size in (
        (diagonals.Diagonal(4), 0),
        (diagonals.Diag(-3), 0),
        (diagonals.Diagonal(-2), 1),
    ):
        assert assert_calculus(operation, x).shape == (size,)


def test_marks_have_the_dtype_that_they_are_asked_for():
    tensor = one_hot.MultiHot(4, dtype="float32")(rn.Input((2,), dtype="int32"))
    assert (tensor.shape, tensor.dtype) == ((None, 4), "float32")
    y, _ = one_hot.MultiHot(4).forward(np.array([[1, 3], [2, 2], [-1, 9]]))
    np.testing.assert_array_equal(y, [[0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0]])


def test_grids_of_integers_stay_integers():
    tensors = [rn.Input((), dtype="int32"), rn.Input((), dtype="int32")]
    for indexing_ in ("xy", "ij"):
        assert {t.dtype for t in joining.Meshgrid(indexing_)(*tensors)} == {"int32"}


def test_nothing_is_written_to():
    x, indices = draw(3, 4, 4), np.array([[0], [2]])
    before = x.copy()
    for operation, arguments in (
        (scattering.ScatterUpdate("add"), (indices, x[:2])),
        (scattering.ScatterUpdate(), (indices, x[:2])),
        (indexing.SliceUpdate(), ([0, 0, 0], x[:2])),
        (padding.Pad(1, "reflect"), ()),
        (diagonals.Trace(), ()),
        (repeating.Repeat(2), ()),
    ):
        y, cache = operation.forward(x, *arguments)
        dy = np.ones_like(y)
        dx, _ = operation.backward(dy, cache)
        dx, *_ = dx.values() if isinstance(dx, dict) else [dx]
        assert dx.shape == x.shape and (dy == 1).all()
    np.testing.assert_array_equal(x, before)


X = rn.Input((4, 3))
IMAGES = rn.Input((5, 6, 3))
INTEGERS = rn.Input((2,), dtype="int32")


@pytest.mark.parametrize(
    "call",
    [
        lambda: shapes.Reshape((5, 7))(X[0]),
        lambda: shapes.Reshape((None, -1))(rn.Input((4, 2))),
        lambda: shapes.ExpandDims(5)(X),
        lambda: shapes.Squeeze(3)(X),
        lambda: shapes.Squeeze(-1)(X),
        lambda: shapes.Transpose((0, 1))(X),
        lambda: shapes.Transpose((0, 1, 1))(X),
        lambda: shapes.Moveaxis((0, 1), 2),
        lambda: shapes.Moveaxis(3, 0)(X),
        lambda: shapes.Swapaxes(0, 3)(X),
        lambda: shapes.BroadcastTo((None, 4, 3))(X),
        lambda: shapes.BroadcastTo((4, 1))(X[0]),
        lambda: turning.Flip((0, -3))(X),
        lambda: turning.Fliplr()(X[0, 0]),
        lambda: turning.Roll((1, 2), 1)(X),
        lambda: turning.Roll((1, 2))(X),
        lambda: turning.Rot90(axes=(0, 1, 2)),
        lambda: turning.Rot90(axes=(1, -2))(X),
        lambda: joining.Concatenate(3)([X, X]),
        lambda: joining.Concatenate(1)([X, X[:, :, 1:]]),
        lambda: joining.Concatenate(1)([X, X[:, 0]]),
        lambda: joining.Append(2)(X, X[:, 1:]),
        lambda: joining.Stack(1)([X, X[:, 1:]]),
        lambda: joining.Stack(4)([X, X]),
        lambda: joining.Meshgrid("ji"),
        lambda: splitting.Split(3, 1)(X),
        lambda: splitting.Split(0, 1),
        lambda: splitting.Split((3, 1), 1)(X),
        lambda: splitting.Split((1, 9), 1)(X),
        lambda: splitting.Split((-1,), 1)(X),
        lambda: splitting.Dsplit(3)(X[:, 0]),
        lambda: splitting.Split(2).forward(np.ones(3)),
        lambda: splitting.Unstack()(X),
        lambda: splitting.Unstack(3, axis=1)(X),
        lambda: splitting.Unstack(3).forward(np.ones(4)),
        lambda: repeating.Repeat([1, 2], axis=1)(X),
        lambda: repeating.Repeat(-1),
        lambda: repeating.Tile((1, -1)),
        lambda: diagonals.Diag()(X),
        lambda: diagonals.Diagonal(0, 1, -2)(X),
        lambda: diagonals.Trace(axis1=3)(X),
        lambda: diagonals.Tril()(X[0, 0]),
        lambda: indexing.GetItem()(X, [0, 0, 0, 0]),
        lambda: indexing.GetItem()(X, [..., ...]),
        lambda: indexing.GetItem()(X, [0, 4]),
        lambda: indexing.Take(3)(X, [0]),
        lambda: indexing.Take(1).forward(np.ones((2, 3)), [0, 3]),
        lambda: indexing.Take(1).forward(np.ones((2, 3)), [-4]),
        lambda: indexing.Take(1).forward(np.ones((2, 3)), [0.5]),
        lambda: indexing.TakeAlongAxis(1)(X, [0, 1]),
        lambda: indexing.TakeAlongAxis()(X, [[0]]),
        lambda: indexing.Slice((1, 2))(X, [0, 0, 0]),
        lambda: indexing.Slice((1, 2, 2))(X, [0, 3, 0]),
        lambda: indexing.Slice((1, 2, 2))(X, [0, -1, 0]),
        lambda: indexing.Slice((1, 2, None))(X, [0, 0, 0]),
        lambda: indexing.Slice((4,)).forward(np.ones(5), np.array([2])),
        lambda: indexing.SliceUpdate()(X, [0, 0, 0], X[:, 0]),
        lambda: indexing.SliceUpdate()(X[:, 1:], [0, 0, 0], X),
        lambda: indexing.UnravelIndex((2, None))(INTEGERS),
        lambda: scans.Diff(-1),
        lambda: scans.Diff(axis=3)(X),
        lambda: scattering.Scatter((4, 3))(INTEGERS, X),
        lambda: scattering.Scatter((None, 3))(INTEGERS, X),
        lambda: scattering.Scatter((3,)).forward(np.array([[3]]), np.ones(1)),
        lambda: scattering.Scatter((3,)).forward(np.array([[-1]]), np.ones(1)),
        lambda: scattering.ScatterUpdate("mean"),
        lambda: scattering.ScatterUpdate()(X, [[0, 1]], [[1.0, 2.0]]),
        lambda: one_hot.OneHot(3, axis=2)(INTEGERS),
        lambda: one_hot.MultiHot(),
        lambda: padding.Pad(1, "wrap"),
        lambda: padding.Pad(-1)(X),
        lambda: padding.Pad([(1, 1), (1, 1)])(X),
        lambda: padding.Pad([(0, 0), (4, 0), (0, 0)], "reflect")(X),
        lambda: padding.Pad([(0, 0), (5, 0), (0, 0)], "symmetric")(X),
        lambda: padding.Pad(1, "reflect")(X, constant_values=1),
        lambda: padding.PadImages(1, 1, 1),
        lambda: padding.PadImages(-1, 1, 1, 1),
        lambda: padding.PadImages(1, 1, target_height=5, target_width=9)(IMAGES),
        lambda: padding.CropImages(3, 0, 3, 0)(IMAGES),
        lambda: padding.CropImages(3, 0, 1, 0)(X[0]),
        lambda: blocks.DepthToSpace(2)(IMAGES),
        lambda: blocks.SpaceToDepth(2)(IMAGES),
        lambda: blocks.SpaceToDepth(2)(X),
        lambda: patches.Unfold(9)(IMAGES),
        lambda: patches.Unfold(1)(X),
        lambda: patches.Fold(4, 2)(X),
        lambda: patches.ExtractSequences(4, 1)(X),
        lambda: patches.ExtractPatches((2, 2, 2, 2)),
        lambda: patches.ExtractPatches(7)(IMAGES),
        lambda: patches.ExtractPatches(1)(INTEGERS),
        lambda: colors.RGBToHSV()(X[:, None, :, :2]),
        lambda: colors.HSVToRGB()(X[:, 0]),
        lambda: colors.RGBToHSV()(rn.Input((2, 2, 3), dtype="int32")),
    ],
)
def test_what_does_not_fit_is_told_in_a_line(call):
    with pytest.raises(ValueError, match=r"^(Operation '|The shapes )[^\n]+$"):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: indexing.GetItem()(X, [0, True]),
        lambda: indexing.GetItem()(X, [slice(None, None, 0)]),
        lambda: indexing.GetItem()(X, [slice(0, 0.5)]),
        lambda: one_hot.OneHot(3, sparse=True),
        lambda: padding.Pad(1)(X, constant_values=X[0, 0, 0]),
    ],
)
def test_what_is_not_supported(call):
    with pytest.raises(NotImplementedError, match="supported"):
        call()
