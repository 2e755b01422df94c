"""The state of a model filled in from a file."""

import warnings
from contextlib import contextmanager, nullcontext
from math import prod

import numpy as np

from reference_numpy.layers.layer import Layer
from reference_numpy.layers.weight import weight_maker
from reference_numpy.saving.errors import ModelFileError
from reference_numpy.saving.state import all_places, own_arrays, places

#: what the weights may take beyond the bytes that the file has for them: a file of float16 fills a
#: model of float64
WIDENING = 4
SLACK = 1 << 16


@contextmanager
def weights_within(size):
    """Meanwhile weights are made of zeros, and of no more bytes than a file can fill.

    A config may claim any size; this is where the claim meets what the file holds. The initial
    values, which the file's replace, are not drawn.

    Args:
        size: bytes that the file has for weights.
    """
    left = WIDENING * size + SLACK

    def make(shape, dtype):
        nonlocal left
        if any(not isinstance(length, (int, np.integer)) or length < 0 for length in shape):
            raise ValueError(f"A weight cannot have the shape {shape}.")
        left -= prod(map(int, shape)) * np.dtype(dtype).itemsize
        if left < 0:
            raise ValueError(
                f"It describes more weights than the {size:,} bytes of the file hold (at a weight "
                f"of shape {tuple(shape)})."
            )
        return np.zeros(shape, dtype)

    token = weight_maker.set(make)
    try:
        yield
    finally:
        weight_maker.reset(token)


def read_state(model, reader, assets=None, skip_mismatch=False):
    """Fill in the weights of a model, and the optimizer's state if it is compiled.

    Args:
        model: a built model.
        reader: a `WeightsReader`.
        assets: a function that gives the texts of a layer's assets by the layer's place.
        skip_mismatch: whether what does not fit stays as it is, with a warning.

    Raises:
        ModelFileError: if a weight is missing or does not fit; the model is then half filled.
    """
    filled, (found, again) = "no place", all_places(model)
    for place, layer in found:
        with _skipped(layer) if skip_mismatch else nullcontext():
            _read_layer(layer, reader, place)
        # A part of a layer that has been filled from its assets may have none of its own.
        if assets and hasattr(layer, "load_assets") and not place.startswith(f"{filled}/"):
            filled = place
            _load(layer.load_assets, assets(place), reader.path, f"assets/{place}")
    for place, layer in again:
        if reader.variables(place):
            reader.refuse(place, f"'{layer.name}' has weights in another place already")
    if model.compiled and model.optimizer is not None:
        with _skipped(model.optimizer) if skip_mismatch else nullcontext():
            read_optimizer(model, reader)


@contextmanager
def _skipped(part):
    """Meanwhile a part is filled in; where that fails it stays as it is, and a warning says so."""
    try:
        with unchanged_on_error(part) if isinstance(part, Layer) else nullcontext():
            yield
    except ModelFileError as error:
        warnings.warn(f"'{part.name}' stays as it is: {error}", stacklevel=6)


def _read_layer(layer, reader, place):
    """Fill in the weights that a layer itself has."""
    if _reads_itself(layer):
        _read_own(layer, reader, place)
        return
    arrays = own_arrays(layer)
    _fill(arrays, reader, place, layer.name)
    layer.take_stored(list(arrays.values()))


def _read_own(layer, reader, place):
    """A layer that reads its variables itself, from arrays as long as the file has them."""
    names = reader.variables(place) or []
    arrays = {name: reader.read(place, name) for name in names}
    _load(
        layer.load_own_variables, arrays, reader.path, "/".join((reader.member, place)).strip("/")
    )


def _load(load, parts, path, place):
    """Let a layer take its own parts, which may not be what it needs."""
    try:
        load(parts)
    except KeyError as error:
        raise ModelFileError(path, place, f"it lacks {error}") from error
    except (ValueError, TypeError, RuntimeError) as error:
        raise ModelFileError(path, place, error) from error


def _fill(arrays, reader, place, name):
    """Fill `arrays`; the file must have exactly them at `place`."""
    found = reader.variables(place)
    if arrays and found is None:
        reader.refuse(place, f"the weights of '{name}' are missing")
    if found is not None and set(found) != set(arrays):
        reader.refuse(place, f"it has {len(found)} weights; '{name}' expects {len(arrays)}")
    for key, array in arrays.items():
        reader.read_into(array, place, key)


def read_optimizer(model, reader, place="optimizer"):
    """Fill in the optimizer's state; a file without it leaves the optimizer as it is."""
    found = reader.variables(place)
    if found is None:
        return
    if reader.variables(f"{place}/inner_optimizer") is not None:
        model.ensure_loss_scale()  # which `compile` of a model in mixed_float16 added
    optimizer = model.optimizer
    if found != [str(index) for index in range(len(found))]:
        reader.refuse(place, "a variable is missing: they are numbered from 0 on")
    # An optimizer that has not done a step has been saved without state for the weights.
    if len(found) != len(optimizer.variables) and not optimizer.built:
        model.build_optimizer()
    variables = [variable.value for variable in optimizer.variables]
    if len(found) != len(variables):  # the file does not say which weights it is the state of
        warnings.warn(
            f"The state of the optimizer '{optimizer.name}' is not read, and training begins with "
            f"a new one, as in Keras: it has {len(variables)} variables, the file {len(found)}. "
            "Layers were frozen or thawed since the model was compiled.",
            stacklevel=4,
        )
        return
    values = [
        reader.read_into(np.empty_like(array), place, str(index))
        for index, array in enumerate(variables)
    ]
    for array, value in zip(variables, values, strict=True):
        array[...] = value


@contextmanager
def unchanged_on_error(model):
    """Meanwhile a model or a layer is filled in; where that fails it is left as it was before."""
    weights = model.get_weights()
    own = [(layer, vars(layer).copy()) for _, layer in places(model) if _reads_itself(layer)]
    try:
        yield
    except BaseException:
        model.set_weights(weights)
        for layer, attributes in own:
            vars(layer).update(attributes)
        raise


def _reads_itself(layer):
    return hasattr(layer, "load_own_variables")
