"""The table that `model.summary()` prints."""

import re

from reference_numpy import tree
from reference_numpy.console import say

LINE_LENGTH = 88
UNITS = ("B", "KB", "MB", "GB", "TB")


def print_summary(
    model, line_length, positions, print_fn, expand_nested, show_trainable, layer_range
):
    """Print the layers of `model` with their output shapes and numbers of parameters."""
    connected = _has_branches(model)
    header = ["Layer (type)", "Output Shape", "Param #"]
    header += ["Connected to"] * connected + ["Trainable"] * show_trainable
    shown = _within_range(_parts(model), layer_range)
    rows = _rows(model, shown, connected, expand_nested, show_trainable)
    table = _table(header, rows, line_length or LINE_LENGTH, positions)
    lines = [f'Model: "{model.name}"', *table]
    trainable, frozen = model.trainable_weights, model.non_trainable_weights
    parts = {"Trainable": _count(trainable), "Non-trainable": _count(frozen)}
    if model.compiled and model.optimizer is not None and model.optimizer.built:
        parts["Optimizer"] = _count([variable.value for variable in model.optimizer.variables])
    totals = [sum(part) for part in zip(*parts.values())]
    for name, (count, size) in {"Total": totals, **parts}.items():
        lines.append(f" {name} params: {count:,} ({readable_size(size)})")
    (print_fn or say)("\n".join(lines))


def readable_size(size):
    """A number of bytes in the largest unit that leaves at least 1."""
    unit = 0
    while size >= 1024 and unit < len(UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.2f} {UNITS[unit]}"


def _count(weights):
    """Number of parameters and bytes of the arrays, each counted once."""
    distinct = {id(weight): weight for weight in weights}.values()
    return sum(w.size for w in distinct), sum(w.nbytes for w in distinct)


def _has_branches(model):
    """Whether the layers are anything but a chain, so that it must be said what feeds what."""
    if model.graph is None:
        return False
    calls = model.graph.calls
    shared = len({id(call.layer) for call in calls}) < len(calls)
    return shared or any(len(call.inputs) > 1 for call in calls) or len(model.graph.inputs) > 1


def _parts(model):
    """The layers, and the operations between them."""
    return getattr(model, "operations", model.layers)


def _within_range(parts, layer_range):
    """The parts from the first whose name begins with one pattern to the last with the other."""
    if layer_range is None:
        return parts
    if len(layer_range) != 2:
        raise ValueError(f"`layer_range` is two names of layers. Received: {layer_range}")
    places = [
        [place for place, part in enumerate(parts) if re.match(pattern, part.name)]
        for pattern in layer_range
    ]
    if not all(places):
        raise ValueError(
            f"No such layers: {layer_range}. Existing layers are: {[part.name for part in parts]}."
        )
    first, last = sorted((min(places[0]), max(places[1])))
    return parts[first : last + 1]


def _rows(model, parts, connected, expand_nested, show_trainable, level=0):
    rows = []
    for layer in parts:
        mark = "   " * level + "└ " if level else ""
        row = [f"{mark}{layer.name} ({type(layer).__name__})", output_shape(layer)]
        row.append(f"{layer.count_params():,}" if layer.built else "0 (unbuilt)")
        if connected:
            row.append(_connections(model, layer) if level == 0 else "-")
        if show_trainable:
            row.append(("Y" if layer.trainable else "N") if layer.weights else "-")
        rows.append(row)
        if expand_nested and hasattr(layer, "graph"):
            nested = _parts(layer)
            rows += _rows(layer, nested, connected, expand_nested, show_trainable, level + 1)
    return rows


def output_shape(layer):
    """The shape of what the layer gives, as text; several in a list, `?` where it is unknown."""
    if not layer.inbound_nodes:
        return "?"
    shapes = [tensor.shape for tensor in tree.flatten(layer.inbound_nodes[-1].outputs)]
    return str(shapes[0]) if len(shapes) == 1 else str(shapes)


def _connections(model, layer):
    own = set(model.graph.nodes)
    sources = [
        f"{tensor.node.layer.name}[{tensor.node.layer.inbound_nodes.index(tensor.node)}]"
        f"[{tensor.index}]"
        for node in layer.inbound_nodes
        if node in own
        for tensor in node.inputs
    ]
    return ", ".join(sources) or "-"


def _table(header, rows, line_length, positions):
    """Lines of a table whose columns share `line_length`, wider where a cell needs it."""
    positions = positions or ((0.45, 0.8, 1) if len(header) == 3 else (0.3, 0.56, 0.74, 1, 1.1))
    if len(positions) < len(header):
        raise ValueError(
            f"`positions` says where each of the columns ends: {', '.join(header)}. "
            f"Received: {positions}"
        )
    widths = [
        max(int(line_length * (end - start)) - 3, *map(len, column))
        for column, start, end in zip(zip(header, *rows), (0, *positions), positions)
    ]

    def cells(row, bar):
        aligned = [
            text.rjust(width) if column == 2 else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        return f"{bar} " + f" {bar} ".join(aligned) + f" {bar}"

    def rule(left, line, cross, right):
        return left + cross.join(line * (width + 2) for width in widths) + right

    lines = [rule("┏", "━", "┳", "┓"), cells(header, "┃"), rule("┡", "━", "╇", "┩")]
    for index, row in enumerate(rows):
        if index:
            lines.append(rule("├", "─", "┼", "┤"))
        lines.append(cells(row, "│"))
    return [*lines, rule("└", "─", "┴", "┘")]
