"""What the generic checks do not see of the reshaping layers."""

import numpy as np
import pytest

import reference_numpy as rn


@pytest.mark.parametrize(
    ("layer", "arguments", "shape", "message"),
    [
        ("Flatten", {"data_format": "channels_middle"}, (2, 3), "channels_middle"),
        ("Reshape", {"target_shape": (-1, -1)}, (2, 4), "one of them may be -1"),
        ("Reshape", {"target_shape": (-2, 2)}, (2, 4), "0 or more"),
        ("Reshape", {"target_shape": (3,)}, (2, 4), r"\(2, 4\) has 4 entries"),
        ("Reshape", {"target_shape": (-1, 3)}, (2, 4), r"target_shape=\(-1, 3\)"),
        ("Reshape", {"target_shape": (-1, 0)}, (2, 4), r"target_shape=\(-1, 0\)"),
    ],
)
def test_bad_arguments_are_refused(layer, arguments, shape, message):
    with pytest.raises(ValueError, match=message):
        getattr(rn.layers, layer)(**arguments)(np.zeros(shape))


@pytest.mark.parametrize(
    ("layer", "arguments", "input_shape", "output_shape"),
    [
        ("Flatten", {}, (None, 3, 4), (None, 12)),
        ("Flatten", {}, (None, None, 4), (None, None)),
        ("Reshape", {"target_shape": (-1, 2)}, (None, None, 4), (None, None, 2)),
        ("Reshape", {"target_shape": (-1, 2)}, (None, 4), (None, 2, 2)),
    ],
)
def test_unknown_sizes_stay_unknown(layer, arguments, input_shape, output_shape):
    layer = getattr(rn.layers, layer)(**arguments)
    assert layer.compute_output_shape(input_shape) == output_shape
