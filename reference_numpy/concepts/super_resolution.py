"""Super-resolution: bicubic interpolation, and a network whose channels become pixels."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.convolution import convolution
from reference_numpy.operations.blocks import DepthToSpace


def cubic(t):
    """Keys' cubic with a = −½: 1 at 0, 0 at every other whole number, and 0 from 2 on."""
    t = np.abs(t)
    near = (1.5 * t - 2.5) * t**2 + 1
    far = ((-0.5 * t + 2.5) * t - 4) * t + 2
    return np.where(t < 1, near, np.where(t < 2, far, 0))


def bicubic(x, size):
    """Square pictures with another number of pixels: sums of those nearby, by cubic weights.

    Where pictures are made smaller the cubic is widened, so that every pixel counts
    (antialiasing).

    Shapes: x (n, side, side, channels), the result (n, size, size, channels).

    Source: Keys 1981, Cubic convolution interpolation for digital image processing.
    """
    side = x.shape[1]
    place = (np.arange(size) + 0.5) * side / size  # of each new pixel's middle among the old ones
    distance = np.arange(side) + 0.5 - place[:, None]
    weights = cubic(distance / max(side / size, 1))
    weights = (weights / weights.sum(axis=1, keepdims=True)).astype(x.dtype)
    return np.einsum("ip,npqc,jq->nijc", weights, x, weights, optimize=True)


def depth_to_space(x, block):
    """The sub-pixel shuffle: block² channels of one pixel become a block of pixels.

    Shapes: x (n, h, w, block² · channels), y (n, h · block, w · block, channels).

    Source: Shi et al. 2016, Real-time single image and video super-resolution using an efficient
    sub-pixel convolutional neural network, (4).
    """
    n, h, w, c = x.shape
    blocks = x.reshape(n, h, w, block, block, c // block**2)
    return blocks.transpose(0, 1, 3, 2, 4, 5).reshape(n, h * block, w * block, -1), block


def depth_to_space_backward(dy, cache):
    """Every gradient goes back to where its number came from."""
    (n, h, w, c), block = dy.shape, cache
    blocks = dy.reshape(n, h // block, block, w // block, block, c)
    return blocks.transpose(0, 1, 3, 2, 4, 5).reshape(n, h // block, w // block, -1)


def shuffled_kernel(kernel, block):
    """The kernel by which convolution and shuffle do what a transposed convolution does.

    Args:
        kernel: (k · block, k · block, channels, features) of a transposed convolution with
            `strides=block` and `padding="same"`; k is odd.

    Returns:
        (k, k, features, block² · channels).

    Source: Shi et al. 2016, Is the deconvolution layer the same as a convolutional layer?
    """
    side, _, channels, features = kernel.shape
    k = side // block
    pieces = kernel.reshape(k, block, k, block, channels, features)[::-1, :, ::-1]
    return pieces.transpose(0, 2, 5, 1, 3, 4).reshape(k, k, features, -1)


def psnr(y_true, y_pred):
    """Peak signal-to-noise ratio of each picture in dB, (n,); pixels are from 0 to 1.

    Source: Dong et al. 2014, Learning a deep convolutional network for image super-resolution, 4.
    """
    error = np.mean((y_pred - y_true) ** 2, axis=(1, 2, 3))
    return -10 * np.log10(error)


def two_ways(x, kernel, block):
    """A transposed convolution, and what convolution and shuffle give by the same weights."""
    layer = rn.layers.Conv2DTranspose(
        kernel.shape[2], len(kernel), block, "same", use_bias=False, dtype=x.dtype.name
    )
    layer.build(x.shape)
    layer.set_weights([kernel])
    again = shuffled_kernel(kernel, block)
    features, _ = convolution(x, again, np.zeros(again.shape[-1], x.dtype), (1, 1), "same")
    return {"transposed": layer(x), "shuffled": depth_to_space(features, block)[0]}


def build_model(enlarges, filters, learning_rate):
    """Small pictures, and by bicubic large ones, to which three convolutions add what is missing.

    Args:
        enlarges: `"shuffle"` or `"transposed"`, and the convolutions see the small picture; or
            `"bicubic"`, and they see the large one.
    """
    small, large = rn.Input((14, 14, 1), name="small"), rn.Input((28, 28, 1), name="large")
    y = large if enlarges == "bicubic" else small
    for _ in range(2):
        y = rn.layers.Conv2D(filters, 3, padding="same", activation="relu")(y)
    if enlarges == "shuffle":
        y = DepthToSpace(2)(rn.layers.Conv2D(4, 3, padding="same")(y))
    elif enlarges == "transposed":
        y = rn.layers.Conv2DTranspose(1, 3, strides=2, padding="same")(y)
    else:
        y = rn.layers.Conv2D(1, 3, padding="same")(y)
    model = rn.Model({"small": small, "large": large}, rn.layers.Add()([large, y]))
    model.compile(rn.optimizers.Adam(learning_rate), loss="mse")
    return model


def enlarged(model, x):
    """The network's pictures, with pixels from 0 to 1."""
    return np.clip(model.predict(x, batch_size=500, verbose=0), 0, 1)


def checkerboard(error):
    """How far the four places of a block of 2×2 differ in their mean error, in grey levels.

    The six pixels next to the edges are left out: the zeros beyond are seen from there.
    """
    places = error[:, 6:-6, 6:-6].reshape(-1, 8, 2, 8, 2).mean(axis=(1, 3))
    return 255 * places.std(axis=(1, 2)).mean()


def looked_at(model, data):
    """Of each kind the network's pictures, what it added to bicubic, and how good it is."""
    found = {}
    for kind, (x, y_true) in data.kinds.items():
        y = enlarged(model, x)
        found |= {kind: y[:6], f"{kind}: added": (y - x["large"])[:6]}
        found |= {f"{kind}: psnr": psnr(y_true, y).mean()}
        found |= {f"{kind}: checkerboard": checkerboard(y - y_true)}
    return found
