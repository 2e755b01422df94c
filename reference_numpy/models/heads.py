"""Softmax or sigmoid at a model's end, taken together with the cross-entropy that follows it.

The loss of the logits (what goes into the activation) is exact where the probabilities round to 0
or 1. Keras on TensorFlow computes it so by itself.
"""

import copy

from reference_numpy import activations
from reference_numpy.models.runner import Runner

#: layers whose output is an activation function of something, and that attribute's name
ACTIVATED = {
    **dict.fromkeys(("Activation", "Softmax"), "function"),
    **dict.fromkeys(("Dense", "EinsumDense"), "activation"),
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), "activation"),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), "activation"),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), "activation"),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), "activation"),
}


class Heads:
    """The last layers of a model whose activation the losses take over.

    `bare` is the graph without those activations. Where the last layer is a model itself, its own
    last layer is meant.

    Args:
        graph: the model's graph.
        terms: the losses; those that can be computed from logits get `on_logits`.
    """

    def __init__(self, graph, terms):
        self.graph, self.bare, self.activations, self.copies = graph, graph, {}, []
        by_output = {}
        for term in terms:
            term.on_logits = None
            by_output.setdefault(term.index, []).append(term)
        for index, its_terms in by_output.items():
            activation, bare = self._without_activation(self.bare, index, its_terms)
            if activation is not None:
                self.activations[index], self.bare = activation, bare

    def _without_activation(self, graph, index, terms):
        """`(activation, graph without it)` at one of the outputs; None for what has to stay."""
        call_index = self._last_call(graph, index)
        if call_index is None or len(terms) > 1:
            return None, None
        layer = graph.calls[call_index].layer
        bare = copy.copy(layer)
        if isinstance(layer, Runner):
            activation, bare.graph = self._without_activation(layer.graph, 0, terms)
        else:
            activation = self._take_over(layer, bare, terms[0])
        if activation is None:
            return None, None
        self.copies.append((layer, bare))
        return activation, graph.with_layer(call_index, bare)

    @staticmethod
    def _take_over(layer, bare, term):
        """Take the activation of `layer` from `bare` to the loss, if the loss has one of logits."""
        attribute = ACTIVATED.get(type(layer).__name__)
        activation = getattr(layer, attribute) if attribute else None
        takes_over = (
            activation is not None
            and layer.activity_regularizer is None
            and layer.compute_dtype == term.loss.compute_dtype
        )
        term.on_logits = term.loss.on_logits(activation) if takes_over else None
        if term.on_logits is None:
            return None
        setattr(bare, attribute, activations.linear)
        return activation

    @staticmethod
    def _last_call(graph, index):
        """The call that makes the output, if nothing else needs its value."""
        place = graph.outputs[index]
        needed = graph.outputs.count(place) + sum(place in call.inputs for call in graph.calls)
        makers = [i for i, call in enumerate(graph.calls) if call.only_output == place]
        return makers[0] if makers and needed == 1 else None

    def refresh(self):
        """Follow layers that were frozen or thawed since; returns itself."""
        for layer, bare in self.copies:
            bare._trainable = layer.trainable
        return self

    def activate(self, outputs):
        """The model's outputs from what the graph gave: the logits' probabilities."""
        return [
            self.activations[index](y) if index in self.activations else y
            for index, y in enumerate(outputs)
        ]
