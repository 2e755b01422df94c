"""What batch, layer and group normalization share: the learned scale γ and offset β."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.annotations import Named
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.normalization.axes import as_list, check_axes


class AffineNormalization(Layer):
    """y = γ x̂ + β, where the subclass says how x̂ is made from x.

    Args:
        axis: the axis (or axes) that γ and β follow.
        epsilon: added to the variance, so that nothing is divided by zero.
        center, scale: whether β is added, whether γ multiplies.
        beta_initializer, gamma_initializer: first values of β and γ.
        beta_regularizer, gamma_regularizer: penalties on β and γ.
        beta_constraint, gamma_constraint: projections of β and γ after each step.
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Named = "zeros",
        gamma_initializer: Named = "ones",
        beta_regularizer: Named = None,
        gamma_regularizer: Named = None,
        beta_constraint: Named = None,
        gamma_constraint: Named = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.axis = axis
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.keep_arguments_of("beta", beta_initializer, beta_regularizer, beta_constraint)
        self.keep_arguments_of("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)
        self.gamma = self.beta = None
        self.supports_masking = True

    def add_gamma_and_beta(self, shape, scale, center):
        """Create γ of `shape` if `scale`, and β if `center`."""
        # Keras keeps both out of the casts of mixed precision, since statistics are float32.
        if scale:
            self.gamma = self.add_with_arguments("gamma", shape, autocast=False)
        if center:
            self.beta = self.add_with_arguments("beta", shape, autocast=False)

    def scale_and_offset(self, normalized, shape=(-1,)):
        """γ x̂ + β, a new array; γ and β are brought to `shape`."""
        if self.gamma is None:
            y = normalized.copy()
        else:
            y = normalized * self.gamma.reshape(shape).astype(normalized.dtype, copy=False)
        if self.beta is not None:
            y += self.beta.reshape(shape).astype(y.dtype, copy=False)
        return y

    def affine_gradients(self, dgamma, dbeta):
        """[dγ, dβ] in the weights' shape and dtype, without those that the layer does not have."""
        pairs = [(self.gamma, dgamma), (self.beta, dbeta)]
        return [
            gradient.reshape(weight.shape).astype(weight.dtype, copy=False)
            for weight, gradient in pairs
            if weight is not None
        ]

    def axis_sizes(self, input_shape):
        """The sizes of the axes in `axis`.

        Raises:
            ValueError: for an axis that the input does not have, or of which the size is unknown.
        """
        check_axes(self, input_shape)
        sizes = tuple(input_shape[axis] for axis in as_list(self.axis))
        if None in sizes:
            raise ValueError(
                f"Layer '{self.name}': the sizes along axis {self.axis} must be known. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        return sizes

    def sharing_moments(self, input_shape):
        """How many entries of an input of this shape are given one mean and one variance.

        A single one is its own mean, and y is β whatever it is.
        """
        raise NotImplementedError

    def compute_output_shape(self, input_shape):
        """The shape of the input. Raises ValueError for an `axis` that it does not have."""
        check_axes(self, input_shape)
        return input_shape
