"""What the model is fed: a person's file, or inputs drawn to fit what the model does with them."""

import zipfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from comparisons.harness.check.subject import rounded
from comparisons.harness.proof.precision import computed_in
from reference_numpy import tree
from reference_numpy.layers.layer import Layer
from reference_numpy.models.model import Model
from reference_numpy.operations.operation import Operation

BATCH = 4  # samples, where no shape says how many
# Where a shape leaves a size open: the first of these that the model takes.
OPEN_SIZES = (7, 16, 32, 64, 128)
WORDS = ("alpha", "beta", "gamma", "delta", "unheard-of")
# Powers of two, so that nothing is rounded by them.
LARGE, TINY = 2.0**7, 2.0**-20
# Whose squares float16 holds, and sums of them.
LARGE_IN_HALF, TINY_IN_HALF = 2.0**3, 2.0**-6
ORDINARY, TIES, BIG, SMALL, PADDED = KINDS = ("ordinary", "tied", "large", "tiny", "left-padded")


@dataclass
class Domain:
    """What an input may hold, as far as the layers that take it say.

    Args:
        integers: one more than the largest integer, 0 where nothing bounds it.
        words: texts, or the integers of a vocabulary.
        largest: the largest number of an image whose numbers are rescaled, else 0.
        padding: the number of which a step consists that is masked; None where none is.
    """

    integers: int = 0
    words: list = field(default_factory=list)
    largest: float = 0.0
    padding: float | None = None


def batch_of(model: Model, wanted: int | None) -> int:
    """How many samples a model is given: as many as are wanted, else as its shapes say."""
    said = (tensor.shape[0] for tensor in model.inputs if tensor.shape[0])
    return wanted or next(said, BATCH)


def draw(model: Model, batch: int, seed: int, kind: str, dtype: str):
    """Inputs of one of the `KINDS` in the structure that the model takes, floats in float64.

    Raises:
        ValueError: no size that was tried fits where the shapes leave one open.
    """
    domains, times = _domains(model), _times(dtype).get(kind, 1.0)
    some_open = any(None in tensor.shape[1:] for tensor in model.inputs)
    for size in OPEN_SIZES if some_open else OPEN_SIZES[:1]:
        generator = np.random.default_rng(seed)
        drawn = [
            rounded(
                _draw(
                    tensor,
                    domain,
                    (batch, *(n or size for n in tensor.shape[1:])),
                    generator,
                    kind,
                    times,
                ),
                dtype,
            )
            for tensor, domain in zip(model.inputs, domains, strict=True)
        ]
        inputs = tree.pack_like(model.input_structure, drawn)
        try:
            with np.errstate(all="ignore"):
                model.forward(inputs)
        except (ValueError, IndexError) as error:
            failure = error
        else:
            return inputs
    raise ValueError(f"no inputs could be drawn that the model takes: {failure}; give --input")


def _times(dtype: str) -> dict[str, float]:
    """How many times as large as ordinary ones the numbers of a kind are."""
    if computed_in(dtype) == "float16":
        return {BIG: LARGE_IN_HALF, SMALL: TINY_IN_HALF}
    return {BIG: LARGE, SMALL: TINY}


def _draw(tensor, domain: Domain, shape: tuple, generator, kind: str, times: float) -> np.ndarray:
    """One input."""
    if tensor.dtype == "string":
        texts = np.array(domain.words or WORDS, dtype=object)
        return generator.choice(texts, shape).astype(str)
    if tensor.dtype == "bool":  # a mask
        return _without_padding(shape, generator, kind)
    if domain.words:
        return generator.choice(np.array(domain.words), shape).astype(tensor.dtype)
    if domain.integers or "int" in tensor.dtype:
        return _tokens(shape, domain.integers or 2, generator, kind).astype(tensor.dtype)
    if domain.largest:
        images = generator.integers(0, int(domain.largest) + 1, shape).astype("float64")
        return images if kind != TIES else _with_ties(images, domain.largest / 2)
    values = generator.standard_normal(shape)
    if kind == TIES:
        return _with_ties(values, 0.5)
    if kind == PADDED and domain.padding is not None and len(shape) > 2:
        kept = _without_padding(shape[:-1], generator, kind)
        return np.where(kept[..., None], values, domain.padding)
    return values * times


