"""A pandas table as the file that it would be, so that it is read as any other."""

from comparisons.harness.table_files.files import DataError


def as_csv(frame: object) -> bytes:
    """A DataFrame as text in UTF-8, without its index; the first line names the separator.

    Raises:
        DataError: it is no DataFrame.
    """
    if not hasattr(frame, "to_csv") or not hasattr(frame, "columns"):
        raise DataError(
            f"expected the path of a file or a pandas DataFrame, got {type(frame).__name__}"
        )
    return f"sep=,\n{frame.to_csv(index=False)}".encode()
