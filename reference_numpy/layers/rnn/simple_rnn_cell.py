"""One step of the simple recurrent layer."""

from reference_numpy.layers.rnn.gates import (
    masked_product,
    masked_product_backward,
    sum_of_gradients,
)
from reference_numpy.layers.rnn.recurrent_cell import DenseCell


class SimpleRNNCell(DenseCell):
    """h_t = f(x_t W + h_{t−1} U + b): the output is fed back as an input of the next step.

    Backward, with z the argument of f and dz = dh_t ⊙ f′(z):

        dx_t = dz Wᵀ    dh_{t−1} = dz Uᵀ    dW = x_tᵀ dz    dU = h_{t−1}ᵀ dz    db = Σ_batch dz

    Shapes:
        x: (batch, inputs)      h, the output and the one state: (batch, units)
        W = `kernel`: (inputs, units)   U = `recurrent_kernel`: (units, units)
        b = `bias`: (units,)

    Args:
        units: number of outputs, 1 or more.
        activation, use_bias and the others: see `RecurrentCell`.

    Raises:
        ValueError: for `units` below 1.

    Source: Elman 1990, "Finding structure in time"; Saito, Deep Learning from Scratch 2,
    section 5.3.
    """

    def build(self, input_shape):
        """Create W, U and b."""
        self.build_kernels(input_shape)

    def forward(self, sequence, states, training=False, dropout_masks=None):
        """(h_t, [h_t]), and what backward needs."""
        is_list = isinstance(states, (list, tuple))
        h = states[0] if is_list else states
        masks = self.masks_of_call(sequence, h, training, dropout_masks)
        z = masked_product(sequence, self.kernel, masks[0])
        z += masked_product(h, self.recurrent_kernel, masks[1])
        if self.use_bias:
            z += self.bias
        y, activation_cache = self.activation.forward(z)
        return (y, [y] if is_list else y), (sequence, h, masks, activation_cache, is_list)

    def backward(self, dy, cache):
        """{dx, [dh_{t−1}]} and [dW, dU, db]."""
        x, h, masks, activation_cache, is_list = cache
        dh = sum_of_gradients(h, dy[0], dy[1][0] if is_list else dy[1])
        dz = self.activation.backward(dh, activation_cache)
        dx, dkernel = masked_product_backward(dz, x, self.kernel, masks[0])
        dh, drecurrent = masked_product_backward(dz, h, self.recurrent_kernel, masks[1])
        grads = [dkernel, drecurrent]
        if self.use_bias:
            grads.append(dz.sum(axis=0))
        return {"sequence": dx, "states": [dh] if is_list else dh}, grads

    def compute_output_shape(self, sequence_shape, states_shape=None):
        """`units` for the output and the state."""
        return super().compute_output_shape(sequence_shape)
