"""Initializers that draw at random, at a size that suits the number of inputs and outputs."""

import math
from collections.abc import Sequence

from reference_numpy import config
from reference_numpy.initializers.random_initializers import RandomInitializer
from reference_numpy.random import Seed

#: Standard deviation of N(0, 1) cut at ±2.
CUT_NORMAL_STDDEV = 0.87962566103423978


def compute_fans(shape, input_axes=None, output_axes=None):
    """Numbers of inputs and outputs of one unit, `(fan_in, fan_out)`, for a kernel of `shape`.

    A kernel is `(*window, inputs, outputs)`, and every position of the window counts, unless the
    axes of the inputs and the outputs are both named.
    """
    if input_axes is not None and output_axes is not None:
        return tuple(math.prod(shape[axis] for axis in axes) for axes in (input_axes, output_axes))
    if len(shape) < 2:
        return (math.prod(shape),) * 2
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


class VarianceScaling(RandomInitializer):
    """Drawn with the variance scale / n, where n is the number of inputs, outputs or their mean.

    - `"truncated_normal"`: a normal distribution cut at two standard deviations, and widened so
      that its variance is scale / n after the cut
    - `"untruncated_normal"`: N(0, scale / n)
    - `"uniform"`: evenly in [−a, a), a = √(3 scale / n)

    Args:
        scale: scale, above 0.
        mode: n is `"fan_in"`, `"fan_out"` or `"fan_avg"`, 1 at least.
        distribution: one of the above.
        seed: an integer, a `SeedGenerator`, or None.
        input_axes, output_axes: axes of the kernel that are inputs and outputs; None for the
            last but one and the last, with the others as a window.

    Raises:
        ValueError: for a `scale` of 0 or less, or another `mode` or `distribution`.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Seed = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ):
        super().__init__(seed)
        if scale <= 0.0:
            raise ValueError(f"Argument `scale` must be positive float. Received: scale={scale}")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(
                "Invalid `mode` argument. Please use one of 'fan_in', 'fan_out', 'fan_avg'. "
                f"Received: mode={mode!r}"
            )
        distribution = distribution.lower()
        if distribution == "normal":
            distribution = "truncated_normal"
        if distribution not in ("uniform", "truncated_normal", "untruncated_normal"):
            raise ValueError(
                "Invalid `distribution` argument. Please use one of 'uniform', "
                "'truncated_normal', 'untruncated_normal'. "
                f"Received: distribution={distribution!r}"
            )
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.input_axes, self.output_axes = input_axes, output_axes

    def __call__(self, shape, dtype=None):
        """The array, for a kernel of `shape`."""
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        stddev = math.sqrt(self.scale / max(1.0, n))
        dtype = dtype or config.floatx()
        if self.distribution == "truncated_normal":
            return self.source.truncated_normal(shape, 0.0, stddev / CUT_NORMAL_STDDEV, dtype)
        if self.distribution == "untruncated_normal":
            return self.source.normal(shape, 0.0, stddev, dtype)
        limit = math.sqrt(3.0) * stddev
        return self.source.uniform(shape, -limit, limit, dtype)


class NamedScaling(VarianceScaling):
    """A `VarianceScaling` whose scale, mode and distribution have a name: the class's `rule`."""

    rule: tuple[float, str, str]

    def __init__(
        self,
        seed: Seed = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ):
        super().__init__(*self.rule, seed, input_axes, output_axes)


class GlorotUniform(NamedScaling):
    """Uniform in [−a, a], a = √(6 / (fan_in + fan_out)): Xavier's initial values.

    Keeps the variance of activations and of gradients alike through the layers.

    Args:
        seed: an integer, a `SeedGenerator`, or None.
        input_axes, output_axes: axes of the kernel that are inputs and outputs; None for the
            last but one and the last, with the others as a window.

    Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
    neural networks", equation 16.
    """

    rule = (1.0, "fan_avg", "uniform")


class GlorotNormal(NamedScaling):
    """Cut normal of standard deviation √(2 / (fan_in + fan_out)): Xavier's initial values.

    Args:
        seed: an integer, a `SeedGenerator`, or None.
        input_axes, output_axes: axes of the kernel that are inputs and outputs; None for the
            last but one and the last, with the others as a window.

    Source: Glorot & Bengio 2010, equation 12; Saito, Deep Learning from Scratch, section 6.2.2
    (with 1 / fan_in).
    """

    rule = (1.0, "fan_avg", "truncated_normal")


class HeUniform(NamedScaling):
    """Uniform in [−a, a], a = √(6 / fan_in): for ReLU, which lets half of the variance through.

    Args:
        seed: an integer, a `SeedGenerator`, or None.
        input_axes, output_axes: axes of the kernel that are inputs and outputs; None for the
            last but one and the last, with the others as a window.

    Source: He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers", section 2.2.
    """

    rule = (2.0, "fan_in", "uniform")


class HeNormal(NamedScaling):
    """Cut normal of standard deviation √(2 / fan_in): for ReLU.

    Args:
        seed: an integer, a `SeedGenerator`, or None.
        input_axes, output_axes: axes of the kernel that are inputs and outputs; None for the
            last but one and the last, with the others as a window.

    Source: He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers", section 2.2; Saito, Deep
    Learning from Scratch, section 6.2.3.
    """

    rule = (2.0, "fan_in", "truncated_normal")


class LecunUniform(NamedScaling):
    """Uniform in [−a, a], a = √(3 / fan_in): for SELU.

    Args:
        seed: an integer, a `SeedGenerator`, or None.
        input_axes, output_axes: axes of the kernel that are inputs and outputs; None for the
            last but one and the last, with the others as a window.

    Source: LeCun, Bottou, Orr & Müller 1998, "Efficient backprop", section 4.6.
    """

    rule = (1.0, "fan_in", "uniform")


class LecunNormal(NamedScaling):
    """Cut normal of standard deviation √(1 / fan_in): for SELU.

    Args:
        seed: an integer, a `SeedGenerator`, or None.
        input_axes, output_axes: axes of the kernel that are inputs and outputs; None for the
            last but one and the last, with the others as a window.

    Source: LeCun, Bottou, Orr & Müller 1998, "Efficient backprop", section 4.6; Klambauer et al.
    2017, "Self-normalizing neural networks".
    """

    rule = (1.0, "fan_in", "truncated_normal")
