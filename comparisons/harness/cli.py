"""The command line: `sidebyside list`, `run`, `table`, `predict`, `report`, `check` and `diff`.

Exit status 0: all checks hold; 1: a check or a job failed, or a model is not what it should be; 2:
it could not run; 130 or 143: it was interrupted. What takes long to import is imported by the
command that needs it.
"""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from comparisons.harness.runs import interruption

if TYPE_CHECKING:
    from comparisons.harness.desk.notebooks import Comparisons

HOLDS, FAILED, COULD_NOT_RUN = 0, 1, 2

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Deep-learning concepts twice, in NumPy and in Keras: proven equal, and compared.",
)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line; every plain mistake is one line on standard error and status 2."""
    arguments = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a terminal may lack Japanese
    with interruption.ends_at_once():
        try:
            status = app(arguments or ["--help"], prog_name="sidebyside", standalone_mode=False)
        except typer.exceptions.TyperException as error:
            _stop(error.format_message())
        except ValueError as error:
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


def _show_version(wanted: bool) -> None:
    if wanted:
        import comparisons

        print(f"sidebyside {comparisons.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version."),
    ] = False,
) -> None:
    pass


class Device(StrEnum):
    """Where the Keras columns run."""

    auto = "auto"
    cpu = "cpu"
    gpu = "gpu"


def _names(incomplete: str) -> list[str]:
    """For the shell's completion."""
    from comparisons.harness import catalogue

    return [name for name in catalogue.script_names() if name.startswith(incomplete)]


class Task(StrEnum):
    """What a target is."""

    classes = "classes"
    number = "number"


Backends = Annotated[
    list[str] | None,
    typer.Option(help="Keras backends: tensorflow, jax, torch (several: comma, or repeat)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine to read.")]


@app.command("list")
def list_concepts(as_json: AsJson = False) -> int:
    """List the concepts by chapter, with the state of the last run in ./results."""
    from comparisons.harness import catalogue
    from comparisons.harness.desk import listing

    declared = {name: catalogue.load(name) for name in catalogue.names()}
    if as_json:
        _print_json([listing.row(name, concept) for name, concept in declared.items()])
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
    csv: Annotated[
        Path | None,
        typer.Option(help="A Titanic file of your own, such as Kaggle's train.csv; also .xlsx."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of that file, where two would fit: cp932, cp1252.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("results"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Run jobs again that are done.")] = False,
    as_json: AsJson = False,
) -> int:
    """Prove and compare concepts, and write the page."""
    from comparisons.harness import catalogue
    from comparisons.harness.concept import Settings
    from comparisons.harness.desk import session
    from comparisons.harness.runs import workers

    if every == bool(names):
        raise ValueError("name the concepts to run, or give --all (`sidebyside list` shows them)")
    settings = Settings(
        preset="full" if full else "default",
        seeds=seeds,
        epochs=epochs,
        device=device.value,
        csv=str(csv) if csv else None,
        encoding=encoding,
    )
    wanted = _names_of(backends)
    try:
        with interruption.closes_first():
            found = session.run(catalogue.names() if every else names, settings, wanted, out, fresh)
    except workers.WorkerError as error:
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
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save the pipeline, trained on all rows.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the results.  [default: results/tables/NAME]")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run jobs again that are done.")] = False,
    as_json: AsJson = False,
) -> int:
    """Compare networks and scikit-learn's models on your own table."""
    from comparisons.harness.concept import Settings
    from comparisons.harness.desk import session
    from comparisons.harness.desk.notebooks import Comparisons
    from comparisons.harness.runs import workers

    settings = Settings(
        preset="full" if full else "default", seeds=seeds, epochs=epochs, device=device.value
    )
    try:
        with interruption.closes_first():
            found = session.table(
                file,
                target,
                settings,
                _names_of(backends),
                out,
                fresh,
                save,
                task=task and task.value,
                group=group,
                without=without or (),
                folds=folds,
                encoding=encoding,
            )
    except workers.WorkerError as error:
        raise ValueError(str(error)) from error
    return _finish(Comparisons([found]), found.folder.parent, as_json, found.page)


