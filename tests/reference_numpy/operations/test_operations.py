"""Operations where Keras is no witness: it is wrong there, lacks a gradient, or leaves a choice."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.proof.layer_checks import Reference
from reference_numpy.operations import (
    FAMILIES,
    decompositions,
    fourier,
    linear_algebra,
    nan_reductions,
    norms,
    ordering,
    products,
    scans,
    segments,
    short_time_fourier,
    statistics,
    vectors,
)


def draw(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def assert_calculus(operation, *arrays, arguments=()):
    """Backward agrees with calculus in a model that is the operation of these arrays."""
    inputs = [rn.Input(x.shape[1:], dtype=x.dtype.name) for x in arrays]
    model = rn.Model(inputs, operation(*inputs, *arguments))
    reference = Reference(model, list(arrays))
    records = reference.calculus(type(operation).__name__)
    assert records
    for record in records:
        assert record.passed, str(record)
    return reference.quantities()["output 0"]


def test_cumulative_products_have_gradients_at_zeros():
    x = np.array([[2.0, 0.0, 3.0, 0.5], [1.0, 0.0, 0.0, 4.0], [0.0, 2.0, 3.0, 0.5]])
    assert_calculus(scans.Cumprod(axis=1), x)


def test_cut_transforms_have_gradients():
    assert_calculus(fourier.RFFT(fft_length=5), draw(2, 8))
    both = rn.Input((5,), name="real"), rn.Input((5,), name="imaginary")
    model = rn.Model(both, fourier.IRFFT(fft_length=5)(both))
    arrays = [draw(2, 5), draw(2, 5, seed=1)]
    for record in Reference(model, arrays).calculus("IRFFT"):
        assert record.passed, str(record)


def test_segments_without_rows_count_in_a_sum():
    ids = np.array([0, 3, 3, 1], "int32")
    y = assert_calculus(segments.SegmentSum(), draw(4, 2), ids)
    assert y.shape == (4, 2) and not y[2].any()


@pytest.mark.parametrize("method", ["lower", "higher", "midpoint", "nearest", "linear"])
def test_quantiles_by_each_method(method):
    x = draw(3, 7)
    y = assert_calculus(statistics.Quantile(1, method), x, arguments=[[0.2, 0.7]])
    np.testing.assert_allclose(y, np.quantile(x, [0.2, 0.7], axis=1, method=method))


def test_quantiles_with_nan():
    x = np.array([[1.0, np.nan, 3.0], [4.0, 2.0, 0.0], [np.nan] * 3])
    nan = np.nan
    for operation, expected in (
        (statistics.Median(axis=1), [nan, 2, nan]),
        (nan_reductions.Nanmedian(axis=1), [2, 2, nan]),
    ):
        np.testing.assert_array_equal(operation.forward(x)[0], expected)


def test_infinities_stay_in_cumulative_sums_without_nan():
    y, _ = nan_reductions.Nancumsum().forward(np.array([1.0, np.inf, np.nan]))
    np.testing.assert_array_equal(y, [1, np.inf, np.inf])


@pytest.mark.parametrize("length", [5, 6])
def test_windows_are_periodic_for_odd_lengths_too(length):
    operation = short_time_fourier.STFT(length, 1, length, center=False)
    angles = 2 * np.pi * np.arange(length) / length
    np.testing.assert_allclose(operation.window_values("float64"), (1 - np.cos(angles)) / 2)
    assert_calculus(operation, draw(2, 11))


@pytest.mark.parametrize("window", ["hann", "hamming", None])
def test_a_signal_comes_back_from_its_spectra(window):
    x = draw(2, 21)
    spectra, _ = short_time_fourier.STFT(5, 2, 7, window).forward(x)
    y, _ = short_time_fourier.ISTFT(5, 2, 7, 21, window).forward(spectra)
    np.testing.assert_allclose(y, x)


def test_largest_numbers_are_sorted_in_any_case():
    values, places = ordering.TopK(3, sorted=False).forward(np.array([[1.0, 3.0, 3.0, 2.0]]))[0]
    np.testing.assert_array_equal(values, [[3, 3, 2]])
    np.testing.assert_array_equal(places, [[1, 2, 3]])


def test_the_sign_of_a_determinant_has_no_gradient():
    operation, x = linear_algebra.Slogdet(), draw(3, 2, 2)
    (sign, y), cache = operation.forward(x)
    np.testing.assert_allclose(sign * np.exp(y), np.linalg.det(x))
    dx, _ = operation.backward((np.ones(3), np.zeros(3)), cache)
    assert not dx.any()


@pytest.mark.parametrize("upper", [False, True])
def test_the_gradient_of_a_symmetric_matrix_is_symmetric(upper):
    x = draw(3, 4, 4)
    operation = decompositions.Cholesky(upper)
    _, cache = operation.forward(x @ x.swapaxes(1, 2) + np.eye(4))
    dx, _ = operation.backward(draw(3, 4, 4, seed=1), cache)
    np.testing.assert_allclose(dx, dx.swapaxes(1, 2))


def test_kronecker_products_of_batches_and_other_ranks():
    a, b = draw(2, 3, 2), draw(3, 2)
    y = assert_calculus(products.Kron(), a, b)
    np.testing.assert_allclose(y, np.kron(a, b))
    np.testing.assert_allclose(products.Kron().forward(b, a)[0], np.kron(b, a))


def test_nothing_is_written_to():
    x = draw(3, 4)
    before = x.copy()
    for operation in (ordering.Sort(), scans.Cumprod(), short_time_fourier.STFT(2, 1, 4)):
        y, cache = operation.forward(x)
        dy = rn.tree.map_structure(np.ones_like, y)
        operation.backward(dy, cache)
        assert all((part == 1).all() for part in rn.tree.flatten(dy))
    np.testing.assert_array_equal(x, before)


X = rn.Input((4, 3))
IDS = rn.Input((), dtype="int32")


@pytest.mark.parametrize(
    "call",
    [
        lambda: scans.Cumsum(axis=3)(X),
        lambda: scans.Trapezoid(axis=-4)(X),
        lambda: ordering.Sort(axis=3)(X),
        lambda: ordering.Argmax(axis=5)(X),
        lambda: ordering.TopK(4)(X),
        lambda: ordering.SearchSorted()(X, X),
        lambda: ordering.SearchSorted(side="middle"),
        lambda: ordering.Digitize()(X, X),
        lambda: statistics.Average(axis=1)(X, np.ones(3)),
        lambda: statistics.Quantile(axis=1)(X, [[0.5]]),
        lambda: statistics.Percentile(method="guess"),
        lambda: statistics.Var(axis=(1, 7))(X),
        lambda: segments.SegmentSum()(X, X),
        lambda: products.Matmul()(X, X),
        lambda: products.Matmul()(X, np.float32(1)),
        lambda: products.Einsum("ab,bc->ac")(X, X),
        lambda: products.Einsum("abc->abd")(X),
        lambda: products.Einsum("abc,acb->a")(X, X),
        lambda: products.Einsum("...bc->bc")(X),
        lambda: products.Dot()(X, X),
        lambda: products.Tensordot([[1], [2]])(X, X),
        lambda: products.Tensordot([[5], [2]])(X, X),
        lambda: vectors.Cross(axis=1)(X, X),
        lambda: vectors.Correlate()(X, X),
        lambda: vectors.Correlate(mode="circular"),
        lambda: fourier.FFT()(X),
        lambda: fourier.FFT()([X, IDS]),
        lambda: fourier.RFFT(fft_length=0),
        lambda: short_time_fourier.STFT(4, 0, 4),
        lambda: short_time_fourier.STFT(4, 1, 2),
        lambda: short_time_fourier.STFT(4, 1, 4, window="kaiser"),
        lambda: short_time_fourier.STFT(4, 1, 4, window=[1.0]),
        lambda: short_time_fourier.STFT(8, 1, 8)(X),
        lambda: short_time_fourier.ISTFT(4, 1, 4, length=100)([X, X]),
        lambda: linear_algebra.Det()(X),
        lambda: linear_algebra.Inv()(IDS),
        lambda: linear_algebra.Solve()(X, X),
        lambda: linear_algebra.Lstsq()(X, X),
        lambda: decompositions.Qr(mode="raw"),
        lambda: norms.Norm()(X),
        lambda: norms.Norm(ord="fro", axis=1)(X),
        lambda: norms.Norm(ord=3, axis=(1, 2))(X),
        lambda: norms.CDist()(X, IDS),
    ],
)
def test_what_does_not_fit_is_told_in_a_line(call):
    with pytest.raises(ValueError, match=r"^(Operation '|The shapes )[^\n]+$"):
        call()


@pytest.mark.parametrize(
    "operation",
    [decompositions.Qr(mode="complete"), decompositions.SVD(), ordering.Bincount],
)
def test_what_is_not_supported(operation):
    with pytest.raises(NotImplementedError, match="not supported"):
        operation(sparse=True) if operation is ordering.Bincount else operation(X)


def test_no_operation_is_taken_to_have_weights():
    """A name of its own for something else would hide those of the layer that it is."""
    classes = [cls for family in FAMILIES for cls in family.classes.values()]
    assert len(classes) > 200
    assert [cls.__name__ for cls in classes if cls.weights is not rn.layers.Layer.weights] == []
