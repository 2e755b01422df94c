"""Softmax or sigmoid at a model's end, taken together with the cross-entropy that follows it.

The loss of the logits (what goes into the activation) is exact where the probabilities round to 0
or 1. Keras on TensorFlow computes it so by itself.
"""

import copy

from reference_numpy import activations

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

    Args:
        graph: the model's graph.
        terms: the losses; those that can be computed from logits get `on_logits`.
    """

    def __init__(self, graph, terms):
        self.graph, self.activations, self.layers = graph, {}, {}
        by_output = {}
        for term in terms:
            term.on_logits = None
            by_output.setdefault(term.index, []).append(term)
        for index, its_terms in by_output.items():
            call_index = self._last_call(graph, index)
            if call_index is None or len(its_terms) > 1:
                continue
            layer, term = graph.calls[call_index].layer, its_terms[0]
            attribute = ACTIVATED.get(type(layer).__name__)
            activation = getattr(layer, attribute) if attribute else None
            takes_over = (
                activation is not None
                and layer.activity_regularizer is None
                and layer.compute_dtype == term.loss.compute_dtype
            )
            term.on_logits = term.loss.on_logits(activation) if takes_over else None
            if term.on_logits is not None:
                bare = copy.copy(layer)
                setattr(bare, attribute, activations.linear)
                self.activations[index], self.layers[call_index] = activation, bare

    @staticmethod
    def _last_call(graph, index):
        """The call that makes the output, if nothing else needs its value."""
        place = graph.outputs[index]
        needed = graph.outputs.count(place) + sum(place in call.inputs for call in graph.calls)
        makers = [i for i, call in enumerate(graph.calls) if call.only_output == place]
        return makers[0] if makers and needed == 1 else None

    def refresh(self):
        """Follow layers that were frozen or thawed since; returns itself."""
        for index, bare in self.layers.items():
            bare.trainable = self.graph.calls[index].layer.trainable
        return self

    def activate(self, outputs):
        """The model's outputs from what the graph gave: the logits' probabilities."""
        return [
            self.activations[index](y) if index in self.activations else y
            for index, y in enumerate(outputs)
        ]
