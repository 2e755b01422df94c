"""The layers that Keras's own architectures define for themselves."""

from typing import Any

import numpy as np

from reference_numpy import initializers, random
from reference_numpy.layers.layer import Layer


class LayerScale(Layer):
    """y = γ x, a weight γ for each channel (ConvNeXt);  dγ = Σ dy x, dx = γ dy.

    Args:
        init_values: first value of γ.
        projection_dim: number of channels, the last axis.

    Source: Touvron et al. 2021, "Going deeper with image transformers".
    """

    samples_apart = True

    def __init__(self, init_values: float, projection_dim: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.init_values, self.projection_dim = init_values, projection_dim

    def build(self, input_shape):
        """Create γ."""
        constant = initializers.Constant(self.init_values)
        self.gamma = self.add_weight((self.projection_dim,), constant, "gamma")

    def forward(self, x, training=False):
        """γ x, and x."""
        return x * self.gamma, x

    def backward(self, dy, cache):
        """γ dy, and [Σ dy x]."""
        gradient = (dy * cache).reshape(-1, self.projection_dim).sum(axis=0)
        return dy * self.gamma, [gradient]


class StochasticDepth(Layer):
    """In training, y = x / keep · b with b = 1 for a share `keep` of samples, else 0 (ConvNeXt).

    Args:
        drop_path_rate: 1 − keep.

    Source: Huang et al. 2016, "Deep networks with stochastic depth".
    """

    samples_apart = "inference"

    def __init__(self, drop_path_rate: float, **kwargs: Any):
        super().__init__(**kwargs)
        self.drop_path_rate = drop_path_rate
        self.seed_generator = random.SeedGenerator()

    def forward(self, x, training=False):
        """x with whole samples dropped, and the factors."""
        if not training:
            return x, None
        keep = 1.0 - self.drop_path_rate
        draws = self.seed_generator.uniform((len(x),) + (1,) * (x.ndim - 1), dtype="float64")
        factors = (np.floor(keep + draws) / keep).astype(x.dtype)
        return x * factors, factors

    def backward(self, dy, cache):
        """dy times the same factors."""
        return dy if cache is None else dy * cache, []


class CustomScaleLayer(Layer):
    """y = a + s b for inputs [a, b] (Inception-ResNet);  da = dy, db = s dy.

    Args:
        scale: s.
    """

    samples_apart = True

    def __init__(self, scale: bool, **kwargs: Any):
        super().__init__(**kwargs)
        self.scale = scale

    def forward(self, inputs, training=False):
        """a + s b."""
        return inputs[0] + inputs[1] * self.scale, None

    def backward(self, dy, cache):
        """[dy, s dy]."""
        return [dy, dy * self.scale], []

    def compute_output_shape(self, input_shape):
        """a's shape."""
        return input_shape[0]
