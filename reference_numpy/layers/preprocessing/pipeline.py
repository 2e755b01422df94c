"""Layers one after another, as one layer."""

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

    def __init__(self, layers, name=None):
        super().__init__(name=name)
        if not isinstance(layers, (list, tuple)) or not all(isinstance(x, Layer) for x in layers):
            raise ValueError(
                f"Layer '{self.name}': `layers` must be a list of layers. Received: {layers!r}"
            )
        self.layers = [self.track(layer) for layer in layers]
        self.autocast = False
        self.built = True

    @property
    def output_dtype(self):
        """Name of the dtype of the last layer's output."""
        return self.layers[-1].output_dtype if self.layers else super().output_dtype

    def forward(self, inputs, training=True):
        """The last output, and the layers' caches."""
        caches = []
        for layer in self.layers:
            inputs, cache = layer.forward(inputs, **taken_by(layer, {"training": training}))
            caches.append(cache)
        return inputs, caches

    def backward(self, dy, cache):
        """dx and the layers' gradients."""
        gradients = []
        for layer, own in zip(reversed(self.layers), reversed(cache), strict=True):
            dy, grads = layer.backward(dy, own)
            gradients = grads + gradients
        return dy, gradients

    def compute_output_shape(self, input_shape):
        """The last layer's."""
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def get_config(self):
        """Keras's keys: the layers and the name."""
        config = super().get_config()
        return {"layers": config["layers"], "name": self.name}
