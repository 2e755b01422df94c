"""The shape of a mask that is shared along some axes of the input."""

import numpy as np


def standardize_noise_shape(noise_shape):
    """`noise_shape` as a tuple of positive integers and None, or None itself.

    Raises:
        ValueError: for anything else.
    """
    if noise_shape is None:
        return None
    is_sequence = np.iterable(noise_shape) and not isinstance(noise_shape, str)
    sizes = tuple(noise_shape) if is_sequence else (noise_shape,)
    if not is_sequence or any(
        size is not None and not (isinstance(size, int) and size > 0) for size in sizes
    ):
        raise ValueError(
            "Invalid value received for argument `noise_shape`. Expected a tuple or list of "
            f"positive integers or None. Received: noise_shape={noise_shape}"
        )
    return sizes


def concrete_noise_shape(noise_shape, shape):
    """The mask's shape for an input of `shape`: None stands for the input's own size.

    Raises:
        ValueError: where such a mask does not fit the input.
    """
    if noise_shape is None:
        return shape
    if len(noise_shape) == len(shape):
        sizes = tuple(n if size is None else size for size, n in zip(noise_shape, shape))
        if all(size in (1, n) for size, n in zip(sizes, shape)):
            return sizes
    raise ValueError(
        f"The `noise_shape` {tuple(noise_shape)} does not fit an input of shape {shape}: each "
        "size must be None, 1 or the input's own."
    )
