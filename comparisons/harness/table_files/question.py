"""What a person asks of a table: which column is to be told, from which others, over folds."""

from dataclasses import dataclass

from comparisons.harness.bilingual import Words

NUMBER, CATEGORY, DATE = "number", "category", "date"
USED = (NUMBER, CATEGORY, DATE)
CLASSES = "classes"
DATE_FEATURES = ("days", "year sine", "year cosine", "week sine", "week cosine")


@dataclass(frozen=True)
class Column:
    """A column of a table and what it was found to be.

    Args:
        name: its name in the file.
        kind: one of USED, or why it is left out: `"identifier"`, `"text"`, `"constant"`,
            `"empty"`, `"group"`, `"set aside"`.
        values: of a category, the most frequent first.
        gaps: how many values are missing.
        found: what is in it, or why it is left out.
        repeats: whether it is an identifier whose values come again, as that of a customer.
    """

    name: str
    kind: str
    values: tuple[str, ...] = ()
    gaps: int = 0
    found: Words = ("", "")
    repeats: bool = False

    @property
    def features(self) -> list[str]:
        """The features that it becomes: one a number, five a date, one a value of a category.

        One more tells whether the value is missing, where some are.
        """
        if self.kind == NUMBER:
            own = [self.name]
        elif self.kind == DATE:
            own = [f"{self.name} ({part})" for part in DATE_FEATURES]
        elif self.kind == CATEGORY:
            own = [f"{self.name} = {value}" for value in self.values]
        else:
            return []
        return own + [f"{self.name} missing"] * bool(self.gaps)


@dataclass(frozen=True)
class Question:
    """What is asked of a table, looked over: every column has its kind.

    Args:
        path: the file.
        target: the column to be told.
        task: `"classes"`, or `"number"`.
        columns: all columns but the target.
        rows: number of rows whose target is known.
        classes: the target's values, in order, where they are classes.
        deviation: the target's standard deviation, where it is a number.
        encoding: the file's encoding, or None to find it.
        group: the column whose equal values stay on one side of each fold, or None.
        without: columns that the person leaves out.
        folds: number of folds.
        notes: how the file was read.
        warnings: what may make the scores better than they will be.
    """

    path: str
    target: str
    task: str
    columns: tuple[Column, ...]
    rows: int
    classes: tuple[str, ...] = ()
    deviation: float = 1.0
    encoding: str | None = None
    group: str | None = None
    without: tuple[str, ...] = ()
    folds: int = 5
    notes: tuple[Words, ...] = ()
    warnings: tuple[Words, ...] = ()

    @classmethod
    def of(cls, content: dict) -> "Question":
        """The question that JSON holds as `dataclasses.asdict` gave it."""
        columns = tuple(Column(**_tuples(column)) for column in content["columns"])
        return cls(**{**_tuples(content), "columns": columns})

    @property
    def used(self) -> tuple[Column, ...]:
        """The columns from which the target is told."""
        return tuple(column for column in self.columns if column.kind in USED)

    @property
    def features(self) -> tuple[str, ...]:
        """The names of all features."""
        return tuple(name for column in self.used for name in column.features)


def _tuples(content: dict) -> dict:
    """JSON knows lists alone."""

    def plain(value):
        return tuple(map(plain, value)) if isinstance(value, list) else value

    return {key: plain(value) for key, value in content.items()}
