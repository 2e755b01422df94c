"""A trained pipeline in one file, and its use on new rows.

The file is a zip archive of two members: `pipeline.json` (the columns and what the preparation
learned, plain values) and `model.keras` (the network, which Keras reads too). Neither is executed:
JSON is checked field by field, and the NumPy half reads the network without running anything in it.
"""

import io
import json
import math
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import reference_numpy as rn
from comparisons.harness.catalogue import declared
from comparisons.harness.concept import Settings
from comparisons.harness.runs.jobs import as_json, write_atomically
from comparisons.harness.table_files import DataError
from comparisons.harness.table_files.files import read_bytes, shown
from comparisons.harness.table_files.question import (
    CATEGORY,
    CLASSES,
    DATE,
    DATE_FEATURES,
    Question,
)
from comparisons.harness.table_files.reading import Table, untold
from comparisons.harness.tabular import rows
from comparisons.harness.tabular.preparation import Preparation
from comparisons.harness.training import NumpyHalf

PIPELINE, MODEL = "pipeline.json", "model.keras"
VERSION = 1
MOST_BYTES = {PIPELINE: 64 * 2**20, MODEL: 512 * 2**20}
LEARNED = ("medians", "means", "deviations", "seen")


def save(
    path: Path,
    question: Question,
    settings: Settings,
    name: str,
    tell: Callable[[str], None] = untold,
) -> None:
    """Train the NumPy half on all rows, prepared by all of them, and write the file.

    Args:
        name: the concept's, whose halves hold the network.
        tell: called with the epochs that are done.

    Raises:
        OSError: the file cannot be written.
    """
    found = rows.load(question)
    of_classes = question.task == CLASSES
    preparation = Preparation.fit(question.used, found.frame)
    scale = None if of_classes else rows.target_scale(found.target)
    concept = declared(name, settings)
    task, preset = concept.task, concept.task.preset(settings)
    model = NumpyHalf(name).build(task.build, task.variants["model"], task.first_seed)
    x, y = preparation.transform(found.frame), rows.scaled(found.target, scale)
    telling = rn.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: tell(f"{epoch + 1} of {preset.epochs} epochs")
    )
    model.fit(x, y, preset.batch_size, preset.epochs, verbose=0, callbacks=[telling])
    about = asdict(question) | {"path": Path(question.path).name}
    learned = {key: getattr(preparation, key) for key in LEARNED}
    content = {"version": VERSION, "question": about, "preparation": learned, "scale": scale}
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / MODEL)
        network = (Path(folder) / MODEL).read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(PIPELINE, as_json(content))
        archive.writestr(MODEL, network)
    write_atomically(path, buffer.getvalue())


@dataclass(frozen=True)
class Pipeline:
    """A pipeline as it was saved: what was asked, what was learned, and the network."""

    question: Question
    preparation: Preparation
    scale: tuple[float, float] | None
    model: rn.Model

    def predict(self, table: Table) -> tuple[pd.DataFrame, list[str]]:
        """The target of each row, told by the network, and what was noticed on the way.

        A class comes with the probability of each; the target need not be in the table.

        Raises:
            DataError: a column is missing, or a value does not fit.
        """
        texts, _ = rows.texts_of(table)
        used, target = self.question.used, self.question.target
        lacking = [column.name for column in used if column.name not in texts]
        if lacking:
            raise DataError(
                f"lacks the column{'s' * (len(lacking) > 1)} {', '.join(lacking)}; the pipeline "
                f"tells {target} from {', '.join(column.name for column in used)}"
            )
        known = {target, *self.question.without, *(c.name for c in self.question.columns)}
        new = [name for name in texts if name not in known]
        frame = rows.columns_of(texts, used, table.separator)
        given = self.preparation.transform(frame)
        found = self.model.predict(given, batch_size=1000, verbose=0).astype("float64")
        return self._told(found, texts.index), [*_of_columns(new), *self._notes(frame)]

    def _told(self, found: np.ndarray, lines: pd.Index) -> pd.DataFrame:
        name, classes = f"predicted {self.question.target}", self.question.classes
        if self.scale is not None:
            mean, deviation = self.scale
            return pd.DataFrame({name: mean + deviation * found[:, 0]}, lines)
        best = np.array(classes, dtype="object")[found.argmax(axis=1)]
        shares = {f"probability of {label}": found[:, n] for n, label in enumerate(classes)}
        return pd.DataFrame({name: best, **shares}, lines)

    def _notes(self, frame: pd.DataFrame) -> list[str]:
        """Values that the training rows did not have."""
        notes = []
        for column in self.question.used:
            values = frame[column.name].dropna()
            if column.kind == CATEGORY:
                new = values[~values.isin(self.preparation.seen[column.name])]
                if len(new):
                    notes.append(
                        f"column {column.name}: values that training did not have: {len(new):,}, "
                        f"such as {shown(new.iloc[0])} in line {new.index[0]}; taken as unknown"
                    )
            gaps = len(frame) - len(values)
            if gaps and not column.gaps:
                notes.append(
                    f"column {column.name}: missing values, where training had none: {gaps:,}; "
                    f"taken as {'unknown' if column.kind == CATEGORY else 'the median'}"
                )
        return notes


