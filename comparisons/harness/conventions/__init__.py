"""What each half gives where a function has no derivative: kinks, ties, jumps and zeros.

All of them are in one table, from which come `docs/conventions.md`, the page beside a check's that
has conventions among its findings, and the tests.
"""

from comparisons.harness.conventions.convention import DOCUMENT, Convention
from comparisons.harness.conventions.table import CONVENTIONS, PARTS

__all__ = ["CONVENTIONS", "DOCUMENT", "PARTS", "Convention"]
