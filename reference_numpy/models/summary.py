"""The table that `model.summary()` prints."""

from reference_numpy import tree
from reference_numpy.console import say

LINE_LENGTH = 88
UNITS = ("B", "KB", "MB", "GB", "TB")


def print_summary(model, line_length, print_fn, expand_nested, show_trainable):
    """Print the layers of `model` with their output shapes and numbers of parameters."""
    connected = _has_branches(model)
    header = ["Layer (type)", "Output Shape", "Param #"]
    header += ["Connected to"] * connected + ["Trainable"] * show_trainable
    rows = _rows(model, connected, expand_nested, show_trainable)
    lines = [f'Model: "{model.name}"', *_table(header, rows, line_length or LINE_LENGTH)]
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


def _rows(model, connected, expand_nested, show_trainable, level=0):
    rows = []
    for layer in model.layers:
        mark = "   " * level + "└ " if level else ""
        row = [f"{mark}{layer.name} ({type(layer).__name__})", output_shape(layer)]
        row.append(f"{layer.count_params():,}" if layer.built else "0 (unbuilt)")
        if connected:
            row.append(_connections(model, layer) if level == 0 else "-")
        if show_trainable:
            row.append(("Y" if layer.trainable else "N") if layer.weights else "-")
        rows.append(row)
        if expand_nested and hasattr(layer, "graph"):
            rows += _rows(layer, connected, expand_nested, show_trainable, level + 1)
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


def _table(header, rows, line_length):
    """Lines of a table whose columns share `line_length`, wider where a cell needs it."""
    share = {3: (0.45, 0.35, 0.20)}.get(len(header), (0.3, 0.26, 0.18, 0.26, 0.1))
    widths = [
        max(int(line_length * part) - 3, *(len(row[column]) for row in [header, *rows]))
        for column, part in zip(range(len(header)), share)
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
