"""What all recurrent cells share: their arguments, their two kernels, and their dropout masks."""

from typing import Any

import numpy as np

from reference_numpy import activations, random
from reference_numpy.annotations import Named
from reference_numpy.layers.argument_validation import positive_integer
from reference_numpy.layers.layer import Layer


class RecurrentCell(Layer):
    """One step of a recurrent layer: (x_t, states_{t−1}) → (y_t, states_t).

        forward(x, states, training=False, dropout_masks=None) → ((y, new states), cache)
        backward((dy, d new states), cache) → ({"inputs": dx, "states": d states}, grads)

    A cell is a layer of two named inputs, so `dx` is a dictionary; any gradient in `(dy, d new
    states)` may be None. A list of states in means a list of states out.

    Dropout, in training, multiplies x by one mask and the output fed back (the first state) by
    another; where `implementation` is 1, as with any recurrent dropout, every gate has masks of
    its own. One drawing of masks serves all steps of a sequence: the recurrent layer draws it
    and hands it on as `dropout_masks`. A cell that is called alone draws anew at each call.

    Args:
        activation: f of the new content, a name or an activation function.
        use_bias: whether biases are added.
        kernel_initializer, recurrent_initializer, bias_initializer: first values of W, U and b.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties on them.
        kernel_constraint, recurrent_constraint, bias_constraint: projections after each step.
        dropout, recurrent_dropout: shares of x and of the fed-back output to be dropped, brought
            into [0, 1].
        seed: integer or None, for the masks.

    Source: Gal & Ghahramani 2016, "A Theoretically Grounded Application of Dropout in Recurrent
    Neural Networks", for masks that stay the same over time.
    """

    #: masks per drawing: None is one for all gates, else a list of that many
    mask_count: int | None = None

    def __init__(
        self,
        activation: Named = "tanh",
        use_bias: bool = True,
        kernel_initializer: Named = "glorot_uniform",
        recurrent_initializer: Named = "orthogonal",
        bias_initializer: Named = "zeros",
        kernel_regularizer: Named = None,
        recurrent_regularizer: Named = None,
        bias_regularizer: Named = None,
        kernel_constraint: Named = None,
        recurrent_constraint: Named = None,
        bias_constraint: Named = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.keep_arguments_of("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        arguments = recurrent_initializer, recurrent_regularizer, recurrent_constraint
        self.keep_arguments_of("recurrent", *arguments)
        self.keep_arguments_of("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed)

    def add_kernels(self, kernel_shape, recurrent_shape, bias_shape, bias_initializer=None):
        """Create `kernel`, `recurrent_kernel` and, where wanted, `bias`."""
        self.kernel = self.add_with_arguments("kernel", kernel_shape)
        shape = recurrent_shape
        self.recurrent_kernel = self.add_with_arguments("recurrent", shape, "recurrent_kernel")
        self.bias = None
        if self.use_bias:
            self.bias = self.add_with_arguments("bias", bias_shape, initializer=bias_initializer)

    def draw_dropout_masks(self, input_shape, states):
        """`(masks of x, masks of the fed-back output)`: None, one array, or a list of arrays."""
        state = states[0] if isinstance(states, (list, tuple)) else states
        return (
            self._draw(tuple(input_shape), self.dropout),
            self._draw(state.shape, self.recurrent_dropout),
        )

    def _draw(self, shape, rate):
        if rate == 0:
            return None
        masks = [
            self.seed_generator.keep_mask(shape, rate, self.compute_dtype)
            for _ in range(self.mask_count or 1)
        ]
        return masks if self.mask_count else masks[0]

    def masks_of_call(self, x, states, training, dropout_masks):
        """The masks to use in one call: those given, in training else new ones, else none."""
        if dropout_masks is not None:
            return dropout_masks
        return self.draw_dropout_masks(x.shape, states) if training else (None, None)


class DenseCell(RecurrentCell):
    """A cell of `units` units whose products are those of a fully connected layer.

    Raises:
        ValueError: for `units` that is no integer of 1 or more.
    """

    #: how many gates stand side by side in the columns of the kernels
    gates = 1

    def __init__(
        self, units: int, activation: Named = "tanh", use_bias: bool = True, **kwargs: Any
    ):
        super().__init__(activation, use_bias, **kwargs)
        self.units = self.output_size = positive_integer(units, "units")
        self.state_size: int | list[int] = self.units

    def get_initial_state(self, batch_size=None):
        """Zeros for every state."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [np.zeros((batch_size, size), self.compute_dtype) for size in sizes]

    def build_kernels(self, input_shape, bias_shape=None, bias_initializer=None):
        """Create W: (inputs, gates · units), U: (units, gates · units) and b."""
        columns = self.gates * self.units
        self.add_kernels(
            (input_shape[-1], columns),
            (self.units, columns),
            bias_shape or (columns,),
            bias_initializer,
        )

    def compute_output_shape(self, inputs_shape, states_shape=None):
        """`units` for the output and every state."""
        shape = (inputs_shape[0], self.units)
        if isinstance(self.state_size, list):
            return shape, [shape for _ in self.state_size]
        return shape, [shape]
