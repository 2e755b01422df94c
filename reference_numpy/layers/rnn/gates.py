"""Steps that the cells share: products of gates under dropout, the gates of an LSTM, sums.

Gates stand side by side in the last axis of a kernel. `masks` is None, one array (one dropout
mask for all gates), or a list with a mask for each gate.
"""

import numpy as np


def dense(x, kernel):
    """x W."""
    return x @ kernel


def dense_backward(dz, x, kernel):
    """Gradients with respect to x and W, dz Wᵀ and xᵀ dz."""
    return dz @ kernel.T, x.T @ dz


def masked_product(x, kernel, masks, product=dense, axis=-1):
    """z = [(x ⊙ m₁) W₁, (x ⊙ m₂) W₂, …], the gates side by side along `axis` of z."""
    if masks is None:
        return product(x, kernel)
    if not isinstance(masks, list):
        return product(x * masks, kernel)
    parts = np.split(kernel, len(masks), axis=-1)
    return np.concatenate(
        [product(x * mask, part) for mask, part in zip(masks, parts, strict=True)], axis=axis
    )


def masked_product_backward(dz, x, kernel, masks, backward=dense_backward, axis=-1):
    """Gradients with respect to x and the kernel."""
    if masks is None:
        return backward(dz, x, kernel)
    if not isinstance(masks, list):
        dx, dkernel = backward(dz, x * masks, kernel)
        return dx * masks, dkernel
    parts = np.split(kernel, len(masks), axis=-1)
    pieces = np.split(dz, len(masks), axis=axis)
    dx, dkernels = np.zeros_like(x), []
    for piece, part, mask in zip(pieces, parts, masks, strict=True):
        gradient, dkernel = backward(piece, x * mask, part)
        dx += gradient * mask
        dkernels.append(dkernel)
    return dx, np.concatenate(dkernels, axis=-1)


def sum_of_gradients(like, *gradients):
    """The sum of the gradients that are not None, in a new array shaped as `like`."""
    total = np.zeros_like(like)
    for gradient in gradients:
        if gradient is not None:
            total += gradient
    return total


def forget_bias(bias_initializer):
    """An initializer of the biases of i, f, g and o: that given, but ones for the forget gate f.

    Source: Jozefowicz, Zaremba & Sutskever 2015, "An Empirical Exploration of Recurrent Network
    Architectures".
    """

    def initialize(shape, dtype=None):
        units = shape[0] // 4
        return np.concatenate(
            [
                bias_initializer((units,), dtype),
                np.ones(units, dtype),
                bias_initializer((2 * units,), dtype),
            ]
        )

    return initialize


def lstm_gates(z, c, activation, recurrent_activation, axis=-1):
    """(h_t, c_t) of an LSTM from its gates' arguments z = [z_i, z_f, z_g, z_o] and c_{t−1}.

    i, f, o = σ(z_i), σ(z_f), σ(z_o)    g = a(z_g)
    c_t = f ⊙ c_{t−1} + i ⊙ g           h_t = o ⊙ a(c_t)
    """
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=axis)
    i, i_cache = recurrent_activation.forward(z_i)
    f, f_cache = recurrent_activation.forward(z_f)
    g, g_cache = activation.forward(z_g)
    new_c = f * c + i * g
    o, o_cache = recurrent_activation.forward(z_o)
    a, a_cache = activation.forward(new_c)
    return o * a, new_c, (c, i, f, g, o, a, i_cache, f_cache, g_cache, o_cache, a_cache)


def lstm_gates_backward(dh, dc, cache, activation, recurrent_activation, axis=-1):
    """dz and dc_{t−1} from dh_t and dc_t."""
    c, i, f, g, o, a, i_cache, f_cache, g_cache, o_cache, a_cache = cache
    dc = dc + activation.backward(dh * o, a_cache)
    dz = [
        recurrent_activation.backward(dc * g, i_cache),
        recurrent_activation.backward(dc * c, f_cache),
        activation.backward(dc * i, g_cache),
        recurrent_activation.backward(dh * a, o_cache),
    ]
    return np.concatenate(dz, axis=axis), dc * f
