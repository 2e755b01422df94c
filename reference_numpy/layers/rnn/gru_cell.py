"""One step of the gated recurrent unit."""

from typing import Any

import numpy as np

from reference_numpy import activations
from reference_numpy.annotations import Named
from reference_numpy.layers.rnn.gates import (
    masked_product,
    masked_product_backward,
    sum_of_gradients,
)
from reference_numpy.layers.rnn.recurrent_cell import DenseCell


class GRUCell(DenseCell):
    """An output that an update gate u mixes of its last value and of new content v.

        u = σ(x_t W_u + h U_u + b_u)    r = σ(x_t W_r + h U_r + b_r)        with h = h_{t−1}
        v = tanh(x_t W_v + b_v + r ⊙ (h U_v + b′_v))    reset after the product, the default
        v = tanh(x_t W_v + b_v + (r ⊙ h) U_v)           reset before it
        h_t = u ⊙ h + (1 − u) ⊙ v

    Backward:

        dv = dh_t ⊙ (1 − u)    dz_v = dv ⊙ tanh′(z_v)    dz_u = dh_t ⊙ (h − v) ⊙ σ′(z_u)
        after:  dr = dz_v ⊙ (h U_v + b′_v)    dh_{t−1} = dh_t ⊙ u + [dz_u, dz_r, r ⊙ dz_v] Uᵀ
        before: dr = (dz_v U_vᵀ) ⊙ h          dh_{t−1} = dh_t ⊙ u + [dz_u, dz_r] [U_u, U_r]ᵀ
                                                         + r ⊙ (dz_v U_vᵀ)
        dz_r = dr ⊙ σ′(z_r)    dx_t = [dz_u, dz_r, dz_v] Wᵀ    dW = x_tᵀ [dz_u, dz_r, dz_v]

    Shapes:
        x: (batch, inputs)      h, the output and the one state: (batch, units)
        W = `kernel`: (inputs, 3 units), in the order u, r, v (Keras: z, r, h)
        U = `recurrent_kernel`: (units, 3 units)
        `bias`: (2, 3 units), b of the input product and b′ of the recurrent one, or (3 units,)
            where the reset comes before

    Args:
        units: number of outputs, 1 or more.
        activation, recurrent_activation: the functions written tanh and σ above.
        reset_after: whether r multiplies after the product with U_v or before it.
        implementation: 1 or 2: whether dropout gives every gate a mask of its own, or one mask
            to all; 1 wherever there is recurrent dropout. Not kept in the config.
        use_bias and the others: see `RecurrentCell`.

    Raises:
        ValueError: for `units` below 1.

    Source: Cho et al. 2014, "Learning Phrase Representations using RNN Encoder-Decoder", whose
    first version resets after the product and whose third before it; Saito, Deep Learning from
    Scratch 2, appendix C.
    """

    not_in_config = ("autocast", "activity_regularizer", "implementation")
    gates = 3

    def __init__(
        self,
        units: int,
        activation: Named = "tanh",
        recurrent_activation: Named = "sigmoid",
        use_bias: bool = True,
        *,
        reset_after: bool = True,
        implementation: int = 2,
        **kwargs: Any,
    ):
        super().__init__(units, activation, use_bias, **kwargs)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = reset_after
        self.implementation = 1 if self.recurrent_dropout else implementation
        self.mask_count = 3 if self.implementation == 1 else None

    def build(self, input_shape):
        """Create W, U and b."""
        columns = 3 * self.units
        self.build_kernels(input_shape, (2, columns) if self.reset_after else (columns,))

    def forward(self, inputs, states, training=False, dropout_masks=None):
        """(h_t, [h_t]), and what backward needs."""
        is_list = isinstance(states, (list, tuple))
        h = states[0] if is_list else states
        masks = self.masks_of_call(inputs, h, training, dropout_masks)
        z = masked_product(inputs, self.kernel, masks[0])
        if self.use_bias:
            z += self.bias[0] if self.reset_after else self.bias
        z_ur, z_v = z[:, : 2 * self.units], z[:, 2 * self.units :]
        recurrent = self._recurrent_product(h, masks[1])
        u, u_cache = self.recurrent_activation.forward(
            z_ur[:, : self.units] + recurrent[:, : self.units]
        )
        r, r_cache = self.recurrent_activation.forward(
            z_ur[:, self.units :] + recurrent[:, self.units : 2 * self.units]
        )
        if self.reset_after:
            content = recurrent[:, 2 * self.units :]
            v, v_cache = self.activation.forward(z_v + r * content)
        else:
            content = h if masks[1] is None else h * masks[1][2]
            product = (r * content) @ self.recurrent_kernel[:, 2 * self.units :]
            v, v_cache = self.activation.forward(z_v + product)
        new_h = u * h + (1.0 - u) * v
        cache = (inputs, h, masks, u, r, v, content, u_cache, r_cache, v_cache, is_list)
        return (new_h, [new_h] if is_list else new_h), cache

    def backward(self, dy, cache):
        """{dx, [dh_{t−1}]} and [dW, dU, db]."""
        x, h, masks, u, r, v, content, u_cache, r_cache, v_cache, is_list = cache
        dh = sum_of_gradients(h, dy[0], dy[1][0] if is_list else dy[1])
        dz_u = self.recurrent_activation.backward(dh * (h - v), u_cache)
        dz_v = self.activation.backward(dh * (1.0 - u), v_cache)
        dh *= u
        if self.reset_after:
            dz_r = self.recurrent_activation.backward(dz_v * content, r_cache)
            drecurrent = np.concatenate([dz_u, dz_r, dz_v * r], axis=1)
            dproduct, dkernel_u = masked_product_backward(
                drecurrent, h, self.recurrent_kernel, masks[1]
            )
        else:
            kernel_ur, kernel_v = np.split(self.recurrent_kernel, [2 * self.units], axis=1)
            dreset = dz_v @ kernel_v.T
            dz_r = self.recurrent_activation.backward(dreset * content, r_cache)
            masks_ur, mask_v = (None, 1.0) if masks[1] is None else (masks[1][:2], masks[1][2])
            dproduct, dkernel_ur = masked_product_backward(
                np.concatenate([dz_u, dz_r], axis=1), h, kernel_ur, masks_ur
            )
            dproduct += dreset * r * mask_v
            dkernel_u = np.concatenate([dkernel_ur, (r * content).T @ dz_v], axis=1)
        dz = np.concatenate([dz_u, dz_r, dz_v], axis=1)
        dx, dkernel = masked_product_backward(dz, x, self.kernel, masks[0])
        dh += dproduct
        grads = [dkernel, dkernel_u]
        if self.use_bias:
            sums = [dz.sum(axis=0), drecurrent.sum(axis=0)] if self.reset_after else dz.sum(axis=0)
            grads.append(np.stack(sums) if self.reset_after else sums)
        return {"inputs": dx, "states": [dh] if is_list else dh}, grads

    def _recurrent_product(self, h, masks):
        """h U + b′ of all gates, or h [U_u, U_r] where the reset comes before the product."""
        if not self.reset_after:
            masks = None if masks is None else masks[:2]
            return masked_product(h, self.recurrent_kernel[:, : 2 * self.units], masks)
        product = masked_product(h, self.recurrent_kernel, masks)
        return product + self.bias[1] if self.use_bias else product
