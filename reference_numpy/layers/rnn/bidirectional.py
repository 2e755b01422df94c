"""A recurrent layer run in both directions."""

from typing import Any

import numpy as np

from reference_numpy import serialization
from reference_numpy.annotations import Array
from reference_numpy.layers.layer import Layer

MERGE_MODES = ("sum", "mul", "ave", "concat", None)


class Bidirectional(Layer):
    """Two recurrent layers over one sequence, one from its start and one from its end.

        a = forward_layer(x)    b = backward_layer(x), put back into the order of time
        "concat": y = [a, b]    "sum": y = a + b    "ave": y = (a + b) / 2    "mul": y = a ⊙ b
        None: (a, b)

    Backward: da = db = dy ("sum"), dy / 2 ("ave"), (dy ⊙ b, dy ⊙ a) ("mul"), the halves of dy
    ("concat"); dx is the sum of both layers' dx.

    Outputs, as in Keras: y (or a, b), then with `return_state` the forward and the backward
    layer's states. `initial_state` is one list, the forward layer's states first; dx is then
    {"sequences": …, "initial_state": …}. Where all outputs are returned, those of masked steps
    are zeros (`zero_output_for_mask` is set in both layers). Weights: the forward layer's, then
    the backward layer's.

    Shapes:
        sequences: (batch, T, inputs)   mask: (batch, T)
        y: (batch, [T,] 2 units) for "concat", else (batch, [T,] units)

    Args:
        layer: the recurrent layer. It is copied by its config, so it keeps its own weights.
        merge_mode: see above.
        weights: first weights, those of the forward layer first. (Keras takes the argument and
            ignores it.)
        backward_layer: None for a copy of `layer` that goes the other way, else the layer to use.

    Raises:
        ValueError: for what is no layer, another `merge_mode`, two layers that go the same way
            or differ in `stateful`, `return_sequences` or `return_state`.
        AttributeError: from `reset_state()` where the layers are not stateful.

    Source: Schuster & Paliwal 1997, "Bidirectional recurrent neural networks"; Saito, Deep
    Learning from Scratch 2, section 8.3.
    """

    not_in_config = (*Layer.not_in_config, "weights")

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: list[Array] | None = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ):
        for name, value in (("layer", layer), ("backward_layer", backward_layer)):
            if not isinstance(value, Layer) and (name == "layer" or value is not None):
                raise ValueError(
                    f"`Bidirectional` takes a layer as `{name}`. Received: {name}={value!r}"
                )
        if merge_mode not in MERGE_MODES:
            raise ValueError(
                f"Invalid merge mode. Received: {merge_mode}. Merge mode should be one of "
                f"{MERGE_MODES}."
            )
        super().__init__(**kwargs)
        self.forward_layer = self.track(_copy(layer, "forward"))
        if backward_layer is None:
            backward_layer = _copy(layer, "backward", go_backwards=True)
        self.backward_layer = self.track(backward_layer)
        _check_pair(self.forward_layer, self.backward_layer)
        for part in (self.forward_layer, self.backward_layer):
            if hasattr(layer, "use_cudnn"):
                part.use_cudnn = layer.use_cudnn
            if hasattr(part, "zero_output_for_mask"):
                part.zero_output_for_mask = part.return_sequences
        self.merge_mode = merge_mode
        self.first_weights = weights
        self.stateful = layer.stateful
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.supports_masking = True
        self.input_spec = layer.input_spec

    @property
    def layer(self):
        """The forward layer, under the name that the config has."""
        return self.forward_layer

    @property
    def states(self):
        """The kept states of both layers, or None."""
        if not self.forward_layer.states or not self.backward_layer.states:
            return None
        return (*self.forward_layer.states, *self.backward_layer.states)

    def reset_state(self):
        """Make the kept states zeros."""
        if not self.stateful:
            raise AttributeError(f"Layer '{self.name}' must be stateful to reset its state.")
        for part in (self.forward_layer, self.backward_layer):
            part.reset_state()

    reset_states = reset_state

    @property
    def samples_apart(self):
        """As both layers treat them."""
        of_each = {self.forward_layer.samples_apart, self.backward_layer.samples_apart}
        return of_each.pop() if len(of_each) == 1 else False

    def build(self, sequences_shape, initial_state_shape=None):
        """Build both layers."""
        for part in (self.forward_layer, self.backward_layer):
            if not part.built:
                part.build(sequences_shape)
        if self.first_weights:
            self.set_weights(self.first_weights)

    def forward(self, sequences, initial_state=None, mask=None, training=False):
        """The merged outputs, with `return_state` followed by the states."""
        halves = (None, None)
        if initial_state is not None:
            half = len(initial_state) // 2
            halves = (initial_state[:half], initial_state[half:])
        outputs, caches = [], []
        for part, states in zip(self.sublayers, halves, strict=True):
            output, cache = part.forward(
                sequences, initial_state=states, mask=mask, training=training
            )
            outputs.append(output if self.return_state else (output,))
            caches.append(cache)
        (a, *states), (b, *backward_states) = outputs
        a, b = self.cast(a), self.cast(b)
        if self.return_sequences:
            b = np.flip(b, axis=1)
        merged = (a, b) if self.merge_mode is None else (self._merge(a, b),)
        cache = (a, b, caches, initial_state is not None)
        if self.return_state or self.merge_mode is None:
            return (*merged, *states, *backward_states), cache
        return merged[0], cache

    def backward(self, dy, cache, input_gradient=True):
        """The sum of both layers' dx, and their gradients."""
        a, b, caches, states_given = cache
        if not self.return_state and self.merge_mode is not None:
            dy = (dy,)
        merged = 2 if self.merge_mode is None else 1
        gradients = dy if self.merge_mode is None else self._unmerge(dy[0], a, b)
        dstates = dy[merged:]
        half = len(dstates) // 2
        dx, dinitial, grads = [], [], []
        for index, (part, part_cache) in enumerate(zip(self.sublayers, caches, strict=True)):
            gradient = gradients[index]
            if index == 1 and gradient is not None and self.return_sequences:
                gradient = np.flip(gradient, axis=1)
            if self.return_state:
                gradient = (gradient, *dstates[index * half : (index + 1) * half])
            gradient, own = part.backward(gradient, part_cache, input_gradient=input_gradient)
            if states_given:
                dinitial += gradient["initial_state"]
                gradient = gradient["sequences"]
            dx.append(gradient)
            grads += own
        dx = None if dx[0] is None else dx[0] + dx[1]
        return {"sequences": dx, "initial_state": dinitial} if states_given else dx, grads

    def _merge(self, a, b):
        if self.merge_mode == "concat":
            return np.concatenate([a, b], axis=-1)
        if self.merge_mode == "mul":
            return a * b
        return (a + b) / 2 if self.merge_mode == "ave" else a + b

    def _unmerge(self, dy, a, b):
        """da and db from the gradient of what `_merge` made of them."""
        if dy is None:
            return None, None
        if self.merge_mode == "concat":
            return np.split(dy, 2, axis=-1)
        if self.merge_mode == "mul":
            return dy * b, dy * a
        return (dy / 2, dy / 2) if self.merge_mode == "ave" else (dy, dy)

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        """The shape of y (or of a and b), with `return_state` followed by those of the states."""
        shape = self.forward_layer.compute_output_shape(sequences_shape)
        shape, *states = shape if self.return_state else (shape,)
        if self.merge_mode == "concat":
            shape = (*shape[:-1], 2 * shape[-1])
        merged = (shape, shape) if self.merge_mode is None else (shape,)
        if self.return_state or self.merge_mode is None:
            return (*merged, *states, *states)
        return shape

    def compute_mask(self, inputs, previous_mask=None):
        """The mask of y (or of a and b) where there is one of all steps; states have none."""
        mask = previous_mask[0] if isinstance(previous_mask, (list, tuple)) else previous_mask
        mask = self.forward_layer.compute_mask(None, mask)
        if isinstance(mask, list):
            mask = mask[0]  # the others are those of the states
        merged = (mask, mask) if self.merge_mode is None else (mask,)
        if self.return_state:
            return (*merged, *[None] * (2 * len(self.forward_layer.state_size)))
        return merged if self.merge_mode is None else mask


def _copy(layer, direction, **changes):
    """A new layer of the same config, named after its direction."""
    config = serialization.serialize(layer)
    name = f"{direction}_{layer.name.removeprefix(direction + '_')}"
    config["config"].update(name=name, **changes)
    return type(layer).from_config(config["config"])


def _check_pair(forward_layer, backward_layer):
    """Raise ValueError where the layers do not go opposite ways or return different things."""
    if forward_layer.go_backwards == backward_layer.go_backwards:
        raise ValueError(
            "Forward layer and backward layer should have different `go_backwards` value. "
            f"Received: forward_layer.go_backwards={forward_layer.go_backwards}, "
            f"backward_layer.go_backwards={backward_layer.go_backwards}"
        )
    for name in ("stateful", "return_sequences", "return_state"):
        values = getattr(forward_layer, name), getattr(backward_layer, name)
        if values[0] != values[1]:
            raise ValueError(
                "Forward layer and backward layer are expected to have the same value for "
                f"attribute '{name}', got {values[0]} for the forward layer and {values[1]} for "
                "the backward layer."
            )
