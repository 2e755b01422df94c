"""What each column is found to be, and what may be read in two ways."""

import numpy as np
import pandas as pd
import pytest

from comparisons.harness.table_files import DataError
from comparisons.harness.table_files.values import without_missing
from comparisons.harness.tabular.dates import dates, numbers_of
from comparisons.harness.tabular.kinds import find, typed


def column(values, name="x"):
    found = pd.Series(list(values), index=range(2, len(values) + 2), name=name, dtype="object")
    return without_missing(found)[0]


@pytest.mark.parametrize(
    ("values", "name", "kind"),
    [
        (["1", "2.5", "", "-3e2"], "x", "number"),
        (["1,5", "2,25", "3"], "x", "number"),
        (["a", "b", "a", "b", "NA"], "x", "category"),
        (["True", "False", "True", "True"], "x", "category"),
        (["2024-01-31", "2023-12-01", ""], "x", "date"),
        (["2024年1月31日", "2023年12月1日"], "x", "date"),
        (["31/01/2024", "02/03/2024"], "x", "date"),
        (["01/31/2024", "02/03/2024"], "x", "date"),
        (["3.4.2024", "2.3.2024"], "x", "date"),
        (["2024-01-31 10:15", "2024-02-01T09:00:30Z"], "x", "date"),
        (["2024-02-30", "2024-02-31"] * 3, "x", "category"),
        (["3", "1", "2", "0"], "x", "identifier"),
        (["7", "5", "6"], "x", "number"),
        ([str(10 * n) for n in range(30)], "PassengerId", "identifier"),
        ([str(10 * n) for n in range(30)], "paid", "number"),
        ([str(n / 7) for n in range(30)], "covid", "number"),
        ([f"Braund, {n}" for n in range(30)], "x", "identifier"),
        ([f"word {n % 60}" for n in range(400)], "x", "text"),
        (["", "?", "-"], "x", "empty"),
        (["5", "5"], "x", "constant"),
        (["yes", "", "yes", ""], "x", "category"),
    ],
)
def test_kinds(values, name, kind):
    assert find(column(values, name), ",").kind == kind


def test_an_identifier_that_repeats_is_told():
    found = find(column([str(n % 25 * 3) for n in range(100)], "customer_id"), ",")
    assert (found.kind, found.repeats) == ("identifier", True)
    assert not find(column([str(3 * n) for n in range(100)], "customer_id"), ",").repeats


def test_the_features_of_a_column():
    assert find(column(["b", "a", "a", ""]), ",").features == ["x = a", "x = b", "x missing"]
    assert find(column(["1", "3"]), ",").features == ["x"]
    assert len(find(column(["2024-01-31", "2023-12-01"]), ",").features) == 5
    assert find(column(["5", "5"]), ",").features == []


def test_what_is_no_number_among_numbers_is_told():
    found = find(column(["1", "2"] * 20 + ["twelve"]), ",")
    assert found.kind == "category"
    assert "1 of them no numbers, such as 'twelve' in line 42" in found.found[0]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            ["03/04/2024", "01/02/2023"],
            "line 2, column x: is '03/04/2024' 2024-04-03 or 2024-03-",
        ),
        (
            ["01/01/2024", "01/02/2023"],
            "line 3, column x: is '01/02/2023' 2023-02-01 or 2023-01-02",
        ),
        (["1,234", "2,345"], "line 2, column x: is '1,234' 1234 or 1.234"),
        (["1,5", "1.5"], "another decimal mark"),
    ],
)
def test_what_may_be_read_in_two_ways_is_refused(values, message):
    with pytest.raises(DataError, match=message):
        find(column(values), ",")


def test_numbers_beyond_the_largest_are_refused():
    with pytest.raises(DataError, match="line 3, column x: '1e999' is too large"):
        find(column(["1", "1e999"]), ",")
    with pytest.raises(DataError, match="line 2, column x: '-2e30' is too large"):
        find(column(["-2e30", "1"]), ",")


@pytest.mark.parametrize("form", ["{}%", "${}", "{} kg", "¥{},000", "約{}人"])
def test_numbers_with_a_unit_are_told(form):
    found = find(column([form.format(number) for number in range(60)]), ",")
    assert found.kind == "text" and "write the numbers alone" in found.found[0]
    rooms = find(column([f"C{number}" for number in range(60)]), ",")
    assert rooms.found[0] == "60 different values"


def test_dates_that_are_the_same_either_way_are_taken():
    assert find(column(["01/01/2024", "02/02/2024", "03/03/2024"]), ",").kind == "date"


def test_dates_as_numbers():
    days = dates(column(["2000-01-01", "2000-01-08", "", "2001-01-01"]))
    found = numbers_of(days)
    np.testing.assert_allclose(found[[0, 1, 3], 0], [0, 7, 366])
    np.testing.assert_allclose(found[0, 3:], found[1, 3:])  # the same day of the week
    np.testing.assert_allclose(found[0, 1:3], found[3, 1:3], atol=0.03)  # the same of the year
    assert np.isnan(found[2]).all()
    assert typed(column(["", ""]), "date", ",").isna().all()
    with pytest.raises(DataError, match="column x: not every value is a date"):
        typed(column(["yesterday"]), "date", ",")


@pytest.mark.parametrize("day", ["2023-02-30", "2023-13-01", "2023年2月29日"])
def test_a_day_that_no_calendar_has_is_told_with_its_line(day):
    values = column(
        ["2023-01-31", "2023-03-01", "", day, "2023-04-01", "2023-05-01"], "when it was"
    )
    said = f"line 5, column when it was: there is no day '{day}'; .* --without 'when it was'"
    with pytest.raises(DataError, match=said):
        find(values, ",")
