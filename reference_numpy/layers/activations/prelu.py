"""The rectified linear unit whose negative slope is learned."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.activations.pieces import masked, negative_part, positive_part
from reference_numpy.annotations import Named
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer


class PReLU(Layer):
    """y = max(x, 0) + a ⊙ min(x, 0) with a learned slope a for every unit, or for groups of them.

        dx = dy where x > 0, a ⊙ dy where x < 0, 0 at x = 0
        da = Σ dy ⊙ min(x, 0) over the batch and the shared axes

    Shapes:
        x, y: (batch, …)   a = `alpha`: x's shape without the batch axis, 1 along shared axes

    Args:
        alpha_initializer: first values of a.
        alpha_regularizer: penalty on a.
        alpha_constraint: projection of a after each step.
        shared_axes: axes (or one axis) along which a is the same, counted from the batch axis 0:
            [1, 2] gives an image one slope a channel.

    Raises:
        ValueError: for an input whose unshared axes differ from those the layer was built for.

    Source: He, Zhang, Ren and Sun, Delving Deep into Rectifiers (2015); `keras.layers.PReLU`.
    """

    samples_apart = True

    def __init__(
        self,
        alpha_initializer: Named = "Zeros",
        alpha_regularizer: Named = None,
        alpha_constraint: Named = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep_arguments_of("alpha", alpha_initializer, alpha_regularizer, alpha_constraint)
        if shared_axes is not None:
            shared_axes = [shared_axes] if isinstance(shared_axes, int) else list(shared_axes)
        self.shared_axes = shared_axes
        self.supports_masking = True

    def build(self, input_shape):
        """Create a: one slope for every unit that shares it with no other."""
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        self.alpha = self.add_with_arguments("alpha", shape)
        sizes = dict(enumerate(input_shape)) if self.shared_axes else {}
        unshared = {i: n for i, n in sizes.items() if i and i not in self.shared_axes}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=unshared)

    def forward(self, x, training=False):
        """max(x, 0) + a min(x, 0), and x."""
        floats = self.as_float(x)
        y = negative_part(floats)
        y *= self.alpha
        y += positive_part(floats)
        return y, (floats, x.dtype.kind == "f")

    def backward(self, dy, cache):
        """dx and [da]."""
        x, is_float = cache
        shared = tuple(i + 1 for i, size in enumerate(self.alpha.shape) if size == 1)
        da = dy * negative_part(x)
        grads = [da.sum(axis=(0, *shared), keepdims=True)[0]]
        if not is_float:
            return None, grads
        dx = masked(dy, x < 0)
        dx *= self.alpha
        dx += masked(dy, x > 0)
        return dx, grads
