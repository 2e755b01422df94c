"""Reports print themselves in a script whose output is a file on Windows."""

import pytest

from comparisons.harness.check import report as check
from comparisons.harness.conformance import report as conformance
from comparisons.harness.diff import differences as diff
from tests.reference_numpy.test_console import output_in


@pytest.mark.parametrize(
    ("lines", "report"),
    [(check.terminal, check.Report), (conformance.terminal, conformance.Report)]
    + [(diff.terminal, diff.Differences)],
)
def test_a_report_is_printed_in_any_encoding(monkeypatch, lines, report):
    monkeypatch.setattr(lines, "lines", lambda found: ["error −1.5, tolerance 2.2×10⁻⁵", "層 – x"])
    with output_in("cp1252") as held:
        print(report.__new__(report))
    assert held == ["error -1.5, tolerance 2.2×10^-5", "? – x"]
