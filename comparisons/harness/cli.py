"""The command line: `sidebyside list`, `sidebyside run`, `sidebyside report`.

Exit status 0: all checks hold; 1: a check failed; 2: it could not run.
"""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from comparisons.harness import catalogue
from comparisons.harness import jobs, results, runner, workers
from comparisons.harness.concept import Settings

HOLDS, FAILED, COULD_NOT_RUN = 0, 1, 2

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Deep-learning concepts twice, in NumPy and in Keras: proven equal, and compared.",
)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line; every plain mistake is one line on standard error and status 2."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        status = app(arguments or ["--help"], prog_name="sidebyside", standalone_mode=False)
    except typer.exceptions.TyperException as error:
        _stop(error.format_message())
    except (typer.Abort, KeyboardInterrupt):
        _stop("interrupted; the same command goes on with the jobs that are still missing")
    except (ValueError, workers.WorkerError) as error:
        _stop(str(error))
    except OSError as error:
        _stop(f"{error.filename or 'output'}: {error.strerror or error}")
    sys.exit(status or HOLDS)


def run_script(file: str) -> NoReturn:
    """What `python -m comparisons.NAME` does: `sidebyside run NAME` with the same options."""
    main(["run", Path(file).stem, *sys.argv[1:]])


def _stop(message: str) -> NoReturn:
    print(f"sidebyside: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(COULD_NOT_RUN)


class Device(StrEnum):
    """Where the Keras columns run."""

    auto = "auto"
    cpu = "cpu"
    gpu = "gpu"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine to read.")]


@app.command("list")
def list_concepts(as_json: AsJson = False) -> int:
    """List the concepts."""
    declared = {name: catalogue.load(name) for name in catalogue.names()}
    if as_json:
        rows = [
            {
                "name": name,
                "chapter": c.chapter,
                "title": c.title,
                "title_ja": c.title_ja,
                "claims": [claim.claim for claim in c.claims],
            }
            for name, c in declared.items()
        ]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return HOLDS
    table = Table("name", "chapter", Column("title", overflow="fold"), box=None, pad_edge=False)
    for name, c in declared.items():
        number, _, _ = c.chapter.partition(" ")
        table.add_row(name, number, f"{c.title}\n{c.title_ja}")
    Console().print(table)
    return HOLDS


@app.command()
def run(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="Concepts; see `list`.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Run every concept.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Full size instead of minutes.")] = False,
    seeds: Annotated[int | None, typer.Option(min=1, help="Number of seeds.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Number of epochs.")] = None,
    backends: Annotated[
        list[str] | None,
        typer.Option(help="Keras backends: tensorflow, jax, torch (several: comma, or repeat)."),
    ] = None,
    device: Annotated[Device, typer.Option(help="For the Keras columns.")] = Device.auto,
    csv: Annotated[
        Path | None, typer.Option(help="A Titanic file of your own, such as Kaggle's train.csv.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("results"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Run jobs again that are done.")] = False,
    as_json: AsJson = False,
) -> int:
    """Prove and compare concepts, and write the page."""
    if every == bool(names):
        raise ValueError("name the concepts to run, or give --all (`sidebyside list` shows them)")
    settings = Settings(
        preset="full" if full else "default",
        seeds=seeds,
        epochs=epochs,
        device=device.value,
        csv=str(csv) if csv else None,
    )
    wanted = [name.strip() for entry in backends or [] for name in entry.split(",")]
    names = catalogue.names() if every else list(dict.fromkeys(names))
    plan = runner.plan(names, settings, wanted)
    console = Console(stderr=True)
    out.mkdir(parents=True, exist_ok=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=as_json or not console.is_terminal,  # it gets a line a job instead
    ) as bar:
        task = bar.add_task("starting", total=None, visible=False)

        def progress(what, done, total):
            bar.update(task, description=what, completed=done, total=total, visible=True)
            if not console.is_terminal and not as_json:
                console.print(f"[{done}/{total}] {what}", highlight=False, markup=False)

        try:
            found = runner.run(plan, out, fresh, progress)
        except KeyboardInterrupt:  # typer would end with a status of its own and say nothing
            raise typer.Abort from None
    return _finish(found, out, as_json)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder of results.")] = Path(
        "results"
    ),
    as_json: AsJson = False,
) -> int:
    """Write the page again from results that are there."""
    if not folder.is_dir():
        raise ValueError(f"{folder}: no such folder of results; `sidebyside run` makes one")
    found = [
        results.Result.read(folder / name)
        for name in catalogue.names()
        if (folder / name / "result.json").exists()
    ]
    if not found:
        raise ValueError(f"{folder}: holds no results; `sidebyside run` makes them")
    return _finish(found, folder, as_json)


def _finish(found: list[results.Result], out: Path, as_json: bool) -> int:
    """Write the page over all results in the folder, print the summary, give the exit status."""
    from comparisons.harness.report import write_pages

    page = write_pages(out)
    status = HOLDS if all(result.passed for result in found) else FAILED
    if as_json:
        content = {"page": str(page), "status": status, "results": [r.content for r in found]}
        print(jobs.as_json(content).decode(), end="")
        return status
    Console().print(_summary(found))
    for result in found:
        for claim in result.content["claims"]:
            print(f"{claim['verdict']}: {claim['claim']}")
    for result in found:
        for record in result.content["checks"]:
            if not record["passed"]:
                print(
                    f"FAILED: {record['what']}, {record['where']}, {record['against']}, "
                    f"{record['dtype']}: error {record['error']}, tolerance {record['tolerance']}"
                )
    print(f"Open {page}")
    return status


def _summary(found: list[results.Result]) -> Table:
    """Checks held, and a row for each model and column: test accuracy and time of a step."""
    table = Table("concept", "checks", "variant", "column", box=None, pad_edge=False)
    for numbers in ("accuracy", "ms/step"):
        table.add_column(numbers, justify="right")
    for result in found:
        checks, summary = result.content["checks"], result.content["summary"]
        held = sum(record["passed"] for record in checks)
        concept = (result.content["concept"], f"{held}/{len(checks)}" if checks else "–")
        if not summary:
            table.add_row(*concept)
        variant = "model"  # what the only one is called
        for row in summary:
            table.add_row(
                *concept,
                row["variant"] if row["variant"] != variant else "",
                row["implementation"],
                f"{row['test_accuracy']['mean']:.1%}",
                f"{1e3 * row['seconds_per_step']:.2f}",
            )
            concept, variant = ("", ""), row["variant"]
    return table
