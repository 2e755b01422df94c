"""The logits behind a model's outputs, of which a cross-entropy is exact.

Where an output is softmax or sigmoid of something, its logits, the cross-entropy is taken from
them: the probabilities round to 0 or 1. Keras on TensorFlow computes it so by itself, and finds the
logits behind whatever only passes the probabilities on.
"""

import copy
from dataclasses import dataclass, replace

from reference_numpy import activations, layers
from reference_numpy.layers import penalties
from reference_numpy.layers.regularization.random_layer import RandomLayer
from reference_numpy.layers.symbolic import KerasTensor, Node
from reference_numpy.models.call import Call
from reference_numpy.models.pool_first import pool_first
from reference_numpy.models.runner import Runner
from reference_numpy.operations.casting import Cast
from reference_numpy.operations.functions import Sigmoid, Softmax

#: layers that are the activation function in their attribute `function`
FUNCTIONS = (layers.Activation, layers.Softmax, Sigmoid, Softmax)
#: layers that end with the one in their attribute `activation`
ACTIVATED = (
    *(layers.Dense, layers.EinsumDense, layers.Conv1D, layers.Conv2D, layers.Conv3D),
    *(layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose),
    *(layers.DepthwiseConv1D, layers.DepthwiseConv2D),
    *(layers.SeparableConv1D, layers.SeparableConv2D),
)


@dataclass(frozen=True)
class Head:
    """The logits of one output.

    Args:
        place: where they are among the values of the graph.
        activation: the function that makes probabilities of them.
        unmasked: whether a mask on them would take part in that function, so that they are not all
            that it depends on.
        position: where they are among the outputs of the graph.
        losses: for each loss and metric that takes logits, what it is of them: a loss, or for a
            metric of their order alone `ByOrder`.
    """

    place: int
    activation: object
    unmasked: bool
    position: int = 0
    losses: dict | None = None


class Heads:
    """A model's graph whose outputs are followed by the logits that losses and metrics ask for.

    What commutes in it stands in the order that is quickest (`pool_first`). Where all that takes an
    output takes its logits, they stand in its place, and the function behind them is not computed.

    Args:
        graph: the model's graph.
        wanted: for each output its losses and metrics, each with what has an `on_logits`; None for
            a metric that takes the output as it is.
        training: whether the graph is run in training, where dropout passes nothing on.
    """

    def __init__(self, graph, wanted, training):
        self.source, self.training, self.copies, self.heads = graph, training, [], {}
        for index, parts in enumerate(wanted):
            output = graph.tensors[graph.outputs[index]]
            other, head = self._find(graph, graph.outputs[index]) if parts else (graph, None)
            if not isinstance(head, Head):
                continue
            losses = {part: on_logits(loss, head, output) for part, loss in parts.items() if loss}
            losses = {part: loss for part, loss in losses.items() if loss is not None}
            if not losses:
                continue
            calls, outputs, position = other.calls, list(other.outputs), len(graph.outputs)
            last = None if len(losses) < len(parts) else last_of(other, index, head)
            if last is not None:
                calls, position = [call for call in calls if call is not last], index
            outputs[position : position + 1] = [head.place]
            self.heads[index] = replace(head, position=position, losses=losses)
            graph = other.variant(calls, outputs, other.tensors)
        self.graph, copies = pool_first(graph)
        self.copies += copies

    def at(self, index, masks):
        """The head of an output, or None; `masks` are those of the graph's outputs."""
        head = self.heads.get(index)
        masked = head is not None and head.unmasked and masks[head.position] is not None
        return None if masked else head

    def refresh(self):
        """Follow layers that were frozen or thawed since; returns itself."""
        for layer, bare in self.copies:
            bare._trainable = layer.trainable
        return self

    def _find(self, graph, place):
        """Go back from a value to the logits that are behind it.

        Returns:
            `(graph, found)`: the graph, in which the logits have a place now, and a Head; None
            where there are no logits; the number of an input that the value is.
        """
        while place not in graph.inputs:
            index = next(i for i, call in enumerate(graph.calls) if place in call.outputs)
            call = graph.calls[index]
            if isinstance(call.layer, Runner):
                graph, found = self._find_within(graph, index, call.outputs.index(place))
                if not isinstance(found, int):
                    return graph, found
                before = call.model_inputs()[found]
            elif len(call.inputs) != 1 or call.only_output is None:
                return graph, None
            elif type(call.layer) in FUNCTIONS and _is_head(call.layer.function):
                given = call.kwargs.get("mask") is not None
                head = Head(call.inputs[0], call.layer.function, unmasked=True)
                return graph, None if given else head
            elif passes_on(call.layer, self.training):
                before = call.inputs[0]
            else:
                return self._split(graph, index)
            if before is None or graph.tensors[before].dtype != graph.tensors[place].dtype:
                return graph, None
            place = before
        return graph, graph.inputs.index(place)

    def _find_within(self, graph, index, number):
        """The same for an output of a nested model, which gives the logits as one more output."""
        call = graph.calls[index]
        inner, found = self._find(call.layer.graph, call.layer.graph.outputs[number])
        if not isinstance(found, Head):
            return graph, found
        logits = inner.tensors[found.place]
        model, call = copy.copy(call.layer), copy.copy(call)
        self.copies.append((call.layer, model))
        model.graph = inner.variant(inner.calls, [*inner.outputs, found.place], inner.tensors)
        model.output_structure = [*model.outputs, logits]
        place = len(graph.tensors)
        call.layer, call.output_structure = model, model.output_structure
        call.outputs, call.only_output, call.keeps_output = [*call.outputs, place], None, True
        calls = [*graph.calls[:index], call, *graph.calls[index + 1 :]]
        graph = graph.variant(calls, graph.outputs, [*graph.tensors, logits])
        return graph, Head(place, found.activation, found.unmasked)

    def _split(self, graph, index):
        """A layer that ends with an activation function becomes one without and the function."""
        call = graph.calls[index]
        bare, activation = without_activation(call.layer)
        if not _is_head(activation):
            return graph, None
        bare.activity_regularizer = None
        self.copies.append((call.layer, bare))
        place, made = call.only_output, graph.tensors[call.only_output]
        logits, new = KerasTensor(made.shape, made.dtype), KerasTensor(made.shape, made.dtype)
        function = layers.Activation(
            activation,
            name=call.layer.name,
            dtype=call.layer.dtype_policy,
            activity_regularizer=call.layer.activity_regularizer,
        )
        places = {logits: len(graph.tensors), new: place}
        second = Call(Node(function, (logits,), {}, new), places)
        first = copy.copy(call)
        first.layer, first.outputs, first.only_output = bare, second.inputs, second.only_input
        first.penalized = first.keeps_output = False
        calls = [*graph.calls[:index], first, second, *graph.calls[index + 1 :]]
        graph = graph.variant(calls, graph.outputs, [*graph.tensors, logits])
        return graph, Head(second.only_input, activation, unmasked=False)


