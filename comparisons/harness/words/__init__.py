"""The harness's own words: everything on a page that no concept says, in English and Japanese.

A name in braces stands for a value that the page fills in.
"""

from comparisons.harness.words import bench, charts, check, conformance, pages, tables
from comparisons.harness.words.charts import UNITS

__all__ = ["UNITS", "WORDS"]

WORDS = {
    **pages.WORDS,
    **check.WORDS,
    **conformance.WORDS,
    **bench.WORDS,
    **charts.WORDS,
    **tables.WORDS,
}
