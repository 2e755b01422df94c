"""A layer applied to every time step."""

from typing import Any

import numpy as np

from reference_numpy.layers.layer import Layer
from reference_numpy.layers.rnn.options import taken_by


class TimeDistributed(Layer):
    """y_t = layer(x_t) for every t: the same layer, with the same weights, at each time step.

    Backward: dx_t is the layer's dx of dy_t, dW = Σ_t dW_t.

    The steps run in the order of time, so a layer that draws at random draws for each step, and
    one with moving statistics updates them at each step.

    Shapes:
        inputs: (batch, T, …)   mask: (batch, T, …), whose part at t goes to the layer at t
        y: (batch, T, …)

    Args:
        layer: the layer.

    Raises:
        ValueError: for what is no layer, inputs of fewer than three axes, a mask whose first two
            axes are not those of the inputs.
    """

    def __init__(self, layer: Layer, **kwargs: Any):
        if not isinstance(layer, Layer):
            raise ValueError(f"`TimeDistributed` takes a layer. Received: layer={layer!r}")
        super().__init__(**kwargs)
        self.layer = self.track(layer)
        self.supports_masking = True

    @property
    def samples_apart(self):
        """As the layer treats them."""
        return self.layer.samples_apart

    def build(self, input_shape):
        """Build the layer for one time step."""
        step_shape = self._step_shape(input_shape)
        if not self.layer.built:
            self.layer.build(step_shape)

    def forward(self, inputs, training=None, mask=None):
        """The outputs of all steps, and their caches."""
        self._step_shape(inputs.shape)
        if mask is not None and np.shape(mask)[:2] != inputs.shape[:2]:
            raise ValueError(
                f"Layer '{self.name}': the first two axes of the mask must be those of the "
                f"inputs, {inputs.shape[:2]}. Received: mask.shape={np.shape(mask)}"
            )
        outputs, caches = [], []
        for t in range(inputs.shape[1]):
            step_mask = {} if mask is None else {"mask": np.asarray(mask)[:, t]}
            options = taken_by(self.layer, {"training": training, **step_mask})
            y, cache = self.layer.forward(inputs[:, t], **options)
            outputs.append(self.cast(y))
            caches.append(cache)
        return np.stack(outputs, axis=1), caches

    def backward(self, dy, cache, input_gradient=True):
        """dx, and the sums of the layer's gradients over the steps."""
        gradients, grads = [], None
        for t, step_cache in enumerate(cache):
            dx, own = self.layer.backward(dy[:, t], step_cache, input_gradient=input_gradient)
            gradients.append(dx)
            grads = own if grads is None else [sum(pair) for pair in zip(grads, own, strict=True)]
        if gradients[0] is None:
            return None, grads
        return np.stack([self.cast(dx) for dx in gradients], axis=1), grads

    def compute_output_shape(self, input_shape):
        """The layer's output shape for one step, with the time axis put in."""
        shape = self.layer.compute_output_shape(self._step_shape(input_shape))
        return (shape[0], input_shape[1], *shape[1:])

    def _step_shape(self, input_shape):
        if len(input_shape) < 3:
            raise ValueError(
                f"Layer '{self.name}' (`TimeDistributed`) needs inputs with at least 3 axes. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        return (input_shape[0], *input_shape[2:])
