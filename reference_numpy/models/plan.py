"""What of a graph is to be computed backward, which depends on the layers that are frozen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """What is to be computed backward.

    Args:
        records: the trainable weights of the graph.
        positions: for each call where in `records` its layer's weights are.
        asks: for each call whether the gradient of its input leads to a trainable weight.
    """

    records: list
    positions: list
    asks: list


def make_plan(graph, input_gradient):
    """The plan for the layers that are trainable now; `input_gradient`: whether dx is asked for."""
    nested = [record for layer in graph.layers for record in layer.trainable_records]
    records = list(dict.fromkeys(nested))
    index_of = {id(record): index for index, record in enumerate(records)}
    positions, asks = [], []
    leads = set(graph.inputs) if input_gradient else set()
    for call in graph.calls:
        positions.append([index_of[id(record)] for record in call.layer.trainable_records])
        asks.append(not leads.isdisjoint(call.inputs))
        if positions[-1] or asks[-1]:
            leads.update(call.outputs)
    return Plan(records, positions, asks)