def _without_padding(shape: tuple, generator, kind: str) -> np.ndarray:
    """Which steps are kept: all but a few at the end, or those at the start if they are padded."""
    kept = generator.integers((shape[-1] + 1) // 2, shape[-1] + 1, shape[:-1])
    from_padding = np.arange(shape[-1])[:: -1 if kind == PADDED else 1]
    return from_padding < kept[..., None]


def _tokens(shape: tuple, count: int, generator, kind: str) -> np.ndarray:
    """Integers below `count`; zeros at some ends, or starts, where text is padded."""
    low = min(1, count - 1)
    values = generator.integers(low, count, shape)
    if kind == TIES:
        values = np.where(generator.random(shape) < 0.5, values, count - 1)
    if len(shape) > 1:
        values = np.where(_without_padding(shape, generator, kind), values, 0)
    return values


def _with_ties(values: np.ndarray, step: float) -> np.ndarray:
    """Few different numbers, zero among them, and one sample that is all zeros."""
    values = np.round(values / step) * step
    values[-1] = 0.0
    return values


def _domains(model: Model) -> list[Domain]:
    """The domain of each input of a model."""
    found = defaultdict(Domain)
    for call in reversed(model.graph.calls):
        if isinstance(call.layer, Model):
            inner = _domains(call.layer)
            pairs = zip(call.model_inputs(), inner)
            for place, domain in pairs:
                if place is not None:
                    _narrow(found[place], domain)
            continue
        own = _taken(call.layer)
        if own is None and _hands_on(call.layer):
            own = found[call.outputs[0]]
        if own is not None and call.inputs:
            for place in call.inputs:
                _narrow(found[place], own)
    return [found[place] for place in model.graph.inputs]


def _narrow(domain: Domain, other: Domain) -> None:
    """Let a domain be within another too."""
    bounds = [n for n in (domain.integers, other.integers) if n]
    domain.integers = min(bounds, default=0)
    domain.words = domain.words or other.words
    domain.largest = domain.largest or other.largest
    domain.padding = other.padding if domain.padding is None else domain.padding


def _taken(layer: Layer) -> Domain | None:
    """What a layer says of its input; None where it says nothing."""
    name = type(layer).__name__
    if name in ("Embedding", "ReversibleEmbedding"):
        return Domain(integers=layer.input_dim)
    if name == "CategoryEncoding":
        return Domain(integers=layer.num_tokens)
    if name in ("StringLookup", "IntegerLookup", "TextVectorization"):
        known = list(layer.get_vocabulary(include_special_tokens=False))
        return Domain(words=known + (["unheard-of"] if name != "IntegerLookup" else []))
    if name == "Rescaling" and np.ndim(layer.scale) == 0 and 0 < layer.scale <= 1 / 16:
        return Domain(largest=255.0)
    if name == "Masking":
        return Domain(padding=float(layer.mask_value))
    return None


def _hands_on(layer: Layer) -> bool:
    """Whether a layer only moves the numbers that it is given."""
    names = (
        "Identity",
        "Reshape",
        "Flatten",
        "Permute",
        "RepeatVector",
        "Concatenate",
        "Cropping1D",
    )
    return type(layer).__name__ in names or isinstance(layer, Operation)


def read(path: Path, model: Model, rows: int | None, dtype: str):
    """Inputs from a person's file, in the structure that the model takes, and how many there are.

    Args:
        path: `.npz` with arrays by the inputs' names, `.npy` with one array, or `.csv` with a
            column for each number of a sample; a first line that is no numbers is left out.
        rows: how many samples to take, the first ones; None for all.

    Raises:
        ValueError: the file does not fit the model; one line says where.
        OSError: there is no such file.
    """
    names, ending = model.input_names, path.suffix
    if ending not in READERS:
        raise ValueError(f"{path}: expected .npz, .npy or .csv")
    try:
        arrays = READERS[ending](path)
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"{path}: cannot be read as {ending}: {error}") from None
    if not isinstance(arrays, dict):
        if len(names) > 1:
            raise ValueError(
                f"{path}: the model has {len(names)} inputs; give an .npz with the arrays "
                f"{', '.join(names)}"
            )
        arrays = {names[0]: arrays}
    if len(names) == 1 and len(arrays) == 1:
        arrays = {names[0]: next(iter(arrays.values()))}
    if set(arrays) != set(names):
        raise ValueError(
            f"{path}: expected the arrays {', '.join(names)}; found {', '.join(arrays) or 'none'}"
        )
    counts = {name: len(array) if array.ndim else 0 for name, array in arrays.items()}
    if not max(counts.values()):
        raise ValueError(f"{path}: expected one sample or more, found none")
    if len(set(counts.values())) > 1:
        raise ValueError(f"{path}: expected as many samples in each array, found {counts}")
    taken = [
        _fit(path, name, arrays[name][:rows], tensor, dtype)
        for name, tensor in zip(names, model.inputs, strict=True)
    ]
    return tree.pack_like(model.input_structure, taken)


