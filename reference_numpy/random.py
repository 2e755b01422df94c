"""Random draws of layers and initializers, from NumPy's generator (PCG64)."""

from collections.abc import Sequence

import numpy as np

from reference_numpy.annotations import Array, DType
from reference_numpy.serialization import Configurable, Family

_streams = np.random.default_rng()


def set_seed(seed: int) -> None:
    """Make everything drawn from here on repeatable where no seed of its own was given."""
    global _streams
    _streams = np.random.default_rng(seed)


class SeedGenerator(Configurable):
    """A stream of random numbers that belongs to one layer.

    Two generators made from the same seed give the same stream. Several layers may be given one
    generator (`layer.seed_generator = shared`), which is how a comparison gives the NumPy and the
    Keras model the same dropout masks.

    Args:
        seed: an integer for a stream that repeats, or None for a fresh one (which repeats too
            after `set_seed`).
        name: kept for the config.
    """

    def __init__(self, seed: int | None = None, name: str | None = None):
        if seed is not None and not isinstance(seed, (int, np.integer)):
            raise ValueError(f"`seed` must be an integer or None. Received: seed={seed!r}")
        if seed is None:
            seed = int(_streams.integers(2**63))
        self.seed, self.name = seed, name or "seed_generator"
        self.generator = np.random.default_rng(seed)

    def uniform(
        self,
        shape: Sequence[int],
        minval: float = 0.0,
        maxval: float = 1.0,
        dtype: DType = "float32",
    ) -> Array:
        """Numbers drawn evenly from [minval, maxval)."""
        draws = self.generator.random(shape)
        return (draws * (maxval - minval) + minval).astype(dtype)

    def normal(
        self, shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: DType = "float32"
    ) -> Array:
        """Numbers drawn from the normal distribution N(mean, stddev²)."""
        return (self.generator.standard_normal(shape) * stddev + mean).astype(dtype)

    def truncated_normal(
        self, shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: DType = "float32"
    ) -> Array:
        """Normal numbers of which those beyond two standard deviations are drawn again."""
        draws = self.generator.standard_normal(shape)
        while (outside := np.abs(draws) > 2).any():
            draws = np.where(outside, self.generator.standard_normal(shape), draws)
        return (draws * stddev + mean).astype(dtype)

    def integers(self, shape: Sequence[int], minval: int, maxval: int) -> Array:
        """Integers drawn evenly from minval to maxval - 1."""
        return self.generator.integers(minval, maxval, size=shape)

    def keep_mask(self, shape: Sequence[int], rate: float, dtype: DType = "float32") -> Array:
        """The mask of inverted dropout: 0 with probability `rate`, else 1 / (1 - rate)."""
        # Drawn in float32, and scaled in place: more than twice as fast, and masks are large.
        mask = (self.generator.random(shape, dtype=np.float32) >= rate).astype(dtype)
        mask *= 1.0 / (1.0 - rate) if rate < 1.0 else 0.0
        return mask


Family("keras.random", "seed generator", [SeedGenerator])
#: where an initializer draws from: the seed of a stream, or the stream; None for a fresh one
Seed = int | SeedGenerator | None
