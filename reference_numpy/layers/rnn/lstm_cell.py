"""One step of the long short-term memory."""

from typing import Any

from reference_numpy import activations
from reference_numpy.annotations import Named
from reference_numpy.layers.rnn.gates import (
    forget_bias,
    lstm_gates,
    lstm_gates_backward,
    masked_product,
    masked_product_backward,
    sum_of_gradients,
)
from reference_numpy.layers.rnn.recurrent_cell import DenseCell


class LSTMCell(DenseCell):
    """A memory c that is changed by sums, not products, so that gradients last many steps.

        [z_i, z_f, z_g, z_o] = x_t W + h_{t−1} U + b
        i, f, o = σ(z_i), σ(z_f), σ(z_o)    g = tanh(z_g)     the gates and the new content
        c_t = f ⊙ c_{t−1} + i ⊙ g           h_t = o ⊙ tanh(c_t)

    Backward, with dh_t and dc_t from the next step:

        dc_t ← dc_t + dh_t ⊙ o ⊙ tanh′(c_t)
        dz_i = dc_t ⊙ g ⊙ σ′(z_i)    dz_f = dc_t ⊙ c_{t−1} ⊙ σ′(z_f)
        dz_g = dc_t ⊙ i ⊙ tanh′(z_g)    dz_o = dh_t ⊙ tanh(c_t) ⊙ σ′(z_o)
        dc_{t−1} = dc_t ⊙ f    dh_{t−1} = dz Uᵀ    dx_t = dz Wᵀ
        dW = x_tᵀ dz    dU = h_{t−1}ᵀ dz    db = Σ_batch dz

    Shapes:
        x: (batch, inputs)      h, the output and first state, and c: (batch, units)
        W = `kernel`: (inputs, 4 units)   U = `recurrent_kernel`: (units, 4 units)
        b = `bias`: (4 units,), ones for f at first (`unit_forget_bias`), else `bias_initializer`

    Args:
        units: number of outputs, 1 or more.
        activation, recurrent_activation: the functions written tanh and σ above.
        unit_forget_bias: whether the biases of f begin at 1.
        implementation: 1 or 2: whether dropout gives every gate a mask of its own, or one mask
            to all; 1 wherever there is recurrent dropout. Not kept in the config.
        use_bias and the others: see `RecurrentCell`.

    Raises:
        ValueError: for `units` below 1.

    Source: Hochreiter & Schmidhuber 1997; Gers et al. 2000 for the forget gate; Saito, Deep
    Learning from Scratch 2, section 6.2.
    """

    not_in_config = ("autocast", "activity_regularizer", "implementation")
    gates = 4

    def __init__(
        self,
        units: int,
        activation: Named = "tanh",
        recurrent_activation: Named = "sigmoid",
        use_bias: bool = True,
        *,
        unit_forget_bias: bool = True,
        implementation: int = 2,
        **kwargs: Any,
    ):
        super().__init__(units, activation, use_bias, **kwargs)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.implementation = 1 if self.recurrent_dropout else implementation
        self.mask_count = 4 if self.implementation == 1 else None
        self.state_size = [self.units, self.units]

    def build(self, input_shape):
        """Create W, U and b."""
        initializer = forget_bias(self.bias_initializer) if self.unit_forget_bias else None
        self.build_kernels(input_shape, bias_initializer=initializer)

    def forward(self, inputs, states, training=False, dropout_masks=None):
        """(h_t, [h_t, c_t]), and what backward needs."""
        h, c = states
        masks = self.masks_of_call(inputs, h, training, dropout_masks)
        z = masked_product(inputs, self.kernel, masks[0])
        z += masked_product(h, self.recurrent_kernel, masks[1])
        if self.use_bias:
            z += self.bias
        new_h, new_c, gates_cache = lstm_gates(z, c, self.activation, self.recurrent_activation)
        return (new_h, [new_h, new_c]), (inputs, h, masks, gates_cache)

    def backward(self, dy, cache):
        """{dx, [dh_{t−1}, dc_{t−1}]} and [dW, dU, db]."""
        x, h, masks, gates_cache = cache
        dh = sum_of_gradients(h, dy[0], dy[1][0])
        dc = sum_of_gradients(h, dy[1][1])
        dz, dc = lstm_gates_backward(
            dh, dc, gates_cache, self.activation, self.recurrent_activation
        )
        dx, dkernel = masked_product_backward(dz, x, self.kernel, masks[0])
        dh, drecurrent = masked_product_backward(dz, h, self.recurrent_kernel, masks[1])
        grads = [dkernel, drecurrent]
        if self.use_bias:
            grads.append(dz.sum(axis=0))
        return {"inputs": dx, "states": [dh, dc]}, grads
