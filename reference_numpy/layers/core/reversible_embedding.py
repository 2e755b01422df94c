"""An embedding that also leads back from vectors to integers."""

from typing import Any

import numpy as np

from reference_numpy.annotations import DType, Named
from reference_numpy.layers.core.embedding import Embedding


class ReversibleEmbedding(Embedding):
    """y[i] = E[x[i]] as in `Embedding`; called with `reverse=True`, scores for every integer:

        z = x R        y = z, or c tanh(z / c) with the soft cap c
        dx = dz Rᵀ     dR = xᵀ dz, dz = dy, or dy (1 − (y / c)²)

    R is Eᵀ where the weights are tied, and both directions add to dE.

    Shapes:
        forward: x (batch, …) integers, y (batch, …, output_dim)
        reverse: x (batch, …, output_dim), y (batch, …, input_dim)
        R = `reverse_embeddings`: (output_dim, input_dim), if it is not tied

    Args:
        input_dim, output_dim, embeddings_initializer, embeddings_regularizer,
            embeddings_constraint, mask_zero: as for `Embedding`.
        tie_weights: whether R is Eᵀ instead of a weight of its own.
        reverse_dtype: dtype of the product in reverse; None for that of its two factors.
        logit_soft_cap: c, or None.

    Raises:
        ValueError: as for `Embedding`.

    Source: Press and Wolf, Using the Output Embedding to Improve Language Models (2017);
    `keras.layers.ReversibleEmbedding`.
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Named = "uniform",
        embeddings_regularizer: Named = None,
        embeddings_constraint: Named = None,
        mask_zero: bool = False,
        reverse_dtype: DType = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ):
        self.tie_weights = tie_weights
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
            mask_zero=mask_zero,
            **kwargs,
        )
        self.reverse_dtype = reverse_dtype
        self.logit_soft_cap = logit_soft_cap

    def add_tables(self):
        """Create E, and R if it is not tied to it."""
        super().add_tables()
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                (self.output_dim, self.input_dim),
                self.embeddings_initializer,
                "reverse_embeddings",
                autocast=False,
            )

    def forward(self, inputs, reverse=False, training=False):
        """Vectors for integers, or scores for vectors; the cache says which."""
        y, cache = self.project(inputs) if reverse else self.look_up(inputs)
        return y, (reverse, cache)

    def backward(self, dy, cache):
        """dx, and [dE], or [dE, dR] where they are two."""
        reverse, cache = cache
        if not reverse:
            dx, table_gradient = self.look_up_backward(dy, cache)
            unused = [] if self.tie_weights else [np.zeros_like(self.reverse_embeddings)]
            return dx, self.adapted_gradients([table_gradient, *unused])
        dx, kernel_gradient = self.project_backward(dy, cache)
        if self.tie_weights:
            return dx, self.adapted_gradients([kernel_gradient.T])
        return dx, self.adapted_gradients([np.zeros_like(self.embeddings), kernel_gradient])

    def project(self, x):
        """x R, soft-capped, and what `project_backward` needs."""
        dtype = self.reverse_dtype or self.compute_dtype
        kernel = self.embeddings.T if self.tie_weights else self.reverse_embeddings
        kernel = kernel.astype(dtype, copy=False)
        rows = x.reshape(-1, self.output_dim).astype(dtype, copy=False)
        y, t = rows @ kernel, None
        if self.logit_soft_cap is not None:
            t = np.tanh(y / self.logit_soft_cap)
            y = t * self.logit_soft_cap
        return y.reshape(*x.shape[:-1], self.input_dim), (x, rows, kernel, t)

    def project_backward(self, dy, cache):
        """dx and dR."""
        x, rows, kernel, t = cache
        dz = dy.reshape(-1, self.input_dim)
        if t is not None:
            dz = dz * (1.0 - t * t)
        dx = (dz @ kernel.T).reshape(x.shape).astype(x.dtype, copy=False)
        return dx, (rows.T @ dz).astype(self.variable_dtype, copy=False)

    def compute_mask(self, inputs, previous_mask=None, reverse=False):
        """The padding's mask for vectors; scores have none."""
        return None if reverse else super().compute_mask(inputs)

    def compute_output_shape(self, input_shape, reverse=False):
        """One axis more, or in reverse the last axis of `input_dim`."""
        if reverse:
            return (*input_shape[:-1], self.input_dim)
        return super().compute_output_shape(input_shape)
