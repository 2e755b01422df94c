"""What differs between two models: architecture, weights, training, and then their outputs."""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path

import numpy as np

from comparisons.harness.backends import implementation
from comparisons.harness.check import inputs, own_parts
from comparisons.harness.check.stand_ins import Borrowed
from comparisons.harness.diff import terminal
from comparisons.harness.diff.pairs import Pair, pairs, sources
from comparisons.harness.diff.reading import read
from comparisons.harness.proof.calls import leaves, parts_of, watched
from comparisons.harness.proof.draws import reseed
from reference_numpy import tree
from reference_numpy.console import printable
from reference_numpy.models.model import Model
from reference_numpy.models.sequential import Sequential
from reference_numpy.registration import class_name
from reference_numpy.saving.archive import METADATA, open_members

TAKES = "takes"  # of a layer, or of the outputs: what comes from where


@dataclass(frozen=True)
class Change:
    """A setting that is another one.

    Args:
        where: the layer, `""` for the model.
        what: the setting.
        a, b: its values; None where a model has no such setting.
    """

    where: str
    what: str
    a: object
    b: object


@dataclass(frozen=True)
class Moved:
    """Numbers that are others.

    Args:
        where: the layer, or the optimizer.
        what: what they are, with their shape.
        largest: the largest difference.
        relative: ‖a − b‖ / ‖a‖.
    """

    where: str
    what: str
    largest: float
    relative: float


@dataclass(repr=False)
class Differences:
    """What differs between the models A and B.

    Args:
        models: file, Keras's version, time of saving, and number of parameters of each; a file of
            weights alone has neither version nor time.
        architecture: layers that one has alone, configs, connections, shapes of weights.
        names: layers that are the same but for their names.
        weights: weights and other state of the layers.
        compiled: loss, optimizer, metrics.
        optimizer: the optimizer's state.
        outputs: outputs on the same inputs, in inference.
        first: the first layer whose output differs on them, or None.
        not_compared: why there are no outputs to compare, or None.
        own: of classes of layers that have no NumPy half, where what they compute is taken from.
    """

    models: list[dict]
    architecture: list[Change] = field(default_factory=list)
    names: list[Change] = field(default_factory=list)
    weights: list[Moved] = field(default_factory=list)
    compiled: list[Change] = field(default_factory=list)
    optimizer: list[Moved] = field(default_factory=list)
    outputs: list[Moved] = field(default_factory=list)
    first: str | None = None
    not_compared: str | None = None
    own: dict[str, str] = field(default_factory=dict)

    @property
    def same_outputs(self) -> bool:
        """Whether all outputs were compared and none differs."""
        shaped = [one for one in self.architecture if one.where == "outputs" and one.what != TAKES]
        return not (self.outputs or self.not_compared or shaped)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        kinds = ("architecture", "names", "weights", "compiled", "optimizer", "outputs")
        return not any(getattr(self, kind) for kind in kinds)

    def as_dict(self) -> dict:
        """What `--json` prints."""
        return {"same": self.same, **asdict(self)}

    def __str__(self) -> str:
        return printable("\n".join(terminal.lines(self)))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def diff(
    a,
    b,
    input=None,
    batch: int | None = None,
    seed: int = 0,
    config=None,
    custom=None,
    backends: Sequence[str] | None = None,
) -> Differences:
    """Compare two models' files, each a `.keras` file or weights alone (`.weights.h5`).

    Args:
        a, b: the files.
        input: `.npz`, `.npy` or `.csv` with inputs; None draws some that fit.
        batch: number of samples, of `input` the first ones; None for 4, or as many as the shapes of
            the first model say.
        seed: of the inputs drawn.
        config: of weights alone their model's, a `.json` or a `.keras` file; None where the other
            file is that.
        custom: a Python file with the classes and functions of one's own that the models need; it
            is run, and Keras computes its layers that have no NumPy half.
        backends: on the first of them that is there; None for any.

    Raises:
        ValueError: a file, an input or a backend that cannot be used; one line says why.
        OSError: a file that is not there.
    """
    if batch is not None and batch < 1:
        raise ValueError(f"batch: expected a whole number from 1, got {batch}")
    for path in (a, b, input, config, custom):
        if path is not None:
            os.stat(path)  # one that is not there is refused for that, whatever it is called
    own = _own(custom, backends)
    config = None if config is None else Path(config)
    with own_parts.told_of(own), tempfile.TemporaryDirectory(prefix="sidebyside-") as folder:
        models = read(Path(a), Path(b), config, own, Path(folder))
    for path, model in zip((a, b), models):
        if not model.built:
            raise ValueError(f"{path}: the model is not built; give it an Input first")
    told = [_told(Path(path), model) for path, model in zip((a, b), models)]
    found = Differences(told, own=_taken(models))
    _compare_inputs(found, *models)
    together = list(pairs(*models))
    for pair in together:
        _compare_layers(found, pair)
    _compare_connections(found, *models, together)
    _compare_training(found, *models)
    given = Path(input) if input is not None else None
    batch = inputs.batch_of(models[0], batch)
    with own_parts.told_of(own):
        _compare_outputs(found, *models, together, given, batch, seed)
    return found


