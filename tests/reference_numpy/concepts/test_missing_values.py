"""Filling by mean and median and the indicator, equal to scikit-learn's SimpleImputer."""

import numpy as np
import pytest

from reference_numpy.concepts.missing_values import (
    fill_missing,
    known_mean,
    known_median,
    missing_indicator,
)


@pytest.mark.parametrize("known", range(1, 6))  # medians differ for odd and even numbers
@pytest.mark.parametrize(("strategy", "value"), [("mean", known_mean), ("median", known_median)])
def test_filling_new_rows_is_simple_imputers(strategy, value, known):
    from sklearn.impute import SimpleImputer

    x = np.random.default_rng(known).normal(size=(11, 2))
    x[known:6, 0] = np.nan
    x[[1, 7, 8, 10], [1, 0, 1, 0]] = np.nan
    train, new = x[:6], x[6:]
    found = [fill_missing(new, value(train))[0], missing_indicator(new)]
    imputer = SimpleImputer(strategy=strategy, add_indicator=True).fit(train)
    np.testing.assert_allclose(np.concatenate(found, axis=1), imputer.transform(new), rtol=1e-15)
