"""The same random numbers for both halves: Keras draws from NumPy's stream.

Inside `numpy_draws(seed)` every random draw of Keras's layers (dropout masks, noise) comes from
one `reference_numpy.random.SeedGenerator`, in the order of the calls. A reference layer whose
generators are replaced by one made from the same seed draws the same numbers. Keras must run
eagerly meanwhile, since a compiled function would draw once and for all.
"""

import contextlib

import numpy as np

from reference_numpy.random import SeedGenerator


def reseed(layer, seed):
    """Let `layer` of the reference and all its parts draw from one stream made from `seed`.

    Stateful ones begin anew.
    """
    shared = SeedGenerator(seed)
    pending = [layer]
    while pending:
        part = pending.pop()
        if hasattr(part, "seed_generator"):
            part.seed_generator = shared
        if getattr(part, "stateful", False):
            part.reset_state()
        pending.extend(part.sublayers)


def reset_states(layer):
    """Let the stateful parts of a Keras layer begin anew.

    Keras's own `reset_state` does not reach the states of stacked cells.
    """
    import keras

    for part in layer._flatten_layers():
        if getattr(part, "stateful", False):
            for state in keras.tree.flatten(getattr(part, "states", None) or []):
                state.assign(keras.ops.zeros(state.shape, state.dtype))


def _sizes(shape):
    return tuple(int(size) for size in shape)


@contextlib.contextmanager
def numpy_draws(seed):
    """Let Keras's layers draw from the stream made from `seed`, or from a `SeedGenerator`."""
    from keras.src import backend

    generator = seed if isinstance(seed, SeedGenerator) else SeedGenerator(seed)

    def convert(value, dtype):
        return backend.convert_to_tensor(value, dtype=dtype or backend.floatx())

    def shape_of(inputs, noise_shape):
        shape = _sizes(inputs.shape)
        if noise_shape is None:
            return shape
        wanted = zip(noise_shape, shape, strict=True)
        return tuple(size if noise is None else int(noise) for noise, size in wanted)

    def dropout(inputs, rate, noise_shape=None, seed=None):
        # Written out here and not taken from the reference, whose scale is under test.
        draws = generator.generator.random(shape_of(inputs, noise_shape), dtype=np.float32)
        scale = 1.0 / (1.0 - rate) if rate < 1.0 else 0.0
        mask = (draws >= rate) * scale
        return inputs * convert(mask, backend.standardize_dtype(inputs.dtype))

    def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
        return convert(generator.uniform(_sizes(shape), minval, maxval, "float64"), dtype)

    def normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
        return convert(generator.normal(_sizes(shape), mean, stddev, "float64"), dtype)

    def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
        return convert(generator.truncated_normal(_sizes(shape), mean, stddev, "float64"), dtype)

    def randint(shape, minval, maxval, dtype="int32", seed=None):
        return convert(generator.integers(_sizes(shape), minval, maxval), dtype)

    replacements = {
        "dropout": dropout,
        "uniform": uniform,
        "normal": normal,
        "truncated_normal": truncated_normal,
        "randint": randint,
    }
    originals = {name: getattr(backend.random, name) for name in replacements}
    try:
        for name, function in replacements.items():
            setattr(backend.random, name, function)
        yield
    finally:
        for name, function in originals.items():
            setattr(backend.random, name, function)
