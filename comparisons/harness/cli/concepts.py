"""The commands of concepts and tables: `list`, `run`, `table`, `predict`, `report`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from comparisons.harness.cli.app import (
    FAILED,
    HOLDS,
    AsJson,
    Backends,
    Device,
    Precision,
    Workers,
    app,
    names_of,
    print_json,
)
from comparisons.harness.runs import interruption, targets

if TYPE_CHECKING:
    from comparisons.harness.desk.notebooks import Comparisons


def _names(incomplete: str) -> list[str]:
    """For the shell's completion."""
    from comparisons.harness import catalogue, chapters

    found = [part for part in vars(chapters).values() if isinstance(part, chapters.Chapter)]
    names = [*catalogue.script_names(), *(chapter.title[0].casefold() for chapter in found)]
    return [name for name in names if name.startswith(incomplete)]


class Task(StrEnum):
    """What a target is."""

    classes = "classes"
    number = "number"


@app.command("list")
def list_concepts(as_json: AsJson = False) -> int:
    """List the concepts by chapter, with the state of the last run in ./results."""
    from comparisons.harness import catalogue
    from comparisons.harness.desk import listing

    declared = {name: catalogue.load(name) for name in catalogue.names()}
    if as_json:
        print_json([listing.row(name, concept) for name, concept in declared.items()])
    else:
        listing.show(declared, Path("results"))
    return HOLDS


@app.command()
def run(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME...",
            help="Concepts, or chapters by title or number; see `list`.",
            autocompletion=_names,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Run every concept.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Full size instead of minutes.")] = False,
    seeds: Annotated[int | None, typer.Option(min=1, help="Number of seeds.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Number of epochs.")] = None,
    backends: Backends = None,
    device: Annotated[Device, typer.Option(help="For the Keras columns.")] = Device.auto,
    jit: Annotated[
        bool | None,
        typer.Option(
            "--jit/--no-jit",
            help="Compile Keras's training step, or do not.  [default: as Keras chooses]",
        ),
    ] = None,
    precision: Annotated[
        Precision, typer.Option(help="In which the Keras columns train.")
    ] = Precision.float32,
    steps_per_execution: Annotated[
        int, typer.Option(min=1, metavar="N", help="Training steps that Keras does in a call.")
    ] = 1,
    csv: Annotated[
        Path | None,
        typer.Option(help="A Titanic file of your own, such as Kaggle's train.csv; also .xlsx."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of that file, where two would fit: cp932, cp1252.")
    ] = None,
    workers: Workers = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Run them on a Ray cluster; auto finds one here."),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Folder of the results.", callback=targets.folder)
    ] = Path("results"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Run jobs again that are done.")] = False,
    as_json: AsJson = False,
) -> int:
    """Prove and compare concepts, and write the page."""
    from comparisons.harness import catalogue
    from comparisons.harness.concept import Settings
    from comparisons.harness.desk import session
    from comparisons.harness.execution import Execution
    from comparisons.harness.runs.workers import WorkerError

    if every == bool(names):
        raise ValueError("name the concepts to run, or give --all (`sidebyside list` shows them)")
    settings = Settings(
        preset="full" if full else "default",
        seeds=seeds,
        epochs=epochs,
        device=device.value,
        execution=Execution(jit, precision.value, steps_per_execution),
        csv=str(csv) if csv else None,
        encoding=encoding,
    )
    wanted = names_of(backends)
    try:
        with interruption.closes_first():
            chosen = catalogue.names() if every else names
            found = session.run(chosen, settings, wanted, out, fresh, workers, cluster)
    except WorkerError as error:
        raise ValueError(str(error)) from error
    return _finish(found, out, as_json)


@app.command()
def table(
    file: Annotated[Path, typer.Argument(help="Your table: CSV, Excel, also packed.")],
    target: Annotated[str, typer.Option(metavar="COLUMN", help="The column to be told.")],
    task: Annotated[Task | None, typer.Option(help="What it is, where that is unclear.")] = None,
    group: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Rows that are equal in it stay together.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Leave it out (repeat for several).")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="Number of folds.")] = 5,
    seeds: Annotated[int | None, typer.Option(min=1, help="How often folds are drawn.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Number of epochs.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Train twice as long.")] = False,
    backends: Backends = None,
    device: Annotated[Device, typer.Option(help="For the Keras columns.")] = Device.auto,
    encoding: Annotated[str | None, typer.Option(help="Encoding of the file.")] = None,
    workers: Workers = None,
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save the pipeline, trained on all rows.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the results.  [default: results/tables/NAME]"),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run jobs again that are done.")] = False,
    as_json: AsJson = False,
) -> int:
    """Compare networks and scikit-learn's models on your own table."""
    from comparisons.harness.concept import Settings
    from comparisons.harness.desk import session
    from comparisons.harness.desk.notebooks import Comparisons
    from comparisons.harness.runs.workers import WorkerError

    settings = Settings(
        preset="full" if full else "default", seeds=seeds, epochs=epochs, device=device.value
    )
    try:
        with interruption.closes_first():
            found = session.table(
                file,
                target,
                settings,
                names_of(backends),
                out,
                fresh,
                workers,
                save,
                task=task and task.value,
                group=group,
                without=without or (),
                folds=folds,
                encoding=encoding,
            )
    except WorkerError as error:
        raise ValueError(str(error)) from error
    return _finish(Comparisons([found]), found.folder.parent, as_json, found.page)


@app.command()
def predict(
    pipeline: Annotated[Path, typer.Argument(help="What `table --save` wrote.")],
    file: Annotated[Path, typer.Argument(metavar="NEW_TABLE", help="Rows to be told.")],
    encoding: Annotated[str | None, typer.Option(help="Encoding of the table.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the CSV here.", callback=targets.file),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Tell new rows by a saved pipeline: the table with the answers in further columns."""
    from comparisons.harness.desk import session
    from comparisons.harness.runs.jobs import write_atomically

    table, found, notes = session.predict(pipeline, file, encoding)
    for note in notes:
        print(f"sidebyside: {note}", file=sys.stderr)
    if as_json:
        print_json({"notes": notes, "rows": found.to_dict("records")})
        return HOLDS
    text = table.join(found).to_csv(index=False, float_format="%.6g")
    if out:
        write_atomically(out, text.encode())
    else:
        print(text, end="")
    return HOLDS


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder of results.")] = Path(
        "results"
    ),
    site: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write the pages alone there, to be published.",
            callback=targets.folder,
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Write the page again from results that are there."""
    from comparisons.harness.desk import session
    from comparisons.harness.report import write_pages

    found = session.load(folder)
    page = write_pages(folder, site)
    return _finish(found, folder, as_json, page)


def _finish(found: "Comparisons", folder: Path, as_json: bool, page: Path | None = None) -> int:
    """Print the results in short and give the exit status."""
    from comparisons.harness.desk import summary

    status = HOLDS if all(result.passed for result in found) else FAILED
    page = page or folder / "index.html"
    if as_json:
        content = {"page": str(page), "status": status, "results": [r.content for r in found]}
        print_json(content)
        return status
    for result in found:
        print("\n".join(summary.lines(result)), end="\n\n")
    print(f"Open {page}")
    return status
