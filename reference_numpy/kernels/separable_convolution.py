"""Depthwise convolution, then a mixing of channels, with the gradients of input and kernels.

    u = the depthwise convolution of x with W        y[o] = u[o] V

x: (batch, *input_size, channels)      W: (*window_size, channels, multiplier)
V: (1, …, 1, channels · multiplier, filters)      y, dy: (batch, *output_size, filters)
"""

from reference_numpy.kernels.convolution import conv, conv_input_gradient, conv_kernel_gradient
from reference_numpy.kernels.depthwise_convolution import (
    depthwise_conv,
    depthwise_conv_input_gradient,
    depthwise_conv_kernel_gradient,
    with_multiplier,
)
from reference_numpy.kernels.windows import Windows


def separable_conv(x, depthwise_kernel, pointwise_kernel, windows):
    """y, and what its gradients need beside the kernels."""
    ones = (1,) * len(windows.window_size)
    points = Windows.of(windows.output_size, ones, ones, "valid")
    u = depthwise_conv(x, depthwise_kernel, windows)
    return conv(u, pointwise_kernel, points), (x, u, windows, points)


def separable_conv_backward(dy, cache, depthwise_kernel, pointwise_kernel, input_gradient=True):
    """dx (None where not asked for), dW and dV.

    dV = Σ over the windows o of u[o]ᵀ dy[o], and du = dy Vᵀ is the depthwise convolution's dy.
    """
    x, u, windows, points = cache
    du = with_multiplier(conv_input_gradient(dy, pointwise_kernel, points), depthwise_kernel)
    dx = depthwise_conv_input_gradient(du, depthwise_kernel, windows) if input_gradient else None
    return (
        dx,
        depthwise_conv_kernel_gradient(x, du, windows),
        conv_kernel_gradient(u, dy, points),
    )
