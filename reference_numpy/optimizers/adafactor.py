"""Adafactor."""

import math
from typing import Any

import numpy as np

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.optimizer import Optimizer


class Adafactor(Optimizer):
    """RMSprop that keeps of a matrix of squared gradients only the sums of rows and columns.

        β = 1 − tᵈ,   G = g² + ε₁
        r ← β r + (1 − β) mean of G over the last axis
        c ← β c + (1 − β) mean of G over the last axis but one
        v = r c / mean(r)                      for weights of two axes and more, else
        v ← β v + (1 − β) G
        u = g / √v
        w ← w − min(η, 1 / √t) max(ε₂, RMS(w)) u / max(1, RMS(u) / clip_threshold)

    t counts the steps from 1. RMS is the root of the mean square over the whole weight, and
    mean(r) is taken along r's last axis.

    State: r and c, and v, Keras's `velocity`. As in Keras's files, v is kept for every weight, and
    a weight of less than two axes has two numbers, always 0, in the places of r and c.

    Args:
        learning_rate: η, as a share of the weight.
        beta_2_decay: d, below 0.
        epsilon_1, epsilon_2: ε₁ and ε₂.
        clip_threshold: bound on the root mean square of a step.
        relative_step: whether η is at most 1 / √t; Keras takes that minimum in any case.

    Source: Shazeer & Stern 2018, "Adafactor: adaptive learning rates with sublinear memory cost",
    algorithms 4 and 5.
    """

    elementwise = False

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        **kwargs: Any,
    ):
        super().__init__(learning_rate, **kwargs)
        self.beta_2_decay, self.clip_threshold = beta_2_decay, clip_threshold
        self.epsilon_1, self.epsilon_2 = epsilon_1, epsilon_2
        self.relative_step = relative_step

    def create_slots(self):
        """The averages r, c and v."""
        for index, weight in enumerate(self.weights):
            name = self.paths[index].split("/")[-1]
            if weight.ndim < 2:
                self.add_variable(name, np.zeros((), "int32"))
                self.add_variable(name, np.zeros((), "int32"))
            else:
                rows, columns = weight.shape[:-1], weight.shape[:-2] + weight.shape[-1:]
                self.slots[index] = {
                    "rows": self.add_variable(name, np.zeros(rows, weight.dtype)),
                    "columns": self.add_variable(name, np.zeros(columns, weight.dtype)),
                }
            self.add_slot(index, "velocity", np.zeros_like(weight))

    def update(self, w, g, learning_rate, velocity, rows=None, columns=None):
        """The equations above."""
        t = self.iterations + 1
        new = t**self.beta_2_decay
        square = g * g + self.epsilon_1
        if rows is None:
            velocity += new * (square - velocity)
        else:
            rows += new * (square.mean(axis=-1) - rows)
            columns += new * (square.mean(axis=-2) - columns)
            share = rows / rows.mean(axis=-1, keepdims=True)
            np.multiply(share[..., None], columns[..., None, :], out=velocity)
        step = g / np.sqrt(velocity)
        size = min(learning_rate, 1 / math.sqrt(t)) * max(self.epsilon_2, rms(w))
        w -= (size / max(1.0, rms(step) / self.clip_threshold)) * step


def rms(x):
    """The root of the mean square of all entries."""
    return math.sqrt(np.mean(x * x))
