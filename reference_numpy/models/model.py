"""What every model can do beside running and training: its layers, its summary, its files."""

import os
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from reference_numpy.layers import penalties
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.refused import OF_MODELS, refuse_attributes
from reference_numpy.models.diagram import diagram
from reference_numpy.models.runner import Runner
from reference_numpy.models.summary import print_summary
from reference_numpy.models.trainer import Trainer
from reference_numpy.serialization import serialize


def files() -> Any:
    """What reads and writes files: `reference_numpy.saving`, which stands a floor above."""
    from reference_numpy import saving

    return saving


@refuse_attributes(OF_MODELS)
class Model(Runner, Trainer, Layer):  # type: ignore[override]
    """A graph of layers that can be trained: `Model(inputs, outputs)`.

    A model is a layer: it has `forward` and `backward`, it may be called within another model,
    and its weights are those of its layers.

    Args:
        inputs: symbolic tensors (`rn.Input(shape)`), one or any structure of them.
        outputs: symbolic tensors that follow from them.
        name: unique name; None makes one.
        trainable: whether the layers are to be trained.

    Raises:
        ValueError: if the outputs do not follow from the inputs.
    """

    #: the entry of that name in Keras's config
    registered_name: str | None = None

    def __new__(cls, *args, **kwargs):
        """A model of inputs and outputs is a Functional, as in Keras."""
        from reference_numpy.models.functional import Functional

        return super().__new__(Functional if cls is Model else cls)

    @classmethod
    def from_config(cls, config):
        """A Functional from what its `get_config` gave; the weights are new."""
        from reference_numpy.models.functional import Functional

        return Functional.from_config(config)

    def __init__(self, *args: Any, **kwargs: Any):
        Layer.__init__(self, *args, **kwargs)
        self.init_training()

    @property
    def layers(self) -> list[Layer]:
        """The layers, in the order of their weights."""
        return list(self.sublayers)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer called `name`, or the one at `index`. Raises ValueError where none is."""
        if (name is None) == (index is None):
            raise ValueError(
                f"Provide either a layer name or a layer index. Received: index={index}, "
                f"name={name}."
            )
        if index is not None:
            if index >= len(self.layers):
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model '{self.name}' only "
                    f"has {len(self.layers)} layers."
                )
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise ValueError(
            f"No such layer: {name}. Existing layers are: {[layer.name for layer in self.layers]}."
        )

    @property
    def losses(self) -> list[Any]:
        """The penalties of the weights that are trained: a number for each that has one.

        Raises:
            NotImplementedError: for a model with penalties on outputs, which belong to a call.
        """
        if penalties.within(self):
            raise NotImplementedError(
                f"`losses` of the model '{self.name}' are not known: its penalties on outputs "
                "belong to a call. `test_on_batch` gives the loss with all penalties."
            )
        return [r.regularizer(r.value) for r in self.trainable_records if r.regularizer]

    def serialize(self):
        """Keras's config of the model: class, architecture, and how it was compiled."""
        config = {
            "module": type(self).keras_module,
            "class_name": type(self).__name__,
            "config": self.get_config(),
            "registered_name": type(self).registered_name,
        }
        if self.get_build_config() is not None:
            config["build_config"] = serialize(self.get_build_config())
        config["compile_config"] = self.get_compile_config()
        return config

    def to_json(self) -> str:
        """The architecture, and how the model was compiled, as text; see `model_from_json`."""
        return files().to_json(self)

    def weight_paths(self, records):
        """Names of weights that say where they are: layer, part of the layer, weight."""
        paths = {}

        def walk(layers, prefix):
            for layer in layers:
                path = f"{prefix}{layer.name}/"
                for record in layer.own_weights:
                    paths.setdefault(id(record), path + record.name)
                walk(layer.sublayers, path)

        walk(self.sublayers, "")
        return [paths[id(record)] for record in records]

    def by_name(self, grads: list[Any]) -> dict[str, Any]:
        """The gradients that `backward` gives, by the paths of their weights: `"dense/kernel"`."""
        return dict(zip(self.weight_paths(self.trainable_records), grads, strict=True))

    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Print a table of the layers with their output shapes and numbers of parameters.

        Args:
            line_length: width of the table, which is wider where a cell needs it.
            positions: where the columns end, as shares of `line_length`.
            print_fn: called with the whole text instead of `print`.
            expand_nested: whether the layers of nested models are listed.
            show_trainable: whether a column says which layers are trained.
            layer_range: patterns of the names of the first layer and the last that are listed.

        Raises:
            ValueError: for a range of layers that are not there, and for too few `positions`.
        """
        print_summary(
            self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range
        )

    def save(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write the model to a `.keras` file, which Keras loads too; see `saving.save_model`."""
        files().save_model(self, filepath, overwrite)

    def save_weights(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write weights and the optimizer's state to a `.weights.h5` file."""
        files().save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: str | os.PathLike[str], skip_mismatch: bool = False) -> None:
        """Take weights and the optimizer's state from a `.weights.h5` or `.keras` file.

        With `skip_mismatch` a layer whose weights in the file do not fit stays as it is, which a
        warning says.
        """
        files().load_weights(self, filepath, skip_mismatch)

    def __repr__(self):
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    def _repr_html_(self) -> str:
        if self.graph is not None:
            return diagram(self)
        lines: list[str] = []
        self.summary(print_fn=lines.append)
        return f"<pre>{escape(lines[0])}</pre>"
