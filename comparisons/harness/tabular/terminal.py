"""What was found in a table, for a terminal, before anything is run on it."""

from comparisons.harness.table_files.question import USED, Question


def lines(question: Question) -> list[str]:
    """Target, columns with their kinds, notes and warnings, a line each."""
    target = question.target
    if question.classes:
        target += f", one of {len(question.classes)} classes ({', '.join(question.classes[:6])}"
        target += ", …)" if len(question.classes) > 6 else ")"
    else:
        target += ", a number"
    cells = [
        (
            column.name,
            column.kind if column.kind in (*USED, "group") else f"left out: {column.kind}",
            column.found[0] + f"; {column.gaps:,} missing" * bool(column.gaps),
        )
        for column in question.columns
    ]
    widths = [max(len(row[place]) for row in cells) for place in range(2)]
    return [
        f"{question.path}: {question.rows:,} rows, {question.folds} folds",
        f"To be told: {target}",
        f"From {len(question.used)} columns, which become {len(question.features)} features:",
        *(f"  {n:<{widths[0]}}  {k:<{widths[1]}}  {found}".rstrip() for n, k, found in cells),
        *(f"Note: {note[0]}" for note in question.notes),
        *(f"WARNING: {warning[0]}" for warning in question.warnings),
    ]
