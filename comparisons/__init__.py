"""One runnable script a concept, and the harness that proves and measures.

>>> import comparisons
>>> result = comparisons.run("dropout", seeds=2)
>>> result.frame("runs")
>>> comparisons.load("results")["dropout"]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

    from comparisons.harness.check.report import Report
    from comparisons.harness.conformance.running import Report as ConformanceReport
    from comparisons.harness.desk.notebooks import Comparison, Comparisons
    from comparisons.harness.diff.differences import Differences


def run(
    *names: str,
    backends: str | list[str] | None = None,
    seeds: int | None = None,
    epochs: int | None = None,
    full: bool = False,
    device: str = "auto",
    jit: bool | None = None,
    precision: str = "float32",
    steps_per_execution: int = 1,
    csv: str | PathLike[str] | None = None,
    encoding: str | None = None,
    out: str | PathLike[str] = "results",
    fresh: bool = False,
    workers: int | None = None,
    cluster: str | None = None,
) -> Comparison | Comparisons:
    """Prove and compare concepts, as `sidebyside run` does, and write the pages.

    Args:
        names: concepts, or chapters by title or number.
        backends: Keras backends, `"jax"` or `["tensorflow", "torch"]`; None for all there are.
        seeds: number of seeds; None for the concept's own.
        epochs: number of epochs; None for the preset's.
        full: full size instead of minutes.
        device: `"auto"`, `"cpu"` or `"gpu"`, for the Keras columns.
        jit: whether Keras's training step is compiled; None as Keras chooses.
        precision: in which the Keras columns train, `"float32"`, `"mixed_float16"`,
            `"mixed_bfloat16"` or `"float64"`.
        steps_per_execution: training steps that Keras does in a call.
        csv: a file of your own, for a concept that takes one.
        encoding: the encoding of that file, where two would fit, such as `"cp932"`.
        out: folder of the results.
        fresh: run jobs again that are done.
        workers: how many jobs run side by side; those that are timed run alone. None for one, on
            a cluster one a CPU.
        cluster: address of a running Ray cluster, such as `"auto"`, on which they run.

    Returns:
        The result, which a notebook shows in short and which gives pandas frames
        (`result.frame("runs")`, `"checks"`, `"claims"`); several as a list of them.

    Raises:
        ValueError: an unknown name or a setting that cannot be.
        RuntimeError: a column cannot start.
    """
    from pathlib import Path

    from comparisons.harness.concept import Settings
    from comparisons.harness.desk import session
    from comparisons.harness.execution import Execution

    if not names:
        raise ValueError("name the concepts to run; `sidebyside list` shows them")
    settings = Settings(
        preset="full" if full else "default",
        seeds=seeds,
        epochs=epochs,
        device=device,
        execution=Execution(jit, precision, steps_per_execution),
        csv=str(csv) if csv else None,
        encoding=encoding,
    )
    wanted = [backends] if isinstance(backends, str) else backends
    found = session.run(names, settings, wanted, Path(out), fresh, workers, cluster)
    return found[0] if len(found) == 1 else found


def table(
    table: pd.DataFrame | str | PathLike[str],
    target: str,
    task: str | None = None,
    group: str | None = None,
    without: str | Sequence[str] = (),
    folds: int = 5,
    backends: str | list[str] | None = None,
    seeds: int | None = None,
    epochs: int | None = None,
    full: bool = False,
    device: str = "auto",
    encoding: str | None = None,
    save: str | PathLike[str] | None = None,
    out: str | PathLike[str] | None = None,
    fresh: bool = False,
    workers: int | None = None,
) -> Comparison:
    """Compare networks and scikit-learn's models on your own table, as `sidebyside table` does.

    Args:
        table: a pandas DataFrame (its index is no column), or the path of a file.
        target: the column to be told.
        task: `"classes"` or `"number"`; None where the column itself tells.
        group: a column; rows that are equal in it stay on one side of each fold.
        without: columns to leave out.
        folds: number of folds.
        backends, seeds, epochs, full, device, fresh, workers: as for `run`; `seeds` is how often
            folds are drawn.
        encoding: the encoding of the file, where two would fit.
        save: a file for the pipeline, trained on all rows, which `predict` reads.
        out: folder of the results; None for one in `results/tables`.

    Returns:
        The result, as `run` gives it; `result.settings.table` tells what was found in the table.

    Raises:
        ValueError: a table, a column or a setting that cannot be used; one line says why.
        RuntimeError: a backend cannot start.
    """
    from pathlib import Path

    from comparisons.harness.concept import Settings
    from comparisons.harness.desk import session

    return session.table(
        table,
        target,
        Settings("full" if full else "default", seeds, epochs, device),
        [backends] if isinstance(backends, str) else backends,
        Path(out) if out else None,
        fresh,
        workers,
        Path(save) if save else None,
        task=task,
        group=group,
        without=[without] if isinstance(without, str) else without,
        folds=folds,
        encoding=encoding,
    )


def predict(
    pipeline: str | PathLike[str],
    table: pd.DataFrame | str | PathLike[str],
    encoding: str | None = None,
) -> pd.DataFrame:
    """What a pipeline that `table` saved tells of new rows.

    Args:
        pipeline: the file. Nothing in it is executed.
        table: a pandas DataFrame, or the path of a file.
        encoding: the encoding of that file, where two would fit.

    Returns:
        A DataFrame with a row for each: the target, and for classes the probability of each.

    Raises:
        ValueError: a file that is no pipeline, or a table that does not fit; one line says why.
    """
    from pathlib import Path

    from comparisons.harness.desk import session

    _, found, _ = session.predict(Path(pipeline), table, encoding)
    return found.reset_index(drop=True)


def load(folder: str | PathLike[str] = "results") -> Comparisons:
    """The results of earlier runs, as `run` gives them: a list, with names as keys too.

    Raises:
        ValueError: the folder holds no results, or a broken one.
    """
    from pathlib import Path

    from comparisons.harness.desk import session

    return session.load(Path(folder))


def check(
    model: Any,
    custom: str | PathLike[str] | None = None,
    config: str | PathLike[str] | None = None,
    input: str | PathLike[str] | None = None,
    backends: str | list[str] | None = None,
    dtype: str = "float32",
    batch: int | None = None,
    seed: int = 0,
    gradients: bool = True,
    steps: int = 5,
    device: str = "auto",
    reproduce: bool = False,
) -> Report:
    """Compare a Keras model on every backend with the NumPy half, layer by layer.

    Args:
        model: a `.keras` file, weights alone (`.weights.h5`), or a live Keras model.
        custom: a Python file with the classes and functions of your own that the model needs; see
            README. It is run.
        config: of weights alone their model's: `.json` with what `model.to_json()` gives, or a
            `.keras` file of the same model.
        input: a file of inputs, `.npz` by name, `.npy` or `.csv`; None draws some that fit.
        backends: `"jax"` or `["tensorflow", "torch"]`; None for all there are.
        dtype: in which Keras computes, `"float32"`, `"float64"`, `"float16"` or `"mixed_float16"`.
            In float16 outputs, gradients and states are judged as in the others, with its rounding
            as the measure; training steps are not, nor what is beyond its largest number, which
            the report says.
        batch: number of samples; None for 4, or as many as the model's shapes say.
        seed: of the inputs that are drawn.
        gradients: whether gradients are compared too.
        steps: of training that are compared, from 0 to 50; none without gradients.
        device: where Keras computes, `"cpu"`, `"gpu"`, or `"auto"` for a GPU where a backend sees
            one.
        reproduce: whether each finding of a layer gets a script that shows it by Keras alone.

    Returns:
        The report, which shows itself: `findings` (the worst first; each with its `reproduction`),
        `layers`, `agrees`, and `as_dict()` for a machine to read.

    Raises:
        ValueError: a model or an input that cannot be used; one line says why.
        OSError: a file that is not there.
    """
    from comparisons.harness.desk import session

    return session.check(
        model,
        custom=custom,
        config=config,
        input=input,
        backends=[backends] if isinstance(backends, str) else backends,
        dtype=dtype,
        batch=batch,
        seed=seed,
        gradients=gradients,
        steps=steps,
        device=device,
        reproduce=reproduce,
    )


def conformance(
    *names: str,
    backends: str | list[str] | None = None,
    dtype: str | None = None,
    out: str | PathLike[str] = "results/conformance",
    fresh: bool = False,
) -> ConformanceReport:
    """Compare the installed Keras with the NumPy half, as `sidebyside conformance` does.

    Args:
        names: of Keras's classes and functions, `"Dense"`, `"Mean"`, `"Adam"`; none for all that
            have cases, which takes a while.
        backends: `"jax"` or `["tensorflow", "torch"]`; None for all there are.
        dtype: in which Keras computes, `"float32"` or `"float64"`; None for both.
        out: folder of what is done, where a run that was interrupted goes on.
        fresh: judge again what is done.

    Returns:
        The report, which shows itself: `judgements` (a class on a backend in a precision, with what
        came of each case), `totals()`, `kinds()`, `differing()`, `holds`, and `as_dict()` for a
        machine to read.

    Raises:
        ValueError: an unknown name or backend, or another precision; one line says why.
        OSError: `out` cannot be written.
    """
    from pathlib import Path

    from comparisons.harness.desk import session
    from comparisons.harness.proof.precision import PRECISIONS

    if dtype not in (None, *PRECISIONS):
        raise ValueError(f"dtype is 'float32', 'float64' or None for both, not {dtype!r}")
    wanted = [backends] if isinstance(backends, str) else backends
    return session.conformance(names, wanted, [dtype] if dtype else PRECISIONS, Path(out), fresh)


def diff(
    a: str | PathLike[str],
    b: str | PathLike[str],
    input: str | PathLike[str] | None = None,
    batch: int | None = None,
    seed: int = 0,
    config: str | PathLike[str] | None = None,
    custom: str | PathLike[str] | None = None,
    backends: str | list[str] | None = None,
) -> Differences:
    """Compare two models' files: configs, weights, training, and outputs on the same inputs.

    Args:
        a, b: the files, `.keras`, or weights alone (`.weights.h5`) of the other's model or of
            `config`'s.
        input: a file of inputs, `.npz` by name, `.npy` or `.csv`; None draws some that fit.
        batch: number of samples; None for 4, or as many as the shapes of the first model say.
        seed: of the inputs that are drawn.
        config: of weights alone their model's, a `.json` or a `.keras` file; None where the other
            file is that.
        custom: a Python file with the classes and functions of your own that the models need, as
            for `check`. It is run.
        backends: `"jax"` or `["tensorflow", "torch"]`, the first of which that is there computes
            the layers in `custom` that have no NumPy half; None for any.

    Returns:
        What differs, which shows itself: `same`, `architecture`, `names`, `weights`, `compiled`,
        `optimizer`, `outputs`, `first`, and `as_dict()` for a machine to read.

    Raises:
        ValueError: a file, an input or a backend that cannot be used; one line says why.
        OSError: a file that is not there.
    """
    from comparisons.harness.diff.differences import diff

    backends = [backends] if isinstance(backends, str) else backends
    return diff(a, b, input, batch, seed, config, custom, backends)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("keras-side-by-side")
    if name in ("SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"):
        from comparisons.harness import wrappers

        return getattr(wrappers, name)
    raise AttributeError(f"module 'comparisons' has no attribute '{name}'")
