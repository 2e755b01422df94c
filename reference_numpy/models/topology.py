"""The order of a graph: which layer calls lie between given inputs and outputs, and in what order.

The order of the layers is the order of a model's weights, so it is Keras's: by depth (the longest
way to an output), and among equals by the first visit of a walk back from the outputs.
"""

from collections import Counter


def order_graph(inputs, outputs):
    """The calls between `inputs` and `outputs`, and the layers that they call, in Keras's order.

    Args:
        inputs: flat list of the symbolic tensors of input layers.
        outputs: flat list of symbolic tensors.

    Returns:
        `(nodes, layers)`: the nodes in an order in which they can be computed (those of the input
        layers come first), and each layer once.

    Raises:
        ValueError: if an output does not follow from the inputs, or two layers share a name.
    """
    visited, first_visits = walk_back(outputs)
    node_depths, layer_depths = {}, {}
    for node in reversed(visited):
        depth = max(node_depths.get(node, 0), layer_depths.get(node.layer, 0))
        node_depths[node] = layer_depths[node.layer] = depth
        for tensor in node.inputs:
            node_depths[tensor.node] = max(depth + 1, node_depths.get(tensor.node, 0))
    for tensor in inputs:
        if tensor.node not in node_depths:  # an input on which no output depends
            node_depths[tensor.node] = layer_depths[tensor.node.layer] = 0
            first_visits[tensor.node.layer] = -1
    nodes = sorted(node_depths, key=lambda node: -node_depths[node])
    layers = sorted(layer_depths, key=lambda layer: (-layer_depths[layer], first_visits[layer]))
    _check_connected(nodes, inputs)
    _check_names(layers)
    return nodes, layers


def walk_back(outputs, until=()):
    """Visit the nodes that `outputs` depend on, depth first.

    Args:
        outputs: flat list of symbolic tensors.
        until: tensors at which the walk ends; the nodes that make them are not visited.

    Returns:
        `(visited, first_visits)`: the nodes, each after those it depends on; and for each layer
        the number of layers met before it.
    """
    ends = set(map(id, until))
    visited, done, first_visits = [], set(), {}
    for output in outputs:
        path = [] if id(output) in ends else [(output.node, iter(output.node.inputs))]
        if path and output.node not in done:
            first_visits.setdefault(output.node.layer, len(first_visits))
        while path:
            node, rest = path[-1]
            tensor = None if node in done else next(rest, None)
            if tensor is None:
                path.pop()
                if node not in done:
                    done.add(node)
                    visited.append(node)
            elif tensor.node not in done and id(tensor) not in ends:
                first_visits.setdefault(tensor.node.layer, len(first_visits))
                path.append((tensor.node, iter(tensor.node.inputs)))
    return visited, first_visits


def _check_connected(nodes, inputs):
    known = set(map(id, inputs))
    for node in nodes:
        if not node.inputs and id(node.outputs) not in known:
            raise ValueError(
                f"Graph disconnected: the input '{node.layer.name}', on which the outputs depend, "
                "is not among the `inputs` of the model."
            )


def _check_names(layers):
    for name, count in Counter(layer.name for layer in layers).items():
        if count != 1:
            raise ValueError(
                f'The name "{name}" is used {count} times in the model. All layer names should be '
                "unique."
            )
