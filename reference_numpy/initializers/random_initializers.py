"""Initializers that draw at random, by a distribution that is given outright."""

import numpy as np

from reference_numpy import config
from reference_numpy.initializers.initializer import Initializer
from reference_numpy.random import Seed, SeedGenerator


class RandomInitializer(Initializer):
    """The base: where the random numbers come from.

    One initializer gives the same numbers in every call for the same shape, also when no seed is
    given (then they differ from initializer to initializer). A `SeedGenerator` as the seed gives
    new numbers in every call.

    Args:
        seed: an integer, a `SeedGenerator`, or None.

    Raises:
        ValueError: for any other seed.
    """

    def __init__(self, seed: Seed = None):
        self.seed = seed
        self._source = seed if isinstance(seed, SeedGenerator) else SeedGenerator(seed).seed

    @property
    def source(self):
        """The stream from which one call draws."""
        is_stream = isinstance(self._source, SeedGenerator)
        return self._source if is_stream else SeedGenerator(self._source)


class RandomNormal(RandomInitializer):
    """Drawn from the normal distribution N(mean, stddev²).

    Args:
        mean, stddev: mean and standard deviation.
        seed: an integer, a `SeedGenerator`, or None.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None):
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape, dtype=None):
        """The array."""
        return self.source.normal(shape, self.mean, self.stddev, dtype or config.floatx())


class TruncatedNormal(RandomNormal):
    """Drawn from N(mean, stddev²), but never more than two stddev from the mean.

    What lies further out is drawn again, so that the standard deviation is 0.88 stddev.

    Args:
        mean, stddev: mean and standard deviation of the distribution before it is cut.
        seed: an integer, a `SeedGenerator`, or None.
    """

    def __call__(self, shape, dtype=None):
        """The array."""
        dtype = dtype or config.floatx()
        return self.source.truncated_normal(shape, self.mean, self.stddev, dtype)


class RandomUniform(RandomInitializer):
    """Drawn evenly from [minval, maxval).

    Args:
        minval, maxval: the interval.
        seed: an integer, a `SeedGenerator`, or None.
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Seed = None):
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def __call__(self, shape, dtype=None):
        """The array."""
        return self.source.uniform(shape, self.minval, self.maxval, dtype or config.floatx())


class Orthogonal(RandomInitializer):
    """`gain` times a random matrix of orthogonal rows or columns, whichever are fewer.

    A kernel of more axes counts as the matrix (all axes but the last, last axis). The matrix is the
    Q of A = Q R for a normal A, each column times the sign of R's diagonal entry, which makes
    every orthogonal matrix equally likely.

    Args:
        gain: factor.
        seed: an integer, a `SeedGenerator`, or None.

    Raises:
        ValueError: for a shape of less than two axes.

    Source: Saxe, McClelland & Ganguli 2013, "Exact solutions to the nonlinear dynamics of learning
    in deep linear neural networks"; Mezzadri 2006, "How to generate random matrices from the
    classical compact groups" (the signs).
    """

    def __init__(self, gain: float = 1.0, seed: Seed = None):
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape, dtype=None):
        """The array."""
        if len(shape) < 2:
            raise ValueError(
                "The tensor to initialize must be at least two-dimensional. Received: "
                f"shape={shape} of rank {len(shape)}."
            )
        columns = shape[-1]
        rows = int(np.prod(shape[:-1]))
        normal = self.source.normal((max(rows, columns), min(rows, columns)), dtype="float64")
        q, r = np.linalg.qr(normal)
        q *= np.sign(np.diag(r))
        q = q.T if rows < columns else q
        return (self.gain * q).reshape(shape).astype(dtype or config.floatx())
