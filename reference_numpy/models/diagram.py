"""A model as a picture: its layers one below the other, and what feeds what."""

from html import escape
from typing import Any

from reference_numpy.activations import Linear
from reference_numpy.models.layout import ROW, lay_out
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
    parameters: str = "{:,} parameters",
) -> Diagram:
    """Draw a model: its inputs at the top, each layer as a box with its class.

    Args:
        model: a model whose shapes are known.
        show_shapes: whether shapes of outputs and numbers of parameters stand beside the boxes.
        show_layer_names: whether the layers' names stand in the boxes.
        show_layer_activations: whether the layers' activations stand in the boxes.
        parameters: how a number of parameters is written.

    Raises:
        ValueError: the model is not built yet.
    """
    if model.graph is None:
        raise ValueError(f"The model '{model.name}' is not built yet: give it an Input, or fit it.")
    layers = {}
    sources: dict[str, list[str]] = {}
    for node in model.graph.nodes:
        layers[node.layer.name] = node.layer
    for call in model.graph.calls:
        takes = sources.setdefault(call.layer.name, [])
        takes += [model.graph.tensors[place].node.layer.name for place in call.inputs]
    layout = lay_out({name: list(dict.fromkeys(takes)) for name, takes in sources.items()})
    rows = [
        [
            _in_box(layers[name], show_layer_names, show_layer_activations),
            *(_beside(layers[name], parameters) if show_shapes else ()),
        ]
        for name in layout.names
    ]
    widths = [LETTER * max(map(len, column)) + ROOM for column in zip(*rows)]
    parts = []
    for number, row in enumerate(rows):
        y, x = ROW * number, float(layout.left)
        parts.append(
            f'<rect x="{x}" y="{y + 4}" width="{widths[0]}" height="{ROW - 8}" rx="4" fill="none"/>'
        )
        for text, width in zip(row, widths):
            parts.append(f'<text x="{x + 8}" y="{y + 19}" stroke="none">{escape(text)}</text>')
            x += width
    for line in layout.lines:
        parts.append(f'<path d="{line.path(layout.left, 0)}" fill="none"/>')
    width, height = layout.left + sum(widths) + 1, ROW * len(rows)
    return Diagram(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height}" '
        f'viewBox="0 0 {width:g} {height}" {STYLE}>{"".join(parts)}</svg>\n'
    )


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
