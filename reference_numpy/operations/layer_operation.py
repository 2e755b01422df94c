"""Operations that do what a layer without weights does."""

from reference_numpy.layers.layer import Layer
from reference_numpy.operations.operation import Operation


class LayerOperation(Operation):
    """y = layer(x) and its dx, for the layer without weights in `by_rank`, the input's rank."""

    by_rank: dict[int, type[Layer]]

    def _layer(self, rank):
        if rank not in self.by_rank:
            ranks = " or ".join(map(str, self.by_rank))
            raise ValueError(f"Operation '{self.name}' takes inputs of {ranks} axes, not {rank}.")
        return self.by_rank[rank](**self.arguments(), name=self.name, autocast=False)

    def arguments(self):
        """The layer's arguments."""
        raise TypeError(f"{type(self).__name__} does not say its layer's arguments.")

    def forward(self, inputs):
        """The layer's output, the layer and its cache."""
        layer = self._layer(inputs.ndim)
        y, cache = layer.forward(inputs)
        return y, (layer, cache)

    def backward(self, dy, cache):
        """The layer's dx."""
        layer, cache = cache
        return (layer.backward(dy, cache)[0],)

    def shape(self, inputs):
        """The layer's."""
        return self._layer(len(inputs)).compute_output_shape(inputs)