def _own(custom, wanted: Sequence[str] | None) -> own_parts.OwnParts:
    """What the file of somebody's own offers, its layers on one of the backends that are wanted."""
    if custom is None:
        if wanted:
            raise ValueError("backends: they are for layers of your own; give custom, their file")
        return own_parts.NO_PARTS
    own = own_parts.load(Path(custom), wanted)
    import keras

    running = keras.config.backend()
    if wanted and f"keras-{running}" not in map(implementation, wanted):
        raise ValueError(f"backends: Keras runs on {running} in this process already")
    return own


def _told(path: Path, model: Model) -> dict:
    metadata = {}
    if path.suffix == ".keras":
        with open_members(path) as archive:
            metadata = json.loads(archive.read_text(METADATA))
    return {
        "file": str(path),
        "keras_version": metadata.get("keras_version"),
        "date_saved": metadata.get("date_saved"),
        "parameters": model.count_params(),
    }


def _taken(models: list[Model]) -> dict[str, str]:
    """For each class of layers that Keras computes, from which backend that is taken."""
    parts = [part for model in models for part in parts_of(model) if isinstance(part, Borrowed)]
    if not parts:
        return {}
    import keras

    backend = keras.config.backend()
    return {type(part).__name__: own_parts.TAKEN.format(backend=backend) for part in parts}


def _compare_layers(found: Differences, pair: Pair) -> None:
    """Names, configs and numbers of a layer; of a nested model the name alone."""
    if not pair.both:
        both = pair.a, pair.b
        told = [None if layer is None else class_name(type(layer)) for layer in both]
        found.architecture.append(Change(pair.where, "layer", *told))
        return
    if pair.a.name != pair.b.name:
        found.names.append(Change(pair.where, "name", pair.a.name, pair.b.name))
    if isinstance(pair.a, Model):
        return
    configs = [_settings(layer.get_config()) for layer in (pair.a, pair.b)]
    found.architecture += _changes(pair.where, *configs, without=("name",))
    mine, theirs = pair.a.weight_records, pair.b.weight_records
    if len(mine) != len(theirs):
        counts = len(mine), len(theirs)
        found.architecture.append(Change(pair.where, "number of weights", *counts))
        others = {record.name: record for record in theirs}
        mine = [record for record in mine if record.name in others]
        theirs = [others[record.name] for record in mine]
    for one, other in zip(mine, theirs):
        if one.value.shape != other.value.shape:
            shapes = one.value.shape, other.value.shape
            found.architecture.append(Change(pair.where, f"shape of {one.name}", *shapes))
        else:
            found.weights += _moved(pair.where, one.name, one.value, other.value)


def _compare_inputs(found: Differences, a: Model, b: Model) -> None:
    """Shape and dtype of what two Sequentials take, which is none of their layers."""
    if isinstance(a, Sequential) and isinstance(b, Sequential):
        taken = [{"batch_shape": list(x.shape), "dtype": x.dtype} for x in (*a.inputs, *b.inputs)]
        found.architecture += _changes("input", *taken)


def _settings(value, key: str = "") -> dict:
    """The plain values of a config by their places, `"kernel_initializer.seed"`."""
    if isinstance(value, dict) and "class_name" in value:
        inner = value.get("config")
        inner = inner if isinstance(inner, dict) else {"value": inner}
        return {key: value["class_name"], **_settings(inner, key)}
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, (list, tuple)) and any(isinstance(x, (dict, list)) for x in value):
        items = enumerate(value)
    else:
        return {key: list(value) if isinstance(value, tuple) else value}
    found = {}
    for name, item in items:
        found |= _settings(item, f"{key}.{name}" if key else str(name))
    return found


