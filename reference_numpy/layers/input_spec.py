"""What a layer demands of its inputs' shapes, and the message when they do not fit."""

from dataclasses import dataclass, field

from reference_numpy import tree
from reference_numpy.annotations import Shape


@dataclass
class InputSpec:
    """Demands on one input, as `keras.layers.InputSpec`.

    Args:
        dtype: required dtype name.
        shape: sizes of all axes, None where any will do.
        ndim, max_ndim, min_ndim: number of axes, the batch axis counted in.
        axes: sizes that given axes must have, `{-1: 10}`.
    """

    dtype: str | None = None
    shape: Shape | None = None
    ndim: int | None = None
    max_ndim: int | None = None
    min_ndim: int | None = None
    axes: dict[int, int] = field(default_factory=dict)

    def problem(self, shape):
        """What is wrong with `shape`, or None."""
        if self.ndim is not None and len(shape) != self.ndim:
            return f"expected ndim={self.ndim}, found ndim={len(shape)}"
        if self.max_ndim is not None and len(shape) > self.max_ndim:
            return f"expected max_ndim={self.max_ndim}, found ndim={len(shape)}"
        if self.min_ndim is not None and len(shape) < self.min_ndim:
            return f"expected min_ndim={self.min_ndim}, found ndim={len(shape)}"
        for axis, size in self.axes.items():
            if size is not None and shape[axis] not in (size, None):
                return f"expected axis {axis} of input shape to have value {size}"
        if self.shape is not None and (
            len(shape) != len(self.shape)
            or any(a != b for a, b in zip(self.shape, shape) if None not in (a, b))
        ):
            return f"expected shape={tuple(self.shape)}"
        return None


def check_inputs(spec, inputs, layer_name):
    """Raise ValueError where `inputs` (arrays or symbolic tensors) do not fit `spec`."""
    specs = spec if isinstance(spec, (list, tuple)) else [spec]
    leaves = tree.flatten(inputs)
    if len(leaves) != len(specs):
        raise ValueError(
            f"Layer '{layer_name}' expects {len(specs)} input(s), "
            f"but it received {len(leaves)} input tensors."
        )
    for index, (leaf, demand) in enumerate(zip(leaves, specs, strict=True)):
        if leaf is None:
            raise ValueError(f"Input {index} of layer '{layer_name}' should be an array, not None.")
        problem = demand.problem(tuple(leaf.shape)) if demand is not None else None
        if problem:
            raise ValueError(
                f"Input {index} of layer '{layer_name}' is incompatible with the layer: "
                f"{problem}, but received input with shape {tuple(leaf.shape)}."
            )
