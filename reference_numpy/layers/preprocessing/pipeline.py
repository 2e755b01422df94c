"""Layers one after another, as one layer."""

from collections.abc import Sequence

from reference_numpy.layers.layer import Layer
from reference_numpy.layers.rnn.options import taken_by


class Pipeline(Layer):
    """y = the last layer's output, each layer taking what the one before gives.

    Backward runs through the layers from the last to the first; their gradients are listed in the
    order of the layers. As in Keras, a call that does not say `training` augments.

    Args:
        layers: a list of layers of one input and one output.

    Raises:
        ValueError: for what is no list of layers.
    """

    def __init__(self, layers: Sequence[Layer], name: str | None = None):
        super().__init__(name=name)
        if not isinstance(layers, (list, tuple)) or not all(isinstance(x, Layer) for x in layers):
            raise ValueError(
                f"Layer '{self.name}': `layers` must be a list of layers. Received: {layers!r}"
            )
        self.layers = [self.track(layer) for layer in layers]
        self.autocast = False
        self.supports_masking = True

    @property
    def output_dtype(self):
        """Name of the dtype of the last layer's output."""
        return self.layers[-1].output_dtype if self.layers else super().output_dtype

    def build(self, input_shape):
        """Build every layer for what the one before gives."""
        for layer in self.layers:
            if not layer.built:
                layer.build(input_shape)
            input_shape = layer.compute_output_shape(input_shape)

    def forward(self, inputs, training=True, mask=None):
        """The last output, and the layers' caches."""
        outputs, _, caches = self._run(inputs, training, mask)
        return outputs, caches

    def _run(self, inputs, training, mask):
        caches = []
        for layer in self.layers:
            options = taken_by(layer, {"training": training, "mask": mask})
            mask = layer.compute_mask(inputs, mask) if layer.supports_masking else None
            inputs, cache = layer.forward(inputs, **options)
            caches.append(cache)
        return inputs, mask, caches

    def backward(self, dy, cache):
        """dx and the layers' gradients."""
        gradients = []
        for layer, own in zip(reversed(self.layers), reversed(cache), strict=True):
            dy, grads = layer.backward(dy, own)
            gradients = grads + gradients
        return dy, gradients

    def compute_mask(self, inputs, previous_mask=None):
        """The last layer's; what the layers before it draw at random has no part in it."""
        makes_mask = [type(layer).compute_mask is not Layer.compute_mask for layer in self.layers]
        if previous_mask is None and not any(makes_mask):
            return None
        return self._run(inputs, False, previous_mask)[1]

    def compute_output_shape(self, input_shape):
        """The last layer's."""
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def get_config(self):
        """Keras's keys: the layers and the name."""
        config = super().get_config()
        return {"layers": config["layers"], "name": self.name}