@app.command()
def predict(
    pipeline: Annotated[Path, typer.Argument(help="What `table --save` wrote.")],
    file: Annotated[Path, typer.Argument(metavar="NEW_TABLE", help="Rows to be told.")],
    encoding: Annotated[str | None, typer.Option(help="Encoding of the table.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the CSV here.")] = None,
    as_json: AsJson = False,
) -> int:
    """Tell new rows by a saved pipeline: the table with the answers in further columns."""
    from comparisons.harness.desk import session
    from comparisons.harness.runs.jobs import write_atomically

    table, found, notes = session.predict(pipeline, file, encoding)
    for note in notes:
        print(f"sidebyside: {note}", file=sys.stderr)
    if as_json:
        _print_json({"notes": notes, "rows": found.to_dict("records")})
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
    as_json: AsJson = False,
) -> int:
    """Write the page again from results that are there."""
    from comparisons.harness.desk import session
    from comparisons.harness.report import write_pages

    found = session.load(folder)
    write_pages(folder)
    return _finish(found, folder, as_json)


class Precision(StrEnum):
    """In which Keras computes the model."""

    float32 = "float32"
    float64 = "float64"


@app.command()
def check(
    model: Annotated[Path, typer.Argument(metavar="MODEL.keras", help="A Keras model's file.")],
    given: Annotated[
        Path | None,
        typer.Option("--input", help="Inputs: .npz by name, .npy or .csv; else some are drawn."),
    ] = None,
    custom: Annotated[
        Path | None,
        typer.Option(metavar="FILE.py", help="Layers and losses of your own; the file is run."),
    ] = None,
    backends: Backends = None,
    dtype: Annotated[Precision, typer.Option(help="In which Keras computes.")] = Precision.float32,
    batch: Annotated[int | None, typer.Option(min=1, help="Number of samples.")] = None,
    seed: Annotated[int, typer.Option(help="Of the inputs that are drawn.")] = 0,
    no_gradients: Annotated[
        bool, typer.Option("--no-gradients", help="Compare outputs alone.")
    ] = False,
    steps: Annotated[
        int, typer.Option(min=0, max=50, help="Training steps to compare; none without gradients.")
    ] = 5,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write JSON for a machine to read."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write a page and scripts that show findings."),
    ] = None,
) -> int:
    """Compare a model on every backend with the NumPy half, layer by layer."""
    from comparisons.harness.check import page, table
    from comparisons.harness.desk import session
    from comparisons.harness.runs.jobs import as_json, write_atomically

    if out:
        out.mkdir(parents=True, exist_ok=True)  # rather refused now than after the work
    with interruption.closes_first("interrupted"):
        found = session.check(
            model,
            custom=custom,
            input=given,
            backends=_names_of(backends),
            dtype=dtype.value,
            batch=batch,
            seed=seed,
            gradients=not no_gradients,
            steps=steps,
            reproduce=bool(json_file or out),
        )
    if json_file:
        write_atomically(json_file, as_json(found.as_dict()))
    written = page.write(found, out) if out else None
    print("\n".join(table.lines(found)))
    if written:
        print(f"\nOpen {written}")
    return HOLDS if found.agrees else FAILED


@app.command()
def diff(
    a: Annotated[Path, typer.Argument(metavar="A.keras", help="A Keras model's file.")],
    b: Annotated[Path, typer.Argument(metavar="B.keras", help="Another, or the same saved again.")],
    given: Annotated[
        Path | None,
        typer.Option("--input", help="Inputs: .npz by name, .npy or .csv; else some are drawn."),
    ] = None,
    batch: Annotated[int, typer.Option(min=1, help="Number of samples.")] = 4,
    seed: Annotated[int, typer.Option(help="Of the inputs that are drawn.")] = 0,
    as_json: AsJson = False,
) -> int:
    """Say what differs between two models: configs, weights, training, outputs."""
    from comparisons.harness.diff.differences import diff

    found = diff(a, b, input=given, batch=batch, seed=seed)
    if as_json:
        _print_json(found.as_dict())
    else:
        print(found)
    return HOLDS if found.same else FAILED


def _names_of(backends: list[str] | None) -> list[str]:
    return [name.strip() for entry in backends or [] for name in entry.split(",")]


def _finish(found: "Comparisons", folder: Path, as_json: bool, page: Path | None = None) -> int:
    """Print the results in short and give the exit status."""
    from comparisons.harness.desk import summary

    status = HOLDS if all(result.passed for result in found) else FAILED
    page = page or folder / "index.html"
    if as_json:
        content = {"page": str(page), "status": status, "results": [r.content for r in found]}
        _print_json(content)
        return status
    for result in found:
        print("\n".join(summary.lines(result)), end="\n\n")
    print(f"Open {page}")
    return status


def _print_json(content: object) -> None:
    # In ASCII, since a terminal's encoding may lack Japanese.
    print(json.dumps(content, indent=1))
