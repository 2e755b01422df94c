"""Correlation and the choice by it, equal to NumPy's and scikit-learn's."""

import numpy as np
import pytest

from reference_numpy.concepts.data_leakage import best_columns, correlation


@pytest.fixture
def table():
    generator = np.random.default_rng(0)
    return generator.normal(3, 2, (40, 30)), generator.integers(0, 2, 40).astype(float)


def test_correlation_is_numpys(table):
    x, y = table
    expected = np.corrcoef(x, y, rowvar=False)[-1, :-1]
    np.testing.assert_allclose(correlation(x, y), expected, rtol=0, atol=1e-15)


def test_the_best_columns_are_those_of_the_f_test(table):
    from sklearn.feature_selection import SelectKBest

    x, y = table
    expected = SelectKBest(k=7).fit(x, y).get_support(indices=True)
    np.testing.assert_array_equal(np.sort(best_columns(x, y, 7)), expected)
