"""Repetition along any number of spatial axes."""

from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.reshaping.margins import spatial_axes


class BaseUpSampling(Layer):
    """y = x with every entry repeated `sizes[k]` times along the k-th spatial axis.

    Backward: dx of an entry is the sum of dy over its copies.

    Args:
        sizes: repetitions along each spatial axis.
        data_format: `"channels_last"` or `"channels_first"`.
    """

    samples_apart = True
    not_in_config: tuple[str, ...] = (*Layer.not_in_config, "sizes")

    def __init__(self, sizes, data_format, **kwargs):
        super().__init__(**kwargs)
        self.sizes = sizes
        self.data_format = data_format
        self.axes = spatial_axes(len(sizes), data_format)
        self.input_spec = InputSpec(ndim=len(sizes) + 2)

    def forward(self, x, training=False):
        """The repeated entries."""
        for axis, size in zip(self.axes, self.sizes, strict=True):
            x = x.repeat(size, axis=axis)
        return x, None

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        for axis, size in zip(self.axes, self.sizes, strict=True):
            shape = dy.shape
            copies = dy.reshape(*shape[:axis], shape[axis] // size, size, *shape[axis + 1 :])
            dy = copies.sum(axis=axis + 1)
        return dy, []

    def compute_output_shape(self, input_shape):
        """Every spatial size times its number of repetitions."""
        shape = list(input_shape)
        for axis, size in zip(self.axes, self.sizes, strict=True):
            shape[axis] = None if shape[axis] is None else shape[axis] * size
        return tuple(shape)