def _changes(where: str, a: dict, b: dict, without: tuple = ()) -> Iterator[Change]:
    for what in dict.fromkeys([*a, *b]):
        if what not in without and a.get(what) != b.get(what):
            yield Change(where, what, a.get(what), b.get(what))


def _moved(where: str, what: str, a, b) -> Iterator[Moved]:
    """The difference of two arrays of one shape, where there is one."""
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind not in "fiub" or b.dtype.kind not in "fiub":
        if not np.array_equal(a, b):
            yield Moved(where, what, np.inf, np.inf)
    elif not np.array_equal(a, b, equal_nan=True):
        a, b = a.astype("float64"), b.astype("float64")
        norm = np.linalg.norm(a)
        relative = np.linalg.norm(a - b) / norm if norm else np.inf
        shape = f"{what} {a.shape}" if a.ndim else what
        yield Moved(where, shape, float(np.abs(a - b).max()), float(relative))


def _compare_connections(found: Differences, a: Model, b: Model, together: list[Pair]) -> None:
    """What each layer that both have takes its inputs from, call by call."""
    twins = {pair.a: pair.b for pair in together if pair.both} | {a: b}
    names = {pair.a: pair.where for pair in together if pair.both} | {a: "outputs"}
    for one in [a, *(layer for layer in twins if isinstance(layer, Model) and layer is not a)]:
        left, right = sources(one), sources(twins[one])
        for layer, calls in left.items():
            other = right.get(twins.get(layer))
            expected = [[twins.get(s, s) if s in twins else s for s in call] for call in calls]
            if other is not None and expected != other:
                told = [_spoken(side) for side in (calls, other)]
                found.architecture.append(Change(names[layer], TAKES, *told))


def _spoken(calls: list[list]) -> str:
    """`"conv, input 1"`, calls apart."""
    told = [
        ", ".join(f"input {s}" if isinstance(s, int) else s.name for s in call) for call in calls
    ]
    return "; ".join(told)


def _compare_training(found: Differences, a: Model, b: Model) -> None:
    """How the models were compiled, and how far their optimizers have come."""
    compiled = [model.get_compile_config() or {} for model in (a, b)]
    found.compiled += _changes("", *map(_settings, compiled), without=("optimizer.name",))
    optimizers = [model.optimizer if model.compiled else None for model in (a, b)]
    if None in optimizers:
        return
    states = [optimizer.variables for optimizer in optimizers]
    if len(states[0]) != len(states[1]):
        found.compiled.append(Change("optimizer", "number of variables", *map(len, states)))
    for number, (one, other) in enumerate(zip(*states)):
        if one.value.shape == other.value.shape:
            name = getattr(one, "name", "") or f"variable {number}"
            found.optimizer += _moved("optimizer", name, one.value, other.value)


def _compare_outputs(
    found: Differences, a: Model, b: Model, together: list[Pair], given, batch: int, seed: int
) -> None:
    """Both models on the same inputs."""
    shapes = [[tensor.shape[1:] for tensor in model.inputs] for model in (a, b)]
    if shapes[0] != shapes[1]:
        found.not_compared = f"the inputs have other shapes: {shapes[0]} and {shapes[1]}"
        return
    if given is not None:
        x = inputs.read(given, a, batch, "float32")
    else:
        x = inputs.draw(a, batch, seed, inputs.ORDINARY, "float32")
    sides = []
    for model in (a, b):
        own = tree.pack_like(model.input_structure, tree.flatten(x))
        reseed(model, seed)  # a stateful layer begins anew
        try:
            with watched(model, of=leaves) as calls, np.errstate(all="ignore"):
                y = model.forward(own)[0]
        except ValueError as error:  # a batch of the other's size, say
            found.not_compared = str(error)
            return
        sides.append((tree.flatten(y), {call.layer: call.outputs for call in reversed(calls)}))
    (ends, left), (others, right) = sides
    if len(ends) != len(others):
        found.architecture.append(Change("outputs", "number", len(ends), len(others)))
    for number, (one, other) in enumerate(zip(ends, others)):
        if one.shape == other.shape:
            found.outputs += _moved("outputs", f"output {number}", one, other)
        else:
            shapes = one.shape[1:], other.shape[1:]
            found.architecture.append(Change("outputs", f"shape of output {number}", *shapes))
    for pair in together:
        if pair.both and pair.a in left and pair.b in right:
            outputs = zip(tree.flatten(left[pair.a]), tree.flatten(right[pair.b]))
            if not all(np.array_equal(y, z, equal_nan=y.dtype.kind == "f") for y, z in outputs):
                found.first = pair.where
                return
