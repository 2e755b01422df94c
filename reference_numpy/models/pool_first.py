"""Max pooling before the bias and the rectifier of the convolution that it follows.

Both rise with their input and treat every place alike, so that they may be applied to the maxima,

    max over the window of f(z + b) = f(max over the window of z + b)

of which there are a quarter as many as places, for windows of 2 × 2.
"""

import copy
from collections import Counter

from reference_numpy import activations, layers
from reference_numpy.kernels.bias import bias_gradient
from reference_numpy.layers.pooling.base_pooling import BaseMaxPooling
from reference_numpy.layers.symbolic import KerasTensor, Node
from reference_numpy.models.call import Call

CONVOLUTIONS = layers.Conv1D, layers.Conv2D, layers.Conv3D


class BiasAndActivation(layers.Layer):
    """y = f(x + b) with b and f of a convolution with its channels last; db = Σ dz.

    Args:
        convolution: the layer.
    """

    samples_apart = True

    def __init__(self, convolution):
        super().__init__(name=convolution.name, dtype=convolution.dtype_policy)
        self.activation, self.bias = convolution.activation, convolution.bias
        self.own_weights = [w for w in convolution.own_weights if w.value is self.bias]
        self._trainable, self.built = convolution.trainable, True

    def forward(self, x, training=False):
        """f(x + b), and what backward needs."""
        return self.activation.forward(x if self.bias is None else x + self.bias)

    def backward(self, dy, cache):
        """dz = dy f′(z), and its sum."""
        dz = self.activation.backward(dy, cache)
        return dz, [bias_gradient(dz) for _ in self.own_weights]


def pool_first(graph):
    """`(the graph in that order, the copies)`, which are pairs of a layer and its stand-in."""
    uses = Counter(place for call in graph.calls for place in call.inputs)
    uses.update(graph.outputs)
    indices = {call.only_output: index for index, call in enumerate(graph.calls)}
    calls, tensors, copies = list(graph.calls), list(graph.tensors), []
    for index, pool in enumerate(graph.calls):
        before = indices.get(pool.only_input)
        if before is None or uses[pool.only_input] > 1:
            continue
        call = graph.calls[before]
        if not _commute(call, pool):
            continue
        made = tensors[pool.only_output]
        maxima, y = KerasTensor(made.shape, made.dtype), KerasTensor(made.shape, made.dtype)
        places = {maxima: len(tensors), y: pool.only_output}
        tensors.append(maxima)
        last = Call(Node(BiasAndActivation(call.layer), (maxima,), {}, y), places)
        first, middle = copy.copy(call), copy.copy(pool)
        first.layer = _without(call.layer)
        middle.outputs, middle.only_output = last.inputs, last.only_input
        calls[before], calls[index] = first, [middle, last]
        copies += [(call.layer, part.layer) for part in (first, last)]
    calls = [c for entry in calls for c in (entry if isinstance(entry, list) else [entry])]
    return graph.variant(calls, graph.outputs, tensors) if copies else graph, copies


def _commute(call, pool):
    """Whether the second call may go before the bias and the activation of the first."""
    layer, activation = call.layer, getattr(call.layer, "activation", None)
    return (
        type(layer) in CONVOLUTIONS
        and isinstance(pool.layer, BaseMaxPooling)
        and layer.data_format == pool.layer.data_format == "channels_last"
        and layer.compute_dtype == pool.layer.compute_dtype
        # Rounded sums tie more often than what was rounded, in float16 too often.
        and layer.compute_dtype in ("float32", "float64")
        and type(activation) is activations.Relu
        and activation.is_plain
        and not (call.penalized or pool.penalized)
        and not (layer.supports_masking or pool.layer.supports_masking)
    )


def _without(convolution):
    """A copy of a convolution, with the same kernel, that has neither bias nor activation."""
    bare = copy.copy(convolution)
    bare.own_weights = [w for w in convolution.own_weights if w.value is not convolution.bias]
    bare.use_bias, bare.bias, bare.activation = False, None, activations.linear
    return bare
