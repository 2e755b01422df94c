"""How numbers are written on the pages: few digits, a unit, an interval where there is one."""

import math

from comparisons.harness.palette import LABELS

NONE = "–"
MINUS = "\N{MINUS SIGN}"


def digits(value: float | None, count: int = 3) -> str:
    """Three significant digits: 0.00412, 4.12, 412, 1.2×10⁻⁹."""
    if value is None:
        return NONE
    if not math.isfinite(value):
        return "∞" if value > 0 else "not a number"
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -4 <= exponent < 6:
        places = max(0, count - 1 - exponent)
        return f"{value:,.{places}f}".replace("-", MINUS)
    mantissa, _, power = f"{value:.{count - 1}e}".partition("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}×10{raised}".replace("-", MINUS)


def percent(value: float | None, places: int = 1) -> str:
    """A share as a percentage."""
    return NONE if value is None else f"{100 * value:.{places}f}".replace("-", MINUS) + " %"


def points(value: float | None) -> str:
    """A difference of two shares, in percentage points."""
    return NONE if value is None else f"{100 * value:.2f}".replace("-", MINUS)


def percent_interval(record: dict | None) -> str:
    """A mean share with half its interval, `97.8 ± 0.3 %`; without, where there is one run."""
    if record is None:
        return NONE
    if record["low"] is None:
        return percent(record["mean"])
    half = 100 * (record["high"] - record["mean"])
    return f"{100 * record['mean']:.1f} ± {half:.1f} %".replace("-", MINUS)


def interval(record: dict | None) -> str:
    """A mean with half its interval, `0.432 ± 0.021`."""
    if record is None:
        return NONE
    mean = f"{record['mean']:.3f}"
    if record["low"] is None:
        return mean
    return f"{mean} ± {record['high'] - record['mean']:.3f}"


def needed(worst: float | None) -> str:
    """The share of a tolerance that was needed."""
    if worst is None:
        return "∞"
    if worst == 0:
        return "exact"
    if worst < 0.001:
        return "< 0.1 %"
    return percent(worst) if worst < 100 else f"{digits(worst)} times"


def times(value: float | None) -> str:
    """A ratio."""
    return NONE if value is None else f"×{digits(value, 2)}"


def label(column: str) -> str:
    """What a column is called."""
    return LABELS.get(column, column)


def number(value: float | None) -> str:
    """A whole number without a point, a half with one: an epoch's, or the median of several."""
    return NONE if value is None else f"{value:,.0f}" if float(value).is_integer() else f"{value}"


FILTERS = {
    function.__name__: function
    for function in (
        digits,
        percent,
        points,
        percent_interval,
        interval,
        needed,
        times,
        label,
        number,
    )
}
