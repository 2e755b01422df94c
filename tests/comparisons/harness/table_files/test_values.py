"""Fields as values: what is missing, and what a comma means."""

import numpy as np
import pandas as pd
import pytest
from pandas._libs.parsers import STR_NA_VALUES

from comparisons.harness.table_files import DataError
from comparisons.harness.table_files.values import MISSING, numbers, without_missing


def column(*texts):
    return pd.Series(texts, range(2, 2 + len(texts)), dtype="object", name="price")


def test_missing_is_what_pandas_says_and_two_signs_more():
    assert STR_NA_VALUES | {"?", "-"} == MISSING


def test_signs_of_missing_values_are_counted():
    found, counts = without_missing(column("7", "?", "NA", "?", "--"))
    assert found.isna().tolist() == [False, True, True, True, False]
    assert counts == {"?": 2, "NA": 1}


@pytest.mark.parametrize(
    ("texts", "separator", "expected", "mark"),
    [
        (["1", "2.5", "-3", "1e3", ".5"], ",", [1, 2.5, -3, 1000, 0.5], ""),
        (["1.234", "2"], ",", [1.234, 2], ""),
        (["7,25", "8"], ",", [7.25, 8], ","),
        (["7,25", "1,234"], ",", [7.25, 1.234], ","),
        (["0,917"], ",", [0.917], ","),
        (["1.234,5", "2"], ",", [1234.5, 2], ","),
        (["1,234", "2"], ";", [1.234, 2], ","),
        (["1,234.5", "1,234"], "\t", [1234.5, 1234], "."),
        (["1,234,567"], ",", [1234567], "."),
        (["12,5", np.nan], "", [12.5, np.nan], ","),
        ([np.nan], ",", [np.nan], ""),
        (["1", "２", np.nan, "2"], ",", [1, 2, np.nan, 2], ""),
        (["5.", np.nan, "+1E-3", "5."], ",", [5, np.nan, 0.001, 5], ""),
    ],
)
def test_numbers(texts, separator, expected, mark):
    found, by = numbers(column(*texts), separator)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == "float64" and by == mark


@pytest.mark.parametrize(
    ("texts", "separator", "message"),
    [
        (["5", "1,234"], ",", "line 3, column price: is '1,234' 1234 or 1.234"),
        (["1,234"], "\t", "is '1,234' 1234 or 1.234"),
        (["1,5", "2.5"], ";", "column price: '2.5' in line 3 has another decimal mark than '1,5'"),
        (["1,5", "old"], ";", "line 3, column price: expected a number, got 'old'"),
        (["1", "1_000"], ",", "line 3, column price: expected a number, got '1_000'"),
        (["1,,5"], ";", "expected a number, got '1,,5'"),
        ([","], ";", "expected a number, got ','"),
        (["."], ",", "expected a number, got '.'"),
        (["1", "5e"], ",", "line 3, column price: expected a number, got '5e'"),
        (["inf"], ",", "expected a number, got 'inf'"),
        (["0x10"], ",", "expected a number, got '0x10'"),
    ],
)
def test_what_is_no_number_or_two_is_refused(texts, separator, message):
    with pytest.raises(DataError) as error:
        numbers(column(*texts), separator)
    assert message in str(error.value)
