"""A model as a picture: its layers one below the other, and what feeds what."""

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

from reference_numpy.activations import Linear
from reference_numpy.models.layout import ROW, lay_out
from reference_numpy.models.runner import Runner
from reference_numpy.models.summary import output_shape
from reference_numpy.serialization import snake_case

LETTER, ROOM = 7.5, 16  # pixels: a letter's width, and what is left free beside a text
STYLE = 'font-family="sans-serif" font-size="13" fill="currentColor" stroke="currentColor"'


class Diagram(str):
    """A picture as the text of an SVG file, which a notebook shows."""

    def _repr_svg_(self) -> str:
        return str(self)


def diagram(
    model: Any,
    show_shapes: bool = True,
    show_layer_names: bool = False,
    show_layer_activations: bool = False,
    expand_nested: bool = False,
    parameters: str = "{:,} parameters",
) -> Diagram:
    """Draw a model: its inputs at the top, each layer as a box with its class.

    Args:
        model: a model whose shapes are known.
        show_shapes: whether shapes of outputs and numbers of parameters stand beside the boxes.
        show_layer_names: whether the layers' names stand in the boxes.
        show_layer_activations: whether the layers' activations stand in the boxes.
        expand_nested: whether a model within it is a frame around its layers, else one box.
        parameters: how a number of parameters is written.

    Raises:
        ValueError: the model is not built yet.
    """
    if model.graph is None:
        raise ValueError(f"The model '{model.name}' is not built yet: give it an Input, or fit it.")
    rows = _Rows(expand_nested)
    inputs = [model.graph.tensors[place].node.layer for place in model.graph.inputs]
    rows.layers.update((layer.name, layer) for layer in inputs)
    rows.trace(model.graph, [layer.name for layer in inputs])
    layout = lay_out({name: list(dict.fromkeys(takes)) for name, takes in rows.sources.items()})
    titles: dict[str, str] = {}
    for inner, (first, *_) in rows.frames:  # those within another come before it
        title = _title(inner, show_layer_names)
        titles[first] = f"{titles[first]} in {title}" if first in titles else title
    texts = [
        [
            _in_box(rows.layers[name], show_layer_names, show_layer_activations),
            *(_beside(rows.layers[name], parameters) if show_shapes else ()),
            *([titles.get(name, "")] if titles else ()),
        ]
        for name in layout.names
    ]
    widths = [LETTER * max(map(len, column)) + ROOM for column in zip(*texts)]
    parts = []
    for number, row in enumerate(texts):
        y, x = ROW * number, float(layout.left)
        parts.append(
            f'<rect x="{x}" y="{y + 4}" width="{widths[0]}" height="{ROW - 8}" rx="4" fill="none"/>'
        )
        for text, width in zip(row, widths):
            parts.append(f'<text x="{x + 8}" y="{y + 19}" stroke="none">{escape(text)}</text>')
            x += width
    for _, names in rows.frames:
        top, bottom = layout.names.index(names[0]), layout.names.index(names[-1]) + 1
        parts.append(
            f'<rect x="{layout.left - 4}" y="{ROW * top + 1}" width="{sum(widths) + 3:g}" '
            f'height="{ROW * (bottom - top) - 2}" fill="none" stroke-dasharray="4 3"/>'
        )
    for line in layout.lines:
        parts.append(f'<path d="{line.path(layout.left, 0)}" fill="none"/>')
    width, height = layout.left + sum(widths) + 1, ROW * len(texts)
    return Diagram(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height}" '
        f'viewBox="0 0 {width:g} {height}" {STYLE}>{"".join(parts)}</svg>\n'
    )


@dataclass
class _Rows:
    """The rows of a picture, by name.

    Args:
        expanded: whether the layers of nested models have rows, else the models.
        layers: the layer of each row.
        sources: the rows that feed each.
        frames: the nested models, each with the names of its rows.
    """

    expanded: bool
    layers: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, list[str]] = field(default_factory=dict)
    frames: list[tuple[Any, list[str]]] = field(default_factory=list)

    def trace(self, graph, feeds, within=""):
        """Take in the calls of a graph whose inputs are the rows `feeds`; gives its outputs'."""
        made = dict(zip(graph.inputs, feeds))
        for call in graph.calls:
            name = within + call.layer.name
            if self.expanded and isinstance(call.layer, Runner):
                begun = len(self.sources)
                fed = [made.get(place) for place in call.model_inputs()]
                ends = self.trace(call.layer.graph, fed, f"{name}/")
                made.update(zip(call.outputs, ends))
                if len(self.sources) > begun:
                    self.frames.append((call.layer, list(self.sources)[begun:]))
                continue
            self.layers[name] = call.layer
            takes = self.sources.setdefault(name, [])
            takes += [made[place] for place in call.inputs if made[place] is not None]
            made.update(dict.fromkeys(call.outputs, name))
        return [made[place] for place in graph.outputs]


def _title(model, show_name):
    """What stands beside a nested model's first layer: its class, or the name it was given."""
    kind = type(model).__name__
    by_itself = re.fullmatch(rf"{snake_case(kind)}(_\d+)?", model.name)
    return kind if by_itself and not show_name else f"{model.name} ({kind})"


def _in_box(layer, show_name, show_activation):
    """What a layer is: its class, its name, its activation."""
    kind = type(layer).__name__
    text = f"{layer.name} ({kind})" if show_name else kind
    activation = getattr(layer, "activation", None)
    if not show_activation or activation is None or isinstance(activation, Linear):
        return text
    return f"{text}, {snake_case(type(activation).__name__)}"


def _beside(layer, parameters):
    """What a layer gives and has: a shape, and a number of parameters."""
    count = layer.count_params()
    return output_shape(layer), parameters.format(count) if count else ""
