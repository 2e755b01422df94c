"""What the commands share: the application, options, exit statuses."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from comparisons.harness.execution import PRECISIONS

HOLDS, FAILED, COULD_NOT_RUN = 0, 1, 2

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Deep-learning concepts twice, in NumPy and in Keras: proven equal, and compared.",
)


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


Precision = StrEnum("Precision", {name: name for name in PRECISIONS})


def _backends(incomplete: str) -> list[str]:
    """For the shell's completion; several stand with commas."""
    from comparisons.harness.backends import KERAS_BACKENDS

    before, comma, last = incomplete.rpartition(",")
    left = [name for name in KERAS_BACKENDS if name not in before.split(",")]
    return [f"{before}{comma}{name}" for name in left if name.startswith(last)]


Backends = Annotated[
    list[str] | None,
    typer.Option(
        help="Keras backends: tensorflow, jax, torch (several: comma, or repeat).",
        autocompletion=_backends,
    ),
]
OwnBackends = Annotated[
    list[str] | None,
    typer.Option(
        "--backends",
        help="Keras backends for layers of your own: the first that is installed computes them.",
        autocompletion=_backends,
    ),
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Jobs side by side; what is timed runs alone.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine to read.")]


def names_of(backends: list[str] | None) -> list[str]:
    """The backends of an option that may be repeated, and may hold several."""
    return [name.strip() for entry in backends or [] for name in entry.split(",")]


def print_json(content: object) -> None:
    """Print JSON, in ASCII, since a terminal's encoding may lack Japanese."""
    from comparisons.harness.runs.jobs import plain

    print(json.dumps(plain(content), indent=1))