def _read_npz(path: Path) -> dict:
    with np.lib.npyio.NpzFile(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _read_npy(path: Path) -> np.ndarray:
    with path.open("rb") as file:  # `np.load` would propose to load what is no array as code
        return np.lib.format.read_array(file, allow_pickle=False)


def _read_csv(path: Path) -> np.ndarray:
    lines = path.read_text("utf-8-sig").splitlines()  # Excel writes a mark before the first
    rows = [line.split(",") for line in lines if line.strip()]
    if rows and not _is_number(rows[0][0]):
        rows = rows[1:]
    if len(counts := sorted({len(row) for row in rows})) > 1:
        raise ValueError(f"rows of {counts[0]} and of {counts[-1]} numbers")
    return np.array([[float(cell) for cell in row] for row in rows])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


READERS: dict[str, Callable] = {".npz": _read_npz, ".npy": _read_npy, ".csv": _read_csv}


def _fit(path: Path, name: str, array: np.ndarray, tensor, dtype: str) -> np.ndarray:
    """One array in the dtype of its input; ValueError where it does not fit."""
    shape = tensor.shape
    if array.ndim == 2 and len(shape) > 2 and None not in shape[1:]:
        flat = int(np.prod(shape[1:]))
        array = array.reshape(-1, *shape[1:]) if array.shape[1] == flat else array
    fits = array.ndim == len(shape) and all(
        size in (None, given) for size, given in zip(shape[1:], array.shape[1:])
    )
    if not fits:
        expected = ", ".join("any" if size is None else str(size) for size in shape)
        raise ValueError(f"{path}: {name}: expected the shape ({expected}), found {array.shape}")
    if tensor.dtype == "string":
        if array.dtype.kind not in "US":
            raise ValueError(f"{path}: {name}: expected texts, found {array.dtype}")
        return array.astype(str)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{path}: {name}: expected numbers, found {array.dtype}")
    if not np.isfinite(array).all():
        where = tuple(int(n) for n in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"{path}: {name}: expected finite numbers, found {array[where]} at {where}"
        )
    if "float" not in tensor.dtype and not np.array_equal(array, array.astype(tensor.dtype)):
        raise ValueError(f"{path}: {name}: expected {tensor.dtype}, found fractions")
    given = array.astype("float64" if "float" in tensor.dtype else tensor.dtype)
    with np.errstate(over="ignore"):
        taken = rounded(given, dtype)
    if not np.isfinite(taken).all():
        where = tuple(int(n) for n in np.argwhere(~np.isfinite(taken))[0])
        raise ValueError(
            f"{path}: {name}: expected numbers that {computed_in(dtype)} holds, found "
            f"{given[where]} at {where}"
        )
    return taken
