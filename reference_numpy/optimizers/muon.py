"""Muon."""

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.adam import adam_step
from reference_numpy.optimizers.clipping import norm
from reference_numpy.optimizers.optimizer import Optimizer


class Muon(Optimizer):
    """Momentum whose steps are made orthogonal, for the matrices of hidden layers.

        m ← μ m + g
        G = m, or with `nesterov` g + μ m
        w ← w − η s U Vᵀ,   G = U Σ Vᵀ,   s = rms_rate √(larger side of w)

    U Vᵀ comes, roughly, from `ns_steps` rounds of X ← a X + (b X Xᵀ + c (X Xᵀ)²) X that begin with
    X = G / ‖G‖ and draw all singular values towards 1. Everything but matrices, embeddings and the
    layers in `exclude_layers` is updated by AdamW with the learning rate η `adam_lr_ratio`.

    State: m, Keras's `momentum`, and for AdamW's weights v, `velocity`.

    Args:
        learning_rate: η, in units of weight.
        adam_beta_1, adam_beta_2, epsilon: of `Adam`.
        adam_weight_decay, weight_decay: decay of AdamW's and of the other weights.
        exclude_layers: regular expressions; a weight whose path holds one goes to AdamW.
        exclude_embeddings: whether weights with "embedding" in their path go to AdamW.
        muon_a, muon_b, muon_c: a, b and c.
        adam_lr_ratio: factor of AdamW's learning rate.
        momentum: μ.
        ns_steps: number of rounds.
        nesterov: whether to look ahead.
        rms_rate: factor in s; None makes s 1.

    Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"; Liu et
    al. 2025, "Muon is scalable for LLM training" (s).
    """

    elementwise = False

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **kwargs: Any,
    ):
        super().__init__(learning_rate, weight_decay=weight_decay, **kwargs)
        self.adam_beta_1, self.adam_beta_2, self.epsilon = adam_beta_1, adam_beta_2, epsilon
        self.adam_weight_decay, self.adam_lr_ratio = adam_weight_decay, adam_lr_ratio
        self.exclude_layers, self.exclude_embeddings = exclude_layers or [], exclude_embeddings
        self.muon_a, self.muon_b, self.muon_c = muon_a, muon_b, muon_c
        self.momentum, self.nesterov = momentum, nesterov
        self.ns_steps, self.rms_rate = ns_steps, rms_rate

    def create_slots(self):
        """The momentum m, and v where AdamW works."""
        for index, weight in enumerate(self.weights):
            self.add_slot(index, "momentum", np.zeros_like(weight))
            if self.uses_adam(index):
                self.add_slot(index, "velocity", np.zeros_like(weight))

    def uses_adam(self, index):
        """Whether a weight is AdamW's."""
        path = self.paths[index]
        if self.weights[index].ndim != 2 or (
            self.exclude_embeddings and "embedding" in path.lower()
        ):
            return True
        return any(re.search(pattern, path) for pattern in self.exclude_layers)

    def weight_decay_of(self, index):
        """The weight decay of one weight, 0 for none."""
        decay = self.adam_weight_decay if self.uses_adam(index) else self.weight_decay
        return decay if decay and self.decays(index) else 0.0

    def update(self, w, g, learning_rate, momentum, velocity=None):
        """The equations above, or Adam's where there is a `velocity`."""
        if velocity is not None:
            learning_rate *= self.adam_lr_ratio
            numbers = self.iterations + 1, self.adam_beta_1, self.adam_beta_2, self.epsilon
            adam_step(w, g, learning_rate, momentum, velocity, *numbers)
            return
        momentum *= self.momentum
        momentum += g
        direction = g + self.momentum * momentum if self.nesterov else momentum
        scale = 1.0 if self.rms_rate is None else self.rms_rate * math.sqrt(max(w.shape))
        w -= (learning_rate * scale) * self.orthogonalized(direction)

    def orthogonalized(self, x):
        """The matrix U Vᵀ of x = U Σ Vᵀ, roughly: singular values between 0.7 and 1.2."""
        if x.shape[0] > x.shape[1]:
            return self.orthogonalized(x.T).T
        x = x / (norm([x]) + 1e-7)
        for _ in range(self.ns_steps):
            square = x @ x.T
            x = self.muon_a * x + (self.muon_b * square + self.muon_c * square @ square) @ x
        return x