def last_of(graph, index, head):
    """The call that makes an output of its logits and that nothing else needs; None without."""
    place = graph.outputs[index]
    uses = graph.outputs.count(place) + sum(place in call.inputs for call in graph.calls)
    call = next((call for call in graph.calls if call.only_output == place), None)
    apart = call is not None and call.inputs == [head.place] and not call.penalized
    return call if apart and uses == 1 and not head.unmasked else None


def function_behind(graph, index):
    """The softmax or sigmoid that makes an output at inference; None where there is none."""
    _, head = Heads(graph, [], training=False)._find(graph, graph.outputs[index])
    return head.activation if isinstance(head, Head) else None


def last_function(graph, index):
    """The activation function of the layer that makes an output; None where it has none."""
    place = graph.outputs[index]
    layer = next((call.layer for call in graph.calls if place in call.outputs), None)
    return getattr(layer, "function", None) or (layer and without_activation(layer)[1])


def on_logits(loss, head, output):
    """The loss of the logits of `output`; None where it has none or needs another dtype."""
    if loss.compute_dtype != output.dtype:
        return None
    return loss.on_logits(head.activation, len(output.shape))


def passes_on(layer, training):
    """Whether the output of a layer, or of an operation, is its input."""
    if isinstance(layer, layers.Pipeline):
        return all(passes_on(part, training) for part in layer.layers)
    if isinstance(layer, RandomLayer):
        return not (training and layer.is_active)
    if isinstance(layer, layers.Activation):
        return isinstance(layer.function, activations.Linear)
    return type(layer) in (layers.Identity, layers.ActivityRegularization, Cast)


def without_activation(layer):
    """`(a copy of the layer without the activation function at its end, that function)`.

    The copy has the same weights. The function is None where the layer ends with none.
    """
    bare = copy.copy(layer)
    if type(layer) in ACTIVATED:
        bare.activation = activations.linear
        return bare, layer.activation
    activation = None
    # Within another layer the regularizer has to stay beside the activation.
    if type(layer) is layers.SpectralNormalization and not penalties.within(layer.layer):
        bare.layer, activation = without_activation(layer.layer)
    if type(layer) is layers.Pipeline and layer.layers and not penalties.within(layer.layers[-1]):
        last, activation = without_activation(layer.layers[-1])
        bare.layers = [*layer.layers[:-1], last]
    return bare, activation


def _is_head(activation):
    return isinstance(activation, (activations.Softmax, activations.Sigmoid))
