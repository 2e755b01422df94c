"""The backward pass of broadcasting."""


def sum_to_shape(dy, shape):
    """The gradient of an array of `shape` that was broadcast to the shape of `dy`.

    Every entry of the array went to all places along the axes that broadcasting added or
    stretched, so the gradients of those places add up.
    """
    if dy.shape == tuple(shape):
        return dy
    added = dy.ndim - len(shape)
    stretched = [added + i for i, n in enumerate(shape) if n == 1]
    return dy.sum(axis=(*range(added), *stretched)).reshape(shape)
