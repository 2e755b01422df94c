"""The commands of models and of Keras: `check`, `conformance`, `bench`, `race`, `divergences`,
`diff`.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from comparisons.harness.cli.app import (
    FAILED,
    HOLDS,
    AsJson,
    Backends,
    Device,
    OwnBackends,
    app,
    names_of,
    print_json,
)
from comparisons.harness.runs import interruption, targets


def _classes(incomplete: str) -> list[str]:
    """For the shell's completion; `docs/coverage.py` writes the names."""
    names = Path(__file__).parents[1] / "conformance" / "names.txt"
    return [name for name in names.read_text("utf-8").split() if name.startswith(incomplete)]


def _divergences(incomplete: str) -> list[str]:
    """For the shell's completion."""
    from comparisons.harness.divergences import DIVERGENCES

    return [name for name in DIVERGENCES if name.startswith(incomplete)]


def _models(incomplete: str) -> list[str]:
    """For the shell's completion."""
    from comparisons.harness.bench.models import MODELS, SWEEPS

    return [name for name in (*MODELS, *SWEEPS) if name.startswith(incomplete)]


JsonFile = Annotated[
    Path | None,
    typer.Option(
        "--json",
        metavar="FILE",
        help="Write JSON for a machine to read.",
        callback=targets.file,
    ),
]


Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Of .weights.h5 the model's .json (to_json), or its .keras file."
    ),
]


Custom = Annotated[
    Path | None,
    typer.Option(metavar="FILE.py", help="Layers and losses of your own; the file is run."),
]


class Precision(StrEnum):
    """In which Keras computes."""

    float32 = "float32"
    float64 = "float64"


class CheckedIn(StrEnum):
    """In which Keras computes a model that is checked."""

    float32 = "float32"
    float64 = "float64"
    float16 = "float16"
    mixed_float16 = "mixed_float16"


@app.command()
def check(
    model: Annotated[
        Path,
        typer.Argument(metavar="MODEL.keras", help="A Keras model's file, or its .weights.h5."),
    ],
    config: Config = None,
    given: Annotated[
        Path | None,
        typer.Option("--input", help="Inputs: .npz by name, .npy or .csv; else some are drawn."),
    ] = None,
    custom: Custom = None,
    backends: Backends = None,
    device: Annotated[Device, typer.Option(help="Where Keras computes.")] = Device.auto,
    dtype: Annotated[
        CheckedIn,
        typer.Option(help="In which Keras computes; in float16 no training steps are compared."),
    ] = CheckedIn.float32,
    batch: Annotated[int | None, typer.Option(min=1, help="Number of samples.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the inputs that are drawn.")] = 0,
    no_gradients: Annotated[
        bool, typer.Option("--no-gradients", help="Compare outputs alone.")
    ] = False,
    steps: Annotated[
        int, typer.Option(min=0, max=50, help="Training steps to compare; none without gradients.")
    ] = 5,
    json_file: JsonFile = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write a page and scripts that show findings.",
            callback=targets.folder,
        ),
    ] = None,
) -> int:
    """Compare a model on every backend with the NumPy half, layer by layer."""
    from comparisons.harness.check import page, terminal
    from comparisons.harness.desk import session
    from comparisons.harness.runs.jobs import as_json, write_atomically

    with interruption.closes_first("interrupted"):
        found = session.check(
            model,
            custom=custom,
            config=config,
            input=given,
            backends=names_of(backends),
            device=device.value,
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
    print("\n".join(terminal.lines(found)))
    if written:
        print(f"\nOpen {written}")
    return HOLDS if found.agrees else FAILED


@app.command()
def conformance(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CLASS]...",
            help="Of Keras: Dense, Mean, Adam, gelu.",
            autocompletion=_classes,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every class that has cases.")] = False,
    backends: Backends = None,
    dtype: Annotated[
        Precision | None, typer.Option(help="In which Keras computes; else in both.")
    ] = None,
    json_file: JsonFile = None,
    out: Annotated[
        Path,
        typer.Option(
            help="Folder of the page and of what is done already.", callback=targets.folder
        ),
    ] = Path("results/conformance"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Judge again what is done.")] = False,
) -> int:
    """Compare the installed Keras with the NumPy half, class by class."""
    from comparisons.harness.conformance import page
    from comparisons.harness.desk import session
    from comparisons.harness.proof.precision import PRECISIONS
    from comparisons.harness.runs.jobs import as_json, write_atomically

    if every == bool(names):
        raise ValueError("name classes of Keras, or give --all for every one that has cases")
    dtypes = [dtype.value] if dtype else PRECISIONS
    with interruption.closes_first("interrupted; the same command goes on where it stopped"):
        found = session.conformance(names or (), names_of(backends), dtypes, out, fresh)
    if json_file:
        write_atomically(json_file, as_json(found.as_dict()))
    written = page.write(found, out)
    print(found)
    print(f"\nOpen {written}")
    return HOLDS if found.holds else FAILED


class Phase(StrEnum):
    """What is timed."""

    train_step = "train_step"
    predict = "predict"
    epoch = "epoch"


@app.command()
def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL]...",
            help="M1 … M6, Transformer, MobileNetV2, ResNet50; batch, width, depth, image: sweeps. "
            "All of them by default.",
            autocompletion=_models,
        ),
    ] = None,
    backends: Backends = None,
    cores: Annotated[
        int | None, typer.Option(min=1, help="How many cores to use; all by default.")
    ] = None,
    phase: Annotated[
        list[Phase] | None, typer.Option(help="What to time (repeat for several).")
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, help="How often, in turn; medians count.")] = 7,
    json_file: JsonFile = None,
    out: Annotated[Path, typer.Option(help="Folder of the page.", callback=targets.folder)] = Path(
        "results/bench"
    ),
) -> int:
    """Time NumPy and Keras on every backend, in turn, on models from small to large."""
    from comparisons.harness.bench import page, terminal
    from comparisons.harness.desk import session
    from comparisons.harness.runs.jobs import as_json, write_atomically

    phases = list(dict.fromkeys(one.value for one in phase or [Phase.train_step]))
    with interruption.closes_first("interrupted"):
        found = session.bench(names or (), names_of(backends), cores, phases, repeats)
    if json_file:
        write_atomically(json_file, as_json(found.as_dict()))
    written = page.write(found, out)
    print("\n".join(terminal.lines(found)))
    print(f"\nOpen {written}")
    return HOLDS


