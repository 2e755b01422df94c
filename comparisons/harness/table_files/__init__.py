"""A person's table from the file that it is in; whatever was found on the way is said."""

from comparisons.harness.table_files.files import DataError
from comparisons.harness.table_files.reading import Table, parse, read

__all__ = ["DataError", "Table", "parse", "read"]
