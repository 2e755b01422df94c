"""How numbers are written on the pages: few digits, a unit, an interval where there is one."""

import math

from comparisons.harness.bilingual import Words
from comparisons.harness.drawing.palette import LABELS
from comparisons.harness.report.language import pair, unit, words
from comparisons.harness.words import WORDS

NONE = "–"
MINUS = "\N{MINUS SIGN}"


def digits(value: float | None, count: int = 3) -> str:
    """Three significant digits: 0.00412, 4.12, 412, 1.2×10⁻⁹."""
    if value is None:
        return NONE
    if not math.isfinite(value):
        return "∞" if value > 0 else NONE
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -4 <= exponent < 6:
        places = max(0, count - 1 - exponent)
        return f"{value:,.{places}f}".replace("-", MINUS)
    mantissa, _, power = f"{value:.{count - 1}e}".partition("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}×10{raised}".replace("-", MINUS)


def aligned(cells: list[list[str]]) -> list[str]:
    """The lines of a table for a terminal: names to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*cells)]
    return [
        "  ".join([first.ljust(widths[0]), *map(str.rjust, others, widths[1:])])
        for first, *others in cells
    ]


def amount(value: float | None, in_unit: str) -> Words:
    """A number in its unit: `97.8 %` of a share, `0.432 nats`."""
    return interval(None if value is None else {"mean": value, "low": None}, in_unit)


def interval(record: dict | None, in_unit: str) -> Words:
    """A mean with half its interval, `97.8 ± 0.3 %`; without, where there is one run."""
    if record is None:
        return NONE, NONE
    return _with_unit(_plain(record, in_unit), unit(in_unit))


def difference(value: float | dict | None, in_unit: str) -> Words:
    """A difference, or its mean with half the interval; of shares in points."""
    if value is None:
        return NONE, NONE
    record = value if isinstance(value, dict) else {"mean": value, "low": None}
    names = WORDS["points"] if in_unit == "%" else unit(in_unit)
    return _with_unit(_plain(record, in_unit), names)


def _with_unit(text: str, names: Words) -> Words:
    """A number before its unit; in Japanese `%` and words stand close to it, symbols do not."""
    english, japanese = names
    space = " " if japanese.isascii() and japanese != "%" else ""
    return f"{text} {english}".rstrip(), f"{text}{space}{japanese}".rstrip()


def _plain(record: dict, in_unit: str) -> str:
    """Percent with one place; else three digits of the mean, and as many places after ±."""
    scale, places = (100, 1) if in_unit == "%" else (1, _places(record["mean"]))
    numbers = [record["mean"]]
    if record["low"] is not None:
        numbers.append(record["high"] - record["mean"])
    return " ± ".join(
        digits(number) if places is None else f"{scale * number:z,.{places}f}" for number in numbers
    ).replace("-", MINUS)


def _places(mean: float) -> int | None:
    """Places of a number with three digits; None where it needs a power of ten."""
    exponent = math.floor(math.log10(abs(mean))) if mean else 0
    return max(0, 2 - exponent) if -4 <= exponent < 6 else None


def needed(worst: float | None) -> Words:
    """The share of a tolerance that was needed."""
    if worst is None:
        return pair("∞")
    if worst == 0:
        return WORDS["exact"]
    if worst < 0.001:
        return "< 0.1 %", "0.1%未満"
    if worst < 100:
        return _with_unit(f"{100 * worst:.1f}", unit("%"))
    return words("needed times", value=digits(worst))


def times(value: float | None) -> str:
    """A ratio."""
    return NONE if value is None else f"×{digits(value, 2)}"


def label(against: str) -> Words:
    """What a column, or another side of a comparison, is called."""
    return WORDS.get(f"against {against}") or pair(LABELS.get(against, against))


def number(value: float | None) -> str:
    """A whole number without a point, a half with one: an epoch's, or the median of several."""
    return NONE if value is None else f"{value:,.0f}" if float(value).is_integer() else f"{value}"


FILTERS = {
    function.__name__: function
    for function in (
        digits,
        amount,
        interval,
        difference,
        needed,
        times,
        label,
        number,
    )
}
