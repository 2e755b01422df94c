"""A layer whose kernel is kept at spectral norm 1."""

from typing import Any

import numpy as np

from reference_numpy import config, initializers
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.rnn.options import taken_by


class SpectralNormalization(Layer):
    """y = layer(x), where before each training call the layer's kernel W becomes W / σ.

    σ estimates W's largest singular value by power iteration, from the vector u of the last call,
    with W as a matrix of its last axis by the others:

        v ← W u / ‖W u‖,  u ← Wᵀ v / ‖Wᵀ v‖   (`power_iterations` times),   σ = vᵀ W u

    Both W and u are changed in place. At inference nothing changes. A kernel of zeros stays.

    Backward is the layer's own at the new kernel: W / σ is a new value of the weight, so nothing
    flows through σ, as in Keras.

    Shapes:
        x, y: the layer's, and so are their masks
        weights: the kernel, u `vector_u`: (1, the kernel's last size), and the layer's others

    Args:
        layer: a layer with a `kernel` or `embeddings`.
        power_iterations: number of iterations at each training call, 1 or more.

    Raises:
        ValueError: for what is no layer, or one without a kernel, and `power_iterations` below 1.

    Source: Miyato et al. 2018, "Spectral normalization for generative adversarial networks".
    """

    def __init__(self, layer: Layer, power_iterations: int = 1, **kwargs: Any):
        super().__init__(**kwargs)
        if not isinstance(layer, Layer):
            raise ValueError(
                f"Layer '{self.name}': `layer` must be a layer. Received: layer={layer!r}"
            )
        if power_iterations < 1:
            raise ValueError(
                f"Layer '{self.name}': `power_iterations` must be 1 or more. "
                f"Received: power_iterations={power_iterations}"
            )
        self.layer = self.track(layer)
        self.power_iterations = power_iterations
        self.supports_masking = layer.supports_masking

    def build(self, input_shape):
        """Build the layer and create u; the kernel is listed before it, as in Keras."""
        if not self.layer.built:
            self.layer.build(input_shape)
        kernel = self.kernel_of_layer()
        self.own_weights.append(
            next(record for record in self.layer.weight_records if record.value is kernel)
        )
        self.vector_u = self.add_weight(
            (1, kernel.shape[-1]),
            initializers.TruncatedNormal(stddev=0.02),
            "vector_u",
            trainable=False,
            dtype=kernel.dtype.name,
            autocast=False,
        )
        self.input_spec = InputSpec(min_ndim=1, axes={-1: input_shape[-1]})

    def kernel_of_layer(self):
        """W, the layer's own array. Raises ValueError if it has none, or a sum in its place."""
        if getattr(self.layer, "lora_enabled", False):
            raise ValueError(
                f"Layer '{self.name}': the kernel of '{self.layer.name}' is adapted at low rank; "
                "only a weight can be normalized, not a sum."
            )
        for name in ("kernel", "embeddings"):
            if hasattr(self.layer, name):
                return getattr(self.layer, name)
        raise ValueError(
            f"Layer '{self.name}': {type(self.layer).__name__} has no attribute 'kernel' nor "
            "'embeddings' that could be normalized."
        )

    @property
    def trainable_records(self):
        """The weights that training changes: those of the layer."""
        return self.layer.trainable_records if self.trainable else []

    def forward(self, inputs, training=False):
        """The layer's output, its cache, and in training the kernel of this call."""
        kernel = None
        if training:
            self.normalize_kernel()
            kernel = self.kernel_of_layer().copy()
        y, cache = self.layer.forward(inputs, **taken_by(self.layer, {"training": training}))
        return self.cast(y), (kernel, cache)

    def backward(self, dy, cache, input_gradient=True):
        """dx and the layer's gradients, at the kernel of the call that `cache` belongs to."""
        used, cache = cache
        if used is None:
            return self.layer.backward(dy, cache, input_gradient)
        kernel = self.kernel_of_layer()
        now = kernel.copy()
        kernel[...] = used
        result = self.layer.backward(dy, cache, input_gradient)
        kernel[...] = now
        return result

    def normalize_kernel(self):
        """Iterate u and divide the kernel by σ, both in place."""
        kernel = self.kernel_of_layer()
        if not kernel.any():
            return
        matrix = kernel.reshape(-1, kernel.shape[-1]).astype(self.compute_dtype, copy=False)
        u = self.vector_u.astype(self.compute_dtype)
        for _ in range(self.power_iterations):
            v = _unit(u @ matrix.T)
            u = _unit(v @ matrix)
        sigma = v @ matrix @ u.T
        self.vector_u[...] = u
        kernel[...] = (matrix / sigma).reshape(kernel.shape)

    def compute_mask(self, inputs, previous_mask=None):
        """The layer's."""
        return self.layer.compute_mask(inputs, previous_mask)

    def compute_output_shape(self, input_shape):
        """The layer's."""
        return self.layer.compute_output_shape(input_shape)


def _unit(vector):
    """The vector with length 1."""
    return vector / np.maximum(np.sqrt(np.sum(vector**2)), config.epsilon())
