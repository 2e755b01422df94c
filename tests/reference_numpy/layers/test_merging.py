"""What the table of cases does not say about the merging layers."""

import numpy as np
import pytest

import reference_numpy as rn

ELEMENTWISE = ("Add", "Average", "Multiply", "Maximum", "Minimum", "Subtract")


def test_functions_are_the_layers():
    x = [np.array([[1.0, 4.0]]), np.array([[3.0, 2.0]])]
    assert rn.layers.add(x).tolist() == [[4, 6]]
    assert rn.layers.subtract(x).tolist() == [[-2, 2]]
    assert rn.layers.multiply(x).tolist() == [[3, 8]]
    assert rn.layers.average(x).tolist() == [[2, 3]]
    assert rn.layers.maximum(x).tolist() == [[3, 4]]
    assert rn.layers.minimum(x).tolist() == [[1, 2]]
    assert rn.layers.concatenate(x, axis=0).tolist() == [[1, 4], [3, 2]]
    assert rn.layers.dot(x).tolist() == [[11]]


def test_of_equals_the_first_is_chosen():
    for name in ("Maximum", "Minimum"):
        layer = getattr(rn.layers, name)()
        _, cache = layer.forward([np.ones((1, 2)), np.ones((1, 2)), np.ones((1, 2))])
        dx, _ = layer.backward(np.ones((1, 2)), cache)
        assert [slope.tolist() for slope in dx] == [[[1, 1]], [[0, 0]], [[0, 0]]], name


def test_factors_of_zero_have_finite_gradients():
    layer = rn.layers.Multiply(dtype="float64")
    _, cache = layer.forward([np.array([[v]]) for v in (0.0, 2.0, 0.0)])
    dx, _ = layer.backward(np.ones((1, 1)), cache)
    assert [float(slope[0, 0]) for slope in dx] == [0.0, 0.0, 0.0]
    _, cache = layer.forward([np.array([[v]]) for v in (0.0, 2.0, 3.0)])
    dx, _ = layer.backward(np.ones((1, 1)), cache)
    assert [float(slope[0, 0]) for slope in dx] == [6.0, 0.0, 0.0]


def test_the_mask_of_a_merge_needs_all_masks():
    x = [np.ones((2, 3, 4))] * 2
    mask = np.array([[True, False, False], [False, False, True]])
    layer = rn.layers.Add()
    assert layer.compute_mask(x) is None
    assert layer.compute_mask(x, [mask, None]) is None
    np.testing.assert_array_equal(layer.compute_mask(x, [mask, ~mask]), np.ones((2, 3), bool))
    assert rn.layers.Dot(2).compute_mask(x, [mask, mask]) is None


def test_masks_travel_through_a_merge_in_a_graph():
    """A masked step counts as 1 in the product, and as nothing in the mean over steps."""
    left, right = rn.Input((3, 2)), rn.Input((3, 2))
    masking = rn.layers.Masking()
    product = rn.layers.Multiply()([masking(left), masking(right)])
    model = rn.Model([left, right], product)
    x = np.array([[[1.0, 2], [0, 0], [0, 0]]]), np.array([[[3.0, 4], [5, 6], [0, 0]]])
    assert model(list(x)).tolist() == [[[3, 8], [5, 6], [0, 0]]]


def test_cosine_of_a_vector_with_itself_is_one():
    x = np.random.default_rng(0).normal(size=(4, 3))
    layer = rn.layers.Dot(axes=1, normalize=True, dtype="float64")
    y, cache = layer.forward([x, 5 * x])
    np.testing.assert_allclose(y, np.ones((4, 1)), rtol=1e-15)
    for slope in layer.backward(np.ones((4, 1)), cache)[0]:
        np.testing.assert_allclose(slope, 0, atol=1e-15)


def test_cosine_of_a_vector_of_zeros_is_zero():
    """The divisor is ε = 1e-7 then, and constant."""
    x, y = np.zeros((1, 3)), np.array([[3.0, 0.0, 4.0]])
    layer = rn.layers.Dot(axes=1, normalize=True, dtype="float64")
    cosine, cache = layer.forward([x, y])
    assert cosine.tolist() == [[0.0]]
    dx, dy = layer.backward(np.ones((1, 1)), cache)[0]
    np.testing.assert_allclose(dx, y / 5 / 1e-7, rtol=1e-15)
    assert dy.tolist() == [[0.0, 0.0, 0.0]]


def test_masks_are_joined_as_their_arrays_are():
    x = [np.ones((1, 2, 3, 4)), np.ones((1, 1, 3, 4))]
    mask = np.array([[True, False]])
    joined = rn.layers.Concatenate(axis=1).compute_mask(x, [mask, None])
    assert joined.tolist() == [[[True] * 3, [False] * 3, [True] * 3]]


@pytest.mark.parametrize("name", (*ELEMENTWISE, "Concatenate", "Dot"))
def test_one_array_is_no_list_of_inputs(name):
    layer = getattr(rn.layers, name)(*([-1] if name == "Dot" else []))
    with pytest.raises(ValueError, match="should be called on a list of"):
        layer(np.ones((2, 3)))
    layer([np.ones((2, 3)), np.ones((2, 3))])
    with pytest.raises(ValueError, match="should be called on a list of"):
        layer(np.ones((2, 3)))


@pytest.mark.parametrize(
    ("make", "shapes", "message"),
    [
        (rn.layers.Add, [], "should be called on a list of at least 1 input"),
        (rn.layers.Add, [(2, 3), (2, 4)], "have incompatible shapes. Received shapes"),
        (rn.layers.Maximum, [(2, 3), (1, 3)], "different batch sizes"),
        (rn.layers.Subtract, [(2, 3)], "exactly 2 inputs"),
        (rn.layers.Subtract, [(2, 3)] * 3, "exactly 2 inputs"),
        (rn.layers.Concatenate, [(2, 3, 4), (2, 5, 6)], "matching shapes except for .* axis -1"),
        (rn.layers.Concatenate, [(2, 3), (2, 3, 4)], "matching shapes"),
        (lambda: rn.layers.Concatenate(axis=2), [(2, 3), (2, 3)], "matching shapes .* axis 2"),
        (lambda: rn.layers.Dot(1), [(2, 3)], "on a list of 2 inputs"),
        (lambda: rn.layers.Dot(1), [(2, 3), (2, 4)], r"axis values 3 \(at axis 1\) != 4"),
        (lambda: rn.layers.Dot(0), [(2, 3), (2, 3)], "batch axis 0 cannot be summed"),
        (lambda: rn.layers.Dot(-2), [(2, 3), (2, 3)], "batch axis 0 cannot be summed"),
        (lambda: rn.layers.Dot(2), [(2, 3), (2, 3)], "an axis is out of range"),
        (lambda: rn.layers.Dot(1), [(2, 3), (4, 3)], "the batch sizes differ"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(make, shapes, message):
    with pytest.raises(ValueError, match=message):
        make()([np.ones(shape) for shape in shapes])


@pytest.mark.parametrize(
    ("axes", "error", "message"),
    [
        ("1", TypeError, "it should be a list or an int"),
        ((1, 2, 3), ValueError, "it should contain two integers"),
        ((1, "2"), ValueError, "it should contain two integers"),
    ],
)
def test_axes_of_dot_are_one_or_two_integers(axes, error, message):
    with pytest.raises(error, match=message):
        rn.layers.Dot(axes)