class Track(StrEnum):
    """What is raced on."""

    mnist = "mnist"


class Policy(StrEnum):
    """Keras's dtype policies for a race."""

    float32 = "float32"
    mixed_float16 = "mixed_float16"
    mixed_bfloat16 = "mixed_bfloat16"


@app.command()
def race(
    track: Annotated[Track, typer.Argument(help="What is raced on.")],
    target: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="The accuracy on test images to reach.")
    ] = 0.99,
    backends: Backends = None,
    seeds: Annotated[int, typer.Option(min=1, help="Number of runs.")] = 5,
    epochs: Annotated[int, typer.Option(min=1, help="Allowed; the learning rate ends there.")] = 4,
    device: Annotated[Device, typer.Option(help="Where Keras trains.")] = Device.auto,
    devices: Annotated[
        int, typer.Option(min=1, help="Of JAX, that share each batch; virtual ones on a CPU.")
    ] = 1,
    precision: Annotated[Policy, typer.Option(help="In which Keras computes.")] = Policy.float32,
    images: Annotated[int | None, typer.Option(help="To train on; all by default.")] = None,
    validation: Annotated[
        bool,
        typer.Option("--validation", help="Measure on held-out training images, to choose by."),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Train Keras to a test accuracy as fast as it goes, on each backend."""
    from comparisons.harness.desk import session
    from comparisons.harness.race import terminal

    with interruption.closes_first("interrupted"):
        found = session.race(
            names_of(backends),
            target,
            seeds,
            epochs,
            device.value,
            devices,
            precision.value,
            images,
            validation,
        )
    if as_json:
        print_json(found.as_dict())
    else:
        print("\n".join(terminal.lines(found)))
    return HOLDS if found.holds else FAILED


@app.command()
def divergences(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help="Of divergences; else all.", autocompletion=_divergences
        ),
    ] = None,
    backends: Backends = None,
    as_json: AsJson = False,
) -> int:
    """Run the reproductions of known divergences: which stand on this Keras, which are mended."""
    from comparisons.harness.desk import session
    from comparisons.harness.divergences import outcomes
    from comparisons.harness.runs.environment import machine

    with interruption.closes_first("interrupted"):
        found = session.divergences(names or (), names_of(backends))
    if as_json:
        told = [one.as_dict() for one in found]
        print_json({"environment": machine(), "divergences": told})
    else:
        print("\n".join(outcomes.lines(found)))
    return FAILED if any(one.state == outcomes.MENDED for one in found) else HOLDS


@app.command()
def diff(
    a: Annotated[
        Path,
        typer.Argument(metavar="A.keras", help="A Keras model's file, or its .weights.h5."),
    ],
    b: Annotated[Path, typer.Argument(metavar="B.keras", help="Another.")],
    config: Config = None,
    given: Annotated[
        Path | None,
        typer.Option("--input", help="Inputs: .npz by name, .npy or .csv; else some are drawn."),
    ] = None,
    custom: Custom = None,
    backends: OwnBackends = None,
    batch: Annotated[int | None, typer.Option(min=1, help="Number of samples.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the inputs that are drawn.")] = 0,
    as_json: AsJson = False,
) -> int:
    """Say what differs between two models: configs, weights, training, outputs."""
    from comparisons.harness.diff.differences import diff

    with interruption.closes_first("interrupted"):
        found = diff(
            a,
            b,
            input=given,
            batch=batch,
            seed=seed,
            config=config,
            custom=custom,
            backends=names_of(backends),
        )
    if as_json:
        print_json(found.as_dict())
    else:
        print(found)
    return HOLDS if found.same else FAILED
