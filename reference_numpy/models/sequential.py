"""A model whose layers follow one another."""

from collections.abc import Sequence
from typing import Any

from reference_numpy import dtype_policies, tree
from reference_numpy.annotations import Config
from reference_numpy.layers.core import Input, InputLayer
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.symbolic import KerasTensor
from reference_numpy.models.functional_config import layer_config
from reference_numpy.models.graph import Graph
from reference_numpy.models.model import Model
from reference_numpy.serialization import deserialize, serialize, within


class Sequential(Model):
    """Layers one after another: y = fₙ(… f₂(f₁(x))).

    Built at once if it begins with an `Input`, else for the shape of the first input it is given
    (of any batch size).

    Args:
        layers: the layers in order; an `Input` may come first.
        trainable: whether the layers are to be trained.
        name: unique name; None makes one.

    Raises:
        ValueError: for what is no layer, for two layers of one name, for a second `Input`.
    """

    def __init__(
        self,
        layers: Sequence[Layer | KerasTensor] | None = None,
        trainable: bool = True,
        name: str | None = None,
    ):
        super().__init__(trainable=trainable, name=name)
        self._append(layers or ())
        self._rebuild()

    def add(self, layer: Any) -> None:
        """Put `layer` (or an `Input`) after the last one."""
        self._append([layer])
        self._rebuild()

    def pop(self) -> Any:
        """Take the last layer away and return it."""
        layer = self.sublayers.pop()
        self._rebuild()
        return layer

    def _append(self, layers):
        by_name = {layer.name: layer for layer in self.sublayers}
        for layer in layers:
            if isinstance(layer, KerasTensor) and isinstance(layer.node.layer, InputLayer):
                layer = layer.node.layer
            if not isinstance(layer, Layer):
                raise ValueError(
                    f"Only layers can be added to the Sequential model '{self.name}'. Received: "
                    f"{layer} (of type {type(layer)})"
                )
            if by_name.setdefault(layer.name, layer) is not layer:
                raise ValueError(
                    f"All layers added to a Sequential model should have unique names. Name "
                    f"'{layer.name}' is already the name of a layer in model '{self.name}'."
                )
            if isinstance(layer, InputLayer) and self.sublayers:
                raise ValueError(
                    f"Sequential model '{self.name}' already begins with "
                    f"'{self.sublayers[0].name}'. You cannot add an Input layer after it."
                )
            self.sublayers.append(layer)

    def _rebuild(self):
        self.built, self.graph = False, None
        if len(self.sublayers) > 1:
            first = self.sublayers[0]
            if isinstance(first, InputLayer):
                self.build(first.batch_shape)
            elif isinstance(first, Model) and first.built and tree.is_shape(first.input_shape):
                self.build(first.input_shape)

    def build(self, input_shape: Any) -> None:
        """Build every layer for inputs of `input_shape` (the batch axis, None, counted in)."""
        if not self.sublayers:
            raise ValueError(
                f"Sequential model {self.name} cannot be built because it has no layers. Call "
                "`model.add(layer)`."
            )
        first = self.sublayers[0]
        if not isinstance(first, InputLayer):
            dtype = first.compute_dtype
            inputs = tree.map_shapes(lambda s: Input(batch_shape=s, dtype=dtype), input_shape)
            entries = [tensor.node.layer for tensor in tree.flatten(inputs)]
            self.sublayers = [*entries, *self.sublayers]
        elif input_shape != first.batch_shape:
            raise ValueError(
                f"Sequential model '{self.name}' has already been configured to use input shape "
                f"{first.batch_shape}. You cannot build it with input_shape {input_shape}."
            )
        else:
            inputs = first.output
        x = inputs
        for layer in self.layers:
            x = layer(x)
        self.input_structure, self.output_structure = inputs, x
        self.graph = Graph(tree.flatten(inputs), tree.flatten(x))

    @property
    def input(self):
        """What the model was first called on, or the symbolic input that it begins with."""
        return Layer.input.fget(self) if self.inbound_nodes else super().input

    @property
    def output(self):
        """What the model's first call made, or the symbolic output that it ends with."""
        return Layer.output.fget(self) if self.inbound_nodes else super().output

    @property
    def layers(self):
        """The layers in order, without the input's."""
        return [layer for layer in self.sublayers if not isinstance(layer, InputLayer)]

    def compute_output_shape(self, input_shape):
        """Shape of the last layer's output."""
        if self.built:
            return super().compute_output_shape(input_shape)
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def get_config(self) -> Config:
        """The layers' configs in order, as Keras writes them."""
        config = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialize(self.dtype_policy),
            "layers": [layer_config(layer) for layer in self.sublayers],
        }
        if self.built:
            config["build_input_shape"] = self.input_shape
        return config

    @classmethod
    def from_config(cls, config):
        """A model from what `get_config` gave; the weights are new."""
        if not isinstance(config.get("name"), str) or not isinstance(config.get("layers"), list):
            raise ValueError(
                "The config of a Sequential model has a 'name' and a list of 'layers'. "
                f"Received: {sorted(config)}"
            )
        with within("layers"):
            layers = deserialize(config["layers"])
        model = cls(layers, name=config["name"])
        model.dtype_policy = dtype_policies.get(deserialize(config.get("dtype")))
        if not model.built and config.get("build_input_shape"):
            model.build(config["build_input_shape"])
        return model