def _of_columns(new: list[str]) -> list[str]:
    """Columns that the training table did not have; of many the first ones."""
    named = ", ".join(map(shown, new[:5])) + ", …" * (len(new) > 5)
    return [f"columns that training did not have: {named}; left out"] if new else []


def load(path: Path) -> Pipeline:
    """Read a pipeline. Nothing in the file is executed.

    Raises:
        DataError: there is no such file, or it is no pipeline; the message says where.
    """
    content = read_bytes(path)
    try:
        return _read(content)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _read(content: bytes) -> Pipeline:
    found = _members(content)
    try:
        written = json.loads(found[PIPELINE])
    except (ValueError, RecursionError):
        raise DataError(f"{PIPELINE}: is no JSON") from None
    _expect(isinstance(written, dict), "an object with the pipeline's fields")
    _expect(written.get("version") == VERSION, f'"version" {VERSION}, which this program reads')
    try:
        question = Question.of(written["question"])
        learned = written["preparation"]
        preparation = Preparation(question.used, **{key: learned[key] for key in LEARNED})
        scale = written["scale"] and tuple(written["scale"])
        _check(question, preparation, scale)
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{PIPELINE}: a field is missing or of a wrong kind ({error})") from None
    outputs = len(question.classes) or 1
    return Pipeline(question, preparation, scale, _network(found[MODEL], question, outputs))


def _members(content: bytes) -> dict[str, bytes]:
    """The two members, once they were found to be no larger than they may be."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            names = sorted(member.filename for member in members)
            if names != sorted(MOST_BYTES):
                raise DataError(f"is no saved pipeline: it holds no {PIPELINE} beside {MODEL}")
            found = {}
            for member in members:
                most = MOST_BYTES[member.filename]
                with archive.open(member) as file:
                    found[member.filename] = file.read(most + 1)
                if len(found[member.filename]) > most:
                    raise DataError(f"{member.filename}: is larger than {most // 2**20} MiB")
            return found
    except DataError:
        raise
    except Exception:  # a damaged archive raises whatever it meets
        raise DataError(
            "is no saved pipeline, or a damaged one; `sidebyside table … --save FILE` writes one"
        ) from None


def _expect(held: bool, what: str) -> None:
    if not held:
        raise DataError(f"{PIPELINE}: expected {what}")


def _check(question: Question, preparation: Preparation, scale) -> None:
    """Whether every field that a prediction uses is what it should be."""
    of_classes = question.task == CLASSES
    texts = [question.target, *question.classes]
    for column in question.columns:
        _expect(type(column.gaps) is int and column.gaps >= 0, "a count of gaps for each column")
        texts += [column.name, column.kind, *column.values]
    _expect(all(isinstance(text, str) for text in texts), "texts for names, kinds and values")
    names = [column.name for column in question.used]
    _expect(bool(names) and len(set(names)) == len(names), "columns, each once")
    _expect(len(question.classes) >= 2 if of_classes else not question.classes, "the classes")
    _expect((scale is None) == of_classes, '"scale" for a number, and for nothing else')
    _expect(scale is None or _finite(scale, 2), '"scale" of two numbers')
    for column in question.used:
        if column.kind == CATEGORY:
            seen = preparation.seen.get(column.name)
            held = isinstance(seen, list) and set(map(str, seen)) <= set(column.values)
            _expect(held, f'"seen" values for {column.name}')
            continue
        count = len(DATE_FEATURES) if column.kind == DATE else 1
        for key in LEARNED[:3]:
            numbers = getattr(preparation, key).get(column.name)
            _expect(_finite(numbers, count), f'"{key}" of {count} numbers for {column.name}')
        _expect(all(preparation.deviations[column.name]), f'"deviations" above 0: {column.name}')


def _finite(numbers: object, count: int) -> bool:
    return (
        isinstance(numbers, (list, tuple))
        and len(numbers) == count
        and all(type(n) in (int, float) and math.isfinite(n) for n in numbers)
    )


def _network(content: bytes, question: Question, outputs: int) -> rn.Model:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / MODEL
        path.write_bytes(content)
        try:
            model = rn.models.load_model(path, compile=False)
        except (ValueError, OSError) as error:
            told = str(error).removeprefix(f"{path}: ")
            raise DataError(f"{MODEL}: cannot be read ({told})") from None
    shapes = model.input_shape, model.output_shape
    expected = (None, len(question.features)), (None, outputs)
    if shapes != expected:
        raise DataError(f"{MODEL}: takes and gives {shapes}, where the pipeline needs {expected}")
    return model
