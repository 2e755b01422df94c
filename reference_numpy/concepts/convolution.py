"""Convolution in a loop over windows, and as one matrix product; padding, stride, im2col."""

import time

import numpy as np

import reference_numpy as rn


def zero_padding(x, padding):
    """Zeros around images (batch, height, width, channels).

    Args:
        padding: `((top, bottom), (left, right))`.

    Source: Saito, Deep Learning from Scratch, 7.2.3.
    """
    cache = x.shape, padding
    return np.pad(x, ((0, 0), *padding, (0, 0))), cache


def zero_padding_backward(dy, cache):
    """The zeros are constants: what arrives there is cut off."""
    shape, padding = cache
    axes = zip(shape[1:], padding)
    return dy[:, *(slice(before, before + n) for n, (before, _) in axes)]


def margins(x, size, strides, padding):
    """The zeros on both sides of each axis: "same" asks for ⌈n / stride⌉ windows."""
    found = []
    for n, k, s in zip(x.shape[1:], size, strides):
        reach = (-(-n // s) - 1) * s + k
        zeros = max(reach - n, 0) if padding == "same" else 0
        found.append((zeros // 2, zeros - zeros // 2))
    return found


def output_sizes(x, size, strides):
    """How many windows lie along each axis of the padded images."""
    axes = zip(x.shape[1:], size, strides)
    return [(n - k) // s + 1 for n, k, s in axes]


def windows(x, size, strides):
    """Every window, as indices: its place in the output, and its places in the padded images."""
    every = slice(None)  # image of the batch
    for o in np.ndindex(*output_sizes(x, size, strides)):
        axes = zip(o, strides, size)
        yield (every, *o), (every, *(slice(i * s, i * s + k) for i, s, k in axes))


def convolution(x, kernel, bias, strides, padding):
    """Lay the kernel on every window, multiply entry by entry, and sum: in a loop over windows.

    Args:
        x: (batch, height, width, channels).
        kernel: (height, width, channels, filters), the same for every window.
        bias: (filters,).

    Source: Saito, Deep Learning from Scratch, 7.2; Dumoulin & Visin 2016.
    """
    size = kernel.shape[:-2]
    x, cut = zero_padding(x, margins(x, size, strides, padding))
    sizes = output_sizes(x, size, strides)
    y = np.empty((len(x), *sizes, len(bias)), x.dtype)
    for o, window in windows(x, size, strides):
        # The sum is over the window's axes and the channels.
        y[o] = np.tensordot(x[window], kernel, len(size) + 1) + bias
    return y, (x, kernel, strides, cut)


def convolution_backward(dy, cache):
    """Each window gives back to x through the kernel, and to the kernel what it saw of x."""
    x, kernel, strides, cut = cache
    dx, dkernel = np.zeros_like(x), np.zeros_like(kernel)
    for o, window in windows(x, kernel.shape[:-2], strides):
        dx[window] += np.tensordot(dy[o], kernel, (-1, -1))
        dkernel += np.tensordot(x[window], dy[o], (0, 0))
    dbias = dy.reshape(-1, dy.shape[-1]).sum(axis=0)
    return zero_padding_backward(dx, cut), dkernel, dbias


def im2col(x, size, strides, padding):
    """Every window as a row: (batch, height, width, entries of a window times channels).

    The loop is over the entries of a window: the entry (u, v) of all windows is a slice of x.

    Source: Chellapilla et al. 2006; Saito, Deep Learning from Scratch, 7.4.2.
    """
    x, cut = zero_padding(x, margins(x, size, strides, padding))
    h, w = output_sizes(x, size, strides)
    s, t = strides
    col = np.empty((len(x), h, w, *size, x.shape[-1]), x.dtype)
    for u, v in np.ndindex(*size):
        col[:, :, :, u, v] = x[:, u : u + s * h : s, v : v + t * w : t]
    return col.reshape(len(x), h, w, -1), (x.shape, size, strides, cut)


def im2col_backward(dcol, cache):
    """col2im: every entry is added to the pixel that it was copied from."""
    shape, size, (s, t), cut = cache
    n, h, w, _ = dcol.shape
    dcol = dcol.reshape(n, h, w, *size, -1)
    dx = np.zeros(shape, dcol.dtype)
    for u, v in np.ndindex(*size):
        dx[:, u : u + s * h : s, v : v + t * w : t] += dcol[:, :, :, u, v]
    return zero_padding_backward(dx, cut)


def convolution_by_im2col(x, kernel, bias, strides, padding):
    """The same convolution as one matrix product: windows in rows, filters in columns.

    Source: Saito, Deep Learning from Scratch, 7.4.3.
    """
    col, places = im2col(x, kernel.shape[:2], strides, padding)
    y = col @ kernel.reshape(-1, len(bias)) + bias
    return y, (col, kernel, places)


def convolution_by_im2col_backward(dy, cache):
    """The gradients of a matrix product, the first of them put back by col2im."""
    col, kernel, places = cache
    filters = kernel.shape[-1]
    dcol = dy @ kernel.reshape(-1, filters).T
    dy = dy.reshape(-1, filters)
    dkernel = col.reshape(len(dy), -1).T @ dy
    return im2col_backward(dcol, places), dkernel.reshape(kernel.shape), dy.sum(axis=0)


def slide(x, kernel, cases):
    """What the kernel makes of one image (height, width), by padding and stride."""
    x, kernel, bias = x[None, ..., None], kernel[..., None, None], np.zeros(1, x.dtype)
    return {
        name: convolution(x, kernel, bias, strides, padding)[0][0, ..., 0]
        for name, (padding, strides) in cases.items()
    }


def speed(x, kernel, bias, batches, repeats):
    """Seconds of a forward and a backward pass by batch size: both ways, and the library's layer.

    The ways take turns, so that each meets the same machine; the median of the repetitions counts.
    """
    layer = rn.layers.Conv2D(len(bias), kernel.shape[:2])
    layer.build(x.shape)
    layer.set_weights([kernel, bias])
    ways = {
        "loop": (convolution, convolution_backward),
        "im2col": (convolution_by_im2col, convolution_by_im2col_backward),
        "library": (lambda x, *_: layer.forward(x), layer.backward),
    }
    seconds = {way: np.empty((len(batches), repeats)) for way in ways}
    for place in np.ndindex(len(batches), repeats):
        for way, (forward, backward) in ways.items():
            start = time.perf_counter()
            y, cache = forward(x[: batches[place[0]]], kernel, bias, (1, 1), "valid")
            backward(y, cache)
            seconds[way][place] = time.perf_counter() - start
    return {"output": y} | {f"seconds, {way}": np.median(seconds[way], axis=1) for way in ways}


def build_model(convolutional):
    """Two convolutions with stride 2 (8 and 16 filters of 5×5), or a hidden layer of 100."""
    relu = {"activation": "relu", "kernel_initializer": "he_normal"}
    model = rn.Sequential([rn.Input((28, 28, 1))])
    if convolutional:
        model.add(rn.layers.Conv2D(8, 5, strides=2, **relu))
        model.add(rn.layers.Conv2D(16, 5, strides=2, **relu))
    model.add(rn.layers.Flatten())
    if not convolutional:
        model.add(rn.layers.Dense(100, **relu))
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
