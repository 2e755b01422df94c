"""A person's table from the file that it is in; whatever was found on the way is said."""

from comparisons.harness.tables.files import DataError
from comparisons.harness.tables.reading import Table, parse, read

__all__ = ["DataError", "Table", "parse", "read"]
